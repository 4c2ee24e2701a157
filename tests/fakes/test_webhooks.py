"""The fake's webhooks are signed as SendGrid signs, and carry what SendGrid documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import requests
from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.listener import Listener, http_protocol
from tests.fakes.sendgrid import API_KEY, Delivery, FakeSendGrid, WebhookKey, in_batches, post_events, sign
from tests.fakes.sendgrid.events import DROP_REASONS, KINDS, account_status_change
from tests.fakes.sendgrid.webhooks import SIGNATURE, TIMESTAMP


def verified(delivery: Delivery, key: WebhookKey) -> bool:
    """What SendGrid's own package says of it."""
    signature, timestamp = delivery.headers[SIGNATURE], delivery.headers[TIMESTAMP]
    return bool(EventWebhook(key.public).verify_signature(delivery.body.decode(), signature, timestamp))


@pytest.fixture
def sent(fake_sendgrid: FakeSendGrid) -> FakeSendGrid:
    """A fake that has accepted three mails."""
    body = {
        "personalizations": [
            {
                "to": [{"email": f"p{number}@example.com"}],
                "custom_args": {"ma_message": f"{number}.tag", "email": "hidden"},
            }
            for number in range(3)
        ],
        "from": {"email": "news@example.co.jp"},
        "subject": "Hello",
        "categories": ["news"],
        "content": [{"type": "text/plain", "value": "Hi"}],
    }
    headers = {"Authorization": f"Bearer {API_KEY}"}
    requests.post(f"{fake_sendgrid.url}/v3/mail/send", json=body, headers=headers, timeout=10)
    return fake_sendgrid


def test_sendgrids_own_verifier_takes_our_signature(sent: FakeSendGrid, webhook_key: WebhookKey) -> None:
    delivery = sign(
        [sent.events.add("open", sent.mails[0], useragent="メール")], webhook_key, at=1_700_000_000
    )
    assert delivery.headers[TIMESTAMP] == "1700000000"
    assert delivery.body.endswith(b"]\r\n")
    assert verified(delivery, webhook_key)


def test_wrong_signatures_are_wrong(sent: FakeSendGrid, webhook_key: WebhookKey) -> None:
    delivery = sign([sent.events.add("open", sent.mails[0])], webhook_key)
    assert not verified(delivery, WebhookKey())
    assert not verified(delivery.with_body(delivery.body.replace(b"open", b"push")), webhook_key)
    assert not verified(delivery.with_body(delivery.body.strip()), webhook_key)
    assert not verified(delivery.with_timestamp("1"), webhook_key)
    assert verified(delivery.with_garbage(), webhook_key)  # the trap: a strict receiver refuses it
    assert not {SIGNATURE, TIMESTAMP} & delivery.unsigned().headers.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_documented_fields(sent: FakeSendGrid, kind: str) -> None:
    mail = sent.mails[1]
    event = sent.events.add(kind, mail)
    assert event["email"] == "p1@example.com"  # a custom argument never hides a field
    assert event["timestamp"] == mail.at // 1000 + 1
    assert 0 < len(event["sg_event_id"]) <= 100
    if kind == "async_bounce":
        assert not {"sg_message_id", "smtp-id", "ma_message"} & event.keys()
    else:
        assert event["sg_message_id"] == mail.sg_message_id
        assert event["ma_message"] == "1.tag"
        assert event["category"] == ["news"]
    assert event["event"] == {
        "blocked": "bounce",
        "no_mx": "bounce",
        "async_bounce": "bounce",
        "machine_open": "open",
    }.get(kind, kind)


def test_fields_can_be_said_otherwise(sent: FakeSendGrid) -> None:
    at = sent.now() + 60_000
    for reason in DROP_REASONS:
        event = sent.events.add("dropped", sent.mails[0], at=at, reason=reason)
        assert (event["reason"], event["timestamp"]) == (reason, at // 1000)
    stopped = account_status_change(at // 1000)
    assert stopped["type"] == "compliance_suspend"
    assert "email" not in stopped


def test_batches_repeat_and_shuffle_by_seed(sent: FakeSendGrid) -> None:
    events = sent.events.live(sent.mails * 50, seed=1)
    assert len({event["sg_event_id"] for event in events}) == len(events)
    ordered = [event for batch in in_batches(events, size=10) for event in batch]
    assert ordered == events
    mixed = [event for batch in in_batches(events, size=10, seed=2, duplicates=0.2) for event in batch]
    counts = Counter(event["sg_event_id"] for event in mixed)
    assert counts.total() == len(events) + int(len(events) * 0.2)
    assert counts.keys() == {event["sg_event_id"] for event in events}
    assert [event["sg_event_id"] for event in mixed[:20]] != [event["sg_event_id"] for event in events[:20]]


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]], list[int]]]:
    """URL, what came in, and the statuses it answers first."""
    came: list[tuple[dict[str, str], bytes]] = []
    statuses: list[int] = []

    async def take(request: Request) -> Response:
        came.append((dict(request.headers), await request.body()))
        return Response(status_code=statuses.pop(0) if statuses else 204)

    listener = Listener(http_protocol(Starlette(routes=[Route("/hook", take, methods=["POST"])])))
    listener.start()
    yield f"http://127.0.0.1:{listener.port}/hook", came, statuses
    listener.stop()


def test_posting_tries_again_until_2xx(sent: FakeSendGrid, webhook_key: WebhookKey, receiver: Any) -> None:
    url, came, statuses = receiver
    statuses += [500, 200, 404, 404, 404]
    events = sent.events.live(sent.mails * 5, seed=1)[:25]
    assert post_events(url, events, webhook_key, size=10) == [200, 404, 204]
    assert [len(orjson.loads(body)) for _, body in came] == [10, 10, 10, 10, 10, 5]
    for headers, body in came:
        names = {SIGNATURE: headers[SIGNATURE.lower()], TIMESTAMP: headers[TIMESTAMP.lower()]}
        assert verified(Delivery(names, body), webhook_key)
