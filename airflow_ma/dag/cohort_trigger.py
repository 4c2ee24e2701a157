"""A one-off campaign's sensor while it waits: moves the cohort on in the triggerer, without a worker."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import sqlalchemy as sa
from airflow.triggers.base import BaseTrigger, TaskSkippedEvent, TaskSuccessEvent, TriggerEvent

from airflow_ma.dag.pause_trigger import is_paused
from airflow_ma.engine.advance import advance
from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import enrollment, journey, journey_version, move


class CohortTrigger(BaseTrigger):
    """Ends the sensor once everybody of the run has left it; skips it when nobody ever came."""

    POLL_SECONDS: ClassVar[float] = 2.0

    def __init__(self, poll_seconds: float = POLL_SECONDS, step_of: list[str] | None = None) -> None:
        """``step_of`` is journey, step and run, from a worker that hands its task over and wants it back.

        Started by the scheduler, the trigger knows its task and ends it by itself.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.poll_seconds = poll_seconds
        self.step_of = step_of

    def serialize(self) -> tuple[str, dict[str, Any]]:
        kwargs = {"poll_seconds": self.poll_seconds, "step_of": self.step_of}
        return f"{type(self).__module__}.{type(self).__qualname__}", kwargs

    async def run(self) -> AsyncIterator[TriggerEvent]:
        ti: Any = self.task_instance
        journey_key, step, run_id = self.step_of or (ti.dag_id, ti.task_id, ti.run_id)
        while await asyncio.to_thread(self._look, journey_key, step, run_id):
            await asyncio.sleep(self.poll_seconds)
        result = await asyncio.to_thread(_left_by, journey_key, step, run_id)
        self.log.info("%s: the whole cohort has left: %s", step, json.dumps(result))
        if self.step_of:
            yield TriggerEvent(result)  # type: ignore[no-untyped-call]
        elif result:
            yield TaskSuccessEvent(xcoms={"return_value": dict(result)})
        else:
            yield TaskSkippedEvent()

    def _look(self, key: str, step: str, run_id: str) -> bool:
        """Move who is ready; whether anybody of the cohort still waits here."""
        database = open_database()
        if not _waits(database, key, step, run_id):
            return False
        if is_paused(database, key):
            return True
        moved = advance(database, _stored_program(database, key, run_id), step, cohort=run_id, run_id=run_id)
        for outcome, count in moved.items():
            self.log.info("%s: %d %s", step, count, outcome)
        return _waits(database, key, step, run_id)


def _waits(database: Database, key: str, step: str, cohort: str) -> bool:
    e = enrollment.c
    query = (
        sa.select(e.id)
        .join(journey, journey.c.id == e.journey_id)
        .where(journey.c.key == key, e.step == step, e.cohort == cohort, e.wake_at.is_not(None))
        .limit(1)
    )
    with database.read() as connection:
        return connection.scalar(query) is not None


def _left_by(key: str, step: str, cohort: str) -> dict[str, int]:
    m, e = move.c, enrollment.c
    query = (
        sa.select(m.outcome, sa.func.count())
        .join(enrollment, e.id == m.enrollment_id)
        .join(journey, journey.c.id == m.journey_id)
        .where(journey.c.key == key, m.from_step == step, e.cohort == cohort)
        .group_by(m.outcome)
    )
    counts: Counter[str] = Counter()
    with open_database().read() as connection:
        counts.update({outcome: count for outcome, count in connection.execute(query)})
    return dict(counts)


def _stored_program(database: Database, key: str, cohort: str) -> Program:
    """The cohort's own version of the journey, from the database: the triggerer reads no DAG files."""
    from airflow_ma.dag.load import journey_from_definition

    e, v = enrollment.c, journey_version.c
    query = (
        sa.select(v.definition)
        .join(journey, journey.c.id == v.journey_id)
        .join(enrollment, sa.and_(e.journey_id == v.journey_id, e.version == v.version))
        .where(journey.c.key == key, e.cohort == cohort, e.wake_at.is_not(None))
        .order_by(v.version.desc())
        .limit(1)
    )
    with database.read() as connection:
        definition = connection.execute(query).scalar_one()
    return journey_from_definition(definition).program(database)
