"""Contacts as a list: searched, page by page, with what there is to see of each at a glance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.tables import contact, contact_tag, enrollment, event, journey
from airflow_ma.insight.event_texts import OURS

c, t, e, ev, j = contact.c, contact_tag.c, enrollment.c, event.c, journey.c


@dataclass(frozen=True, slots=True)
class Listed:
    """One contact at a glance."""

    id: int
    key: str
    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    language: str
    tags: tuple[str, ...]
    score: int
    journeys: tuple[str, ...]
    """Titles of those that it is in now and that may be told."""
    last_seen_at: int | None
    """When it did something for the last time, ms."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some contacts, the newest first."""

    contacts: tuple[Listed, ...]
    next_after: int | None
    """The id behind which the next page begins; None: that was all."""
    total: int
    """How many there are on all pages."""


def contacts_page(
    connection: sa.Connection, *, search: str, after: int | None, limit: int, journeys: Collection[int]
) -> Page:
    """The contacts with ``search`` in name, address, key or a tag; journeys: ids of those that may be told.

    Without ``search`` it reads one page; a search may read all contacts, a second for a million.
    """
    found = [_has(word) for word in search.split()]
    query = sa.select(c.id).where(*found).order_by(c.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(c.id < after)
    ids = list(connection.scalars(query))
    if after is None and len(ids) <= limit:  # the whole list: not to be read a second time
        total = len(ids)
    else:
        total = connection.scalar(sa.select(sa.func.count()).select_from(contact).where(*found)) or 0
    shown = ids[:limit]
    return Page(
        tuple(of_ids(connection, shown, journeys=journeys)), shown[-1] if len(ids) > limit else None, total
    )


def of_ids(connection: sa.Connection, ids: Sequence[int], *, journeys: Collection[int]) -> list[Listed]:
    """These contacts, in this order; those that are gone are left out."""
    rows = {row.id: row for row in connection.execute(sa.select(contact).where(c.id.in_(ids)))}
    tags = _lists(connection, sa.select(t.contact_id, t.tag).where(t.contact_id.in_(ids)).order_by(t.tag))
    titles = _lists(
        connection,
        sa.select(e.contact_id, j.title)
        .join(journey, j.id == e.journey_id)
        .where(e.contact_id.in_(ids), e.wake_at.is_not(None), e.journey_id.in_(journeys))
        .distinct()
        .order_by(j.title),
    )
    seen = _last_seen(connection, ids)
    return [
        Listed(
            id=row.id,
            key=row.key,
            name=row.name,
            email=row.email,
            language=row.language,
            tags=tuple(tags.get(row.id, ())),
            score=row.score,
            journeys=tuple(titles.get(row.id, ())),
            last_seen_at=seen.get(row.id),
        )
        for row in (rows[one] for one in ids if one in rows)
    ]


def _has(word: str) -> sa.ColumnElement[bool]:
    """Whether a contact has it somewhere, in upper or lower case."""
    tags = contact_tag.alias()
    tagged = sa.exists().where(tags.c.contact_id == c.id, tags.c.tag.icontains(word, autoescape=True))
    return sa.or_(
        c.name.icontains(word, autoescape=True),
        c.email_key.contains(word.lower(), autoescape=True),
        c.key.icontains(word, autoescape=True),
        tagged.correlate(contact),
    )


def _last_seen(connection: sa.Connection, ids: Sequence[int]) -> Mapping[int, int]:
    theirs = (ev.contact_id.in_(ids), ev.type.not_in(OURS), ev.machine.is_(sa.false()))
    query = sa.select(ev.contact_id, sa.func.max(ev.at)).where(*theirs).group_by(ev.contact_id)
    return {contact_id: at for contact_id, at in connection.execute(query)}


def _lists(connection: sa.Connection, query: sa.Select[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for contact_id, text in connection.execute(query):
        found.setdefault(contact_id, []).append(text)
    return found
