"""The numbers beside each journey in the list: a few statements, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.contacts.condition_parts import EventCondition
from airflow_ma.contacts.conditions import event_matches
from airflow_ma.engine.clock import DAY, from_ms, to_ms
from airflow_ma.engine.tables import enrollment, event, journey_step
from airflow_ma.journey.duration import to_ms as length_ms

DAYS = 14
WEEK = 7
LONGEST_GOAL_MS = 90 * DAY
"""After entering, a goal that states no time of its own can be reached for so long."""

e = enrollment.c
# Not the bare column: to group by it SQLite would read the whole table in the order of its journeys.
_journey_id = (e.journey_id + 0).label("journey_id")


@dataclass(frozen=True, slots=True)
class JourneyNumbers:
    """How one journey goes."""

    active: int = 0
    entered_by_day: tuple[int, ...] = (0,) * DAYS
    """Days of the installation's zone, oldest first; the last one is today."""
    converted_week: int = 0
    """Passages that reached the goal, for the first time, in the last WEEK of these days."""
    waiting_mails: int = 0

    @property
    def entered_week(self) -> int:
        """In the last WEEK of the days."""
        return sum(self.entered_by_day[-WEEK:])


def journey_numbers(
    connection: sa.Connection, goals: Mapping[int, EventCondition], *, now: int, timezone: str
) -> Mapping[int, JourneyNumbers]:
    """Journey id -> its numbers, also for ids of which there are none. ``goals``: journey id -> goal."""
    starts = _day_starts(now, timezone)
    by_day: defaultdict[int, list[int]] = defaultdict(lambda: [0] * DAYS)
    for row in connection.execute(_entered(starts)):
        by_day[row.journey_id][row.day] = row.number
    active = _per_journey(connection, e.wake_at.is_not(None))
    waiting = _per_journey(connection, e.hold.is_not(None))
    converted = _converted(connection, goals, starts[-WEEK]) if goals else {}
    found: defaultdict[int, JourneyNumbers] = defaultdict(JourneyNumbers)
    for journey_id in {*by_day, *active, *waiting, *converted}:
        found[journey_id] = JourneyNumbers(
            active.get(journey_id, 0),
            tuple(by_day[journey_id]),
            converted.get(journey_id, 0),
            waiting.get(journey_id, 0),
        )
    return found


def steps_ever(connection: sa.Connection, journey_id: int) -> list[str]:
    """The id of every step that any version of the journey has had: people and numbers may hang on it."""
    s = journey_step.c
    return list(connection.scalars(sa.select(s.step).where(s.journey_id == journey_id).order_by(s.step)))


def _day_starts(now: int, timezone: str) -> list[int]:
    """When each of the days began, oldest first; a day may have 23 or 25 hours."""
    today = from_ms(now, timezone).start_of("day")
    return [to_ms(today.subtract(days=back)) for back in reversed(range(DAYS))]


def _entered(starts: Sequence[int]) -> sa.Select[tuple[int, int, int]]:
    later = [(e.entered_at < end, day) for day, end in enumerate(starts[1:])]
    day = sa.case(*later, else_=DAYS - 1).label("day")
    query = sa.select(_journey_id, day, sa.func.count().label("number"))
    return query.where(e.entered_at >= starts[0]).group_by(_journey_id, day)


def _per_journey(connection: sa.Connection, where: sa.ColumnElement[bool]) -> dict[int, int]:
    query = sa.select(_journey_id, sa.func.count()).where(where).group_by(_journey_id)
    return {journey_id: number for journey_id, number in connection.execute(query)}


def _converted(connection: sa.Connection, goals: Mapping[int, EventCondition], since: int) -> dict[int, int]:
    """One pass over those who entered lately enough, each looked at with the goal of their journey."""
    having: defaultdict[EventCondition, list[int]] = defaultdict(list)
    for journey_id, goal in goals.items():
        having[goal].append(journey_id)
    longest = max(_length(goal) for goal in having)
    reached = sa.case(
        *((e.journey_id.in_(ids), _reached_at(goal) >= since) for goal, ids in having.items()),
        else_=sa.false(),
    )
    query = sa.select(_journey_id, sa.func.count()).where(e.entered_at >= since - longest, reached)
    return {journey_id: number for journey_id, number in connection.execute(query.group_by(_journey_id))}


def _length(goal: EventCondition) -> int:
    return LONGEST_GOAL_MS if goal.within is None else length_ms(goal.within)


def _reached_at(goal: EventCondition) -> sa.ScalarSelect[int]:
    """When the passage reached the goal first; NULL if it did not."""
    done = event.alias()
    return (
        sa.select(done.c.at)
        .where(done.c.contact_id == e.contact_id, *event_matches(goal, done))
        .where(done.c.at >= e.entered_at, done.c.at <= e.entered_at + _length(goal))
        .order_by(done.c.at)
        .limit(1)
        .offset(goal.times - 1)
        .correlate(enrollment)
        .scalar_subquery()
    )
