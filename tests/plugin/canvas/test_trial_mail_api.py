"""Test mails over the API: what goes out, what is written down, and who may send how many."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from airflow_ma.channels.trial_ids import is_trial
from airflow_ma.config import settings
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.changes.drafts import create_draft
from airflow_ma.engine.clock import HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import pause_sending
from airflow_ma.engine.tables import mailbox, metadata
from airflow_ma.plugin.access import Builder, Method, Reader, builder, json_only, own_origin
from airflow_ma.plugin.api_errors import ApiError, answer_api_error
from airflow_ma.plugin.canvas import trial_mail_api
from airflow_ma.plugin.canvas.trial_mail_api import MOST_PER_HOUR
from airflow_ma.plugin.mail import mailbox as sandbox
from airflow_ma.plugin.publish.audit_texts import audit_said
from tests.contacts.people import add_contact
from tests.dag.conftest import airflow_metadata  # noqa: F401
from tests.fakes.smtp import SmtpSink
from tests.plugin.conftest import put_mail
from tests.plugin.journeys.test_journeys_api import document

DAGS = Path(__file__).parents[3] / "dags"


@dataclass(frozen=True)
class Editor(Builder):
    """Somebody whose rights are those that a test gives; Airflow's are asked for in test_every_route."""

    methods: frozenset[Method] = frozenset({"GET", "PUT"})

    def may(self, method: Method, key: str) -> bool:
        return method in self.methods


class Desk:
    """The route as somebody uses it."""

    def __init__(self, database: Database, client: TestClient, app: FastAPI) -> None:
        self.database = database
        self._client = client
        self._app = app
        self.come("ann")

    def come(self, name: str, *methods: Method) -> None:
        user = SimpleAuthManagerUser(username=name, role="admin")
        editor = Editor(self.database, user, frozenset(methods or ("GET", "PUT")))
        self._app.dependency_overrides[builder] = lambda: editor

    def send(
        self, *to: str, key: str = "greeting", step: dict[str, Any] | None = None, **more: Any
    ) -> Response:
        body = {
            "step": "announce",
            "template": "sale_announcement",
            "settings": step or {},
            "contact": None,
            "language": None,
            "to": to or ["ann@shop.example"],
            "marked_in": "ja",
        }
        return self._client.post(f"/api/journeys/{key}/test-mail", json=body | more)

    def refused(self, *to: str, **more: Any) -> tuple[int, str, str]:
        answer = self.send(*to, **more)
        detail = answer.json()["detail"]
        return answer.status_code, detail["code"], detail["message"]["en"]

    def log(self) -> list[str]:
        with self.database.read() as connection:
            lines = read_audit(connection, "greeting", limit=100)
        return [audit_said(line, {}).ja for line in lines]


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(DAGS / "emails"))
    settings.cache_clear()
    app = FastAPI()
    app.include_router(trial_mail_api.router)
    app.add_exception_handler(ApiError, answer_api_error)
    for guard in (own_origin, json_only):
        app.dependency_overrides[guard] = lambda: None
    with database.write() as connection:
        create_draft(connection, "greeting", document("greeting"), {}, by="ann", now=0)
        add_contact(connection, "shop/1", name="花子", email="hanako@example.jp", consented_at=1)
    with TestClient(app) as client:
        yield Desk(database, client, app)


def test_it_goes_out_filled_with_a_contacts_data_and_only_the_log_knows(desk: Desk) -> None:
    before = counts(desk.database)
    answer = desk.send("ann@shop.example", "bob@shop.example", contact="shop/1").json()
    assert answer["sent"] == ["ann@shop.example", "bob@shop.example"]
    assert answer["failed"] == []
    assert is_trial(answer["message_id"])
    with desk.database.read() as connection:
        mails = connection.execute(sa.select(mailbox)).all()
    assert {mail.to_address for mail in mails} == set(answer["sent"])
    assert mails[0].subject.startswith("【テスト】")
    assert "花子" in mails[0].html
    assert mails[0].headers["List-Id"] == "Test Shop <greeting.example.com>"
    after = counts(desk.database)
    assert {name for name in after if after[name] != before[name]} == {"ma_mailbox", "ma_audit"}
    assert desk.log() == ["「sale_announcement」を a•••@shop.example, b•••@shop.example にテスト送信"]


