"""What starts the runs of continuous journeys: one look at the database for all of them, every second.

Airflow runs one shared stream for all triggers with the same key, so a hundred idle journeys cost one
query a second and no runs at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from typing import Any

import sqlalchemy as sa
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from airflow_ma.dag.pulse import keep_pulse
from airflow_ma.engine.database import DatabaseError, open_database
from airflow_ma.engine.work import journeys_with_work

POLL_SECONDS = 1.0
REPEAT_SECONDS = 20.0
"""Work that is still there after this long is announced again: its run may have failed or been deleted."""
PATIENCE_SECONDS = 3.0
"""At least this long between two announcements for a journey, so that one run takes many events."""


class WorkTrigger(BaseEventTrigger):
    """Fires when somebody in the journey must be looked at."""

    def __init__(self, journey: str, poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.journey = journey
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        kwargs = {"journey": self.journey, "poll_seconds": self.poll_seconds}
        return f"{type(self).__module__}.{type(self).__qualname__}", kwargs

    def shared_stream_key(self) -> Hashable:
        return ("airflow_ma.work", str(self.poll_seconds))

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        announcer = Announcer()
        loop = asyncio.get_running_loop()
        pulse = asyncio.create_task(keep_pulse())
        try:
            while True:
                try:
                    found = await asyncio.to_thread(ready_journeys)
                except (DatabaseError, sa.exc.SQLAlchemyError) as error:
                    # A database that is away for a moment must not end the watch: it looks again.
                    yield {"journey": None, "problem": type(error).__name__}
                    found = {}
                for key in announcer.due(found, loop.time()):
                    yield {"journey": key, "newest": found[key]}
                await asyncio.sleep(float(kwargs["poll_seconds"]))
        finally:
            pulse.cancel()

    async def filter_shared_stream(self, shared_stream: AsyncIterator[Any]) -> AsyncIterator[TriggerEvent]:
        async for found in shared_stream:
            if found["journey"] == self.journey:
                yield TriggerEvent(found)  # type: ignore[no-untyped-call]

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """For Airflow versions without shared streams: each trigger polls for itself."""
        async for event in self.filter_shared_stream(
            self.open_shared_stream({"poll_seconds": self.poll_seconds})
        ):
            yield event


class Announcer:
    """Remembers what was announced, so that the same work starts one run and not one a second."""

    def __init__(self) -> None:
        self._announced: dict[str, tuple[int, float]] = {}

    def due(self, found: dict[str, int], clock_seconds: float) -> list[str]:
        """The journeys to announce now. ``found``: journey -> its newest due moment in ms."""
        self._announced = {key: value for key, value in self._announced.items() if key in found}
        due = []
        for key, newest in found.items():
            last, at = self._announced.get(key, (-1, float("-inf")))
            since = clock_seconds - at
            if (newest > last and since >= PATIENCE_SECONDS) or since >= REPEAT_SECONDS:
                self._announced[key] = (newest, clock_seconds)
                due.append(key)
        return due


def ready_journeys() -> dict[str, int]:
    """Continuous journey -> the newest moment (ms) at which somebody in it became due."""
    database = open_database()
    with database.read() as connection:
        return journeys_with_work(connection, now=database.clock().now())
