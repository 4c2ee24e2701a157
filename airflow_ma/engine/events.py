"""Taking in what happened: store it once, wake the journeys of the people it is about.

Everything happens in the caller's transaction, so an event that was stored has also woken who waits
for it. On PostgreSQL a sweep that holds an enrollment makes the wake-up here wait until it is done;
a sweep skips enrollments that are held here. Either way nobody sleeps through an event.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import enrollment, entry_request, journey_step

BATCH = 5_000


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
        new += _insert_new(connection, ordered[start : start + BATCH], now)
    people = {row.contact_id for row in new if row.contact_id is not None}
    if people:
        wake_contacts(connection, sorted(people), now=now)
        _request_entries(connection, new, now)
    return len(new)


def wake_contacts(connection: sa.Connection, contact_ids: Sequence[int], *, now: int) -> None:
    """Have every journey of these contacts look at them now."""
    e = enrollment.c
    dialect = connection.dialect.name
    theirs = sa.and_(one_of(dialect, e.contact_id, contact_ids), e.wake_at.is_not(None))
    if dialect == "postgresql":  # one lock order for all: no deadlocks
        ids = connection.scalars(sa.select(e.id).where(theirs).order_by(e.id).with_for_update()).all()
        if not ids:
            return
        theirs = one_of(dialect, e.id, ids)
    # No condition on wake_at or claim outside SET: a row that a sweep is just putting to sleep must
    # be waited for here, and judged by what the sweep has left.
    awake = sa.case((sa.and_(e.claim.is_(None), e.wake_at > now), now), else_=e.wake_at)
    connection.execute(sa.update(enrollment).where(theirs).values(wake_at=awake))


_COLUMNS: dict[str, tuple[str, str]] = {  # column -> its type on PostgreSQL and on SQLite
    "type": ("text", "TEXT"),
    "at": ("bigint", "INTEGER"),
    "contact_id": ("bigint", "INTEGER"),
    "visitor_id": ("text", "TEXT"),
    "message_id": ("bigint", "INTEGER"),
    "url": ("text", "TEXT"),
    "properties": ("jsonb", "TEXT"),
    "machine": ("boolean", "INTEGER"),
    "dedupe_key": ("text", "TEXT"),
}
_NAMES = ", ".join(_COLUMNS)
_TAIL = "ON CONFLICT (dedupe_key) DO NOTHING RETURNING id, type, contact_id"
# One statement for any number of events, which arrive as one parameter (or one a column): written by hand,
# because with a row of parameters for each event most of the time goes into naming them.
_INSERT = {
    "postgresql": f"INSERT INTO ma_event ({_NAMES}, received_at) SELECT *, :now FROM unnest("  # noqa: S608
    + ", ".join(f"CAST(:{name} AS {kind}[])" for name, (kind, _) in _COLUMNS.items())
    + f") {_TAIL}",
    "sqlite": f"INSERT INTO ma_event ({_NAMES}, received_at) SELECT "  # noqa: S608
    + ", ".join(f"CAST(value ->> {n} AS {kind})" for n, (_, kind) in enumerate(_COLUMNS.values()))
    + f", :now FROM json_each(:rows) WHERE true {_TAIL}",
}


def _insert_new(connection: sa.Connection, events: Sequence[NewEvent], now: int) -> list[sa.Row[Any]]:
    rows = [
        (
            e.type,
            e.at,
            e.contact_id,
            e.visitor_id,
            e.message_id,
            e.url,
            None if e.properties is None else json.dumps(e.properties, ensure_ascii=False),
            e.machine,
            e.dedupe_key,
        )
        for e in events
    ]
    dialect = connection.dialect.name
    if dialect == "postgresql":
        values: dict[str, Any] = {
            name: list(column) for name, column in zip(_COLUMNS, zip(*rows, strict=True), strict=True)
        }
    else:
        values = {"rows": json.dumps(rows, ensure_ascii=False)}
    return list(connection.execute(sa.text(_INSERT[dialect]), {**values, "now": now}))


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
