"""A one-off campaign's send step while its mails wait for the morning: no worker is held meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import sqlalchemy as sa
from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_ma.dag.pause_trigger import is_paused
from airflow_ma.engine.database import open_database
from airflow_ma.engine.tables import enrollment, journey


class HeldMailTrigger(BaseTrigger):
    """Fires when somebody of the cohort may get their mail now, or when nobody of it is left at the step."""

    POLL_SECONDS: ClassVar[float] = 10.0
    """Airflow fails tasks at random that are handed back much sooner than this."""

    def __init__(self, journey: str, step: str, cohort: str, poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.journey, self.step, self.cohort, self.poll_seconds = journey, step, cohort, poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = ("journey", "step", "cohort", "poll_seconds")
        return f"{type(self).__module__}.{type(self).__qualname__}", {n: getattr(self, n) for n in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        while True:
            await asyncio.sleep(self.poll_seconds)
            if await asyncio.to_thread(self._due):
                break
        yield TriggerEvent(True)  # type: ignore[no-untyped-call]

    def _due(self) -> bool:
        database = open_database()
        e = enrollment.c
        # Who is in a worker's hands has the end of its lease here: a dead worker's people become due then.
        earliest = (
            sa.select(sa.func.min(e.wake_at))
            .join(journey, journey.c.id == e.journey_id)
            .where(journey.c.key == self.journey, e.step == self.step, e.cohort == self.cohort)
        )
        with database.read() as connection:
            wake_at = connection.scalar(earliest)
        if wake_at is None:
            return True
        return wake_at <= database.clock().now() and not is_paused(database, self.journey)
