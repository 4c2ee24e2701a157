"""The fake's Email Logs speak the published API."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from airflow_ma.engine.clock import ManualClock
from tests.fakes.sendgrid import API_KEY, FakeSendGrid
from tests.fakes.sendgrid.events import KINDS
from tests.fakes.sendgrid.schema import schema_validator

KEY = {"Authorization": f"Bearer {API_KEY}"}


@pytest.fixture
def sent(fake_sendgrid: FakeSendGrid, clock: ManualClock) -> FakeSendGrid:
    """A fake that has accepted three mails, a minute apart."""
    for number in range(3):
        body = {
            "personalizations": [
                {"to": [{"email": f"p{number}@example.com"}], "custom_args": {"ma_message": f"{number}.tag"}}
            ],
            "from": {"email": "news@example.co.jp"},
            "subject": f"No. {number}",
            "categories": [f"c{number}"],
            "content": [{"type": "text/plain", "value": "Hi"}],
        }
        requests.post(f"{fake_sendgrid.url}/v3/mail/send", json=body, headers=KEY, timeout=10)
        clock.advance(60_000)
    return fake_sendgrid


def search(fake: FakeSendGrid, body: dict[str, Any]) -> requests.Response:
    return requests.post(f"{fake.url}/v3/logs", json=body, headers=KEY, timeout=10)


def found(fake: FakeSendGrid, query: str, **more: Any) -> list[str]:
    done = search(fake, {"query": query, **more})
    assert done.status_code == 200, done.text
    schema_validator("tsg_logs_v3", "EmailLogsGetMessagesByFilterResponse").validate(done.json())
    return [message["to_email"][:2] for message in done.json()["messages"]]


def test_queries_find_what_they_ask_for(sent: FakeSendGrid) -> None:
    sent.events.add("delivered", sent.mails[0])
    sent.events.add("open", sent.mails[0])
    sent.events.add("bounce", sent.mails[1], reason="550 no")
    assert found(sent, "") == ["p2", "p1", "p0"]
    assert found(sent, "", limit=2) == ["p2", "p1"]
    assert found(sent, "to_email = 'P1@example.com'") == ["p1"]
    assert found(sent, 'subject="No. 2"') == ["p2"]
    assert found(sent, f"sg_message_id = '{sent.mails[2].sg_message_id}'") == ["p2"]
    assert found(sent, "status IN ('delivered', 'bounced')") == ["p1", "p0"]
    assert found(sent, "reason = '550 no' AND categories IN ('c1')") == ["p1"]
    assert found(sent, "status IN ('processed') and categories IN ('c1')") == []
    # accepted at 10:00, 10:01 and 10:02 in Tokyo
    after = 'sg_message_id_created_at >= TIMESTAMP "2026-12-01T01:01:00Z"'
    assert found(sent, after) == ["p2", "p1"]
    assert found(sent, f"{after} AND sg_message_id_created_at < TIMESTAMP '2026-12-01T01:02:00Z'") == ["p1"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "to_email IN ('a')"},
        {"query": "status = 'delivered'"},
        {"query": "custom_args = 'a'"},
        {"query": "to_email = 'a' OR to_email = 'b'"},
        {"query": "sg_message_id_created_at > '2026-12-01T01:01:00Z'"},
        {"query": "sg_message_id_created_at > TIMESTAMP 'yesterday'"},
        {"query": "nonsense"},
        {"limit": 1001},
        {"limit": 0},
        {"filter": "x"},
    ],
)
def test_other_queries_are_refused(sent: FakeSendGrid, body: dict[str, Any]) -> None:
    done = search(sent, body)
    assert done.status_code == 400
    assert done.json()["errors"][0]["message"]


def test_a_single_message_has_its_events_and_arguments(sent: FakeSendGrid) -> None:
    mail = sent.mails[0]
    for kind in KINDS:
        sent.events.add(kind, mail)
    done = requests.get(f"{sent.url}/v3/logs/{mail.sg_message_id}", headers=KEY, timeout=10)
    assert done.status_code == 200
    message = done.json()
    schema_validator("tsg_logs_v3", "EmailLogsGetMessageByIdResponse").validate(message)
    assert message["custom_args"] == {"ma_message": "0.tag"}
    assert [event["event"] for event in message["events"]].count("bounce") == 4
    assert all(event["custom_args"] == {"ma_message": "0.tag"} for event in message["events"])
    assert requests.get(f"{sent.url}/v3/logs/unknown", headers=KEY, timeout=10).status_code == 404


def test_logs_lag_and_fail_as_told(sent: FakeSendGrid, clock: ManualClock) -> None:
    sent.logs_delay = 90_000  # the mails are 3, 2 and 1 minutes old
    assert found(sent, "") == ["p1", "p0"]
    clock.advance(30_000)
    assert found(sent, "") == ["p2", "p1", "p0"]
    sent.fail_next(429, on="logs", reset_in=3)
    assert search(sent, {}).headers["X-RateLimit-Remaining"] == "0"
    assert requests.post(f"{sent.url}/v3/logs", json={}, timeout=10).status_code == 401
    assert search(sent, {}).status_code == 200
