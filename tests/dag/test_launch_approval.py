"""A second person approves the start of a one-off journey: Airflow's own question, asked and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pendulum
import pytest
from airflow.sdk import BaseOperator, TriggerRule
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped, TaskAwaitingInput

from airflow_ma.config import settings
from airflow_ma.dag import Journey
from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.launch_approval import APPROVE, DECLINE, LaunchApprovalOperator, mails_at_once
from airflow_ma.engine.changes.audit import Entry, read_audit
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.journey.problem import JourneyError
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from tests.dag.conftest import RunJourney
from tests.engine.live_journey import make
from tests.journeys import add_contacts, mails, places

RUN = "manual__1"
SetApproval = Callable[[str], None]


class Comms:
    """What a worker's supervisor hears."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, msg: Any) -> None:
        self.sent.append(msg)


@pytest.fixture
def approval(monkeypatch: pytest.MonkeyPatch, installation: Database) -> Iterator[SetApproval]:
    def choose(value: str) -> None:
        monkeypatch.setenv("AIRFLOW_MA_APPROVAL", value)
        settings.cache_clear()

    yield choose
    monkeypatch.delenv("AIRFLOW_MA_APPROVAL", raising=False)
    settings.cache_clear()


@pytest.fixture
def comms(monkeypatch: pytest.MonkeyPatch) -> Comms:
    heard = Comms()
    monkeypatch.setattr("airflow.sdk.execution_time.task_runner.SUPERVISOR_COMMS", heard, raising=False)
    return heard


def context(started_by: str | None = "ann") -> Any:
    run = SimpleNamespace(
        triggering_user_name=started_by, start_date=None, run_after=pendulum.datetime(2026, 11, 30, 1)
    )
    kept: dict[str, Any] = {}
    ti = SimpleNamespace(
        id=UUID(int=7),
        try_number=1,
        map_index=-1,
        kept=kept,
        xcom_push=lambda key, value: kept.update({key: value}),
    )
    return {"run_id": RUN, "dag_run": run, "ti": ti, "task_instance": ti}


def event(option: str, user: str | None) -> dict[str, Any]:
    """As Airflow's HITLDetail.as_resume_event_payload makes it."""
    return {
        "chosen_options": [option],
        "params_input": {},
        "responded_at": pendulum.datetime(2026, 11, 30, 2),
        "responded_by_user": None if user is None else {"id": f"id of {user}", "name": user},
        "timedout": False,
    }


def task_of(journey: Journey) -> LaunchApprovalOperator:
    task = journey.get_task("approval")
    assert isinstance(task, LaunchApprovalOperator)
    return task


def asks(task: LaunchApprovalOperator, comms: Comms, answered: Any = None, started_by: Any = "ann") -> Any:
    """The question it puts, at its start or after an answer."""
    with pytest.raises(TaskAwaitingInput) as waiting:
        if answered is None:
            task.execute(context(started_by))
        else:
            task.execute_complete(context(started_by), answered)
    assert waiting.value.method_name == "execute_complete"
    return comms.sent.pop()


def log(database: Database, key: str = "offer") -> list[Entry]:
    with database.read() as connection:
        return read_audit(connection, key, limit=20)[::-1]


def enter(journey: Journey) -> dict[str, int]:
    return journey.steps["people"].execute(context())


def test_without_the_setting_nothing_is_different(installation: Database, approval: SetApproval) -> None:
    plain = make("offer", mode="one_off")
    version = plain.program(installation).version
    assert "approval" not in plain.task_dict
    approval("always")
    gated = make("offer", mode="one_off")
    assert gated.get_task("people").upstream_task_ids == {"approval"}
    assert gated.graph.digest() == plain.graph.digest()
    assert gated.program(installation).version == version
    assert "approval" not in make("stream").task_dict, "continuous journeys are approved when published"
    approval("")
    add_contacts(installation, 2, tag="in")
    assert enter(plain) == {"entered": 2}


