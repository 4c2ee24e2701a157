"""A pause in Airflow: one-off runs wait in the triggerer and leave nobody behind; runs know their moves."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from airflow.sdk.exceptions import TaskDeferred

from airflow_ma.bundle import JourneyBundle
from airflow_ma.dag import Journey
from airflow_ma.dag.cohort_trigger import CohortTrigger
from airflow_ma.dag.held_mail_trigger import HeldMailTrigger
from airflow_ma.dag.pause_trigger import PauseTrigger
from airflow_ma.engine.changes.releases import add_release
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.control.lifecycle import archive_journey, close_journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import journey_run, move
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from tests.dag.conftest import RunJourney
from tests.engine.live_journey import make, pause, resume
from tests.journeys import add_contacts, assert_sound, happen, mails, places

RUN = "manual__1"


def _context() -> Any:
    return {"run_id": RUN, "ti": SimpleNamespace(try_number=1)}


def _deferred(task: Any) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(_context())
    assert isinstance(deferred.value.trigger, PauseTrigger)
    assert deferred.value.method_name == "go_on"
    return deferred.value


def _fires(trigger: Any, seconds: float = 5) -> Any:
    return asyncio.run(asyncio.wait_for(anext(trigger.run()), seconds))


def test_the_tasks_of_a_one_off_run_wait_for_the_end_of_a_pause(
    installation: Database, clock: ManualClock
) -> None:
    journey = make("offer", mode="one_off")
    journey.program(installation)
    people = add_contacts(installation, 3, tag="in")
    pause(installation, "offer")
    entry = journey.steps["people"]
    waiting = _deferred(entry)
    path, kwargs = waiting.trigger.serialize()
    assert path == "airflow_ma.dag.pause_trigger.PauseTrigger"
    trigger = PauseTrigger(**{**kwargs, "poll_seconds": 0.01})
    with pytest.raises(TimeoutError):
        _fires(trigger, 0.2)
    assert places(installation) == {}
    resume(installation, "offer")
    event = _fires(trigger)
    assert entry.go_on(_context(), event.payload, waiting.kwargs["so_far"]) == {"entered": 3}
    pause(installation, "offer")
    mail = journey.steps["mail"]
    waiting = _deferred(mail)
    assert mails(installation) == {}
    held = HeldMailTrigger("offer", "mail", RUN, poll_seconds=0.01)
    with pytest.raises(TimeoutError):
        _fires(held, 0.2)
    resume(installation, "offer")
    _fires(held)
    assert mail.go_on(_context(), True, waiting.kwargs["so_far"]) == {"sent": 3}
    assert set(mails(installation)) == {(person, "mail") for person in people}
    assert_sound(installation)


def test_a_pause_in_the_middle_of_a_task_leaves_nobody_behind(
    installation: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that is over before the task looks: it must notice and look for those it has left."""
    journey = make("offer", mode="one_off")
    people = add_contacts(installation, 3, tag="in")
    journey.steps["people"].execute(_context())
    mail = journey.steps["mail"]
    real, interruptions = mail.move_contacts, iter([True, False])

    def interrupted(database: Database, program: Any, **where: Any) -> Any:
        if next(interruptions):
            pause(database, "offer")
            try:
                return real(database, program, **where)
            finally:
                resume(database, "offer")
        return real(database, program, **where)

    monkeypatch.setattr(mail, "move_contacts", interrupted)
    assert mail.execute(_context()) == {"sent": 3}
    assert set(mails(installation)) == {(person, "mail") for person in people}


def test_a_shard_waits_as_its_step_does(installation: Database, clock: ManualClock) -> None:
    with Journey("shared", mode="one_off", default_args={"retries": 0}) as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement", shards=2)
        people >> mail >> EndOperator(task_id="end", reason="through")
    add_contacts(installation, 2, tag="in")
    journey.steps["people"].execute(_context())
    pause(installation, "shared")
    shard: Any = journey.get_task("mail__shard_2")
    waiting = _deferred(shard)
    resume(installation, "shared")
    assert shard.go_on(_context(), True, waiting.kwargs["so_far"]) == {"sent": 2}


def test_a_waiting_cohort_stands_still_in_the_triggerer(installation: Database, clock: ManualClock) -> None:
    journey = make("offer", mode="one_off")
    people = add_contacts(installation, 2, tag="in")
    for step in ("people", "mail"):
        journey.steps[step].execute(_context())
    pause(installation, "offer")
    happen(installation, "email.open", people[0], "mail")
    clock.advance(4 * DAY)
    trigger = CohortTrigger(poll_seconds=0.01, step_of=["offer", "opened", RUN])
    trigger.task_instance = SimpleNamespace(dag_id="offer", task_id="opened", run_id=RUN)  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        _fires(trigger, 0.3)
    assert set(places(installation).values()) == {"opened"}
    resume(installation, "offer", "catch_up")
    assert _fires(trigger).payload == {"opened": 1, "not_opened": 1}


def test_runs_and_their_moves_are_noted(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    journey = make("noted")
    add_contacts(installation, 2, tag="in")
    assert run_journey(journey).state == "success"
    offer = make("offer_noted", mode="one_off")
    offer.steps["people"].execute(_context())
    with installation.read() as connection:
        first, second = connection.execute(sa.select(journey_run).order_by(journey_run.c.journey_id))
        moves = connection.execute(
            sa.select(sa.func.min(move.c.id), sa.func.max(move.c.id)).where(move.c.run_id == first.run_id)
        ).one()
    assert first.after_move_id < moves[0]
    assert first.last_move_id == moves[1]
    assert first.ended_at is not None
    assert (second.run_id, second.ended_at) == (RUN, None)


def test_an_archived_journey_is_gone_from_the_bundle(installation: Database, clock: ManualClock) -> None:
    add_contacts(installation, 1, tag="in")
    make("sale").program(installation)
    document = {"key": "sale", "title": "Sale", "mode": "continuous", "steps": []}
    with installation.write() as connection:
        add_release(connection, "sale", 1, document, {}, by="ann", now=clock.now())
    bundle = JourneyBundle(name="journeys")
    bundle.initialize()
    assert [path.name for path in (bundle.path / "journeys").iterdir()] == ["sale.json"]
    close_journey(installation, "sale", people="finish", by="ann", reason="")
    archive_journey(installation, "sale", by="ann", reason="over")
    before = bundle.get_current_version()
    bundle.refresh()
    assert bundle.get_current_version() != before
    assert list((bundle.path / "journeys").iterdir()) == []
