"""How many a journey's pause or end concerns."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from airflow_ma.engine.flow import flow_totals
from airflow_ma.engine.tables import enrollment, journey, journey_step
from airflow_ma.insight.watch import standing_of

e, j = enrollment.c, journey.c


def inside(connection: sa.Connection, journey_id: int) -> int:
    """People in it now."""
    return sum(standing_of(flow_totals(connection, journey_id)).values())


class Ready(NamedTuple):
    """Who moves as soon as a paused journey goes on."""

    missed: int
    """Their moment came during the pause: only if that counts."""
    anyway: int
    """They were due before, or did something meanwhile."""


def ready(connection: sa.Connection, journey_id: int, *, now: int) -> Ready:
    """People who are due ``now`` (ms) in a paused journey; nobody when it is not paused."""
    paused_at = connection.scalar(sa.select(j.paused_at).where(j.id == journey_id))
    if paused_at is None:
        return Ready(0, 0)
    # The steps by name: then the index gives only those who are due, however many wait.
    steps = connection.scalars(sa.select(journey_step.c.step).where(journey_step.c.journey_id == journey_id))
    late = sa.and_(e.wake_at > paused_at, e.deadline_at == e.wake_at)
    missed = sa.func.coalesce(sa.func.sum(sa.case((late, 1), else_=0)), 0)
    due = (e.journey_id == journey_id, e.step.in_(list(steps)), e.wake_at <= now)
    number, of_them = connection.execute(sa.select(sa.func.count(), missed).where(*due)).one()
    return Ready(of_them, number - of_them)
