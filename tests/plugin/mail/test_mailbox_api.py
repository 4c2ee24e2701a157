"""The mailbox for programs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.plugin.conftest import Airflow, Deliver

pytestmark = pytest.mark.slow


def test_a_program_can_follow_the_mailbox(airflow: Airflow, deliver: Deliver) -> None:
    for number in (5, 3, 9):
        deliver(number)
    with airflow.client("op") as client:
        first = client.get("/api/mailbox", params={"limit": 2}).json()
        assert [mail["message_id"] for mail in first["mails"]] == [3, 5]
        second = client.get("/api/mailbox", params={"after": first["next_after"]}).json()
        assert [mail["message_id"] for mail in second["mails"]] == [9]
        third = client.get("/api/mailbox", params={"after": second["next_after"]}).json()
        assert third == {"mails": [], "next_after": 9}


def test_a_mail_has_its_content_and_says_where_it_comes_from(airflow: Airflow, deliver: Deliver) -> None:
    deliver(4, html="<p>Hello</p>")
    mail = airflow.client("op").get("/api/mailbox/4").json()
    assert mail == {
        "message_id": 4,
        "to_address": "hanako@example.jp",
        "to_name": "山田 花子",
        "sender": "shop@example.jp",
        "subject": "The sale begins",
        "journey": "sale",
        "journey_title": "Sale",
        "step": "announce",
        "step_title": {"en": "Announce the sale", "ja": "Announce the sale"},
        "template": "sale",
        "contact": "C4",
        "delivered_at": "2026-12-01T01:00:00Z",
        "read": False,
        "opened": False,
        "opened_by_machine": False,
        "clicked": False,
        "replied": False,
        "unsubscribed": False,
        "html": "<p>Hello</p>",
        "text": "Hello",
        "headers": {"List-Unsubscribe": "<http://c/u/1>"},
        "events": [],
    }


def test_reading_by_program_leaves_a_mail_unread(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.client("op") as client:
        client.get("/api/mailbox/1")
        assert client.get("/api/mailbox/1").json()["read"] is False


def test_a_reply_is_recorded_once(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.client("op") as client:
        assert client.post("/api/mailbox/1/reply", json={"text": "yes"}).json() == {"recorded": True}
        assert client.post("/api/mailbox/1/reply", json={"text": "yes"}).json() == {"recorded": False}
        assert client.get("/api/mailbox").json()["mails"][0]["replied"] is True


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"text": "yes"}', "text/plain", 415),
        (b'{"text": "yes"}', "", 415),
        (b"text=yes", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'{"text": " "}', "application/json", 422),
        (b'{"text": "yes", "from": "x"}', "application/json", 422),
    ],
)
def test_a_wrong_reply_is_refused(
    airflow: Airflow, deliver: Deliver, body: bytes, kind: str, status: int
) -> None:
    deliver(1)
    with airflow.client("op") as client:
        answer = client.post("/api/mailbox/1/reply", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status
        assert answer.json()["detail"]
        assert client.get("/api/mailbox/1").json()["replied"] is False


def test_what_is_not_there_is_said_plainly(airflow: Airflow) -> None:
    with airflow.client("op") as client:
        for answer in (
            client.get("/api/mailbox/8"),
            client.get("/api/mailbox/8/html"),
            client.post("/api/mailbox/8/read", json={}),
            client.post("/api/mailbox/8/reply", json={"text": "yes"}),
        ):
            assert answer.status_code == 404
            assert answer.json()["detail"] == {
                "code": "not_found",
                "message": {
                    "en": "There is no mail 8 in the sandbox mailbox",
                    "ja": "受信箱にメール 8 はありません",
                },
            }
        assert client.get("/api/mailbox", params={"after": -1}).status_code == 422
        assert client.get("/api/mailbox", params={"limit": 100_000}).status_code == 422


def found(client: httpx.Client, **wanted: Any) -> list[int]:
    answer = client.post("/api/mailbox/search", json=wanted)
    assert answer.status_code == 200, answer.text
    return [mail["message_id"] for mail in answer.json()["mails"]]


def test_the_newest_mails_come_first_in_pages(airflow: Airflow, deliver: Deliver) -> None:
    for number in range(1, 121):
        deliver(number)
    with airflow.browser("admin") as browser:
        seen: list[int] = []
        before = None
        while True:
            page = browser.post("/api/mailbox/search", json={"before": before}).json()
            seen += [mail["message_id"] for mail in page["mails"]]
            assert len(page["mails"]) <= 50
            if (before := page["next_before"]) is None:
                break
    assert seen == list(range(120, 0, -1))


@pytest.mark.parametrize(
    ("search", "finds"),
    [("TARO@", [2]), ("100%", [3]), ("冬の", [1]), ("_", []), (" 花子 ", [3, 2, 1]), ("", [3, 2, 1])],
)
def test_search_looks_at_name_address_and_subject(
    airflow: Airflow, deliver: Deliver, search: str, finds: list[int]
) -> None:
    deliver(1, subject="冬のセール")
    deliver(2, to="taro@example.jp")
    deliver(3, subject="100% wool")
    with airflow.browser("admin") as browser:
        assert found(browser, search=search) == finds


def test_a_mail_is_unread_until_somebody_has_looked_at_it(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    deliver(2)
    with airflow.browser("admin") as browser:
        assert found(browser, unread=True) == [2, 1]
        for _ in range(2):  # looking again is no error
            assert browser.post("/api/mailbox/1/read", json={}).status_code == 204
        assert found(browser, unread=True) == [2]
        assert browser.get("/api/mailbox/1").json()["read"] is True


def test_what_happened_is_said_in_both_languages(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.client("op") as client:
        client.post("/api/mailbox/1/reply", json={"text": "はい、<b>お願いします</b>"})
        (event,) = client.get("/api/mailbox/1").json()["events"]
    assert event["title"] == {"en": "Replied", "ja": "返信"}
    assert event["text"] == "はい、<b>お願いします</b>"


@pytest.mark.parametrize("wanted", [{"before": 0}, {"limit": 201}, {"search": "x" * 201}, {"from": "x"}, []])
def test_a_wrong_search_is_refused_without_quoting_it(airflow: Airflow, wanted: object) -> None:
    answer = airflow.browser("admin").post("/api/mailbox/search", json=wanted)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert detail["code"] == "invalid"
    assert "誤りがあります" in detail["message"]["ja"]
    assert "xx" not in answer.text
