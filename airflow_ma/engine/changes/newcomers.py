"""Whom the audiences of a journey would let in now, counted without letting anybody in."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.enroll import was_in_it
from airflow_ma.engine.program import Program
from airflow_ma.engine.steps import EnteringStep, Predicate
from airflow_ma.engine.tables import contact


def count_newcomers(
    connection: sa.Connection, program: Program, entries: dict[str, EnteringStep], *, again: bool, now: int
) -> int | None:
    """How many; None when nobody comes in by an audience, but by what they do.

    ``again``: who was in it before enters anew, as with each run of a one-off campaign. ``now`` in ms.
    """
    audiences = [step.audience(connection, now) for step in entries.values()]
    wanted: list[Predicate] = [audience for audience in audiences if audience is not None]
    if not wanted:
        return None
    query = sa.select(sa.func.count()).select_from(contact).where(sa.or_(*wanted))
    if not again:
        query = query.where(~was_in_it(program))
    return connection.scalar(query) or 0
