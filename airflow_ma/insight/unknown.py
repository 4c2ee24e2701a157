"""Mails that may or may not have gone out, and what will become of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.engine.clock import MINUTE, Clock
from airflow_ma.engine.mail.rules import MARKETING
from airflow_ma.engine.mail.unknown import MOST_ATTEMPTS
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import contact, journey, journey_step, message

Journeys = Collection[int] | None
"""Ids of the journeys that are meant; None means all."""
Fate = Literal["given_up", "sent_again"]
# As the index has it: SQLite uses a partial index only for the same words.
UNRESOLVED = sa.text("ma_message.state = 'unknown' AND ma_message.resolved_at IS NULL")

m, c = message.c, contact.c


@dataclass(frozen=True, slots=True)
class UnknownMail:
    """A mail that may or may not have gone out, and what will become of it."""

    message_id: int
    journey_id: int
    journey: str
    journey_title: str
    step: str
    step_title: str
    """Its id when it was given none."""
    step_kind: str | None
    conn_id: str
    since: int
    reason: str | None
    attempts: int
    fate: Fate
    """What is done at ``decided_at`` if no trace of it is found."""
    decided_at: int
    key: str | None = field(repr=False)
    """The contact's; None when it was erased."""
    name: str | None = field(repr=False)
    email: str | None = field(repr=False)


class After(NamedTuple):
    """Where a page of unknown mails ended: the next one begins behind it."""

    since: int
    message_id: int


def unknown_mails(
    connection: sa.Connection,
    *,
    patience: int,
    journeys: Journeys = None,
    after: After | None = None,
    limit: int,
) -> list[UnknownMail]:
    """Mails whose fate is open, the oldest first. ``patience``: how long a trace is waited for (ms)."""
    j, s = journey.c, journey_step.c
    query = (
        sa.select(
            m.id,
            m.journey_id,
            j.key.label("journey"),
            j.title.label("journey_title"),
            m.step,
            sa.func.coalesce(s.title, m.step).label("step_title"),
            s.kind.label("step_kind"),
            m.conn_id,
            m.sent_at,
            m.reason,
            m.attempts,
            m.purpose,
            c.key,
            c.name,
            c.email,
        )
        .join_from(message, journey, j.id == m.journey_id)
        .outerjoin(journey_step, sa.and_(s.journey_id == m.journey_id, s.step == m.step))
        .outerjoin(contact, c.id == m.contact_id)
        .where(UNRESOLVED, *within(connection, m.journey_id, journeys))
        .order_by(m.sent_at, m.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(
            sa.or_(m.sent_at > after.since, sa.and_(m.sent_at == after.since, m.id > after.message_id))
        )
    return [
        UnknownMail(
            row.id,
            row.journey_id,
            row.journey,
            row.journey_title,
            row.step,
            row.step_title,
            row.step_kind,
            row.conn_id,
            row.sent_at,
            row.reason,
            row.attempts,
            fate_of(row.purpose, row.attempts),
            row.sent_at + patience,
            row.key,
            row.name,
            row.email,
        )
        for row in connection.execute(query)
    ]


def patience(clock: Clock) -> int:
    """How long (ms of the installation's clock) a trace of an unknown mail is waited for."""
    return int(settings().unknown_after_minutes * MINUTE * clock.speed)


def fate_of(purpose: str, attempts: int) -> Fate:
    """What becomes of a mail of which no trace is found in time."""
    return "given_up" if purpose == MARKETING or attempts >= MOST_ATTEMPTS else "sent_again"


def within(connection: sa.Connection, column: sa.Column[int], journeys: Journeys) -> list[Any]:
    """The condition for rows of these journeys."""
    if journeys is None:
        return []
    return [one_of(connection.dialect.name, column, sorted(journeys)) if journeys else sa.false()]
