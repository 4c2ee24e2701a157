"""How many a journey's pause or end concerns."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.flow import flow_totals
from airflow_ma.engine.tables import enrollment, journey, journey_step
from airflow_ma.insight.watch import standing_of

e, j = enrollment.c, journey.c


def inside(connection: sa.Connection, journey_id: int) -> int:
    """People in it now."""
    return sum(standing_of(flow_totals(connection, journey_id)).values())


def missed_moments(connection: sa.Connection, journey_id: int, *, now: int) -> int:
    """People whose moment has come (ms) since the journey was paused; 0 when it is not."""
    paused_at = connection.scalar(sa.select(j.paused_at).where(j.id == journey_id))
    if paused_at is None:
        return 0
    # The steps by name: then the index gives only those who are due, however many wait.
    steps = connection.scalars(sa.select(journey_step.c.step).where(journey_step.c.journey_id == journey_id))
    due = (e.step.in_(list(steps)), e.wake_at <= now, e.wake_at > paused_at)
    missed = sa.select(sa.func.count()).where(e.journey_id == journey_id, *due, e.deadline_at == e.wake_at)
    return connection.scalar(missed) or 0
