"""Who has work: asked every second for all journeys, and by each run for its own steps."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.program import Program
from airflow_ma.engine.sets import any_row
from airflow_ma.engine.tables import enrollment, entry_request, journey, journey_step


def steps_with_work(connection: sa.Connection, program: Program, *, now: int) -> set[str]:
    """The steps at which somebody must be looked at now. One index look-up a step."""
    e, s, r = enrollment.c, journey_step.c, entry_request.c
    # The earliest of all is the first entry of the index; a search for "any that is due" may read a table.
    earliest = sa.select(sa.func.min(e.wake_at)).where(
        e.journey_id == s.journey_id, e.step == s.step, e.wake_at.is_not(None)
    )
    has_people = earliest.correlate(journey_step).scalar_subquery() <= now
    requests = sa.select(r.id).where(r.journey_id == s.journey_id, r.step == s.step)
    has_requests = any_row(requests.correlate(journey_step))
    return set(
        connection.scalars(
            sa.select(s.step).where(
                s.journey_id == program.journey_id,
                s.step.in_(list(program.steps)),
                sa.or_(has_people, has_requests, s.wake_at <= now),
            )
        )
    )


def journeys_with_work(connection: sa.Connection, *, now: int) -> dict[str, int]:
    """Continuous journey -> the newest moment (ms) at which somebody in it became due."""
    e, s, r = enrollment.c, journey_step.c, entry_request.c
    newest = (
        sa.select(sa.func.max(e.wake_at))
        .where(e.journey_id == s.journey_id, e.step == s.step, e.wake_at <= now)
        .correlate(journey_step)
        .scalar_subquery()
    )
    asked = (
        sa.select(sa.func.max(r.at))
        .where(r.journey_id == s.journey_id, r.step == s.step)
        .correlate(journey_step)
        .scalar_subquery()
    )
    own = sa.case((s.wake_at <= now, s.wake_at))
    query = (
        sa.select(journey.c.key, newest.label("people"), asked.label("asked"), own.label("own"))
        .select_from(journey_step)
        .join(journey, journey.c.id == s.journey_id)
        .where(journey.c.mode == "continuous")
    )
    found: dict[str, int] = {}
    for row in connection.execute(query):
        moments = [m for m in (row.people, row.asked, row.own) if m is not None]
        if moments:
            found[row.key] = max([found.get(row.key, 0), *moments])
    return found
