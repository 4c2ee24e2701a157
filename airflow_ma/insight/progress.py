"""How a journey goes: per step who arrived, waits and left how; its mails; and whether the sums are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.channels.trial_ids import FIRST
from airflow_ma.engine.clock import read_clock
from airflow_ma.engine.tables import alert, enrollment, journey, journey_step, mailbox, message, move
from airflow_ma.insight.sending import WaitingMails, waiting_mails

ENTERED = "entered"
OVERDUE_SECONDS = 120
"""Real seconds. A run that works starts within seconds and takes well under a minute."""

e, m = enrollment.c, move.c


class UnknownJourneyError(LookupError):
    """There is no journey of that name; ``known`` are those that there are."""

    def __init__(self, key: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no journey '{key}'; there are: {', '.join(known) or '-'}")
        self.key = key
        self.known = known


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step. ``arrived`` is the sum of ``waiting`` and of all that left it."""

    step: str
    kind: str
    title: str
    arrived: int
    waiting: int
    left: Mapping[str, int]
    """Outcome -> how many left the step by it."""


@dataclass(frozen=True, slots=True)
class JourneyProgress:
    """A journey, or one cohort of it, with its steps in order."""

    key: str
    title: str
    mode: str
    version: int
    steps: tuple[StepProgress, ...]
    entered: int
    active: int
    left: Mapping[str, int]
    """Reason -> how many left the journey for it."""
    messages: Mapping[str, Mapping[str, int]]
    """Step -> state of the message -> how many; "given_up" are those whose fate nobody learnt in time."""
    alerts: int
    alerts_open: int
    overdue: int
    """People due since over OVERDUE_SECONDS: runs have stopped, or cannot keep up."""
    lost: int
    """Enrollments whose place their moves do not explain, moves whose enrollment is gone: always 0."""
    doubled: int
    """Messages and enrollments that exist once too often, and mails without a message: always 0."""
    waiting_mails: tuple[WaitingMails, ...] = ()
    """Whose mail waits, by step and reason."""


@dataclass(frozen=True, slots=True)
class JourneySummary:
    """A journey in one line."""

    key: str
    title: str
    mode: str
    version: int
    entered: int
    active: int
    left: int
    messages: int
    alerts_open: int


def journey_summaries(connection: sa.Connection) -> list[JourneySummary]:
    """All journeys by key."""

    def per_journey(column: sa.Column[int], *where: sa.ColumnElement[bool]) -> dict[int, int]:
        return _counts(connection, sa.select(column, sa.func.count()).where(*where).group_by(column))

    j = journey.c
    entered = per_journey(e.journey_id)
    active = per_journey(e.journey_id, e.wake_at.is_not(None))
    left = per_journey(e.journey_id, e.left_at.is_not(None))
    messages = per_journey(message.c.journey_id)
    alerts = per_journey(alert.c.journey_id, alert.c.closed_at.is_(None))
    return [
        JourneySummary(
            row.key,
            row.title,
            row.mode,
            row.version,
            entered.get(row.id, 0),
            active.get(row.id, 0),
            left.get(row.id, 0),
            messages.get(row.id, 0),
            alerts.get(row.id, 0),
        )
        for row in connection.execute(sa.select(journey).order_by(j.key))
    ]


def journey_progress(
    connection: sa.Connection, journey_key: str, *, cohort: str | None = None
) -> JourneyProgress:
    """The journey's numbers, those of one cohort if one is named. Raises UnknownJourneyError."""
    found = connection.execute(sa.select(journey).where(journey.c.key == journey_key)).one_or_none()
    if found is None:
        keys = connection.scalars(sa.select(journey.c.key).order_by(journey.c.key)).all()
        raise UnknownJourneyError(journey_key, keys)
    mine = e.journey_id == found.id
    if cohort is not None:
        mine = sa.and_(mine, e.cohort == cohort)
    outcomes, arrivals = moves_by_step(connection, found.id, mine, cohort)
    waiting = _counts(
        connection, sa.select(e.step, sa.func.count()).where(mine, e.wake_at.is_not(None)).group_by(e.step)
    )
    left = _counts(
        connection,
        sa.select(e.left_reason, sa.func.count()).where(mine, e.left_at.is_not(None)).group_by(e.left_reason),
    )
    s = journey_step.c
    steps = connection.execute(
        sa.select(s.step, s.kind, s.title).where(s.journey_id == found.id).order_by(s.position, s.step)
    )
    alerts = connection.execute(
        _of(sa.select(sa.func.count(), sa.func.count(alert.c.closed_at)), alert, mine)
    ).one()
    return JourneyProgress(
        key=found.key,
        title=found.title,
        mode=found.mode,
        version=found.version,
        steps=tuple(
            StepProgress(
                row.step,
                row.kind,
                row.title,
                arrivals[row.step],
                waiting.get(row.step, 0),
                dict(sorted(outcomes.get(row.step, {}).items())),
            )
            for row in steps
        ),
        entered=connection.scalar(sa.select(sa.func.count()).select_from(enrollment).where(mine)) or 0,
        active=sum(waiting.values()),
        left={reason or "": number for reason, number in sorted(left.items(), key=str)},
        messages=_messages(connection, mine),
        alerts=alerts[0],
        alerts_open=alerts[0] - alerts[1],
        overdue=_overdue(connection, mine),
        lost=_lost(connection, found.id, mine, cohort),
        doubled=_doubled(connection, mine),
        waiting_mails=tuple(waiting_mails(connection, journeys={found.id}, cohort=cohort)),
    )


