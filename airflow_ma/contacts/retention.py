"""Retention: forgetting what is older than the settings allow, but nothing that is still needed.

Never removed: the consent log and the suppression list, which prove what was allowed, and the ledger of
messages, which keeps anybody from getting a mail twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.engine.clock import DAY
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, entry_request, event, journey_run, mailbox, message

CHUNK = 10_000
"""Rows that one transaction looks at: others wait for its locks."""

ev, e, box, m = event.c, enrollment.c, mailbox.c, message.c


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed. The moments (ms) are those before which things were too old; None: kept for ever."""

    events: int
    events_before: int | None
    events_needed: int
    """Old events that were kept for journeys that are under way."""
    mails: int
    mails_before: int | None
    runs: int
    """Records of which run moved whom, which are of no use without the events; as old as those."""


def prune(database: Database, *, keep_events_days: int, keep_mailbox_days: int) -> Pruned:
    """Remove old events, records of old runs and old mails of the sandbox mailbox. 0 days: for ever.

    In many small transactions: safe to interrupt, and to run while everything else runs.
    """
    now = database.clock().now()
    events_before = now - keep_events_days * DAY if keep_events_days else None
    mails_before = now - keep_mailbox_days * DAY if keep_mailbox_days else None
    removed, needed = (0, 0) if events_before is None else _prune_events(database, events_before)
    mails = 0 if mails_before is None else _prune_mailbox(database, mails_before)
    runs = 0 if events_before is None else _prune_runs(database, events_before)
    return Pruned(removed, events_before, needed, mails, mails_before, runs)


def _prune_events(database: Database, before: int) -> tuple[int, int]:
    under_way = sa.exists().where(
        e.contact_id == ev.contact_id, e.wake_at.is_not(None), e.entered_at <= ev.at
    )
    knocking = sa.exists().where(entry_request.c.event_id == ev.id)
    needed = sa.or_(under_way.correlate(event), knocking.correlate(event))
    removed = kept = low = 0
    with database.read() as connection:
        last = connection.scalar(sa.select(sa.func.max(ev.id))) or 0
    while low < last:
        with database.read() as connection:
            further = sa.select(ev.id).where(ev.id > low).order_by(ev.id).offset(CHUNK - 1).limit(1)
            high = connection.scalar(further) or last
            old = (ev.id > low, ev.id <= high, ev.at < before)
            found = connection.scalar(sa.select(sa.func.count()).where(*old)) or 0
        if found:
            with database.write() as connection:
                gone = connection.execute(sa.delete(event).where(*old, ~needed)).rowcount
            removed += gone
            kept += found - gone
        low = high
    return removed, kept


def _prune_runs(database: Database, before: int) -> int:
    with database.write() as connection:
        over = sa.delete(journey_run).where(journey_run.c.ended_at < before)
        return connection.execute(over).rowcount


def _prune_mailbox(database: Database, before: int) -> int:
    # A mail that is being sent may be asked for again: the mailbox knows by its row that it has it.
    open_mail = sa.exists().where(m.id == box.message_id, m.state.in_(["sending", "retryable"]))
    old = sa.select(box.message_id).where(box.delivered_at < before, ~open_mail.correlate(mailbox))
    removed = 0
    while True:
        with database.write() as connection:
            some = old.order_by(box.delivered_at).limit(CHUNK).scalar_subquery()
            gone = connection.execute(sa.delete(mailbox).where(box.message_id.in_(some))).rowcount
        removed += gone
        if gone < CHUNK:
            return removed
