"""Two workers at once, killed with SIGKILL at random moments again and again: nobody lost, nothing doubled."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.engine.clock import DAY, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alert, message
from tests.engine.worker import journey, work
from tests.journeys import add_contacts, assert_sound, mails, places, sweep

ROOT = Path(__file__).parents[2]
EMAILS = ROOT / "dags" / "emails"


def start_worker(database: Database, clock: ManualClock) -> BaseProcess:
    """A forked worker, at work when this returns."""
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    url = database.engine.url.render_as_string(hide_password=False)
    worker = context.Process(target=work, args=(url, clock.now(), 0.01, ready), daemon=True)
    worker.start()
    assert ready.wait(20)
    return worker


def wait_for_a_batch(database: Database) -> None:
    """Until some worker is in the middle of a delivery, however slow the machine is just now."""
    patience = time.monotonic() + 10
    while time.monotonic() < patience and not mails_in_delivery(database):
        time.sleep(0.005)
    database.dispose()


def mails_in_delivery(database: Database) -> int:
    with database.read() as connection:
        sending = sa.select(sa.func.count()).select_from(message).where(message.c.state == "sending")
        return connection.scalar(sending) or 0


def test_workers_killed_at_random(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))
    number, rounds = 1000, 8
    people = add_contacts(database, number, tag="in")
    luck = random.Random(20261122)
    left_claimed = 0
    for _ in range(rounds):
        database.dispose()  # connections must not be shared with the workers
        workers = [start_worker(database, clock) for _ in range(2)]
        wait_for_a_batch(database)
        time.sleep(luck.uniform(0, 0.1))
        for worker in workers:
            worker.kill()
            time.sleep(luck.uniform(0, 0.05))
        for worker in workers:
            worker.join(10)
        assert_sound(database)
        left_claimed += mails_in_delivery(database)
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
