"""Storing site visits: one page view or dwell time, and whom the browser belongs to."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.collector.visit import Visit
from airflow_ma.contacts.consent import newest, tracks, tracks_unasked
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events, wake_contacts
from airflow_ma.engine.tables import event, visitor


def store_visit(
    connection: sa.Connection, visit: Visit, contact_id: int | None, *, at: int, now: int, machine: bool
) -> str | None:
    """Store it once; returns the visitor id that the browser is to use from now on.

    None when the person does not let us: then nothing at all is stored, not even without a name, because
    the browser's id would lead back to the person.

    ``contact_id`` is whom a signed link says the browser belongs to. A visitor who belongs to somebody
    else already stays his: the browser becomes another visitor then.
    """
    if not _may_store(connection, visit.visitor, contact_id):
        return None
    who, belongs_to = _lock_visitor(connection, visit.visitor, now)
    while contact_id is not None and belongs_to not in (None, contact_id):
        who, belongs_to = _lock_visitor(connection, _other_visitor(who, contact_id), now)
    filled = 0
    if contact_id is not None and belongs_to is None:
        belongs_to = contact_id
        filled = _link(connection, who, contact_id, now)
    properties: dict[str, Any] = (
        {"dwell_ms": visit.dwell_ms}
        if visit.kind == "dwell"
        else {k: v for k, v in (("title", visit.title), ("referrer", visit.referrer)) if v}
    )
    new = NewEvent(
        f"page.{visit.kind}",
        at,
        # No time in front: it would differ when the browser tells it again. The script's ids start with it.
        dedupe_key(0, "page", visit.message_id, visit.visitor),
        belongs_to,
        visitor_id=who,
        url=visit.url,
        properties=properties,
        machine=machine,
    )
    stored = record_events(connection, [new], now=now)
    if filled and not stored and belongs_to is not None:
        wake_contacts(connection, [belongs_to], now=now)
    return who


def _may_store(connection: sa.Connection, visitor_id: str, contact_id: int | None) -> bool:
    if contact_id is None:
        contact_id = connection.scalar(sa.select(visitor.c.contact_id).where(visitor.c.id == visitor_id))
    return tracks_unasked() if contact_id is None else tracks(connection, contact_id, "web_tracking")


def _lock_visitor(connection: sa.Connection, visitor_id: str, now: int) -> tuple[str, int | None]:
    """Make the visitor if need be, hold its row, and say whose it is."""
    v = visitor.c
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(visitor).values(id=visitor_id, first_seen_at=now)
    connection.execute(row.on_conflict_do_nothing(index_elements=[v.id]))
    belongs_to = connection.scalar(sa.select(v.contact_id).where(v.id == visitor_id).with_for_update())
    return visitor_id, belongs_to


def _other_visitor(visitor_id: str, contact_id: int) -> str:
    """The same answer to the same question, so that two tabs, or a second try, become one visitor."""
    return hashlib.sha256(f"{visitor_id}:{contact_id}".encode()).hexdigest()[:32]


def _link(connection: sa.Connection, visitor_id: str, contact_id: int, now: int) -> int:
    v, e = visitor.c, event.c
    connection.execute(
        sa.update(visitor).where(v.id == visitor_id).values(contact_id=contact_id, linked_at=now)
    )
    said = newest(connection, contact_id, "web_tracking")
    since = 0 if said is None else said.at  # what was seen before the person agreed stays nobody's
    earlier = sa.update(event).where(e.visitor_id == visitor_id, e.contact_id.is_(None), e.at >= since)
    return connection.execute(earlier.values(contact_id=contact_id)).rowcount
