"""Contacts, vocabulary, audience, templates and trying out, over the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from airflow_ma.config import settings
from airflow_ma.dag import Journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact
from airflow_ma.journey.document import document_of
from airflow_ma.plugin.access import Onlooker, Reader, json_only, onlooker, own_origin, reader
from airflow_ma.plugin.api_errors import ApiError, answer_api_error
from airflow_ma.plugin.canvas import contacts_api, templates_api, try_api, vocabulary_api
from tests.contacts.people import add_contact, add_event
from tests.dag.test_load import cold_outreach_in_python
from tests.journeys import sweep
from tests.plugin.conftest import Airflow

DAGS = Path(__file__).parents[3] / "dags"


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The routes as somebody sees them who may edit the journeys 1 and 2."""
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(DAGS / "emails"))
    settings.cache_clear()
    app = FastAPI()
    for part in (contacts_api, templates_api, try_api, vocabulary_api):
        app.include_router(part.router, prefix="/airflow-ma")
    app.add_exception_handler(ApiError, answer_api_error)
    app.dependency_overrides[reader] = lambda: Reader(database, frozenset({1, 2}))
    app.dependency_overrides[onlooker] = lambda: Onlooker(database, frozenset({1, 2}), frozenset())
    for guard in (own_origin, json_only):
        app.dependency_overrides[guard] = lambda: None
    with TestClient(app) as client:
        yield client


@pytest.fixture
def owner(database: Database) -> int:
    with database.write() as connection:
        return add_contact(
            connection,
            "shop/1",
            name="花子",
            email="hanako@example.jp",
            tags=["shop_owner"],
            attributes={"company": "青葉"},
            consented_at=1_700_000_000_000,
        )


def listed(client: TestClient, **changes: Any) -> Response:
    return client.post(
        "/airflow-ma/api/contacts/search", json={"search": "", "after": None, "limit": 50, **changes}
    )


def one(client: TestClient, key: str) -> Response:
    return client.post("/airflow-ma/api/contacts/one", json={"key": key})


def sale() -> Journey:
    return cold_outreach_in_python()


def test_contacts_are_listed_searched_and_paged(client: TestClient, database: Database, owner: int) -> None:
    with database.write() as connection:
        add_contact(connection, "b")
    body = listed(client, limit=1).json()
    assert [one["key"] for one in body["contacts"]] == ["b"]
    body = listed(client, limit=1, after=body["next_after"]).json()
    assert body == {
        "contacts": [
            {
                "key": "shop/1",
                "name": "花子",
                "email": "hanako@example.jp",
                "language": "ja",
                "tags": ["shop_owner"],
                "score": 0,
                "journeys": [],
                "last_seen_at": None,
            }
        ],
        "next_after": None,
        "total": 2,
    }
    assert listed(client, search="花\0子").json()["total"] == 1
    assert listed(client, search="花子").json()["total"] == 1
    for wrong in ({"after": "x"}, {"limit": 0}, {"limit": 1_000}, {"search": "x" * 300}):
        assert listed(client, **wrong).status_code == 422


def test_a_person_is_shown_with_everything(client: TestClient, database: Database, owner: int) -> None:
    sweep(sale(), database, cohort="run")
    body = one(client, "shop/1").json()
    assert (body["mail_allowed"], body["mail_why"]["ja"]) == (True, "2023-11-15 に受信に同意")
    assert body["attributes"] == {"company": "青葉"}
    assert body["attribute_titles"] == {"company": {"en": "Company", "ja": "会社名"}}
    (place,) = body["standing"]
    assert (place["step"], place["until"]) == ("first_reply", "2026-12-05T01:00:00Z")
    assert [one["what"] for one in body["timeline"]] == ["mail", "entered"]
    assert body["timeline"][0]["at"] == "2026-12-01T01:00:00Z"
    assert body["journeys"] == ["Cold outreach / 新規開拓"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"consented_at": None}, "受信の同意が記録されていない"),
        ({"unsubscribed_at": 1_700_000_000_000}, "配信停止済み（2023-11-15）"),
        ({"email": None, "email_key": None}, "メールアドレスの登録なし"),
    ],
    ids=["no consent", "unsubscribed", "no address"],
)
def test_who_may_not_be_mailed_is_shown_with_the_reason(
    client: TestClient, database: Database, owner: int, changes: dict[str, Any], said: str
) -> None:
    with database.write() as connection:
        connection.execute(sa.update(contact).values(**changes))
    body = one(client, "shop/1").json()
    assert (body["mail_allowed"], body["mail_why"]["ja"]) == (False, said)


