"""One measurement in a process of its own, so that peaks of memory are its own, too.

``python -m bench.measure '{"task": "journey", "side": "engine", ...}'`` prints its result as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from bench import plan
from bench.meter import Meter, peak_memory
from bench.outcome import outcome, written


def prepare(url: str, contacts: str) -> None:
    """Make the tables, the contacts and the journey, by the product's own means where it has them."""
    from bench.journey import reference_journey

    database = Database(url, clock=ManualClock(plan.START))
    database.migrate()
    with database.write() as connection:
        connection.exec_driver_sql(contacts)
    reference_journey().program(database)
    if not database.is_sqlite:  # the contacts have been there for long: the server knows the table
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    database.dispose()


def run_journey(
    side: str, url: str, size: int, warm_up_url: str, warm_up_size: int, server_pid: int | None
) -> dict[str, Any]:
    """The whole journey, once: costs by phase, peak memory, and what was left behind.

    ``side`` is ``engine`` or ``floor``. It first runs on the warm-up database: a process's first
    statements pay for imports.
    """
    run = _engine if side == "engine" else _floor
    run(warm_up_url, warm_up_size, Meter(None))
    gc.freeze()  # as every step does at its start, so that no collection walks through Airflow's objects
    before, meter = peak_memory(), Meter(server_pid)
    run(url, size, meter)
    peak = peak_memory()
    left = Database(url)
    return {
        "phases": meter.as_data(),
        "memory_before": before,
        "memory_peak": peak,
        "outcome": outcome(left),
        "written": {} if left.is_sqlite else written(left),
    }


def _engine(url: str, size: int, meter: Meter) -> None:
    from bench import discard
    from bench.engine_side import Engine
    from bench.journey import reference_journey

    clock = ManualClock(plan.START)
    database = Database(url, clock=clock)
    with tempfile.TemporaryDirectory() as folder, discard.installed(Path(folder)):
        Engine(database, clock, reference_journey(), meter).run(size)
    database.dispose()


def _floor(url: str, size: int, meter: Meter) -> None:
    from bench.floor import Floor, Mails, Statements
    from bench.floor_postgresql import PostgresqlFloor
    from bench.floor_sqlite import SqliteFloor

    database = Database(url)
    with database.read() as connection:
        row = connection.exec_driver_sql("SELECT id, version FROM ma_journey").one()
    # A connection with the engine's own settings; what runs on it goes past SQLAlchemy.
    pooled = database.engine.raw_connection()
    bare: Any = pooled.driver_connection
    make = SqliteFloor if database.is_sqlite else PostgresqlFloor
    statements: Statements = make(bare, row.id, row.version, Mails())
    Floor(statements, database, meter).run(size)
    pooled.close()
    database.dispose()


def main() -> None:
    """Run the task that the only argument names."""
    given = json.loads(sys.argv[1])
    task = given.pop("task")
    result: Any = None
    if task == "prepare":
        prepare(**given)
    elif task == "journey":
        result = run_journey(**given)
    elif task == "webhook":
        from bench.webhook_measure import run_webhook

        result = run_webhook(**given)
    elif task == "sending":
        from bench.sending_ways import run

        result = run(**given)
    else:
        from bench.idle import measure_idle

        result = measure_idle(**given)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