def test_the_name_of_its_task_is_taken_and_it_is_no_kind_of_step() -> None:
    with pytest.raises(JourneyError, match="approval"), Journey("taken", mode="one_off"):
        AudienceOperator(task_id="approval", where={"tag": "in"})
    assert not any(issubclass(kind, LaunchApprovalOperator) for kind in step_kinds().values())


def test_airflows_own_tasks_before_the_entries_come_before_the_question(approval: SetApproval) -> None:
    approval("always")
    defaults = {"retries": 0, "execution_timeout": timedelta(hours=1)}
    with Journey("fetched", mode="one_off", default_args=defaults) as journey:
        fetch = BaseOperator(task_id="fetch")
        fetch >> AudienceOperator(task_id="people", where={"tag": "in"}) >> EndOperator(task_id="end")
        AudienceOperator(task_id="others", where={"tag": "out"}) >> journey.get_task("end")
    task = task_of(journey)
    assert task.upstream_task_ids == {"fetch"}
    assert task.downstream_task_ids == {"people", "others"}
    assert task.trigger_rule == TriggerRule.ALL_DONE
    assert (task.response_timeout, task.execution_timeout, task.retries) == (None, None, 2)


def test_few_people_start_at_once_and_more_than_the_limit_do_not(
    installation: Database, approval: SetApproval, comms: Comms
) -> None:
    approval("2")
    journey = make("offer", mode="one_off")
    add_contacts(installation, 2, tag="in")
    add_contacts(installation, 5)
    assert task_of(journey).execute(context()) == "not needed"
    assert (comms.sent, log(installation)) == ([], [])
    add_contacts(installation, 1, tag="in")
    asked = asks(task_of(journey), comms)
    assert asked.subject == "Start “offer” for 3 people? / 「offer」を3人に開始しますか？"
    assert asked.options == ["Approve / 承認", "Decline / 差し戻し"]
    (line,) = log(installation)
    assert (line.action, line.by, line.people, line.version) == ("start_asked", "ann", 3, 1)


def test_who_has_been_in_it_counts_again(installation: Database, approval: SetApproval, comms: Comms) -> None:
    journey = make("offer", mode="one_off")
    add_contacts(installation, 3, tag="in")
    enter(journey)
    approval("2")
    assert "3 people" in asks(task_of(make("offer", mode="one_off")), comms).subject


def test_the_question_says_all_that_is_needed_to_answer_it(
    installation: Database, approval: SetApproval, comms: Comms
) -> None:
    approval("always")
    with Journey("offer", title="Spring [sale] *now*", mode="one_off") as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", title="The offer", template="sale_announcement")
        later = SendEmailOperator(task_id="later", title="The reminder", template="sale_ends_soon")
        people >> mail >> later
    add_contacts(installation, 1_200, tag="in")
    body = asks(task_of(journey), comms).body
    for part in (
        r"**Spring \[sale\] \*now\*** has been started",
        "People who would enter now: **1,200**",
        "現在の対象者: **1,200**人",
        "Mails that go out at once: **The offer**\n",
        "Started by: ann",
        "開始した人: ann",
        "Started at: 2026-11-30 10:00 (Asia/Tokyo)",
        "/airflow-ma/journeys/offer?run=manual__1",
        "ann started it and cannot approve it",
        "annさんは承認できません",
    ):
        assert part in body
    assert "reminder" not in body
    scheduled = asks(task_of(journey), comms, started_by=None).body
    assert "nobody (by schedule)" in scheduled
    assert "cannot approve" not in scheduled


def test_only_mails_with_no_wait_before_them_go_out_at_once() -> None:
    journey = make("offer", mode="one_off")
    with Journey("patient", mode="one_off") as patient:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        people >> type(journey.steps["later"])(task_id="wait", duration="1 day") >> mail
    targets = [SimpleNamespace(targets=one.graph.targets()) for one in (journey, patient)]
    assert [step.task_id for step in mails_at_once(journey, targets[0])] == ["mail"]  # type: ignore[arg-type]
    assert list(mails_at_once(patient, targets[1])) == []  # type: ignore[arg-type]


