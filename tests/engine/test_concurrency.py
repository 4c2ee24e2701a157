"""Several workers at the same step, events coming in all the while: every contact moves exactly once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.engine.advance import advance
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.events import NewEvent, record_events
from airflow_ma.engine.tables import enrollment, message, move
from airflow_ma.operators import AlertSalesOperator, AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

EMAILS = Path(__file__).parents[2] / "dags" / "emails"


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))


@pytest.fixture(scope="module")
def journey() -> Journey:
    with Journey("busy") as busy:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        opened = WaitForOpenSensor(task_id="opened", mail="mail", within=days(3))
        hot = AlertSalesOperator(task_id="hot", reason="opened")
        cold = EndOperator(task_id="cold", reason="silent")
        people >> mail >> opened
        opened >> Label("opened") >> hot
        opened >> Label("not_opened") >> cold
    return busy


def test_workers_and_collectors_together(database: Database, clock: ManualClock, journey: Journey) -> None:
    number = 400
    people = add_contacts(database, number, tag="in")
    program = journey.program(database)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            for step in journey.graph.ordered():
                journey.steps[step.id].move_contacts(database, program, cohort=None, run_id="w")

    def open_mails(part: int) -> int:
        done: set[int] = set()
        mine = [person for person in people if person % 2 == 0 and person % 4 // 2 == part]
        while len(done) < len(mine):
            with database.read() as connection:
                ready = connection.execute(
                    sa.select(message.c.id, message.c.contact_id).where(
                        message.c.contact_id.in_(set(mine) - done), message.c.state == "accepted"
                    )
                ).all()
            for row in ready:
                now = clock.now()
                opening = NewEvent("email.open", now, f"o{row.id}", row.contact_id, message_id=row.id)
                with database.write() as connection:
                    record_events(connection, [opening, opening], now=now)
                done.add(row.contact_id)
        return len(done)

    with ThreadPoolExecutor(5) as pool:
        workers = [pool.submit(work) for _ in range(3)]
        openers = [pool.submit(open_mails, part) for part in (0, 1)]
        try:
            assert sum(opener.result(120) for opener in openers) == number // 2
        finally:
            stop.set()
        for worker in workers:
            worker.result(60)
    sweep(journey, database)
    assert_sound(database)
    assert mails(database) == {(person, "mail"): 1 for person in people}
    by_place = list(places(database).values())
    assert by_place.count("left: completed") == number // 2, "no open was slept through"
    assert by_place.count("opened") == number // 2
    clock.advance(3 * DAY)
    sweep(journey, database)
    assert list(places(database).values()).count("left: silent") == number // 2


def test_an_event_that_is_being_stored_while_a_sweep_looks_is_not_lost(
    postgres_database: Database, clock: ManualClock, journey: Journey
) -> None:
    """The open is stored but not committed: the sweep must not put the contact to sleep for good."""
    (person,) = add_contacts(postgres_database, 1, tag="in")
    sweep(journey, postgres_database)
    program = journey.program(postgres_database)
    with postgres_database.write() as connection:
        connection.execute(sa.update(enrollment).values(wake_at=clock.now()))  # due, for whatever reason
    with postgres_database.read() as connection:
        mail_id = connection.scalar(sa.select(message.c.id))
    stored, swept = threading.Event(), threading.Event()

    def collect() -> None:
        now = clock.now()
        with postgres_database.write() as connection:
            record_events(connection, [NewEvent("email.open", now, "k", person, message_id=mail_id)], now=now)
            stored.set()
            swept.wait(5)

    def look() -> None:
        stored.wait(5)
        advance(postgres_database, program, "opened")
        swept.set()

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(collect), pool.submit(look)]:
            running.result(20)
    sweep(journey, postgres_database)
    assert places(postgres_database)[person] == "left: completed"


def test_a_new_version_met_by_many_workers_at_once_is_registered_once(
    database: Database, journey: Journey
) -> None:
    with ThreadPoolExecutor(4) as pool:
        programs = list(pool.map(lambda _: journey.program(database), range(8)))
    assert {(p.journey_id, p.version) for p in programs} == {(1, 1)}


def test_chunks_are_bounded_and_leave_nobody_out(
    database: Database, clock: ManualClock, journey: Journey
) -> None:
    people = add_contacts(database, 95, tag="in")
    program = journey.program(database)
    for step in ("people", "mail"):
        journey.steps[step].move_contacts(database, program, cohort=None, run_id=None)
    for person in people[:40]:
        happen(database, "email.open", person, "mail")
    clock.advance(3 * DAY)
    assert advance(database, program, "opened", chunk=10) == {"opened": 40, "not_opened": 55}
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(move)) == 95 * 3
    assert_sound(database)
