"""Who has work: asked every second for all journeys, and by each run for its own steps."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.control.standstill import moving
from airflow_ma.engine.program import Program
from airflow_ma.engine.sets import any_row
from airflow_ma.engine.tables import (
    change_rule,
    enrollment,
    entry_request,
    journey,
    journey_step,
    journey_version,
)

e, s, r, j = enrollment.c, journey_step.c, entry_request.c, journey.c


def steps_with_work(connection: sa.Connection, program: Program, *, now: int) -> set[str]:
    """The steps at which somebody must be looked at now. One index look-up a step."""
    # The earliest of all is the first entry of the index; a search for "any that is due" may read a table.
    # Not beyond now: those who finish on an earlier version may wait at the step by the million.
    earliest = sa.select(sa.func.min(e.wake_at)).where(
        e.journey_id == s.journey_id, e.step == s.step, e.wake_at <= now, e.pinned_version.is_(None)
    )
    has_people = earliest.correlate(journey_step).scalar_subquery().is_not(None)
    requests = sa.select(r.id).where(r.journey_id == s.journey_id, r.step == s.step)
    has_requests = sa.and_(s.listens_to.is_not(None), any_row(requests.correlate(journey_step)))
    return set(
        connection.scalars(
            sa.select(s.step).where(
                s.journey_id == program.journey_id,
                s.step.in_(list(program.steps)),
                moving(program.journey_id),
                sa.or_(has_people, has_requests, s.wake_at <= now),
            )
        )
    )


def versions_with_work(connection: sa.Connection, program: Program, *, now: int) -> list[int]:
    """The earlier versions on which somebody finishes who must be looked at now, the oldest first."""
    pinned = sa.select(e.pinned_version).where(
        e.journey_id == program.journey_id,
        e.pinned_version.is_not(None),
        e.wake_at <= now,
        moving(program.journey_id),
    )
    return sorted(connection.scalars(pinned.distinct()))


def journeys_with_work(connection: sa.Connection, *, now: int) -> dict[str, int]:
    """Continuous journey -> the newest moment (ms) at which somebody in it became due; no paused ones."""
    newest = (
        sa.select(sa.func.max(e.wake_at))
        .where(e.journey_id == s.journey_id, e.step == s.step, e.wake_at <= now, e.pinned_version.is_(None))
        .correlate(journey_step)
        .scalar_subquery()
    )
    asked = (
        sa.select(sa.func.max(r.at))
        .where(r.journey_id == s.journey_id, r.step == s.step, s.listens_to.is_not(None))
        .correlate(journey_step)
        .scalar_subquery()
    )
    own = sa.case((s.wake_at <= now, s.wake_at))
    by_step = (
        sa.select(j.key, newest, asked, own)
        .select_from(journey_step)
        # What is noted for a step that is gone is nobody's work: its people have a rule, or finish elsewhere.
        .join(journey, sa.and_(j.id == s.journey_id, j.version == s.version))
        .where(j.mode == "continuous", j.paused_at.is_(None))
    )
    pinned = (
        sa.select(sa.func.max(e.wake_at))
        .where(e.journey_id == j.id, e.pinned_version.is_not(None), e.wake_at <= now)
        .correlate(journey)
        .scalar_subquery()
    )
    changed = (
        sa.select(sa.func.max(journey_version.c.created_at))
        .join(
            change_rule,
            sa.and_(
                change_rule.c.journey_id == journey_version.c.journey_id,
                change_rule.c.version == journey_version.c.version,
            ),
        )
        .where(journey_version.c.journey_id == j.id, change_rule.c.done_at.is_(None))
        .correlate(journey)
        .scalar_subquery()
    )
    by_journey = sa.select(j.key, pinned, changed).where(j.mode == "continuous", j.paused_at.is_(None))
    found: dict[str, int] = {}
    for query in (by_step, by_journey):
        for key, *noted in connection.execute(query):
            moments = [moment for moment in noted if moment is not None]
            if moments:
                found[key] = max([found.get(key, 0), *moments])
    return found
