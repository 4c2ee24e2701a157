"""A one-off run's task while its journey is paused: it holds no worker, and leaves nobody behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import sqlalchemy as sa
from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.tables import journey


class PauseTrigger(BaseTrigger):
    """Fires once the journey goes on."""

    POLL_SECONDS: ClassVar[float] = 10.0
    """Airflow fails tasks at random that are handed back much sooner than this."""

    def __init__(self, journey: str, poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.journey, self.poll_seconds = journey, poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        kwargs = {"journey": self.journey, "poll_seconds": self.poll_seconds}
        return f"{type(self).__module__}.{type(self).__qualname__}", kwargs

    async def run(self) -> AsyncIterator[TriggerEvent]:
        while True:
            await asyncio.sleep(self.poll_seconds)
            if not await asyncio.to_thread(self._paused):
                break
        yield TriggerEvent(True)  # type: ignore[no-untyped-call]

    def _paused(self) -> bool:
        return is_paused(open_database(), self.journey)


def is_paused(database: Database, key: str) -> bool:
    """Whether the journey is paused now."""
    with database.read() as connection:
        paused_at = connection.scalar(sa.select(journey.c.paused_at).where(journey.c.key == key))
    return paused_at is not None
