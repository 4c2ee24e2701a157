"""The address for SendGrid's events: who is let in, and what every kind of event does."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.channels.links import LinkSigner
from airflow_ma.collector import webhook as webhook_module
from airflow_ma.collector.app import create_app
from airflow_ma.config import settings
from airflow_ma.engine.clock import HOUR, MINUTE, SECOND
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, enrollment, entry_request, journey_step, message, sending_pause
from tests.collector.conftest import World, serving
from tests.collector.test_webhook_signature import BODY, KEY, SIGNATURE, TIMESTAMP
from tests.collector.webhooks import PATH, Webhook
from tests.fakes.sendgrid.events import ACCOUNT_CHANGES, KINDS, account_status_change, event
from tests.fakes.sendgrid.webhooks import SIGNATURE as SIGNATURE_HEADER
from tests.fakes.sendgrid.webhooks import TIMESTAMP as TIMESTAMP_HEADER
from tests.fakes.sendgrid.webhooks import Delivery, WebhookKey, sign


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> WebhookKey:
    found = WebhookKey()
    monkeypatch.setenv("AIRFLOW_MA_WEBHOOK_KEYS", f"{KEY},{found.public}")
    settings.cache_clear()
    return found


@pytest.fixture
def webhook(world: World, key: WebhookKey) -> Iterator[Webhook]:
    for number in (2, 3):
        world.add_contact(number)
    with world.database.write() as connection:
        connection.execute(
            sa.text(
                "UPDATE ma_contact SET email = 'C' || id || '@Example.com', email_key = 'c' || id || '@example.com', consented_at = 5"
            )
        )
    world.clock.advance(HOUR)
    with TestClient(create_app(world.database)) as client:
        yield Webhook(client, key, world)


# Who is let in


def test_the_published_example_is_stored(webhook: Webhook) -> None:
    answer = webhook.deliver(Delivery({SIGNATURE_HEADER: SIGNATURE, TIMESTAMP_HEADER: TIMESTAMP}, BODY))
    assert answer.status_code == 200
    assert answer.json() == {"stored": 1, "known": 0, "refused": 0, "foreign": 0, "malformed": 0}
    [dropped] = webhook.world.events()
    assert (dropped.type, dropped.at, dropped.contact_id) == ("email.dropped", 1600112492000, None)
    assert webhook.suppressed() == {"hello@world.com": "bounce"}


def test_what_is_not_signed_by_the_key_is_refused_without_detail(webhook: Webhook) -> None:
    good = sign([webhook.told("open")], webhook.key)
    bad = [
        good.unsigned(),
        good.with_garbage(),
        good.with_body(good.body + b" "),
        good.with_timestamp("1600112502"),
        good.with_timestamp("now"),
        sign([webhook.told("open")], WebhookKey()),
        sign(b"this is not even JSON", WebhookKey()),
    ]
    answers = [webhook.deliver(delivery) for delivery in bad]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert webhook.world.events() == []


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"{}", b'"text"', b"null", b"[1,", b"\xff", b"[" * 100_000]
)
def test_what_is_not_a_list_of_events_is_bad(webhook: Webhook, body: bytes) -> None:
    answer = webhook.deliver(sign(body, webhook.key))
    assert (answer.status_code, answer.json()["error"]) == (400, "not_events")


def test_an_empty_list_is_fine(webhook: Webhook) -> None:
    assert webhook.post() == {"stored": 0, "known": 0, "refused": 0, "foreign": 0, "malformed": 0}


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused_while_it_comes(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    monkeypatch.setattr(webhook_module, "BODY_BYTES", 1_000)
    small = sign([webhook.told("open")], webhook.key)
    assert webhook.deliver(small).status_code == 200
    large = sign([webhook.told("open")] * 10, webhook.key)
    content: Any = large.body if announced else iter([large.body])
    answer = webhook.client.post(PATH, content=content, headers=dict(large.headers))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def looks_signed(path: str, port: int, announced: int) -> bytes:
    """The beginning of a delivery that nobody has signed."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {announced}\r\n"
        f"{TIMESTAMP_HEADER}: 1600112502\r\n{SIGNATURE_HEADER}: MEUCIQ==\r\n\r\n"
    ).encode()


