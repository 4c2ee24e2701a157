"""Changing a journey between its DAG runs: the plan applies the rules, one task serves the earlier versions."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.dag.earlier_versions import rebuilt
from airflow_ma.engine.changes.applying import Rule
from airflow_ma.engine.changes.releases import add_release
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import publish_program
from airflow_ma.engine.tables import change_rule, enrollment, journey_version
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator, SplitOperator
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor
from tests.dag.conftest import RunJourney
from tests.dag.test_runs import states
from tests.engine.changes.changing import publish
from tests.journeys import add_contacts, assert_sound, happen, mails, places


@pytest.fixture(autouse=True)
def _at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "")


def before(key: str) -> Journey:
    with Journey(key, default_args={"retries": 0}) as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        opened = WaitForOpenSensor(task_id="opened", mail="mail", within=days(3))
        second = SendEmailOperator(task_id="second", template="sale_ends_soon")
        end = EndOperator(task_id="end", reason="through")
        people >> mail >> opened
        opened >> Label("opened") >> end
        opened >> Label("not_opened") >> second >> end
    return made


def after(key: str) -> Journey:
    with Journey(key, default_args={"retries": 0}) as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        wait = WaitSensor(task_id="wait", duration=days(1))
        people >> mail >> wait >> EndOperator(task_id="end", reason="waited")
    return made


def test_a_changed_file_lets_people_finish_on_the_version_they_know(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    old, new = before("by_deploy"), after("by_deploy")
    opener, silent = add_contacts(installation, 2, tag="in")
    assert run_journey(old).state == "success"
    quiet = run_journey(new)
    assert quiet.state == "success"
    assert states(quiet)["earlier_versions"] == "skipped", "nobody of them is due"
    with installation.read() as connection:
        assert set(connection.scalars(sa.select(enrollment.c.pinned_version))) == {1}
        assert None not in connection.scalars(sa.select(change_rule.c.done_at)).all()

    happen(installation, "email.open", opener, "mail")
    run = run_journey(new)
    skipped = dict.fromkeys(new.steps, "skipped")
    assert states(run) == skipped | {"plan": "success", "earlier_versions": "success", "watch": "success"}
    done = run.get_task_instance("earlier_versions").xcom_pull(task_ids="earlier_versions")
    assert done == {"1": {"opened": 1, "left": 1}}
    clock.advance(3 * DAY)
    assert run_journey(new).state == "success"
    assert places(installation) == {opener: "left: through", silent: "left: through"}
    assert mails(installation) == {(opener, "mail"): 1, (silent, "mail"): 1, (silent, "second"): 1}
    assert_sound(installation)


def test_the_plan_applies_the_rules_before_it_says_who_is_ready(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    old, new = before("by_rule"), after("by_rule")
    (person,) = add_contacts(installation, 1, tag="in")
    run_journey(old)
    publish(installation, new, Rule("opened", "move", "end"))
    run = run_journey(new)
    assert states(run)["end"] == "success"
    assert places(installation) == {person: "left: waited"}
    assert_sound(installation)


def test_a_version_that_cannot_be_built_holds_only_its_own_people(
    run_journey: RunJourney, installation: Database, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = before("uninstalled"), after("uninstalled")
    (first,) = add_contacts(installation, 1, tag="in")
    run_journey(old)
    with Journey("uninstalled", default_args={"retries": 0}) as between:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        people >> mail >> WaitSensor(task_id="pause", duration=days(3)) >> EndOperator(task_id="end")
    (second,) = add_contacts(installation, 1, tag="in")
    clock.advance(DAY + 1)
    run_journey(between)
    (third,) = add_contacts(installation, 1, tag="in")
    clock.advance(DAY + 1)
    run_journey(new)
    assert places(installation) == {first: "opened", second: "pause", third: "wait"}
    v = journey_version.c
    with installation.write() as connection:  # as if the package of that kind of step were gone
        definition = connection.scalar(sa.select(v.definition).where(v.version == 1))
        for step in definition["steps"]:
            if step["id"] == "opened":
                step["kind"] = "wait_for_godot"
        connection.execute(sa.update(journey_version).where(v.version == 1).values(definition=definition))
    clock.advance(3 * DAY)
    run = run_journey(new)
    assert run.state == "failed"
    assert states(run)["earlier_versions"] == "failed"
    assert places(installation) == {first: "opened", second: "left: completed", third: "left: waited"}
    told = capsys.readouterr().out
    assert "version 1 cannot be built any more: there is no step of kind 'wait_for_godot'" in told
    assert "Install again what its steps need" in told
    assert_sound(installation)


def test_a_late_run_of_an_earlier_release_moves_nobody(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    old, new = before("late"), after("late")
    opener, late = add_contacts(installation, 2, tag="in")
    run_journey(old)
    publish(installation, new, Rule("opened", "finish"))
    with installation.write() as connection:
        add_release(connection, "late", 2, {}, {}, by="me", now=clock.now())
    happen(installation, "email.open", opener, "mail")
    run = run_journey(old)
    assert states(run) == dict.fromkeys(old.steps, "skipped") | {
        "plan": "success",
        "earlier_versions": "skipped",
        "watch": "skipped",
    }
    assert places(installation) == {opener: "opened", late: "opened"}
    run_journey(new)
    assert places(installation) == {opener: "left: through", late: "opened"}


def test_a_file_that_is_changed_back_runs_again(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    (person,) = add_contacts(installation, 1, tag="in")
    run_journey(before("back"))
    run_journey(after("back"))
    run_journey(before("back"))
    (late,) = add_contacts(installation, 1, tag="in")
    clock.advance(DAY + 1)
    run_journey(before("back"))
    assert places(installation) == {person: "opened", late: "opened"}
    happen(installation, "email.open", person, "mail")
    happen(installation, "email.open", late, "mail")
    run_journey(before("back"))
    assert set(places(installation).values()) == {"left: through"}


def test_the_ways_of_a_split_keep_their_order_in_an_earlier_version(
    database: Database, clock: ManualClock
) -> None:
    def split(first: str, second: str) -> Journey:
        branches: dict[str, Any] = {first: {"tag": "in"}, second: {"tag": "in"}}
        with Journey("order") as made:
            people = AudienceOperator(task_id="people", where={"tag": "in"})
            ways = SplitOperator(task_id="ways", branches=branches)
            end = EndOperator(task_id="end")
            people >> ways >> Label(f"{first} | {second} | other") >> end
        return made

    one, two = split("zebra", "ant"), split("ant", "zebra")
    program = one.program(database)
    with database.write() as connection:
        assert publish_program(connection, two.graph, two.steps, now=clock.now()) == 2, "the first fits"
    steps, pinned = rebuilt(database, program, 1, None)
    assert pinned.pinned
    assert [step.task_id for step in steps] == ["ways", "end"]
    assert list(steps[0].settings["branches"]) == ["zebra", "ant"]
