"""Pruning: what is old goes, what is needed or proves something stays."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.contacts import retention
from airflow_ma.contacts.consent import record_consent
from airflow_ma.contacts.retention import prune
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import (
    consent,
    contact,
    enrollment,
    entry_request,
    event,
    mailbox,
    message,
    suppression,
)
from tests.contacts.people import add_contact, add_event


def count(database: Database, table: sa.Table) -> int:
    with database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def enroll(connection: sa.Connection, person: int, entered_at: int, **more: Any) -> None:
    values = {"journey_id": 1, "version": 1, "entry_key": "", "cohort": "", "step": "wait"}
    values |= {
        "contact_id": person,
        "entered_at": entered_at,
        "arrived_at": entered_at,
        "wake_at": entered_at,
    }
    connection.execute(sa.insert(enrollment).values(values | more))


def add_mail(connection: sa.Connection, number: int, delivered_at: int, state: str = "accepted") -> None:
    ledger = {"id": number, "enrollment_id": number, "step": "mail", "journey_id": 1, "contact_id": 1}
    ledger |= {"channel": "sandbox", "template": "t", "state": state, "batch": "b", "created_at": 0}
    connection.execute(sa.insert(message).values(ledger))
    row = {"message_id": number, "to_address": "a", "sender": "s", "subject": "s", "html": "h", "text": "t"}
    connection.execute(sa.insert(mailbox).values({**row, "headers": {}, "delivered_at": delivered_at}))


def test_old_events_go_unless_somebody_under_way_needs_them(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    now = clock.now()
    old, fresh = now - 731 * DAY, now - 729 * DAY
    with database.write() as connection:
        idle, under_way, gone = (add_contact(connection, key) for key in ("IDLE", "UNDER_WAY", "GONE"))
        enroll(connection, under_way, old)
        enroll(connection, gone, old, wake_at=None, left_at=now, left_reason="completed")
        for person in (idle, under_way, gone):
            for at in (old - DAY, old, old + 1, fresh):
                add_event(connection, person, "page.view", at)
        add_event(connection, idle, "sign.up", old - 1)
        knocking = connection.scalar(sa.select(event.c.id).where(event.c.type == "sign.up"))
        ask = {"journey_id": 1, "step": "in", "contact_id": idle, "event_id": knocking, "at": now}
        connection.execute(sa.insert(entry_request).values(ask))
        connection.execute(
            sa.insert(event).values(type="page.view", at=old, received_at=old, visitor_id="v", dedupe_key="v")
        )
    removed = prune(database, keep_events_days=730, keep_mailbox_days=0)
    assert (removed.events, removed.events_needed, removed.events_before) == (8, 3, now - 730 * DAY)
    assert (removed.mails, removed.mails_before) == (0, None)
    with database.read() as connection:
        left = connection.execute(sa.select(event.c.contact_id, event.c.at).order_by(event.c.id)).all()
    assert [tuple(row) for row in left] == [
        (idle, fresh), (under_way, old), (under_way, old + 1), (under_way, fresh), (gone, fresh),
        (idle, old - 1),
    ]  # fmt: skip
    assert prune(database, keep_events_days=730, keep_mailbox_days=0).events == 0
    assert prune(database, keep_events_days=0, keep_mailbox_days=0).events_before is None
    assert count(database, event) == 6


def test_old_mails_go_but_not_from_the_ledger(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    now = clock.now()
    with database.write() as connection:
        for number in range(1, 6):
            add_mail(connection, number, now - 91 * DAY)
        add_mail(connection, 6, now - 89 * DAY)
        for number, state in ((7, "sending"), (8, "retryable"), (9, "unknown")):
            add_mail(connection, number, now - 91 * DAY, state)
    removed = prune(database, keep_events_days=730, keep_mailbox_days=90)
    assert (removed.mails, removed.mails_before) == (6, now - 90 * DAY)
    with database.read() as connection:
        assert list(connection.scalars(sa.select(mailbox.c.message_id).order_by(mailbox.c.message_id))) == [
            6,
            7,
            8,
        ]
    assert count(database, message) == 9
    prune(database, keep_events_days=0, keep_mailbox_days=0)
    assert count(database, mailbox) == 3


def test_what_proves_consent_is_never_removed(database: Database, clock: ManualClock) -> None:
    long_ago = clock.now() - 5_000 * DAY
    with database.write() as connection:
        person = add_contact(connection, "A", email="a@x.jp")
        for granted in (True, False):
            record_consent(connection, person, "email", granted, at=long_ago, source="form")
        suppress(connection, [Suppression("b@x.jp", "bounce", long_ago, "webhook")])
    removed = prune(database, keep_events_days=1, keep_mailbox_days=1)
    assert (removed.events, count(database, event)) == (2, 0)
    assert (count(database, consent), count(database, suppression), count(database, contact)) == (2, 2, 1)
