"""Where a person is in every journey, and how they got there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from airflow_ma.engine.clock import NEVER
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
)

NEWEST_EVENTS = 1_000


class UnknownPersonError(LookupError):
    """Nobody has that address or key."""

    def __init__(self, who: str) -> None:
        super().__init__(f"there is no contact with the mail address or key '{who}'")
        self.who = who


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; the fields that do not apply to ``what`` are None. ``at`` is in ms."""

    at: int
    what: Literal["move", "message", "event", "alert", "answer"]
    step: str | None = None
    title: str | None = None
    """Of the step."""
    outcome: str | None = None
    """Of a move, or what sales answered to an alert."""
    to_step: str | None = None
    to_title: str | None = None
    type: str | None = None
    """Of an event, such as page.view."""
    url: str | None = None
    machine: bool | None = None
    template: str | None = None
    state: str | None = None
    """Of a message; see engine.ledger."""
    reason: str | None = None
    run_id: str | None = None


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
    unsubscribed_at: int | None
    passages: tuple[Passage, ...]
    elsewhere: tuple[Happening, ...]
    """Events outside every journey; of all events only the newest 1,000 are told."""


def find_person(connection: sa.Connection, email_or_key: str, *, now: int) -> Person:
    """Everything about the person with that mail address or key. ``now`` in ms. Raises UnknownPersonError."""
    found = _find(connection, email_or_key.strip())
    tags = connection.scalars(
        sa.select(contact_tag.c.tag).where(contact_tag.c.contact_id == found.id).order_by(contact_tag.c.tag)
    )
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
        unsubscribed_at=found.unsubscribed_at,
        passages=passages,
        elsewhere=elsewhere,
    )


def _find(connection: sa.Connection, email_or_key: str) -> sa.Row[Any]:
    c = contact.c
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
        mine = [one for one in events if _belongs(one, row, messages.get(row.id, []))]
        told.update(one.id for one in mine)
        titles = {
            step: known.title for (journey_id, step), known in steps.items() if journey_id == row.journey_id
        }
        history = _history(
            titles, moves.get(row.id, []), messages.get(row.id, []), alerts.get(row.id, []), mine
        )
        passages.append(
            Passage(
                row.journey_key,
                row.journey_title,
                row.version,
                row.cohort,
                row.entered_at,
                history,
                _waiting(row, steps.get((row.journey_id, row.step)), now),
                row.left_at,
                row.left_reason,
            )
        )
    return tuple(passages), tuple(_event(one, None, {}) for one in events if one.id not in told)


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


def _waiting(row: sa.Row[Any], step: sa.Row[Any] | None, now: int) -> Waiting | None:
    if row.wake_at is None:
        return None
    return Waiting(
        step=row.step,
        title=step.title if step else row.step,
        kind=step.kind if step else "",
        since=row.arrived_at,
        until=None if row.deadline_at is None or row.deadline_at >= NEVER else row.deadline_at,
        due=row.claim is None and row.wake_at <= now,
        held=row.claim is not None,
    )


def _history(
    titles: Mapping[str, str],
    moves: Sequence[sa.Row[Any]],
    messages: Sequence[sa.Row[Any]],
    alerts: Sequence[sa.Row[Any]],
    events: Sequence[sa.Row[Any]],
) -> tuple[Happening, ...]:
    """Oldest first; what happened in the same millisecond in the order in which it must have."""
    left_by = {row.from_step: number for number, row in enumerate(moves)}
    first_at = {row.at: number for number, row in reversed(list(enumerate(moves)))}
    placed: list[tuple[int, float, Happening]] = []

    def before_leaving(step: str) -> float:
        return left_by.get(step, len(moves)) - 0.5

    for number, row in enumerate(moves):
        to_title = titles.get(row.to_step, row.to_step) if row.to_step else None
        placed.append(
            (
                row.at,
                number,
                Happening(
                    row.at,
                    "move",
                    step=row.from_step,
                    title=titles.get(row.from_step, row.from_step),
                    outcome=row.outcome,
                    to_step=row.to_step,
                    to_title=to_title,
                    run_id=row.run_id,
                ),
            )
        )
    for row in messages:
        at = row.sent_at if row.sent_at is not None else row.created_at
        mail = Happening(
            at,
            "message",
            step=row.step,
            title=titles.get(row.step, row.step),
            template=row.template,
            state=row.state,
            reason=row.reason,
        )
        placed.append((at, before_leaving(row.step), mail))
    for row in alerts:
        title = titles.get(row.step, row.step)
        raised = Happening(row.created_at, "alert", step=row.step, title=title, reason=row.reason)
        placed.append((row.created_at, before_leaving(row.step), raised))
        if row.closed_at is not None:
            answer = Happening(row.closed_at, "answer", step=row.step, title=title, outcome=row.outcome)
            placed.append((row.closed_at, before_leaving(row.step) + 0.1, answer))
    sent = {row.id: row.step for row in messages}
    for row in events:
        step = sent.get(row.message_id)
        order = before_leaving(step) + 0.8 if step else first_at.get(row.at, len(moves)) - 0.3
        placed.append((row.at, order, _event(row, step, titles)))
    return tuple(happening for _, _, happening in sorted(placed, key=lambda one: one[:2]))


def _event(row: sa.Row[Any], step: str | None, titles: Mapping[str, str]) -> Happening:
    return Happening(
        row.at,
        "event",
        step=step,
        title=titles.get(step, step) if step else None,
        type=row.type,
        url=row.url,
        machine=row.machine,
    )
