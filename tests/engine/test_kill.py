"""Two workers at once, killed with SIGKILL at random moments again and again: nobody lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.engine.clock import DAY, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alert, message
from tests.engine.worker import journey
from tests.journeys import add_contacts, assert_sound, mails, places, sweep

ROOT = Path(__file__).parents[2]
EMAILS = ROOT / "dags" / "emails"


def start_worker(database: Database, clock: ManualClock, home: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "AIRFLOW_MA_EMAILS": str(EMAILS), "AIRFLOW_MA_HOME": str(home)}
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.engine.worker", url, str(clock.now()), "0.01"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_workers_killed_at_random(
    database: Database, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))
    number, rounds = 1200, 3
    people = add_contacts(database, number, tag="in")
    luck = random.Random(20261122)
    left_claimed = 0
    for _ in range(rounds):
        workers = [start_worker(database, clock, tmp_path / "home") for _ in range(2)]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        time.sleep(luck.uniform(0.15, 0.5))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            time.sleep(luck.uniform(0, 0.05))
        for worker in workers:
            worker.wait(10)
        assert_sound(database)
        with database.read() as connection:
            left_claimed += connection.scalar(
                sa.select(sa.func.count()).select_from(message).where(message.c.state == "sending")
            )
        clock.advance(10 * MINUTE)  # the leases of the dead run out
    assert left_claimed, "no worker died in the middle of a batch: the test has lost its point"
    killed = journey()
    for _ in range(2):
        sweep(killed, database)
        clock.advance(DAY)
    sweep(killed, database)
    assert_sound(database)
    assert set(places(database).values()) == {"left: completed"}
    assert len(places(database)) == number
    assert sum(mails(database).values()) == number
    assert {person for person, _ in mails(database)} == set(people)
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(alert)) == number
