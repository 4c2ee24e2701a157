"""How sending goes, in Airflow: who may see and do what."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute

from airflow_ma.config import settings
from airflow_ma.engine.clock import HOUR, MINUTE, NEVER
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import pause_sending, pauses
from airflow_ma.engine.tables import contact, enrollment, journey, journey_step, message, suppression
from airflow_ma.insight.sending import waiting_mails
from airflow_ma.plugin.access import Onlooker
from airflow_ma.plugin.mail import sending as seen
from airflow_ma.plugin.mail.sending_texts import explained
from tests.plugin.conftest import Airflow, put_mail

NOW = time.time_ns() // 1_000_000
WRONG_KEY = (
    "SendGrid refuses all mail over connection 'shop' (HTTP 401: authorization required); put a valid API key "
    "into the connection's password, then resume sending"
)
RESUME = "/api/sending/connections/shop/resume"
ROUTES = [("GET", "/api/sending"), ("GET", "/api/sending/unknown"), ("POST", RESUME)]


def put(
    database: Database, number: int, *, hold: str | None = None, wake_at: int = NOW, **values: Any
) -> None:
    """One mail of the journey ``sale`` over the connection ``shop``, and where its contact stands."""
    put_mail(database, number, journey_key=values.pop("journey_key", "sale"))
    facts = {"conn_id": "shop", "channel": "smtp", "created_at": NOW - HOUR, "sent_at": NOW - HOUR}
    with database.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == number).values(**{**facts, **values}))
        named = {"name": "山田 花子", "email": f"hanako{number}@example.jp"}
        connection.execute(sa.update(contact).where(contact.c.id == number).values(**named))
        j = connection.scalar(sa.select(message.c.journey_id).where(message.c.id == number))
        place = {
            "id": number,
            "journey_id": j,
            "version": 1,
            "contact_id": number,
            "entry_key": "",
            "cohort": "",
        }
        place |= {"step": "announce", "entered_at": NOW, "arrived_at": NOW, "wake_at": wake_at, "hold": hold}
        connection.execute(sa.insert(enrollment).values(**place))


def pause(database: Database, conn_id: str = "shop") -> None:
    with database.write() as connection:
        pause_sending(connection, conn_id, at=NOW - HOUR, reason=WRONG_KEY)


def paused(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.conn_id for one in pauses(connection)]


def test_only_those_who_may_edit_a_journey_see_whom_its_mails_are_for(database: Database) -> None:
    put(database, 1, state="unknown", journey_key="sale")
    put(database, 2, state="unknown", journey_key="cold")
    put(database, 3, state="unknown", journey_key="secret")
    with database.read() as connection:
        ids = {row.key: row.id for row in connection.execute(sa.select(journey.c.key, journey.c.id))}
    onlooker = Onlooker(database, frozenset({ids["sale"], ids["cold"]}), frozenset({ids["sale"]}))
    one, two = seen.unknown_mails(onlooker, after=None, limit=10)
    assert (one.journey, two.journey) == ("sale", "cold")
    assert one.recipient is not None
    assert one.recipient.email == "hanako1@example.jp"
    assert two.recipient is None
    assert "hanako2" not in two.model_dump_json()


@pytest.mark.slow
def test_every_route_is_tested_here() -> None:
    from airflow_ma.plugin.mail.sending_api import router

    there = {
        (method, route.path.replace("{conn_id}", "shop"))
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert there == set(ROUTES)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_login(airflow: Airflow, method: str, path: str) -> None:
    pause(airflow.database)
    answer = airflow.client().request(method, path)
    assert answer.status_code == 401
    assert answer.json()["detail"]["code"] == "no_login"
    assert paused(airflow.database) == ["shop"]


@pytest.mark.slow
def test_viewers_see_counts_and_no_people(airflow: Airflow) -> None:
    put(airflow.database, 1, state="unknown", reason="no answer")
    put(airflow.database, 2, state="accepted", hold="quiet_hours", wake_at=NOW + HOUR)
    with airflow.client("viewer") as client:
        state = client.get("/api/sending")
        mails = client.get("/api/sending/unknown")
    assert state.json()["connections"][0]["unresolved"] == 1
    assert state.json()["waiting"][0]["why"] == "quiet_hours"
    assert mails.json()["mails"][0]["recipient"] is None
    for answer in (state, mails):
        assert "hanako" not in answer.text
        assert "花子" not in answer.text
    (mail,) = airflow.client("user").get("/api/sending/unknown").json()["mails"]
    assert mail["recipient"] == {"key": "C1", "name": "山田 花子", "email": "hanako1@example.jp"}


@pytest.mark.slow
@pytest.mark.parametrize("role", ["viewer", "user"])
def test_who_may_not_edit_connections_cannot_resume(airflow: Airflow, role: str) -> None:
    pause(airflow.database)
    with airflow.browser(role) as browser:
        (seen_pause,) = browser.get("/api/sending").json()["pauses"]
        assert (seen_pause["reason"]["en"], seen_pause["may_resume"]) == (WRONG_KEY, False)
        assert (
            "接続「shop」の API キーを受け付けません（HTTP 401: 認証が必要です: authorization required）"
            in (seen_pause["reason"]["ja"])
        )
        answer = browser.post(RESUME)
    assert (answer.status_code, paused(airflow.database)) == (403, ["shop"])
    message_ = answer.json()["detail"]["message"]
    assert "Resuming needs the right to edit Airflow's connections" in message_["en"]
    assert "接続を編集する権限" in message_["ja"]


@pytest.mark.slow
@pytest.mark.parametrize("role", ["op", "admin"])
def test_who_may_edit_connections_resumes(airflow: Airflow, role: str) -> None:
    pause(airflow.database)
    put(airflow.database, 1, state="retryable", hold="paused", wake_at=NEVER)
    with airflow.browser(role) as browser:
        state = browser.get("/api/sending").json()
        assert state["pauses"][0]["may_resume"] is True
        assert state["connections"][0]["pause"]["may_resume"] is True
        (waiting,) = state["waiting"]
        assert (waiting["why"], waiting["number"], waiting["earliest"]) == ("paused", 1, None)
        assert browser.post(RESUME).json() == {"resumed": True}
        assert browser.get("/api/sending").json()["pauses"] == []
        again = browser.post(RESUME)
    assert again.status_code == 404
    assert "'shop' is not paused" in again.json()["detail"]["message"]["en"]
    with airflow.database.read() as connection:
        assert connection.execute(sa.select(enrollment.c.wake_at)).scalar_one() < NEVER


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}]
)
def test_another_site_cannot_resume(airflow: Airflow, headers: dict[str, str]) -> None:
    pause(airflow.database)
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(headers)
        assert browser.post(RESUME).status_code == 403
    assert paused(airflow.database) == ["shop"]


@pytest.mark.slow
def test_what_waits_and_why_is_said_in_both_languages(airflow: Airflow) -> None:
    put(airflow.database, 1, state="accepted")
    put(airflow.database, 2, state="rejected", reason="no_consent")
    put(airflow.database, 3, state="unknown", reason="SendGrid did not answer in time", sent_at=NOW)
    put(airflow.database, 4, state="unknown", reason="no answer", sent_at=NOW, purpose="transactional",
        hold="unresolved", wake_at=NOW + HOUR)  # fmt: skip
    put(airflow.database, 5, state="retryable", reason="421 busy <b>", wake_at=NOW + MINUTE)
    with airflow.client("admin") as client:
        state = client.get("/api/sending").json()
        mails = client.get("/api/sending/unknown").json()["mails"]
    (connection,) = state["connections"]
    assert connection["reasons"] == [
        {
            "reason": "no_consent",
            "title": {"en": "no consent on record", "ja": "受信の同意が記録されていない"},
            "number": 1,
        }
    ]
    waiting = {one["why"]: one for one in state["waiting"]}
    assert waiting["retryable"]["reason"] == {"en": "421 busy <b>", "ja": "421 busy <b>"}
    assert waiting["retryable"]["title"]["ja"] == "送信できず、再送待ち"
    assert waiting["unresolved"]["reason"] is None
    assert "not sent again blindly" in waiting["unresolved"]["about"]["en"]
    assert mails[0]["reason"] == {
        "en": "SendGrid did not answer in time",
        "ja": "時間内に SendGrid の応答がありませんでした",
    }
    told = {one["message_id"]: (one["fate"], one["attempts"], one["most_attempts"]) for one in mails}
    assert told == {3: ("given_up", 1, 3), 4: ("sent_again", 1, 3)}
    assert {one["step_title"]["ja"] for one in (*mails, *waiting.values())} == {"Announce the sale"}


def test_a_step_without_a_name_is_called_like_its_kind(database: Database) -> None:
    put(database, 1, state="unknown", reason="no answer", hold="resumed")
    with database.write() as connection:
        connection.execute(sa.update(journey_step).values(title=journey_step.c.step, kind="send_email"))
    with database.read() as connection:
        known = frozenset(connection.scalars(sa.select(journey.c.id)))
    onlooker = Onlooker(database, known, frozenset())
    (mail,) = seen.unknown_mails(onlooker, after=None, limit=5)
    with database.read() as connection:
        (waiting,) = [seen._waiting(one) for one in waiting_mails(connection)]
    assert (mail.step_title.ja, waiting.step_title.ja) == ("メールを送る", "メールを送る")
    assert waiting.about is not None


def test_the_rule_stands_in_the_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "22:00-07:00")
    said = explained("quiet_hours")
    assert said is not None
    assert "22:00–07:00" in said.en
    assert "22:00〜07:00" in said.ja
    assert explained("something new") is None
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "")
    settings.cache_clear()
    assert explained("quiet_hours") is None


@pytest.mark.slow
def test_suppressed_addresses_are_counted_by_reason_and_not_named(airflow: Airflow) -> None:
    rows = [("a", "bounce", NOW), ("b", "bounce", NOW - 48 * HOUR), ("c", "complaint", NOW - 48 * HOUR)]
    with airflow.database.write() as connection:
        for name, reason, at in rows:
            values = {"email_key": f"{name}@example.jp", "reason": reason, "at": at, "source": "test"}
            connection.execute(sa.insert(suppression).values(**values))
    with airflow.client("viewer") as client:
        answer = client.get("/api/sending")
        week = client.get("/api/sending?hours=168").json()["suppressed"]
    counted = [(one["reason"], one["number"], one["new"]) for one in answer.json()["suppressed"]]
    assert counted == [("bounce", 2, 1), ("complaint", 1, 0)]
    assert [one["new"] for one in week] == [2, 1]
    assert "example.jp" not in answer.text


@pytest.mark.slow
def test_unknown_mails_come_in_pages(airflow: Airflow) -> None:
    for number in range(1, 54):
        put(airflow.database, number, state="unknown", reason="no answer", sent_at=NOW + number)
    with airflow.client("admin") as client:
        found: list[int] = []
        after = None
        while True:
            query = {"limit": 20} | ({"after": after} if after else {})
            page = client.get("/api/sending/unknown", params=query).json()
            found += [mail["message_id"] for mail in page["mails"]]
            if (after := page["next_after"]) is None:
                break
        assert found == list(range(1, 54))
        assert client.get("/api/sending/unknown?after=x").status_code == 422
        assert client.get("/api/sending?hours=0").status_code == 422


@pytest.mark.slow
def test_when_the_database_is_away_the_answer_says_so(airflow: Airflow) -> None:
    with airflow.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE ma_message RENAME TO ma_message_away"))
    try:
        answer = airflow.client("admin").get("/api/sending")
        assert answer.status_code == 503
        assert "Nothing is lost" in answer.json()["detail"]["message"]["en"]
        assert "ma_message" not in answer.text
    finally:
        with airflow.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE ma_message_away RENAME TO ma_message"))