def test_an_unknown_contact_is_told_without_repeating_the_key(client: TestClient) -> None:
    answer = one(client, "taro@example.jp")
    assert answer.status_code == 404
    assert answer.json()["detail"]["code"] == "not_found"
    assert "taro" not in answer.text
    assert one(client, "a\0b").status_code == 422


def test_the_vocabulary_has_what_there_is_and_what_is_usual(
    client: TestClient, database: Database, owner: int
) -> None:
    with database.write() as connection:
        add_event(connection, owner, "order.refunded", 1)
    body = client.get("/airflow-ma/api/vocabulary").json()
    attributes = {one["name"]: one for one in body["attributes"]}
    assert attributes["company"] == {
        "name": "company",
        "title": {"en": "Company", "ja": "会社名"},
        "type": "text",
        "values": ["青葉"],
    }
    assert attributes["language"]["title"]["ja"] == "言語"
    assert attributes["score"]["type"] == "number"
    assert body["events"][0] == {
        "type": "order.refunded",
        "title": {"en": "order.refunded", "ja": "order.refunded"},
    }
    assert {"type": "email.open", "title": {"en": "Opened the mail", "ja": "メールを開封"}} in body["events"]
    assert body["tags"] == ["shop_owner"]
    assert body["timezones"][0] == "Asia/Tokyo"


def test_an_audience_is_counted(client: TestClient, owner: int) -> None:
    body = client.post("/airflow-ma/api/audience", json={"where": {"tag": "shop_owner"}}).json()
    assert (body["count"], body["total"], body["mailable"]) == (1, 1, 1)
    assert body["sample"][0]["key"] == "shop/1"
    assert client.post("/airflow-ma/api/audience", json={"where": None}).json()["count"] == 1
    for wrong in ({"where": {"tag": ""}}, {"where": {"all": []}}, {"where": 5}, {"where": {"nonsense": 1}}):
        answer = client.post("/airflow-ma/api/audience", json=wrong)
        assert (answer.status_code, answer.json()["detail"]["code"]) == (422, "invalid")
    assert client.post("/airflow-ma/api/audience", json={}).status_code == 422


def test_a_pattern_is_tried_on_visited_pages(client: TestClient, database: Database, owner: int) -> None:
    with database.write() as connection:
        add_event(connection, owner, "page.view", 1, url="https://s.jp/sale?who=x")
    asked = {"pattern": "*sale*"}
    body = client.post("/airflow-ma/api/urls", json=asked).json()
    assert body == {"matched": ["https://s.jp/sale"], "missed": []}


def test_templates_are_listed_and_previewed(client: TestClient, owner: int) -> None:
    known = {found["name"]: found for found in client.get("/airflow-ma/api/templates").json()}
    assert known["cold_intro"]["languages"] == ["en", "ja"]
    assert known["cold_intro"]["problem"] is None
    path = "/airflow-ma/api/templates/cold_intro/preview"
    mail = client.post(path, json={"contact": "shop/1", "language": None}).json()
    assert (mail["language"], "青葉" in mail["text"]) == ("ja", True)
    assert (
        client.post(path, json={"contact": None, "language": "en"})
        .json()["subject"]
        .startswith("Winter wear for 青葉")
    )
    for name, contact_key in (("not_there", None), ("..", None), ("cold_intro", "nobody")):
        asked = {"contact": contact_key, "language": None}
        answer = client.post(f"/airflow-ma/api/templates/{name}/preview", json=asked)
        assert answer.status_code == 404


