"""The person with whom a journey is tried out: read from the real database, put into another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.contacts.made_up import made_up_person
from airflow_ma.engine.clock import DAY
from airflow_ma.engine.tables import contact, contact_tag, event, suppression

EVENT_DAYS = 90
"""Days before the start whose events come along, so that conditions on them hold as they would."""
MOST_EVENTS = 2_000
c, ev = contact.c, event.c


@dataclass(frozen=True, slots=True)
class TriedPerson:
    """Rows of the real database, or made up ones."""

    contact: Mapping[str, Any] = field(repr=False)
    tags: tuple[str, ...] = ()
    suppression: Mapping[str, Any] | None = None
    events: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    made_up: bool = False

    @property
    def id(self) -> int:
        """The same as in the real database: chance falls as it would."""
        return int(self.contact["id"])

    @property
    def zone(self) -> ZoneInfo:
        """Where their clock is; that of the installation when their own cannot be read."""
        try:
            return ZoneInfo(self.contact["timezone"])
        except (KeyError, OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
            return ZoneInfo(settings().timezone)

    def put_into(self, connection: sa.Connection) -> None:
        """Write the person into an empty database."""
        connection.execute(sa.insert(contact).values(**self.contact))
        if self.tags:
            rows = [{"contact_id": self.id, "tag": tag} for tag in self.tags]
            connection.execute(sa.insert(contact_tag), rows)
        if self.suppression is not None:
            connection.execute(sa.insert(suppression).values(**self.suppression))
        if self.events:
            connection.execute(sa.insert(event), list(self.events))


def real_person(connection: sa.Connection, key: str) -> TriedPerson | None:
    """The contact of that key, without events; None when there is none."""
    row = connection.execute(sa.select(contact).where(c.key == key)).one_or_none()
    if row is None:
        return None
    tags = connection.scalars(sa.select(contact_tag.c.tag).where(contact_tag.c.contact_id == row.id))
    listed = connection.execute(sa.select(suppression).where(suppression.c.email_key == row.email_key))
    found = listed.one_or_none()
    return TriedPerson(row._asdict(), tuple(tags), None if found is None else found._asdict())


def with_events(connection: sa.Connection, person: TriedPerson, *, start: int) -> TriedPerson:
    """The same with what they did in the 90 days before ``start`` (ms), the newest 2,000 events of it."""
    columns = [column for column in event.columns if column.name not in ("id", "message_id")]
    query = (
        sa.select(*columns)
        .where(ev.contact_id == person.id, ev.at < start, ev.at >= start - EVENT_DAYS * DAY)
        .order_by(ev.at.desc(), ev.id.desc())
        .limit(MOST_EVENTS)
    )
    events = tuple(row._asdict() for row in connection.execute(query))
    return replace(person, events=events)


def nobody_in_particular(connection: sa.Connection) -> TriedPerson:
    """A made-up person who has agreed to marketing mail."""
    to = made_up_person(connection)
    row = {
        "id": to.contact_id,
        "key": to.key,
        "email": to.email,
        "email_key": to.email,
        "name": to.name,
        "language": to.language,
        "timezone": to.timezone,
        "attributes": dict(to.attributes),
        "score": 0,
        "consented_at": 0,
        "created_at": 0,
        "updated_at": 0,
    }
    return TriedPerson(row, made_up=True)
