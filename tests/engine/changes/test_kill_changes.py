"""Killed with SIGKILL while it follows rules, shifts moments or moves people: whoever calls again finishes it."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.dag.stored import stored_program
from airflow_ma.engine.changes import applying as changes
from airflow_ma.engine.changes.applying import Rule, apply_rules
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.control import by_hand, lifecycle, standstill
from airflow_ma.engine.control.by_hand import People, move_people
from airflow_ma.engine.control.lifecycle import resume_journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, journey
from tests.engine.changes.changing import publish, run
from tests.engine.line_journey import KEY, ends, line, mail, newcomers, reached, wait
from tests.engine.live_journey import counted, pause, totals
from tests.journeys import assert_sound, mails, places, sweep

NUMBER, KILLS = 120, 4
OLD = (mail("news"), wait("pause", 3), mail("bye"))
e = enrollment.c
Do = Callable[[Database], Any]


pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def slowed(real: Any) -> Any:
    """The same with time to die before it and after it, within the transaction."""

    def slow(*args: Any, **more: Any) -> Any:
        time.sleep(0.01)
        done = real(*args, **more)
        time.sleep(0.01)
        return done

    return slow


def work(url: str, now: int, do: Do, ready: Event) -> None:
    """In a process of its own: many small transactions, each with a moment to die in."""
    by_hand.CHUNK = standstill.CHUNK = 10  # type: ignore[misc]
    changes._follow = slowed(changes._follow)
    changes._pin = slowed(changes._pin)
    by_hand.relocate = slowed(by_hand.relocate)
    lifecycle.shift_moments = slowed(lifecycle.shift_moments)
    database = Database(url, clock=ManualClock(at=now))
    ready.set()
    do(database)


def killed(database: Database, clock: ManualClock, do: Do, seed: int) -> list[int]:
    """Have it begun and killed some times, the time going on; returns how far it had come each time."""
    luck = random.Random(seed)
    context = multiprocessing.get_context("fork")
    url = database.engine.url.render_as_string(hide_password=False)
    moved = [0]
    for _ in range(KILLS):
        database.dispose()  # connections must not be shared with the worker
        ready = context.Event()
        worker = context.Process(target=work, args=(url, clock.now(), do, ready), daemon=True)
        worker.start()
        assert ready.wait(20)
        patience = time.monotonic() + 10  # however slow the machine is just now
        while worker.is_alive() and changed(database) == moved[-1] and time.monotonic() < patience:
            time.sleep(0.005)
        time.sleep(luck.uniform(0, 0.03))
        worker.kill()
        worker.join(10)
        assert_sound(database)
        moved.append(changed(database))
        clock.advance(HOUR)
    assert any(0 < number < NUMBER for number in moved), f"never killed in the middle: {moved}"
    return moved


def changed(database: Database) -> int:
    """How many people something has been done to."""
    done = sa.or_(e.step != "pause", e.version > 1, e.pinned_version.is_not(None), e.deadline_at > BEFORE[0])
    with database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).where(done)) or 0


BEFORE = [0]
"""The one deadline of all before anything was done."""


@pytest.fixture
def waiting(database: Database) -> list[int]:
    people = newcomers(database, NUMBER)
    run(database, line(*OLD))
    assert set(places(database).values()) == {"pause"}
    with database.read() as connection:
        (BEFORE[0],) = connection.scalars(sa.select(e.deadline_at).distinct())
    return people


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("action", ["move", "finish", "adopt", "leave"])
def test_killed_while_following_rules(
    database: Database, clock: ManualClock, waiting: list[int], action: Any, seed: int
) -> None:
    if action == "adopt":
        new = line(mail("news"), wait("pause", 5), mail("bye"))
    else:
        new = line(mail("news"), wait("other", 5), mail("bye"))
    program = publish(database, new, Rule("pause", action, "other" if action == "move" else None))
    killed(database, clock, lambda mine: apply_rules(mine, program, chunk=10), seed)
    run(database, new)
    assert changed(database) == NUMBER
    if action == "leave":
        assert set(places(database).values()) == {"left: changed"}
    ends(database, clock, new)
    mailed = {"news"} if action == "leave" else {"news", "bye"}
    assert reached(database) == dict.fromkeys(waiting, mailed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_while_resuming(database: Database, clock: ManualClock, waiting: list[int], seed: int) -> None:
    pause(database, KEY)
    began = clock.now()
    clock.advance(5 * DAY)

    def resume(mine: Database) -> None:
        programs = partial(stored_program, mine, KEY)
        resume_journey(mine, KEY, programs, deadlines="stood_still", by="ann", reason="")

    killed(database, clock, resume, seed)
    with database.read() as connection:
        assert connection.scalar(sa.select(journey.c.paused_at)) is not None, (
            "nobody moves while it is half done"
        )
    resume(database)
    assert sweep(line(*OLD), database) == {}, "who is awake only looks for when to wake up"
    with database.read() as connection:
        moments = connection.execute(sa.select(e.deadline_at, e.wake_at).distinct()).all()
    assert [tuple(row) for row in moments] == [(BEFORE[0] + clock.now() - began,) * 2], "once each, and alike"
    ends(database, clock, line(*OLD))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_while_moving_people_by_hand(
    database: Database, clock: ManualClock, waiting: list[int], seed: int
) -> None:
    program = line(*OLD).program(database)

    def go(mine: Database) -> int:
        return move_people(mine, program, People(step="pause"), "bye", by="ann", reason="all of them").people

    moved = killed(database, clock, go, seed)
    assert go(database) == NUMBER - moved[-1]
    with database.read() as connection:
        lines = read_audit(connection, KEY, limit=1000)
    assert sum(entry.people or 0 for entry in lines if entry.action == "moved") == NUMBER
    assert totals(database, program.journey_id) == counted(database, program.journey_id)
    run(database, line(*OLD))
    assert len(mails(database)) == 2 * NUMBER
    ends(database, clock, line(*OLD))
