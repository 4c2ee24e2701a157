"""What runs beside the watch in Airflow's triggerer: its sign of life, and the numbers for a monitor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from airflow_ma.engine.database import open_database
from airflow_ma.engine.heartbeat import BEAT_SECONDS, beat
from airflow_ma.insight.health import Health, read_health

METRICS_EVERY = 2
"""Beats between two looks at all numbers: every 30 real seconds."""
PREFIX = "airflow_ma"
log = logging.getLogger(__name__)


async def keep_pulse(beat_seconds: float = BEAT_SECONDS) -> None:
    """Beat until cancelled. In a task of its own: a database that is slow to write holds up no journey."""
    beats = 0
    while True:
        try:
            await asyncio.to_thread(_beat, with_metrics=beats % METRICS_EVERY == 0)
        except Exception as error:  # whatever it is, the next beat may go through
            log.warning("no sign of life, or no numbers: %s", type(error).__name__)
        beats += 1
        await asyncio.sleep(beat_seconds)


def _beat(*, with_metrics: bool) -> None:
    database = open_database()
    beat(database)
    if with_metrics:
        emit(read_health(database))


def emit(health: Health) -> None:
    """Hand the numbers to Airflow's metrics: StatsD, OpenTelemetry or Datadog, as it is set up."""
    gauge = _gauge()
    for one in health.gauges:
        gauge(f"{PREFIX}.{one.name}", one.value, tags=dict(one.tags))


def _gauge() -> Callable[..., None]:
    # In the triggerer Airflow sets up these metrics, not those of airflow.sdk, which are for tasks.
    try:
        from airflow.observability import stats
    except ImportError:  # Airflow 3.1
        from airflow.stats import Stats

        return cast("Callable[..., None]", Stats.gauge)
    return cast("Callable[..., None]", stats.gauge)