def test_the_sandbox_mailbox_shows_it_among_the_others(desk: Desk, clock: ManualClock) -> None:
    put_mail(desk.database, 11)
    clock.advance(1_000)
    number = desk.send().json()["message_id"]
    clock.advance(1_000)
    put_mail(desk.database, 12)
    reader = Reader(desk.database, frozenset({1}))
    shown = sandbox.newest(reader, limit=10)
    assert [mail.message_id for mail in shown] == [12, number, 11]
    assert (shown[1].journey, shown[1].step_title, shown[1].template) == (None, None, None)
    assert [mail.message_id for mail in sandbox.newest(reader, before=number, limit=10)] == [11]
    assert [mail.message_id for mail in sandbox.following(reader, after=0, limit=10)] == [11, 12]
    assert sandbox.mark_read(reader, number)
    found = sandbox.one(reader, number)
    assert found is not None
    assert found.read
    assert sandbox.html_of(reader, number) == found.html


@pytest.mark.usefixtures("airflow_metadata")
def test_it_goes_over_the_steps_own_connection(
    desk: Desk, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"conn_type": "smtp", "host": "127.0.0.1", "port": smtp_sink.port}
    told["extra"] = {"disable_ssl": True, "disable_tls": True}
    monkeypatch.setenv("AIRFLOW_CONN_POST_OFFICE", json.dumps(told))
    answer = desk.send(step={"conn_id": "post_office", "template": "x", "shards": 3}).json()
    assert answer["sent"] == ["ann@shop.example"]
    assert answer["message_id"] is None
    assert [mail.message["To"] for mail in smtp_sink.mails] == ["ann@shop.example"]
    status, code, told_why = desk.refused(step={"conn_id": "gone"})
    assert (status, code) == (422, "no_test_mail")
    assert "no Airflow connection “gone”" in told_why
    with desk.database.write() as connection:
        pause_sending(connection, "post_office", at=0, reason="wrong price")
    assert "paused: wrong price" in desk.refused(step={"conn_id": "post_office"})[2]
    smtp_sink.stop()
    with desk.database.write() as connection:
        connection.execute(sa.delete(metadata.tables["ma_sending_pause"]))
    assert desk.refused(step={"conn_id": "post_office"})[2].startswith("The mail could not be sent")
    assert desk.log()[0] == "「sale_announcement」の a•••@shop.example へのテスト送信（未送信）"
    assert len(desk.log()) == 2  # what was refused before anything was tried is not in it


def test_who_may_not_edit_the_journey_may_not_send(desk: Desk) -> None:
    desk.come("vera", "GET")
    assert desk.refused()[:2] == (403, "refused")
    assert desk.refused(key="gone")[:2] == (404, "not_found")
    assert desk.log() == []


def test_so_many_in_an_hour_and_no_more(desk: Desk, clock: ManualClock) -> None:
    five = [f"p{number}@shop.example" for number in range(5)]
    for _ in range(MOST_PER_HOUR // 5):
        assert desk.send(*five).status_code == 200
    assert desk.refused()[:2] == (429, "too_often")
    desk.come("bob")
    assert desk.send().status_code == 200
    desk.come("ann")
    clock.advance(HOUR)
    assert desk.send().status_code == 200


def test_who_sends_from_many_windows_at_once_gets_no_more(desk: Desk) -> None:
    five = [f"p{number}@shop.example" for number in range(5)]
    windows = 2 * MOST_PER_HOUR // len(five)
    all_are_open = threading.Barrier(windows)

    def press(_: int) -> int:
        all_are_open.wait(30)
        return desk.send(*five).status_code

    with ThreadPoolExecutor(windows) as threads:
        answers = list(threads.map(press, range(windows)))
    assert sorted(answers) == [200] * (windows // 2) + [429] * (windows // 2)


def test_what_is_wrong_is_told(desk: Desk) -> None:
    assert desk.refused("ann")[1] == "no_test_mail"
    assert "“ann” is not a mail address" in desk.refused("ann")[2]
    assert desk.refused(contact="nobody")[:2] == (404, "not_found")
    assert "no mail template called “gone”" in desk.refused(template="gone")[2]
    assert desk.send(step={"purpose": "nonsense"}).status_code == 422


def counts(database: Database) -> dict[str, int]:
    """Table -> how many rows it has."""
    with database.read() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
