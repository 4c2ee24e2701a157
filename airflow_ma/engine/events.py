"""Taking in what happened: store it once, wake the journeys of the people it is about.

Everything happens in the caller's transaction, so an event that was stored has also woken who waits
for it. On PostgreSQL a sweep that holds an enrollment makes the wake-up here wait until it is done;
a sweep skips enrollments that are held here. Either way nobody sleeps through an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.tables import enrollment, entry_request, event, journey_step

BATCH = 500


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One thing that happened. ``dedupe_key`` must be the same whenever the same thing is told again."""

    type: str
    at: int
    dedupe_key: str
    contact_id: int | None = None
    visitor_id: str | None = None
    message_id: int | None = None
    url: str | None = None
    properties: dict[str, Any] | None = None
    machine: bool = False


def dedupe_key(at: int, *parts: object) -> str:
    """A key that starts with the time (in seconds), so that the unique index grows at its end."""
    return ":".join([f"{at // 1000:011d}", *map(str, parts)])


def record_events(connection: sa.Connection, events: Sequence[NewEvent], *, now: int) -> int:
    """Store the events that are not there yet and wake their contacts; returns how many were new."""
    unique = {e.dedupe_key: e for e in events}
    ordered = sorted(unique.values(), key=lambda e: e.dedupe_key)  # one lock order: no deadlocks
    new: list[sa.Row[Any]] = []
    for start in range(0, len(ordered), BATCH):
        rows = [_row(e, now) for e in ordered[start : start + BATCH]]
        new += _insert_new(connection, rows)
    people = {row.contact_id for row in new if row.contact_id is not None}
    if people:
        wake_contacts(connection, sorted(people), now=now)
        _request_entries(connection, new, now)
    return len(new)


def wake_contacts(connection: sa.Connection, contact_ids: Sequence[int], *, now: int) -> None:
    """Have every journey of these contacts look at them now."""
    e = enrollment.c
    for start in range(0, len(contact_ids), BATCH):
        some = contact_ids[start : start + BATCH]
        mine = sa.select(e.id).where(e.contact_id.in_(some), e.wake_at.is_not(None)).order_by(e.id)
        if connection.dialect.name == "postgresql":
            mine = mine.with_for_update()
        ids = connection.scalars(mine).all()
        if not ids:
            continue
        # No condition on wake_at or claim outside SET: a row that a sweep is just putting to sleep must
        # be waited for here, and judged by what the sweep has left.
        awake = sa.case((sa.and_(e.claim.is_(None), e.wake_at > now), now), else_=e.wake_at)
        connection.execute(sa.update(enrollment).where(e.id.in_(ids)).values(wake_at=awake))


def _row(e: NewEvent, now: int) -> dict[str, Any]:
    return {
        "type": e.type,
        "at": e.at,
        "received_at": now,
        "contact_id": e.contact_id,
        "visitor_id": e.visitor_id,
        "message_id": e.message_id,
        "url": e.url,
        "properties": e.properties,
        "machine": e.machine,
        "dedupe_key": e.dedupe_key,
    }


def _insert_new(connection: sa.Connection, rows: list[dict[str, Any]]) -> list[sa.Row[Any]]:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(event)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[event.c.dedupe_key])
        .returning(event.c.id, event.c.type, event.c.contact_id)
    )
    return list(connection.execute(statement))


def _request_entries(connection: sa.Connection, new: Sequence[sa.Row[Any]], now: int) -> None:
    s = journey_step.c
    types = {row.type for row in new}
    listening = connection.execute(
        sa.select(s.journey_id, s.step, s.listens_to).where(s.listens_to.in_(types))
    ).all()
    requests = [
        {
            "journey_id": on.journey_id,
            "step": on.step,
            "contact_id": row.contact_id,
            "event_id": row.id,
            "at": now,
        }
        for row in new
        for on in listening
        if row.type == on.listens_to and row.contact_id is not None
    ]
    if requests:
        connection.execute(sa.insert(entry_request), requests)
