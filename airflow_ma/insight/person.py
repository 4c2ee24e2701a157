"""Where a person is in every journey, and how they got there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.clock import NEVER, read_clock
from airflow_ma.engine.mail.pauses import PAUSED, Pause, pauses
from airflow_ma.engine.tables import (
    alert,
    contact,
    contact_tag,
    enrollment,
    event,
    journey,
    journey_step,
    message,
    move,
    suppression,
)
from airflow_ma.insight.history import Happening, history_of, told_event
from airflow_ma.insight.sending import RETRYABLE
from airflow_ma.insight.unknown import Fate, fate_of, patience

NEWEST_EVENTS = 1_000


class UnknownPersonError(LookupError):
    """Nobody has that address or key."""

    def __init__(self, who: str) -> None:
        super().__init__(f"there is no contact with the mail address or key '{who}'")
        self.who = who


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """Why a person's mail waits at the step where they stand. Times in ms."""

    why: str
    """A hold of engine.pacing, engine.pauses or engine.unknown, or insight.sending.RETRYABLE."""
    until: int | None
    """When it is looked at again; None when somebody must resume sending first."""
    reason: str | None = None
    """Of a mail that could not be sent or may be out: what went wrong."""
    attempts: int = 0
    """How often it was tried."""
    fate: Fate | None = None
    """Of a mail that may be out: what becomes of it if no trace is found."""
    pauses: tuple[Pause, ...] = ()
    """All there are, when it waits for the end of one."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why an address gets no mail, whoever it belongs to, and since when (ms)."""

    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an enrollment waits for. Times in ms."""

    step: str
    title: str
    kind: str
    since: int
    until: int | None
    """When the wait is over whatever happens; None when only an event ends it."""
    due: bool
    """Whether the next run of the journey looks at it."""
    held: bool
    """Whether a run is acting on it now."""
    planned: int | None = None
    """When a run looks at it though its step would at once: people are let through one after the other."""
    mail: WaitingMail | None = None
    """Why its mail has not gone out yet, if it waits for that."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One enrollment: the person's way through one journey."""

    journey: str
    title: str
    version: int
    cohort: str
    entered_at: int
    history: tuple[Happening, ...]
    waiting: Waiting | None
    left_at: int | None
    left_reason: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A contact with everything that happened to it in journeys, oldest first."""

    key: str
    email: str | None
    name: str | None
    language: str
    timezone: str
    score: int
    tags: tuple[str, ...]
    attributes: Mapping[str, Any] = field(repr=False)
    consented_at: int | None
    unsubscribed_at: int | None
    suppressed: Suppressed | None
    passages: tuple[Passage, ...]
    elsewhere: tuple[Happening, ...]
    """Events outside every journey; of all events only the newest 1,000 are told."""


def find_person(connection: sa.Connection, email_or_key: str, *, now: int) -> Person:
    """Everything about the person with that mail address or key. ``now`` in ms. Raises UnknownPersonError."""
    found = find_contact(connection, email_or_key)
    tags = connection.scalars(
        sa.select(contact_tag.c.tag).where(contact_tag.c.contact_id == found.id).order_by(contact_tag.c.tag)
    )
    listed = connection.execute(
        sa.select(suppression.c.reason, suppression.c.at).where(suppression.c.email_key == found.email_key)
    ).one_or_none()
    passages, elsewhere = _passages(connection, found.id, now)
    return Person(
        key=found.key,
        email=found.email,
        name=found.name,
        language=found.language,
        timezone=found.timezone,
        score=found.score,
        tags=tuple(tags),
        attributes=found.attributes,
        consented_at=found.consented_at,
        unsubscribed_at=found.unsubscribed_at,
        suppressed=Suppressed(*listed) if listed else None,
        passages=passages,
        elsewhere=elsewhere,
    )


def find_contact(connection: sa.Connection, email_or_key: str) -> sa.Row[Any]:
    """The row of ma_contact with that mail address or key. Raises UnknownPersonError."""
    c = contact.c
    email_or_key = email_or_key.strip()
    for column, value in ((c.email_key, email_or_key.lower()), (c.key, email_or_key)):
        found = connection.execute(sa.select(contact).where(column == value)).one_or_none()
        if found is not None:
            return found
    raise UnknownPersonError(email_or_key)


def _passages(
    connection: sa.Connection, contact_id: int, now: int
) -> tuple[tuple[Passage, ...], tuple[Happening, ...]]:
    e, j = enrollment.c, journey.c
    enrollments = connection.execute(
        sa.select(enrollment, j.key.label("journey_key"), j.title.label("journey_title"))
        .join(journey, j.id == e.journey_id)
        .where(e.contact_id == contact_id)
        .order_by(e.entered_at, e.id)
    ).all()
    ids = [row.id for row in enrollments]
    known = connection.execute(
        sa.select(journey_step).where(journey_step.c.journey_id.in_({row.journey_id for row in enrollments}))
    )
    steps = {(row.journey_id, row.step): row for row in known}
    moves = _by_enrollment(connection, move, ids)
    messages = _by_enrollment(connection, message, ids)
    alerts = _by_enrollment(connection, alert, ids)
    ev = event.c
    events = connection.execute(
        sa.select(event)
        .where(ev.contact_id == contact_id)
        .order_by(ev.at.desc(), ev.id.desc())
        .limit(NEWEST_EVENTS)
    ).all()[::-1]
    told: set[int] = set()
    passages = []
    for row in enrollments:
        place, mails = steps.get((row.journey_id, row.step)), messages.get(row.id, [])
        mine = [one for one in events if _belongs(one, row, mails)]
        told.update(one.id for one in mine)
        titles = {
            step: known.title for (journey_id, step), known in steps.items() if journey_id == row.journey_id
        }
        history = history_of(titles, moves.get(row.id, []), mails, alerts.get(row.id, []), mine)
        passages.append(
            Passage(
                row.journey_key,
                row.journey_title,
                row.version,
                row.cohort,
                row.entered_at,
                history,
                waiting_of(connection, row, place, mails, now),
                row.left_at,
                row.left_reason,
            )
        )
    return tuple(passages), tuple(told_event(one, None, {}) for one in events if one.id not in told)


def _by_enrollment(
    connection: sa.Connection, table: sa.Table, ids: Sequence[int]
) -> dict[int, list[sa.Row[Any]]]:
    found: dict[int, list[sa.Row[Any]]] = {}
    query = sa.select(table).where(table.c.enrollment_id.in_(ids)).order_by(table.c.id)
    for row in connection.execute(query):
        found.setdefault(row.enrollment_id, []).append(row)
    return found


def _belongs(one: sa.Row[Any], passage: sa.Row[Any], messages: Sequence[sa.Row[Any]]) -> bool:
    """About a mail: to the journey that sent it. Anything else: to every journey that was under way."""
    if one.message_id is not None:
        return any(one.message_id == mail.id for mail in messages)
    ended = passage.left_at
    return bool(passage.entered_at <= one.at and (ended is None or one.at <= ended))


def waiting_of(
    connection: sa.Connection,
    row: sa.Row[Any],
    step: sa.Row[Any] | None,
    mails: Sequence[sa.Row[Any]],
    now: int,
) -> Waiting | None:
    """What the enrollment ``row`` waits for, of which ``mails`` are; None when it has left. ``now`` in ms."""
    if row.wake_at is None:
        return None
    waiting_mail = _waiting_mail(
        connection, row, next((mail for mail in mails if mail.step == row.step), None)
    )
    before_deadline = row.deadline_at is None or row.wake_at < row.deadline_at
    queues = now < row.wake_at < NEVER and before_deadline and row.claim is None and waiting_mail is None
    return Waiting(
        step=row.step,
        title=step.title if step else row.step,
        kind=step.kind if step else "",
        since=row.arrived_at,
        until=None if row.deadline_at is None or row.deadline_at >= NEVER else row.deadline_at,
        due=row.claim is None and row.wake_at <= now,
        held=row.claim is not None,
        planned=row.wake_at if queues else None,
        mail=waiting_mail,
    )


def _waiting_mail(
    connection: sa.Connection, row: sa.Row[Any], mail: sa.Row[Any] | None
) -> WaitingMail | None:
    why = row.hold or (RETRYABLE if mail is not None and mail.state == "retryable" else None)
    if why is None:
        return None
    until = None if row.wake_at >= NEVER else row.wake_at
    if why == PAUSED:
        return WaitingMail(why, until, pauses=tuple(pauses(connection)))
    if mail is None:  # it is held before anything is written about it
        return WaitingMail(why, until)
    unknown = mail.state == "unknown" and mail.resolved_at is None
    if not unknown:
        return WaitingMail(why, until, mail.reason, mail.attempts)
    decided_at = mail.sent_at + patience(read_clock(connection))
    return WaitingMail(why, decided_at, mail.reason, mail.attempts, fate_of(mail.purpose, mail.attempts))