def tried(**changes: Any) -> dict[str, Any]:
    document = document_of(sale().graph).model_dump(mode="json")
    return {"document": document, "contact": "shop/1", "start": "2026-12-01T10:00", "acts": [], **changes}


def test_a_journey_is_tried_out(client: TestClient, owner: int) -> None:
    passes = {"do": "pass", "type": None, "url": None, "mail": None, "after": 0}
    replies = {"do": "happen", "type": "reply", "url": None, "mail": "first_mail", "after": 3600}
    body = client.post("/airflow-ma/api/try", json=tried(acts=[passes])).json()
    assert body["problems"] == []
    assert body["moments"][0]["at"] == "2026-12-01T01:00:00Z"
    assert body["moments"][1]["mail"]["language"] == "ja"
    assert body["at_step"] == "second_reply"
    assert body["questions"][0]["type"] == "reply"
    body = client.post("/airflow-ma/api/try", json=tried(acts=[replies])).json()
    assert (body["at_step"], body["until"], body["questions"]) == (None, None, [])
    made_up = client.post("/airflow-ma/api/try", json=tried(contact=None)).json()
    assert made_up["at_step"] == "first_reply"


def test_an_unfinished_journey_says_why_it_cannot_be_tried(client: TestClient, owner: int) -> None:
    request = tried()
    request["document"]["steps"] = request["document"]["steps"][1:]
    body = client.post("/airflow-ma/api/try", json=request).json()
    assert body["moments"] == []
    assert body["problems"]
    assert all(one["severity"] == "error" and one["message"]["ja"] for one in body["problems"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "soon"},
        {"start": "2026-12-01T10:00+09:00"},
        {"start": "0001-01-01T00:00"},
        {"acts": [{"do": "pass", "type": None, "url": None, "mail": None, "after": -1}]},
        {"acts": [{"do": "pass", "type": None, "url": None, "mail": None, "after": 0}] * 201},
    ],
)
def test_a_wrong_request_is_refused(client: TestClient, owner: int, wrong: dict[str, Any]) -> None:
    assert client.post("/airflow-ma/api/try", json=tried(**wrong)).status_code == 422


@pytest.mark.slow
def test_only_who_may_edit_a_journey_sees_any_of_it(airflow: Airflow) -> None:
    with airflow.database.write() as connection:
        add_contact(connection, "c1", name="花子")
    paths = ("vocabulary", "connections")
    asked = {
        "audience": {"where": None},
        "contacts/search": {"search": "", "after": None, "limit": 5},
        "contacts/one": {"key": "c1"},
        "templates/cold_intro/preview": {"contact": "c1", "language": None},
    }
    for role, status in ((None, 401), ("viewer", 403), ("user", 200), ("admin", 200)):
        with airflow.client(role) as client:
            for path in paths:
                assert client.get(f"/api/{path}").status_code == status, (role, path)
            seen = client.get("/api/templates").status_code  # their subjects are shown on the canvas
            assert seen == (401 if role is None else 200), role
            for path, body in asked.items():
                answer = client.post(f"/api/{path}", json=body)
                expected = 404 if status == 200 and path.startswith("templates/") else status  # none here
                assert answer.status_code == expected, (role, path)
                assert status == 200 or "花子" not in answer.text


@pytest.mark.slow
def test_a_page_of_another_site_can_ask_nothing(airflow: Airflow) -> None:
    with airflow.browser("admin") as client:
        for path in ("audience", "urls", "try", "contacts/search", "contacts/one"):
            answer = client.post(f"/api/{path}", json={}, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, path
            answer = client.post(f"/api/{path}", content=b"{}", headers={"Content-Type": "text/plain"})
            assert answer.status_code == 415, path
