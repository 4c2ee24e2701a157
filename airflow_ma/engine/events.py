"""Taking in what happened: store it once, wake the journeys of the people it is about.

Everything happens in the caller's transaction, so an event that was stored has also woken who waits
for it. On PostgreSQL a sweep that holds an enrollment makes the wake-up here wait until it is done;
a sweep skips enrollments that are held here. Either way nobody sleeps through an event.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import enrollment, entry_request, event, journey, journey_step

BATCH = 5_000


class NewEvent(NamedTuple):
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


NO_NEWS = frozenset({"email.processed", "email.delivered", "email.deferred"})
"""What happens to every mail on its way. No step waits for these, so nobody is woken: they are more than half
of what a provider tells. A step that asks for one sees it the next time it looks."""


def record_events(connection: sa.Connection, events: Sequence[NewEvent], *, now: int) -> int:
    """Store the events that are not there yet and wake their contacts; returns how many were new."""
    return len(record_new(connection, events, now=now))


def record_new(
    connection: sa.Connection,
    events: Sequence[NewEvent],
    *,
    now: int,
    also_wake: Collection[int] = frozenset(),
) -> list[NewEvent]:
    """The same; returns those that were new.

    ``also_wake``: contacts who are woken by their new events even if those are of a type in ``NO_NEWS``.
    """
    unique = {one.dedupe_key: one for one in events}
    ordered = [unique[key] for key in sorted(unique)]  # one lock order: no deadlocks
    insert = _insert_postgresql if connection.dialect.name == "postgresql" else _insert_sqlite
    new: list[NewEvent] = []
    for start in range(0, len(ordered), BATCH):
        chunk = ordered[start : start + BATCH]
        stored = insert(connection, chunk, now)
        new += chunk if stored is None else [one for one in chunk if one.dedupe_key in stored]
    known = [one for one in new if one.contact_id is not None]
    people = {
        one.contact_id
        for one in new
        if one.contact_id is not None and (one.type not in NO_NEWS or one.contact_id in also_wake)
    }
    if people:
        wake_contacts(connection, sorted(people), now=now)
    if known:
        _request_entries(connection, known, now)
    return new


def wake_contacts(connection: sa.Connection, contact_ids: Sequence[int], *, now: int) -> None:
    """Have every journey of these contacts look at them now."""
    e = enrollment.c
    dialect = connection.dialect.name
    theirs = sa.and_(one_of(dialect, e.contact_id, contact_ids), e.wake_at.is_not(None))
    asleep = sa.and_(e.claim.is_(None), e.wake_at > now)
    if dialect == "postgresql":
        # All of them are locked, and judged only then: a row that a sweep is just putting to sleep must be
        # waited for, and woken if the sweep has left it asleep. In one order for all: no deadlocks.
        rows = sa.select(e.id, e.claim, e.wake_at).where(theirs).order_by(e.id).with_for_update()
        held = rows.cte("held").prefix_with("MATERIALIZED")
        ids = connection.scalars(
            sa.select(held.c.id).where(held.c.claim.is_(None), held.c.wake_at > now)
        ).all()
        if not ids:
            return
        theirs, asleep = one_of(dialect, e.id, ids), sa.true()
    # Who is awake is left alone: to write a row that stays as it is costs as much as to wake somebody.
    connection.execute(sa.update(enrollment).where(theirs, asleep).values(wake_at=now))


# Both statements are written by hand: with SQLAlchemy's parameters for each event most of the time goes into
# naming them.
_NAMES = "type, at, dedupe_key, contact_id, visitor_id, message_id, url, properties, machine, received_at"
_SQLITE = (
    f"INSERT INTO ma_event ({_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
    "ON CONFLICT (dedupe_key) DO NOTHING"
)
# One text a column that the server takes apart: an eighth of what it costs to have the driver write arrays.
_GAP, _NULL = "\x1f", "\x1e"
_TEXTS, _NUMBERS = "string_to_array(%s, E'\\x1f', E'\\x1e')", "CAST(%s AS bigint[])"
_POSTGRESQL = (
    f"WITH new AS (INSERT INTO ma_event ({_NAMES}) SELECT *, CAST(%s AS bigint) FROM unnest({_TEXTS}, "  # noqa: S608
    f"{_NUMBERS}, {_TEXTS}, {_NUMBERS}, {_TEXTS}, {_NUMBERS}, {_TEXTS}, CAST({_TEXTS} AS jsonb[]), "
    "CAST(%s AS boolean[])) ON CONFLICT (dedupe_key) DO NOTHING RETURNING dedupe_key) "
    "SELECT CASE WHEN count(*) < %s THEN coalesce(array_agg(dedupe_key), CAST('{}' AS text[])) END FROM new"
)


def _insert_sqlite(connection: sa.Connection, events: Sequence[NewEvent], now: int) -> set[str] | None:
    """The keys of those that were not there yet; None when none was."""
    e = event.c
    last = connection.scalar(sa.select(sa.func.max(e.id))) or 0
    rows = [(*one[:7], _json(one.properties), one.machine, now) for one in events]
    stored = connection.exec_driver_sql(_SQLITE, rows, execution_options={"preserve_rowcount": True})
    if stored.rowcount == len(rows):
        return None
    return set(connection.scalars(sa.select(e.dedupe_key).where(e.id > last)))  # nobody else writes meanwhile


def _insert_postgresql(connection: sa.Connection, events: Sequence[NewEvent], now: int) -> set[str] | None:
    kind, at, key, contact, visitor, message, url, properties, machine = zip(*events, strict=True)
    values = (
        now,
        _texts(kind),
        _numbers(at),
        _texts(key),
        _numbers(contact),
        _texts(visitor),
        _numbers(message),
        _texts(url),
        _texts([_json(one) for one in properties]),
        "{" + ",".join(["t" if one else "f" for one in machine]) + "}",
        len(events),
    )
    stored: list[str] | None = connection.exec_driver_sql(_POSTGRESQL, values).scalar_one()
    return None if stored is None else set(stored)


def _json(properties: dict[str, Any] | None) -> str | None:
    return None if properties is None else orjson.dumps(properties).decode()


def _texts(column: Sequence[str | None]) -> str:
    joined = _GAP.join([_NULL if text is None else text for text in column])
    if joined.count(_GAP) != len(column) - 1:  # a control character where none has any business
        joined = _GAP.join([_NULL if text is None else text.replace(_GAP, " ") for text in column])
    return joined


def _numbers(column: Sequence[int | None]) -> str:
    return "{" + ",".join(["NULL" if number is None else str(number) for number in column]) + "}"


def _request_entries(connection: sa.Connection, new: Sequence[NewEvent], now: int) -> None:
    s, e = journey_step.c, event.c
    listening: dict[str, list[Any]] = {}
    closed = sa.select(journey.c.id).where(journey.c.closed_at.is_not(None))
    for row in connection.execute(
        sa.select(s.journey_id, s.step, s.listens_to).where(
            s.listens_to.in_({one.type for one in new}), s.journey_id.not_in(closed)
        )
    ):
        listening.setdefault(row.listens_to, []).append(row)
    called = {one.dedupe_key: one for one in new if one.type in listening and one.contact_id is not None}
    if not called:
        return
    ids = sa.select(e.id, e.dedupe_key).where(one_of(connection.dialect.name, e.dedupe_key, list(called)))
    requests = [
        {
            "journey_id": on.journey_id,
            "step": on.step,
            "contact_id": called[row.dedupe_key].contact_id,
            "event_id": row.id,
            "at": now,
        }
        for row in connection.execute(ids.order_by(e.id))
        for on in listening[called[row.dedupe_key].type]
    ]
    connection.execute(sa.insert(entry_request), requests)