def test_half_bodies_together_have_an_end(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds many of them open gets no more memory than this, and for no longer than that."""
    monkeypatch.setattr(webhook_module, "HELD_BYTES", 100_000)
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 2.0)
    delivery = sign([webhook.told("open")] * 100, webhook.key)
    assert 20_000 < len(delivery.body) < 90_000
    with serving(create_app(webhook.world.database)) as port, ExitStack() as open_:
        url = f"http://127.0.0.1:{port}{PATH}"
        held = [open_.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(10)]
        for one in held:
            one.sendall(looks_signed(PATH, port, 60_000) + b"x" * 9_000)
        time.sleep(0.5)
        refused = httpx.post(url, content=delivery.body, headers=dict(delivery.headers))
        assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        for one in held:
            one.settimeout(5)
            assert one.recv(100).startswith(b"HTTP/1.1 503 ")
        taken = httpx.post(url, content=delivery.body, headers=dict(delivery.headers))
        assert taken.status_code == 200, "there is room again"


def test_room_is_given_back(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = sign([webhook.told("open")], webhook.key)
    monkeypatch.setattr(webhook_module, "BODY_BYTES", len(delivery.body))
    monkeypatch.setattr(webhook_module, "HELD_BYTES", len(delivery.body) + 1)
    with TestClient(create_app(webhook.world.database)) as client:
        for sent in (delivery, delivery.with_body(delivery.body + b" "), delivery.with_garbage()) * 2:
            client.post(PATH, content=iter([sent.body]), headers=dict(sent.headers))
        assert client.post(PATH, content=delivery.body, headers=dict(delivery.headers)).status_code == 200


def test_without_a_key_nothing_is_taken(world: World) -> None:
    with TestClient(create_app(world.database)) as client:
        for delivery in (sign([], WebhookKey()), sign([], WebhookKey()).unsigned()):
            answer = client.post(PATH, content=delivery.body, headers=dict(delivery.headers))
            assert answer.status_code == 503
            assert "AIRFLOW_MA_WEBHOOK_KEYS" in answer.json()["message"]
            assert "AIRFLOW_MA_WEBHOOK_KEYS" in answer.json()["message_ja"]


def test_a_wrong_key_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_WEBHOOK_KEYS", f"{WebhookKey().public},nonsense")
    settings.cache_clear()
    with TestClient(create_app(world.database)) as client:
        answer = client.post(PATH, content=b"[]")
    assert answer.status_code == 503
    assert "key 2" in answer.json()["message"]


def test_get_is_not_for_this_address(webhook: Webhook) -> None:
    assert webhook.client.get(PATH).status_code == 405


def test_a_database_that_is_away_is_told_again(
    key: WebhookKey, caplog: pytest.LogCaptureFixture, webhook: Webhook
) -> None:
    client = TestClient(create_app(Database("postgresql://someone:hush@127.0.0.1:1/ma")))
    delivery = sign([webhook.told("open")], key)
    answer = client.post(PATH, content=delivery.body, headers=dict(delivery.headers))
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert "hush" not in caplog.text


# What each kind of event does


@pytest.mark.parametrize(
    ("kind", "stored", "suppressed"),
    [
        ("processed", "email.processed", None),
        ("delivered", "email.delivered", None),
        ("deferred", "email.deferred", None),
        ("bounce", "email.bounce", "bounce"),
        ("blocked", "email.blocked", None),
        ("no_mx", "email.blocked", None),
        ("dropped", "email.dropped", "bounce"),
        ("open", "email.open", None),
        ("machine_open", "email.open", None),
        ("click", "email.click", None),
        ("spamreport", "email.complaint", "complaint"),
        ("unsubscribe", "sendgrid.unsubscribe", "unsubscribe"),
        ("group_unsubscribe", "sendgrid.group_unsubscribe", "unsubscribe"),
        ("group_resubscribe", "sendgrid.group_resubscribe", None),
        ("async_bounce", "email.bounce", "bounce"),
    ],
)
def test_every_kind_is_stored_once_and_wakes_unless_it_is_no_news(
    webhook: Webhook, kind: str, stored: str, suppressed: str | None
) -> None:
    told = webhook.told(kind, seconds=-60)
    assert webhook.post(told, told) == {"stored": 1, "known": 1, "refused": 0, "foreign": 0, "malformed": 0}
    assert webhook.post(told)["known"] == 1
    [found] = webhook.world.events(stored)
    assert found.contact_id == 1
    assert found.message_id == (None if kind == "async_bounce" else 1)
    assert found.at == told["timestamp"] * 1000
    assert found.machine is (kind == "machine_open")
    assert found.url == ("https://example.com/" if kind == "click" else None)
    awake = (webhook.world.wake_at(1) or 0) <= webhook.world.clock.now()
    assert awake is (kind not in ("processed", "delivered", "deferred"))
    assert webhook.world.wake_at(2) != webhook.world.clock.now()
    assert webhook.suppressed() == ({"c1@example.com": suppressed} if suppressed else {})
    gone = kind in ("unsubscribe", "group_unsubscribe")
    assert (webhook.world.contact(1).unsubscribed_at is not None) is gone
    assert len(webhook.world.events("email.unsubscribe")) == gone


def test_all_the_fakes_kinds_are_known(webhook: Webhook) -> None:
    webhook.post(*(webhook.told(kind) for kind in KINDS))
    assert [e.type for e in webhook.world.events() if e.type == "sendgrid.unknown"] == []
    assert len(webhook.world.events()) >= len(KINDS)


def test_reasons_are_kept(webhook: Webhook) -> None:
    webhook.post(webhook.told("bounce"), webhook.told("deferred", 2), webhook.told("delivered", 3))
    kept = {e.type: e.properties for e in webhook.world.events()}
    assert kept["email.bounce"]["status"] == "5.1.1"
    assert kept["email.bounce"]["bounce_classification"] == "Invalid Address"
    assert kept["email.deferred"] == {"response": "451 4.3.0 Try again later", "attempt": "1"}
    assert kept["email.delivered"] == {"response": "250 2.0.0 OK 1755119505 - gsmtp"}


@pytest.mark.parametrize(
    ("reason", "suppressed"),
    [
        ("Bounced Address", "bounce"),
        ("Spam Reporting Address", "complaint"),
        ("Unsubscribed Address", "unsubscribe"),
        ("Invalid", "invalid"),
        ("Invalid SMTPAPI header", None),
        ("Spam Content", None),
        ("Recipient List over Package Quota", None),
        (None, None),
    ],
)
def test_reasons_of_drops(webhook: Webhook, reason: str | None, suppressed: str | None) -> None:
    webhook.post(webhook.told("dropped", reason=reason))
    assert webhook.suppressed() == ({"c1@example.com": suppressed} if suppressed else {})
    assert webhook.world.contact(1).unsubscribed_at is None


@pytest.mark.parametrize("kind", [*ACCOUNT_CHANGES, "reactivate"])
def test_a_stopped_account_pauses_all_sending(webhook: Webhook, kind: str) -> None:
    told = account_status_change(1_700_000_000, kind=kind)
    webhook.post(told)
    webhook.post(told)
    with webhook.world.database.read() as connection:
        pauses = connection.execute(sa.select(sending_pause)).all()
    if kind == "reactivate":
        assert pauses == []
        return
    [pause] = pauses
    assert (pause.conn_id, pause.at) == ("sendgrid", 1_700_000_000_000)
    assert kind in pause.reason


def test_a_pause_that_was_ended_does_not_come_back_with_the_same_event(webhook: Webhook) -> None:
    told = account_status_change(1_700_000_000)
    webhook.post(told)
    with webhook.world.database.write() as connection:
        connection.execute(sa.delete(sending_pause))
    webhook.post(told)
    with webhook.world.database.read() as connection:
        assert connection.execute(sa.select(sending_pause)).all() == []


def test_an_open_within_two_seconds_and_a_scanner_are_machines(webhook: Webhook) -> None:
    sent = webhook.world.clock.now()
    webhook.set_message(1, sent_at=sent + 600)
    webhook.post(
        webhook.told("open", seconds=0),
        webhook.told("open", seconds=1),
        webhook.told("open", seconds=2),
        webhook.told("open", seconds=60),
        webhook.told("click", seconds=60, useragent="Barracuda Sentinel (EE)"),
    )
    found = sorted((e.type, e.at, e.machine) for e in webhook.world.events())
    assert [machine for _, _, machine in found] == [True, True, True, False, False]


def test_events_of_another_installation_are_ignored_and_counted(webhook: Webhook) -> None:
    other = LinkSigner({"x": b"another secret, long enough"}).message_tag(1)
    told = [
        webhook.told("bounce", ma_message=tag)
        for tag in (other, "1.x", "", "zzzzzzzzzzzzz." + webhook.world.signer.message_tag(1)[2:], 7, None)
    ]
    counts = webhook.post(*told)
    assert counts["foreign"] == 5
    assert counts["stored"] == 1, "no tag at all: told by the address alone"


def test_a_message_that_was_erased_is_told_by_its_address(webhook: Webhook) -> None:
    webhook.post(webhook.told("bounce", 999, email="C2@example.com"), webhook.told("bounce", 998))
    assert {(e.contact_id, e.message_id) for e in webhook.world.events()} == {(2, None), (None, None)}
    assert webhook.suppressed() == {"c2@example.com": "bounce", "c998@example.com": "bounce"}


def test_a_quoted_carrier_address_is_the_contacts(webhook: Webhook) -> None:
    with webhook.world.database.write() as connection:
        connection.execute(sa.text("UPDATE ma_contact SET email_key = 'a..b@docomo.ne.jp' WHERE id = 2"))
    webhook.post(webhook.told("async_bounce", email='"a..b"@docomo.ne.jp'))
    [bounce] = webhook.world.events()
    assert bounce.contact_id == 2
    assert webhook.suppressed() == {"a..b@docomo.ne.jp": "bounce"}


def test_broken_events_never_cost_the_others(webhook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    good = webhook.told("open")
    odd = [
        None,
        7,
        "text",
        [],
        {},
        {"event": "open"},
        webhook.told("open") | {"timestamp": None},
        webhook.told("open") | {"timestamp": -5},
        webhook.told("open") | {"timestamp": 10**15},
        webhook.told("open") | {"timestamp": True},
        webhook.told("open") | {"timestamp": "soon"},
        webhook.told("open") | {"event": None},
        webhook.told("open") | {"event": ["open"]},
    ]
    usable = [
        webhook.told("open") | {"timestamp": "1337966815"},
        webhook.told("open") | {"timestamp": 1337966815.5},
        webhook.told("open") | {"event": "a new kind!"},
        webhook.told("open") | {"event": "received"},
        webhook.told("open") | {"event": "Open"},
        webhook.told("open") | {"email": None, "ma_message": None},
        webhook.told("open") | {"sg_event_id": "x\x00y", "useragent": "a\x00\x1f"},
        webhook.told("click") | {"url": "https://a.example/\x00\x1f" + "x" * 5_000},
        webhook.told("click") | {"url": 5, "useragent": {}, "sg_message_id": []},
        webhook.told("bounce") | {"reason": {"a": 1}, "status": 10**18, "type": "x" * 5_000},
        webhook.told("bounce") | {"reason": "\x1f\x1e\x00 tab\t", "email": "no address", "ma_message": None},
    ]
    with caplog.at_level(logging.INFO):
        counts = webhook.post(*odd, good, *usable)
    assert counts == {
        "stored": 1 + len(usable),
        "known": 0,
        "refused": 0,
        "foreign": 0,
        "malformed": len(odd),
    }
    types = [e.type for e in webhook.world.events()]
    assert {"sendgrid.unknown", "sendgrid.received"} <= set(types)
    assert types.count("email.open") == 6
    assert "example.com" not in caplog.text
    assert "malformed" not in caplog.text


def test_half_a_surrogate_pair_costs_nothing(webhook: Webhook) -> None:
    body = sign([webhook.told("click", url="https://a.example/CUT"), webhook.told("open")], webhook.key).body
    for cut in (rb"\ud83d", rb"\udc00", rb"\u0000", rb"\ud83d\ude00", rb"NaN"):
        assert webhook.deliver(sign(body.replace(b"CUT", cut), webhook.key)).status_code == 200
    assert len(webhook.world.events("email.open")) == 1


def test_events_without_an_id_are_told_apart_by_their_content(webhook: Webhook) -> None:
    one, other = webhook.told("unsubscribe"), webhook.told("unsubscribe", 2)
    del one["sg_event_id"]
    other["sg_event_id"] = ""
    assert webhook.post(one, other, one)["stored"] == 2
    assert webhook.post(dict(reversed(one.items())), other)["stored"] == 0


def test_a_journey_that_listens_is_asked_once(webhook: Webhook) -> None:
    with webhook.world.database.write() as connection:
        connection.execute(
            sa.insert(journey_step).values(
                journey_id=1,
                step="in",
                kind="audience",
                title="",
                position=0,
                version=1,
                listens_to="email.bounce",
            )
        )
    told = webhook.told("bounce")
    webhook.post(told, webhook.told("open"), webhook.told("bounce", 2))
    webhook.post(told, webhook.told("bounce", 3))
    with webhook.world.database.read() as connection:
        asked = connection.execute(sa.select(entry_request).order_by(entry_request.c.contact_id)).all()
    assert [(row.contact_id, row.step) for row in asked] == [(1, "in"), (2, "in"), (3, "in")]
    bounces = {e.id: e.contact_id for e in webhook.world.events("email.bounce")}
    assert all(bounces[row.event_id] == row.contact_id for row in asked)


# What was not known of a message is known then


@pytest.mark.parametrize("state", ["unknown", "sending", "retryable"])
@pytest.mark.parametrize("kind", sorted({*KINDS} - {"dropped", "async_bounce"}))
def test_any_sign_of_a_message_proves_that_it_was_sent(webhook: Webhook, state: str, kind: str) -> None:
    webhook.set_message(1, state=state, sent_at=None, reason="timeout")
    told = webhook.told(kind, seconds=-30)
    webhook.post(told)
    found = webhook.message(1)
    assert (found.state, found.reason, found.provider_id) == ("accepted", None, "sg1")
    assert found.sent_at == told["timestamp"] * 1000
    assert found.resolved_at == webhook.world.clock.now()
    assert (webhook.world.wake_at(1) or 0) <= webhook.world.clock.now()


@pytest.mark.parametrize("state", ["unknown", "sending", "retryable"])
def test_a_drop_proves_that_it_never_will_be(webhook: Webhook, state: str) -> None:
    webhook.set_message(1, state=state, sent_at=None)
    webhook.post(webhook.told("dropped", reason="Spam Content"))
    found = webhook.message(1)
    assert (found.state, found.reason) == ("rejected", "dropped: Spam Content")
    assert found.resolved_at == webhook.world.clock.now()


@pytest.mark.parametrize("state", ["accepted", "rejected"])
@pytest.mark.parametrize("kind", ["processed", "dropped", "open"])
def test_what_is_known_stays(webhook: Webhook, state: str, kind: str) -> None:
    webhook.set_message(1, state=state, reason="x")
    before = webhook.message(1)
    webhook.post(webhook.told(kind))
    assert webhook.message(1) == before


def test_an_unknown_one_that_was_given_up_is_found_out_later(webhook: Webhook) -> None:
    webhook.set_message(1, state="unknown", resolved_at=5, reason="no trace of it in time: given up")
    webhook.post(webhook.told("delivered"))
    found = webhook.message(1)
    assert (found.state, found.reason, found.resolved_at) == ("accepted", None, webhook.world.clock.now())


def test_who_is_being_worked_on_is_not_taken_away(webhook: Webhook) -> None:
    with webhook.world.database.write() as connection:
        connection.execute(sa.update(enrollment).values(claim="batch"))
    before = webhook.world.wake_at(1)
    webhook.set_message(1, state="sending", sent_at=None)
    webhook.post(webhook.told("processed"))
    assert webhook.world.wake_at(1) == before
    assert webhook.message(1).state == "accepted"


# Leaving and coming back


def test_who_comes_back_gets_mail_again(webhook: Webhook) -> None:
    webhook.post(webhook.told("group_unsubscribe", seconds=-60), webhook.told("bounce", 2))
    webhook.post(webhook.told("group_resubscribe"), webhook.told("group_resubscribe", 2))
    assert webhook.suppressed() == {"c2@example.com": "bounce"}
    assert webhook.world.contact(1).unsubscribed_at is None


def test_an_address_without_a_contact_is_judged_by_time_not_by_arrival(webhook: Webhook) -> None:
    now = webhook.world.clock.now() // 1000

    def about(kind: str, name: str, seconds: int) -> dict[str, Any]:
        return event(kind, email=f"{name}@Else.example", at=now + seconds, sg_message_id=f"{name}{seconds}")

    webhook.post(about("group_resubscribe", "came", 60), about("group_resubscribe", "same", 0))
    webhook.post(about("unsubscribe", "went", 60))
    webhook.post(about("unsubscribe", "came", 0), about("group_unsubscribe", "same", 0))
    webhook.post(about("group_resubscribe", "went", 0))
    left = {"went@else.example": "unsubscribe", "same@else.example": "unsubscribe"}
    assert webhook.suppressed() == left
    webhook.post(about("unsubscribe", "came", 120))
    assert webhook.suppressed() == left | {"came@else.example": "unsubscribe"}
    assert not any("@" in str(one.properties) for one in webhook.world.events())


def test_coming_back_to_what_was_never_left_is_no_consent(webhook: Webhook) -> None:
    with webhook.world.database.write() as connection:
        connection.execute(sa.text("UPDATE ma_contact SET consented_at = NULL"))
    webhook.post(webhook.told("group_resubscribe"))
    assert webhook.world.contact(1).consented_at is None


def test_who_left_elsewhere_later_stays_away(webhook: Webhook) -> None:
    now = webhook.world.clock.now()
    with webhook.world.database.write() as connection:
        connection.execute(sa.text(f"UPDATE ma_contact SET unsubscribed_at = {now}"))
    webhook.post(webhook.told("group_resubscribe", seconds=-60))
    assert webhook.world.contact(1).unsubscribed_at == now


def test_who_consented_since_is_not_unsubscribed_by_old_news(webhook: Webhook) -> None:
    now = webhook.world.clock.now()
    with webhook.world.database.write() as connection:
        connection.execute(sa.text(f"UPDATE ma_contact SET consented_at = {now}"))
    webhook.post(webhook.told("unsubscribe", seconds=-60))
    assert webhook.world.contact(1).unsubscribed_at is None


def test_a_replayed_unsubscribe_does_nothing(webhook: Webhook) -> None:
    delivery = sign([webhook.told("unsubscribe")], webhook.key)
    webhook.deliver(delivery)
    webhook.world.clock.advance(MINUTE + SECOND)
    webhook.post(webhook.told("group_resubscribe"))
    webhook.deliver(delivery)
    assert webhook.world.contact(1).unsubscribed_at is None
    assert webhook.suppressed() == {}
    with webhook.world.database.read() as connection:
        assert connection.scalar(sa.select(message.c.state).where(message.c.id == 1)) == "accepted"


@pytest.mark.parametrize(("kind", "flag"), [("open", "open_tracking"), ("click", "click_tracking")])
def test_what_somebody_does_not_let_us_record_is_not_recorded(webhook: Webhook, kind: str, flag: str) -> None:
    with webhook.world.database.write() as connection:
        connection.execute(sa.update(contact).where(contact.c.id == 1).values({flag: False}))
    webhook.set_message(1, state="unknown", sent_at=None)
    told = [webhook.told("open"), webhook.told("click"), webhook.told(kind, 2)]
    for _ in range(2):
        assert webhook.post(*told)["refused"] == 1
    assert sorted((e.type, e.contact_id) for e in webhook.world.events()) == sorted(
        [("email.click" if kind == "open" else "email.open", 1), (f"email.{kind}", 2)]
    )
    assert webhook.message(1).state == "accepted", "that it was sent is no secret"


def test_without_consent_to_tracking_nothing_is_recorded_where_it_is_needed(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_TRACKING", "opt_in")
    settings.cache_clear()
    assert webhook.post(webhook.told("open"), webhook.told("delivered"))["refused"] == 1
    assert [e.type for e in webhook.world.events()] == ["email.delivered"]