def moves_by_step(
    connection: sa.Connection, journey_id: int, mine: sa.ColumnElement[bool], cohort: str | None
) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Step -> outcome -> moves, and step -> arrivals. An entry step's arrivals are those it lets in."""
    query: sa.Select[Any] = sa.select(m.from_step, m.outcome, m.to_step, sa.func.count().label("number"))
    query = query.where(m.journey_id == journey_id)
    if cohort is not None:
        query = query.join(enrollment, e.id == m.enrollment_id).where(mine)
    outcomes: dict[str, Counter[str]] = {}
    arrivals: Counter[str] = Counter()
    for row in connection.execute(query.group_by(m.from_step, m.outcome, m.to_step)):
        outcomes.setdefault(row.from_step, Counter())[row.outcome] += row.number
        if row.outcome == ENTERED:
            arrivals[row.from_step] += row.number
        if row.to_step is not None:
            arrivals[row.to_step] += row.number
    return outcomes, arrivals


def _messages(connection: sa.Connection, mine: sa.ColumnElement[bool]) -> dict[str, dict[str, int]]:
    c = message.c
    given_up = sa.and_(c.state == "unknown", c.resolved_at.is_not(None))
    state = sa.case((given_up, "given_up"), else_=c.state).label("state")
    query = _of(sa.select(c.step, state, sa.func.count().label("number")), message, mine)
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(query.group_by(c.step, state).order_by(c.step, state)):
        found.setdefault(row.step, {})[row.state] = row.number
    return found


def _overdue(connection: sa.Connection, mine: sa.ColumnElement[bool]) -> int:
    clock = read_clock(connection)
    since = clock.now() - int(OVERDUE_SECONDS * 1000 * clock.speed)
    return connection.scalar(sa.select(sa.func.count()).where(mine, e.wake_at <= since)) or 0


def _lost(
    connection: sa.Connection, journey_id: int, mine: sa.ColumnElement[bool], cohort: str | None
) -> int:
    newest = sa.select(sa.func.max(m.id).label("id")).where(m.journey_id == journey_id)
    newest_ids = newest.group_by(m.enrollment_id).subquery()
    last = sa.select(m.enrollment_id, m.to_step).join(newest_ids, newest_ids.c.id == m.id).subquery("last")
    known = sa.select(journey_step.c.step).where(journey_step.c.journey_id == journey_id)
    stands = sa.and_(
        e.wake_at.is_not(None),
        e.left_at.is_(None),
        e.left_reason.is_(None),
        e.step.in_(known),
        last.c.to_step.is_not(None),
        last.c.to_step == e.step,
    )
    has_left = sa.and_(
        e.wake_at.is_(None),
        e.left_at.is_not(None),
        e.left_reason.is_not(None),
        last.c.enrollment_id.is_not(None),
        last.c.to_step.is_(None),
    )
    unexplained = (
        sa.select(sa.func.count())
        .select_from(enrollment.outerjoin(last, last.c.enrollment_id == e.id))
        .where(mine, sa.not_(sa.or_(stands, has_left)))
    )
    lost = connection.scalar(unexplained) or 0
    if cohort is None:  # whose cohort it was went with the enrollment
        gone = (
            sa.select(sa.func.count(m.enrollment_id.distinct()))
            .select_from(move.outerjoin(enrollment, e.id == m.enrollment_id))
            .where(m.journey_id == journey_id, e.id.is_(None))
        )
        lost += connection.scalar(gone) or 0
    return lost


def _doubled(connection: sa.Connection, mine: sa.ColumnElement[bool]) -> int:
    """Counts what the unique keys forbid, too: this must not rest on them."""
    c = message.c
    messages = _of(sa.select(sa.func.count().label("number")), message, mine)
    messages = messages.group_by(c.enrollment_id, c.step).having(sa.func.count() > 1)
    people = sa.select(sa.func.count().label("number")).where(mine)
    people = people.group_by(e.contact_id, e.entry_key).having(sa.func.count() > 1)
    extra = 0
    for query in (messages, people):
        some = query.subquery()
        extra += int(connection.scalar(sa.select(sa.func.sum(some.c.number - 1))) or 0)
    stray = (
        sa.select(sa.func.count())
        .select_from(mailbox.outerjoin(message, c.id == mailbox.c.message_id))
        .where(c.id.is_(None), mailbox.c.message_id < FIRST)
    )
    return extra + (connection.scalar(stray) or 0)


def _of(query: Any, table: sa.Table, mine: sa.ColumnElement[bool]) -> Any:
    """Only rows of the enrollments meant."""
    return query.select_from(table.join(enrollment, e.id == table.c.enrollment_id)).where(mine)


def _counts(connection: sa.Connection, query: sa.Executable) -> dict[Any, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
