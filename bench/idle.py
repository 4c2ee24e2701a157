"""What it costs to ask "who has work?" while everybody waits."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from airflow_ma.dag.work_trigger import ready_journeys
from airflow_ma.engine.clock import DAY
from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.work import steps_with_work
from bench import plan
from bench.databases import numbers
from bench.journey import reference_journey

CALLS = 200
_ENROLL = """
    INSERT INTO ma_enrollment (journey_id, version, contact_id, entry_key, cohort, step, entered_at,
        arrived_at, deadline_at, wake_at)
    SELECT {journey}, {version}, i, '', '', '{step}', {now}, {now}, {now} + {day} + i / 100,
        {now} + {day} + i / 100
    FROM n
"""


def measure_idle(size: int) -> dict[str, dict[str, float]]:
    """Call -> ms (median), CPU ms and work per call with ``size`` contacts waiting, none of them due.

    Works on the installation's database. The unit of work is a step of SQLite's virtual machine, or a
    table row or index entry that PostgreSQL read.
    """
    database = open_database()
    program = reference_journey().program(database)
    now = database.clock().now()
    with database.write() as connection:
        kind = connection.dialect.name
        values = {"journey": program.journey_id, "version": program.version, "step": plan.WAIT}
        waiting = _ENROLL.format(now=now, day=DAY, size=size, **values)
        connection.exec_driver_sql(numbers(kind, size) + waiting)
        connection.exec_driver_sql(
            f"UPDATE ma_journey_step SET wake_at = {now + DAY} WHERE wake_at IS NOT NULL"
        )
    if kind == "postgresql":  # as autovacuum does within a minute
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")

    def steps() -> object:
        with database.read() as connection:
            return steps_with_work(connection, program, now=database.clock().now())

    calls: dict[str, Callable[[], object]] = {
        "journeys_with_work": ready_journeys,
        "steps_with_work": steps,
    }
    return {name: _one(call, database) for name, call in calls.items()}


def _one(call: Callable[[], object], database: Database) -> dict[str, float]:
    for _ in range(20):
        if call():
            raise RuntimeError("somebody is due, although everybody should be waiting")
    walls = []
    cpu = time.process_time()
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        walls.append(time.perf_counter() - start)
    cpu = time.process_time() - cpu
    work = _sqlite_work(call, database) if database.is_sqlite else _postgresql_work(call, database)
    return {"ms": statistics.median(walls) * 1000, "cpu_ms": cpu / CALLS * 1000, "work": work}


def _sqlite_work(call: Callable[[], object], database: Database) -> float:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(connection: Any, *_: object) -> None:
        connection.set_progress_handler(count, 1)

    def leave(connection: Any, *_: object) -> None:
        connection.set_progress_handler(None, 0)

    sa.event.listen(database.engine, "checkout", watch)
    sa.event.listen(database.engine, "checkin", leave)
    call()
    sa.event.remove(database.engine, "checkout", watch)
    sa.event.remove(database.engine, "checkin", leave)
    return steps


def _postgresql_work(call: Callable[[], object], database: Database) -> float:
    before = _read_so_far(database)
    for _ in range(CALLS):
        call()
    return (_read_so_far(database) - before) / CALLS


def _read_so_far(database: Database) -> float:
    database.dispose()  # a server process tells its counts at the latest when it ends
    time.sleep(1.5)
    query = """
        SELECT (SELECT SUM(seq_tup_read) FROM pg_stat_user_tables)
             + (SELECT SUM(idx_tup_read) FROM pg_stat_user_indexes)
    """
    with database.read() as connection:
        return float(connection.exec_driver_sql(query).scalar_one())
