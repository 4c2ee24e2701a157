"""What health is judged by: the numbers, each an index look-up or a look at the newest rows.

They are asked for every minute over tables with millions of rows. Times are ms of the installation's clock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.channels.registry import REPORTED
from airflow_ma.engine.clock import DAY, MINUTE, SECOND, Clock
from airflow_ma.engine.tables import (
    enrollment,
    entry_request,
    event,
    journey,
    journey_run,
    journey_step,
    message,
    move,
)
from airflow_ma.insight.sending import NEWEST
from airflow_ma.insight.unknown import Journeys, within

NEWEST_MOVES = 2_000
"""Among so many of the newest moves a journey that moves has one."""
MOVING_SECONDS = 120
"""Real seconds since the last move after which a journey is not called moving any more."""
NEWEST_MAILS = 500
"""So many of the newest mails are looked up in the provider's reports."""
REPORT_PATIENCE = 15 * MINUTE
"""Younger mails may have no report yet."""
REPORTS = (
    "email.processed",
    "email.delivered",
    "email.deferred",
    "email.bounce",
    "email.blocked",
    "email.dropped",
)
"""Events that only the provider's webhook brings."""
BOUNCE, COMPLAINT = "email.bounce", "email.complaint"
# As the index has it: SQLite uses a partial index only for the same words.
_TROUBLE = sa.text("ma_event.type IN ('email.bounce', 'email.complaint')")

e, s, j, r = enrollment.c, journey_step.c, journey.c, journey_run.c
m, v, q = message.c, event.c, entry_request.c


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """One journey that is not put away."""

    key: str
    title: str
    continuous: bool
    paused: bool
    due_since: int | None
    """When the longest-waiting of those became due who are due; None when nobody is."""
    due_step: str | None
    """The title of the step at which that one stands."""
    moving: bool
    """Somebody moved in the last MOVING_SECONDS."""
    asked_since: int | None
    """When the longest-waiting of those was let in by an event who are not in yet."""
    run_since: int | None
    """When the newest run began, if it still goes on. One-off campaigns run for weeks: None."""
    missed: int
    """Of a paused one: people whose time has come meanwhile."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The newest mails that the provider should have reported on, back to the last on which it did."""

    mails: int
    since: int | None
    """When the oldest of them was sent."""


def journey_facts(connection: sa.Connection, clock: Clock, journeys: Journeys) -> list[JourneyFacts]:
    """Of all journeys that are not archived, by key."""
    now = clock.now()
    wanted = [j.archived_at.is_(None), *within(connection, j.id, journeys)]
    steps: defaultdict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(_steps(now).where(*wanted)):
        steps[row.journey_id].append(row)
    moving = _moving(connection, now - int(MOVING_SECONDS * SECOND * clock.speed))
    runs = {row.journey_id: row.started_at for row in connection.execute(_open_runs().where(*wanted))}
    found = []
    columns = (j.id, j.key, j.title, j.mode, j.paused_at)
    for row in connection.execute(sa.select(*columns).where(*wanted).order_by(j.key)):
        paused = row.paused_at is not None
        due = [one for one in steps[row.id] if one.due is not None and one.due <= now and not paused]
        first = min(due, key=lambda one: one.due, default=None)
        asked = [one.asked for one in steps[row.id] if one.asked is not None and not paused]
        found.append(
            JourneyFacts(
                row.key,
                row.title,
                row.mode == "continuous",
                paused,
                first.due if first is not None else None,
                first.title if first is not None else None,
                row.id in moving,
                min(asked, default=None),
                None if paused else runs.get(row.id),
                sum(one.missed for one in steps[row.id]),
            )
        )
    return found


def troubles(connection: sa.Connection, *, since: int, journeys: Journeys) -> Counter[str]:
    """BOUNCE and COMPLAINT -> how many of our mails since then."""
    query = sa.select(v.type, sa.func.count().label("number")).where(_TROUBLE, v.at >= since).group_by(v.type)
    if journeys is not None:
        mine = within(connection, m.journey_id, journeys)
        query = query.join_from(event, message, m.id == v.message_id).where(*mine)
    else:
        query = query.where(v.message_id.is_not(None))
    return Counter({row.type: row.number for row in connection.execute(query)})


def unreported(connection: sa.Connection, clock: Clock, journeys: Journeys) -> Silence:
    """How long the provider has said nothing about mails that it took in the last day."""
    now, speed = clock.now(), clock.speed
    newest = connection.scalar(sa.select(sa.func.max(m.id))) or 0
    mails = (
        sa.select(m.id, m.sent_at)
        .where(
            m.id > newest - NEWEST,
            m.channel.in_(REPORTED),
            m.state == "accepted",
            m.sent_at >= now - int(DAY * speed),
            m.sent_at <= now - int(REPORT_PATIENCE * speed),
            *within(connection, m.journey_id, journeys),
        )
        .order_by(m.id.desc())
        .limit(NEWEST_MAILS)
        .subquery()
    )
    reports = sa.select(sa.func.max(v.received_at)).where(v.message_id == mails.c.id, v.type.in_(REPORTS))
    told = sa.select(mails.c.sent_at, reports.scalar_subquery().label("told")).order_by(mails.c.id.desc())
    silent: list[int] = []
    for row in connection.execute(told):
        if row.told is not None:
            break
        silent.append(row.sent_at)
    return Silence(len(silent), min(silent, default=None))


def _steps(now: int) -> sa.Select[Any]:
    """Each step with its first who is due, its first request to enter, and how many a pause keeps waiting."""
    here = (e.journey_id == s.journey_id, e.step == s.step, e.wake_at.is_not(None))
    # The earliest is the first entry of the index; a search for "any that is due" may read a table.
    due = sa.select(sa.func.min(e.wake_at)).where(*here).correlate(journey_step).scalar_subquery()
    asks = (q.journey_id == s.journey_id, q.step == s.step)
    asked = sa.select(q.at).where(*asks).order_by(q.id).limit(1).correlate(journey_step).scalar_subquery()
    late = sa.select(sa.func.count()).select_from(enrollment).where(*here, e.wake_at <= now)
    missed = sa.case((j.paused_at.is_not(None), late.correlate(journey_step).scalar_subquery()), else_=0)
    columns = (s.journey_id, s.title, due.label("due"), asked.label("asked"), missed.label("missed"))
    return sa.select(*columns).join_from(journey_step, journey, j.id == s.journey_id)


def _moving(connection: sa.Connection, since: int) -> set[int]:
    """The journeys in which somebody has moved since then."""
    moves = sa.select(move.c.journey_id, move.c.at).order_by(move.c.id.desc()).limit(NEWEST_MOVES).subquery()
    return set(connection.scalars(sa.select(moves.c.journey_id).where(moves.c.at >= since).distinct()))


def _open_runs() -> sa.Select[Any]:
    """The newest run of each continuous journey, where it has not ended."""
    newest = sa.select(sa.func.max(r.started_at)).where(r.journey_id == j.id).correlate(journey)
    here = sa.and_(r.journey_id == j.id, r.started_at == newest.scalar_subquery())
    return (
        sa.select(r.journey_id, r.started_at)
        .join_from(journey, journey_run, here)
        .where(r.ended_at.is_(None), j.mode == "continuous")
    )
