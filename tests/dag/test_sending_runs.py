"""Sending in Airflow: several workers share one send, and a one-off campaign sleeps through the night."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest
from airflow.sdk.exceptions import TaskDeferred

from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.dag import Journey
from airflow_ma.dag.held_mail_trigger import HeldMailTrigger
from airflow_ma.dag.shard import ShardOperator
from airflow_ma.engine.clock import MINUTE, ManualClock, to_ms
from airflow_ma.engine.database import Database
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from tests.dag.conftest import RunJourney
from tests.journeys import add_contacts, assert_sound, mails, places


def campaign(key: str, mode: Any = "continuous", shards: int = 1) -> Journey:
    with Journey(key, mode=mode, default_args={"retries": 0}) as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement", shards=shards)
        people >> mail >> EndOperator(task_id="end", reason="through")
    return journey


def test_shards_stand_beside_their_step_and_are_no_steps_themselves(
    run_journey: RunJourney, installation: Database
) -> None:
    journey = campaign("shards", shards=3)
    assert sorted(journey.steps) == ["end", "mail", "people"]
    shards = [task for task in journey.tasks if isinstance(task, ShardOperator)]
    assert [shard.task_id for shard in shards] == ["mail__shard_2", "mail__shard_3"]
    for shard in shards:
        assert (shard.upstream_task_ids, shard.downstream_task_ids) == ({"people"}, {"end"})
    people = add_contacts(installation, 5, tag="in")
    run = run_journey(journey)
    assert run.state == "success"
    assert set(places(installation).values()) == {"left: through"}
    assert mails(installation) == {(person, "mail"): 1 for person in people}
    quiet = {ti.task_id: str(ti.state) for ti in run_journey(journey).get_task_instances()}
    assert quiet["mail__shard_2"] == quiet["mail"] == "skipped"


def test_a_shard_sends_what_the_step_has_not(installation: Database) -> None:
    journey = campaign("one_shard", shards=2)
    people = add_contacts(installation, 3, tag="in")
    journey.steps["people"].execute(_context("run"))
    assert journey.get_task("mail__shard_2").execute(_context("run")) == {"sent": 3}
    assert journey.steps["mail"].execute(_context("run")) == {}
    assert mails(installation) == {(person, "mail"): 1 for person in people}


def test_a_one_off_campaign_started_at_night_waits_in_the_triggerer(
    installation: Database, clock: ManualClock
) -> None:
    clock.at = to_ms(pendulum.datetime(2026, 12, 1, 22, tz="Asia/Tokyo"))
    journey = campaign("at_night", "one_off")
    asleep = add_contacts(installation, 2, tag="in")
    awake = add_contacts(installation, 1, tag="in", timezone="Europe/London")
    context = _context("manual__1")
    journey.steps["people"].execute(context)
    mail = journey.steps["mail"]
    assert isinstance(mail, SendEmailOperator)
    with pytest.raises(TaskDeferred) as deferred:
        mail.execute(context)
    assert mails(installation) == {(awake[0], "mail"): 1}
    path, kwargs = deferred.value.trigger.serialize()
    assert path == "airflow_ma.dag.held_mail_trigger.HeldMailTrigger"
    trigger = HeldMailTrigger(**{**kwargs, "poll_seconds": 0.01})
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(anext(trigger.run()), 0.3))
    clock.at = to_ms(pendulum.datetime(2026, 12, 2, 8, tz="Asia/Tokyo"))
    event = asyncio.run(asyncio.wait_for(anext(trigger.run()), 5))
    so_far = deferred.value.kwargs["so_far"]
    assert mail.go_on(context, event.payload, so_far) == {"sent": 3}
    assert mails(installation) == {(person, "mail"): 1 for person in [*asleep, *awake]}
    assert_sound(installation)


def _context(run_id: str) -> Any:
    return {"run_id": run_id, "ti": SimpleNamespace(try_number=1)}


def test_a_one_off_campaign_waits_for_a_dead_workers_people(
    installation: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry that finds everybody in the dead worker's hands must not end well and leave them behind."""
    journey = campaign("worker_died", "one_off")
    people = add_contacts(installation, 2, tag="in")
    context = _context("manual__1")
    journey.steps["people"].execute(context)
    mail = journey.steps["mail"]
    assert isinstance(mail, SendEmailOperator)

    def die(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    real = SandboxChannel.send
    monkeypatch.setattr(SandboxChannel, "send", die)
    with pytest.raises(KeyboardInterrupt):
        mail.execute(context)
    monkeypatch.setattr(SandboxChannel, "send", real)
    with pytest.raises(TaskDeferred) as deferred:
        mail.execute(context)
    trigger = HeldMailTrigger("worker_died", "mail", "manual__1", poll_seconds=0.01)
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(anext(trigger.run()), 0.2))
    clock.advance(10 * MINUTE)
    asyncio.run(asyncio.wait_for(anext(trigger.run()), 5))
    assert mail.go_on(context, True, deferred.value.kwargs["so_far"]) == {"sent": 2}
    assert mails(installation) == {(person, "mail"): 1 for person in people}
    asyncio.run(asyncio.wait_for(anext(trigger.run()), 5))  # nobody is left to wait for