def test_approved_by_somebody_else_people_enter(
    installation: Database, approval: SetApproval, comms: Comms, clock: ManualClock
) -> None:
    approval("always")
    journey = make("offer", mode="one_off")
    add_contacts(installation, 2, tag="in")
    asks(task_of(journey), comms)
    assert task_of(journey).execute_complete(context(), event(APPROVE, "bob")) == "approved"
    asked, approved = log(installation)
    assert (asked.action, approved.action) == ("start_asked", "start_approved")
    assert (approved.by, approved.people, approved.detail) == ("bob", 2, {"run_id": RUN, "started_by": "ann"})
    assert enter(journey) == {"entered": 2}


@pytest.mark.parametrize("name", ["ann", "id of ann"])
def test_who_started_it_cannot_approve_it(
    installation: Database, approval: SetApproval, comms: Comms, name: str
) -> None:
    approval("always")
    journey = make("offer", mode="one_off")
    add_contacts(installation, 1, tag="in")
    asks(task_of(journey), comms, started_by=name)
    again = asks(task_of(journey), comms, event(APPROVE, "ann"), started_by=name)
    assert again.subject.startswith("Start “offer”")
    assert [line.action for line in log(installation)] == ["start_asked"]
    with pytest.raises(AirflowFailException, match="no second person has approved"):
        enter(journey)
    asks(task_of(journey), comms, event(APPROVE, None))
    assert task_of(journey).execute_complete(context(name), event(APPROVE, "bob")) == "approved"


def test_declined_nobody_enters_and_everything_after_it_is_skipped(
    installation: Database, approval: SetApproval, comms: Comms
) -> None:
    approval("always")
    journey = make("offer", mode="one_off")
    add_contacts(installation, 1, tag="in")
    asks(task_of(journey), comms)
    now = context()
    with pytest.raises(DownstreamTasksSkipped) as skipped:
        task_of(journey).execute_complete(now, event(DECLINE, "ann"))  # who started it may think better of it
    assert set(skipped.value.tasks) == set(journey.task_dict) - {"approval"}
    assert now["ti"].kept["return_value"] == "declined"
    assert [(line.action, line.by) for line in log(installation)] == [
        ("start_asked", "ann"),
        ("start_declined", "ann"),
    ]
    assert places(installation) == {}


def test_it_does_not_help_to_mark_the_question_as_done(
    installation: Database, approval: SetApproval, comms: Comms
) -> None:
    approval("1")
    journey = make("offer", mode="one_off")
    add_contacts(installation, 1, tag="in")
    assert task_of(journey).execute(context()) == "not needed"
    add_contacts(installation, 1, tag="in")
    with pytest.raises(AirflowFailException, match="nobody has entered: 2 people would"):
        enter(journey)
    assert places(installation) == {}


def test_a_run_that_is_repeated_is_asked_for_again(
    installation: Database, approval: SetApproval, comms: Comms
) -> None:
    approval("always")
    journey = make("offer", mode="one_off")
    asks(task_of(journey), comms)
    task_of(journey).execute_complete(context(), event(APPROVE, "bob"))
    assert enter(journey) == {}
    asks(task_of(journey), comms)
    assert [line.action for line in log(installation)] == ["start_asked", "start_approved", "start_asked"]
    add_contacts(installation, 1, tag="in")
    with pytest.raises(AirflowFailException):
        enter(journey)
    other = {**context(), "run_id": "manual__2"}
    with pytest.raises(AirflowFailException):
        journey.steps["people"].execute(other)


def test_a_run_below_the_limit_goes_from_start_to_end(
    run_journey: RunJourney, installation: Database, approval: SetApproval
) -> None:
    approval("2")
    with Journey("small_start", mode="one_off", default_args={"retries": 0}) as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement", purpose="transactional")
        people >> mail >> EndOperator(task_id="end")
    person, other = add_contacts(installation, 2, tag="in")
    assert run_journey(journey).state == "success"
    assert mails(installation) == {(person, "mail"): 1, (other, "mail"): 1}
