"""Many deliveries at once, and collectors killed in the middle: all that was answered 2xx is there, once."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from airflow_ma.collector.reports import write_reports
from airflow_ma.collector.sendgrid_events import read_events
from airflow_ma.config import settings
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import event, message
from tests.collector.conftest import World
from tests.collector.test_app import locked
from tests.fakes.sendgrid.events import KINDS
from tests.fakes.sendgrid.events import event as told
from tests.fakes.sendgrid.webhooks import WebhookKey, in_batches, sign, written

PEOPLE = 60
PATH = "/webhooks/sendgrid"
SERVE = "import sys; from airflow_ma.collector.app import serve; serve('127.0.0.1', int(sys.argv[1]))"


def crowd(world: World) -> None:
    for number in range(2, PEOPLE + 1):
        world.add_contact(number, email=f"c{number}@example.com", email_key=f"c{number}@example.com")
    world.clock.advance(HOUR)


def about(world: World, number: int, kind: str, second: int) -> dict[str, Any]:
    return told(
        kind,
        email=f"c{number}@example.com",
        at=1_796_000_000 + second,
        sg_message_id=f"sg{number}",
        custom_args={"ma_message": world.signer.message_tag(number)},
    )


def stored_keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(
            connection.scalars(sa.select(event.c.dedupe_key).where(event.c.dedupe_key.like("%:sg:%")))
        )


def test_concurrent_deliveries_about_the_same_people_never_lock_each_other_out(world: World) -> None:
    crowd(world)
    with world.database.write() as connection:
        connection.execute(sa.update(message).values(state="unknown"))
    dice = random.Random(1)
    kinds = [kind for kind in KINDS for _ in range(3)]
    events = [about(world, dice.randrange(1, PEOPLE + 1), dice.choice(kinds), n) for n in range(3_000)]
    together = threading.Barrier(6)

    def tell(seed: int) -> int:
        # Every thread tells everything, in another order: each event and each person is fought for.
        together.wait()
        new = 0
        for batch in in_batches(events, size=100, seed=seed):
            reports = read_events(written(batch), world.signer.read_tag).reports
            with world.database.write() as connection:
                new += write_reports(connection, reports, world.clock).stored
        return new

    with ThreadPoolExecutor(6) as pool:
        new = list(pool.map(tell, range(6)))
    assert sum(new) == len(events)
    keys = stored_keys(world.database)
    assert len(keys) == len(set(keys)) == len(events)
    with world.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(message.c.state == "unknown")) == 0


@contextmanager
def collector(world: World, key: WebhookKey, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A collector in a process of its own; it is killed at the end if it still lives."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "AIRFLOW_MA_DATABASE_URL": world.database.engine.url.render_as_string(hide_password=False),
        "AIRFLOW_MA_WEBHOOK_KEYS": key.public,
        "AIRFLOW_MA_HOME": str(settings().home),
    }
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port)],
            env=environment,
            stdout=file,
            stderr=file,
            cwd=Path(__file__).parents[2],
        )
    base = f"http://127.0.0.1:{port}"
    try:
        patience = time.monotonic() + 30
        while time.monotonic() < patience:
            try:
                if httpx.get(f"{base}/healthz", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        else:
            raise AssertionError(log.read_text())
        yield process, base
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.slow
def test_what_was_answered_2xx_survives_a_kill(world: World, tmp_path: Path) -> None:
    crowd(world)
    key, dice, log = WebhookKey(), random.Random(3), tmp_path / "log"
    answered: list[list[dict[str, Any]]] = []
    told_in_vain: list[list[dict[str, Any]]] = []
    numbers = iter(range(1_000_000))
    lock = threading.Lock()

    def provider(base: str, until: threading.Event) -> None:
        with httpx.Client(timeout=20) as client:
            while not until.is_set():
                with lock:
                    batch = told_in_vain.pop() if told_in_vain and dice.random() < 0.3 else None
                    batch = batch or [
                        about(world, dice.randrange(1, PEOPLE + 1), dice.choice(KINDS), next(numbers))
                        for _ in range(200)
                    ]
                delivery = sign(batch, key)
                try:
                    answer = client.post(base + PATH, content=delivery.body, headers=dict(delivery.headers))
                except httpx.TransportError:
                    with lock:
                        told_in_vain.append(batch)
                    return
                with lock:
                    (answered if answer.is_success else told_in_vain).append(batch)

    world.database.dispose()
    for _ in range(2):
        with collector(world, key, log) as (process, base), ThreadPoolExecutor(3) as pool:
            until = threading.Event()
            providers = [pool.submit(provider, base, until) for _ in range(3)]
            before, patience = len(answered), time.monotonic() + 20
            while len(answered) < before + 3 and time.monotonic() < patience:
                time.sleep(0.01)
            time.sleep(dice.uniform(0, 0.1))
            process.kill()
            until.set()
            for one in providers:
                one.result(30)
    assert told_in_vain, "no delivery was cut off: the test has lost its point"
    keys = stored_keys(world.database)
    assert len(keys) == len(set(keys))
    with collector(world, key, log) as (_, base):  # SendGrid tells it again
        for batch in told_in_vain:
            delivery = sign(batch, key)
            assert httpx.post(
                base + PATH, content=delivery.body, headers=dict(delivery.headers), timeout=20
            ).is_success
    ids = {one["sg_event_id"] for batch in (*answered, *told_in_vain) for one in batch}
    assert {key.rpartition(":")[2] for key in stored_keys(world.database)} == ids
    print(
        f"{len(answered)} deliveries answered, {len(told_in_vain)} cut off, {len(ids)} events, none lost, none twice"
    )


@pytest.mark.slow
def test_an_open_that_the_database_did_not_take_survives_a_kill(world: World, tmp_path: Path) -> None:
    key, log = WebhookKey(), tmp_path / "log"
    with world.database.write() as connection:
        connection.execute(sa.update(message).values(sent_at=0))  # this collector goes by the real time
    agent = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/143.0.0.0 Safari/537.36"}
    with collector(world, key, log) as (process, base):
        with locked(world.database):
            url = world.open_url(1).replace("http://testserver", base)
            assert httpx.get(url, headers=agent, timeout=30).status_code == 200
            process.kill()
            process.wait()
        assert world.events() == []
        kept = settings().home / "collector"
        assert [path.read_bytes().count(b"email.open") for path in kept.iterdir()] == [1]
    with collector(world, key, log):
        patience = time.monotonic() + 20
        while time.monotonic() < patience and any(path.stat().st_size for path in kept.iterdir()):
            time.sleep(0.1)
    [opened] = world.events()
    assert (opened.type, opened.contact_id, opened.machine) == ("email.open", 1, False)
