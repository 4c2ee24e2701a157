"""The mailbox for programs."""

from __future__ import annotations

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
        "step_title": "Announce the sale",
        "template": "sale",
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
            client.post("/api/mailbox/8/reply", json={"text": "yes"}),
        ):
            assert answer.status_code == 404
            assert answer.json() == {"detail": "there is no mail 8 in the sandbox mailbox"}
        assert client.get("/api/mailbox", params={"after": -1}).status_code == 422
        assert client.get("/api/mailbox", params={"limit": 100_000}).status_code == 422
