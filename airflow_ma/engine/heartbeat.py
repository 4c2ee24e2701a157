"""The trace that a program which runs all the time leaves in the database, so that others see it lives."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.clock import SECOND, RealClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import heartbeat

WATCH = "watch"
"""What starts the runs of continuous journeys, in Airflow's triggerer."""
BEAT_SECONDS = 15
"""Real seconds between two beats."""
SILENT_SECONDS = 4 * BEAT_SECONDS
"""After so many real seconds without a beat a program is taken for dead."""

h = heartbeat.c


def beat(database: Database, name: str = WATCH) -> None:
    """Say that the program lives."""
    now = RealClock().now()
    with database.write() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(heartbeat).values(name=name, real_at=now)
        connection.execute(new.on_conflict_do_update(index_elements=[h.name], set_={"real_at": now}))


def silence(connection: sa.Connection, name: str = WATCH, *, real_now: int) -> float | None:
    """Real seconds since the last beat; None when there was never one."""
    at = connection.scalar(sa.select(h.real_at).where(h.name == name))
    return None if at is None else max(0, real_now - at) / SECOND
