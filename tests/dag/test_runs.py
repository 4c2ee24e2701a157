"""What a DAG run does in Airflow: starts only steps with work, holds back only the failed step's people."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.channels.channel import ChannelError, Delivery, Receipt
from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.dag import Journey, days
from airflow_ma.dag.work_trigger import PATIENCE_SECONDS, REPEAT_SECONDS, Announcer, ready_journeys
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact_tag, journey_step
from airflow_ma.operators import AlertSalesOperator, AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.operators.send_email import MailHeldError
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor
from tests.dag.conftest import RunJourney
from tests.journeys import add_contacts, assert_sound, happen, mails, places


def sale(key: str, mode: Any = "continuous") -> Journey:
    with Journey(key, mode=mode, default_args={"retries": 0}) as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        opened = WaitForOpenSensor(task_id="opened", mail="mail", within=days(3))
        hot = AlertSalesOperator(task_id="hot", reason="opened")
        second = SendEmailOperator(task_id="second", template="sale_ends_soon")
        end = EndOperator(task_id="end", reason="through")
        people >> mail >> opened
        opened >> Label("opened") >> hot >> end
        opened >> Label("not_opened") >> second >> end
    return journey


def states(run: Any) -> dict[str, str]:
    return {ti.task_id: str(ti.state) for ti in run.get_task_instances()}


def test_a_run_starts_only_what_has_work(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    journey = sale("only_work")
    first, second = add_contacts(installation, 2, tag="in")
    run = run_journey(journey)
    assert run.state == "success"
    assert places(installation) == {first: "opened", second: "opened"}

    quiet = run_journey(journey)
    assert quiet.state == "success"
    beside = {"plan": "success", "watch": "skipped", "earlier_versions": "skipped"}
    assert states(quiet) == dict.fromkeys(journey.steps, "skipped") | beside

    happen(installation, "email.open", first, "mail")
    run = run_journey(journey)
    assert states(run) == {
        "plan": "success",
        "people": "skipped",
        "mail": "skipped",
        "opened": "success",
        "hot": "success",
        "second": "success",
        "end": "success",
        "earlier_versions": "skipped",
        "watch": "success",
    }
    assert places(installation) == {first: "left: through", second: "opened"}
    opened = run.get_task_instance("opened")
    assert opened.xcom_pull(task_ids="opened") == {"opened": 1}


def test_a_failing_step_holds_only_its_own_people_and_the_retry_goes_on(
    run_journey: RunJourney, installation: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = sale("failing")
    opener, silent = add_contacts(installation, 2, tag="in")
    run_journey(journey)
    happen(installation, "email.open", opener, "mail")
    clock.advance(3 * DAY)

    def away(*_: Any, **__: Any) -> None:
        raise ChannelError("the mail server is away")

    monkeypatch.setattr("airflow_ma.channels.sandbox.SandboxChannel.send", away)
    run = run_journey(journey)
    assert run.state == "failed"
    assert states(run)["second"] == "failed"
    assert states(run)["watch"] == "failed"
    assert places(installation) == {opener: "left: through", silent: "second"}
    assert_sound(installation)

    monkeypatch.undo()
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", installation.url)
    clock.advance(DAY)
    assert run_journey(journey).state == "success"
    assert places(installation)[silent] == "left: through"
    assert mails(installation)[silent, "second"] == 1
    assert_sound(installation)


def test_an_unknown_template_fails_the_run_and_loses_nobody(
    run_journey: RunJourney, installation: Database
) -> None:
    with Journey("no_template", default_args={"retries": 0}) as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        people >> SendEmailOperator(task_id="mail", template="sale_anouncement")
    (person,) = add_contacts(installation, 1, tag="in")
    assert run_journey(journey).state == "failed"
    assert places(installation) == {person: "mail"}


def test_a_one_off_run_carries_its_cohort_from_start_to_end(
    run_journey: RunJourney, installation: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = sale("one_off", "one_off")
    first, second = add_contacts(installation, 2, tag="in")

    async def time_passes(_: float) -> None:
        if not places(installation)[first].startswith("left"):
            happen(installation, "email.open", first, "mail")
        clock.advance(DAY)

    monkeypatch.setattr("airflow_ma.dag.cohort_trigger.asyncio.sleep", time_passes)
    run = run_journey(journey, run_after=None)
    assert run.state == "success"
    assert set(places(installation).values()) == {"left: through"}
    assert mails(installation) == {(first, "mail"): 1, (second, "mail"): 1, (second, "second"): 1}
    assert run.get_task_instance("opened").xcom_pull(task_ids="opened") == {"opened": 1, "not_opened": 1}
    assert_sound(installation)


def test_a_one_off_campaign_leaves_no_held_mail_behind(
    run_journey: RunJourney, installation: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail that could not go out fails the run, and trying again sends it, however soon."""
    with Journey("held", mode="one_off", default_args={"retries": 0}) as journey:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        (
            people
            >> SendEmailOperator(task_id="mail", template="sale_announcement")
            >> EndOperator(task_id="end")
        )
    first, second = add_contacts(installation, 2, tag="in")
    real = SandboxChannel.send

    def busy(self: Any, template: Any, mails: Any, **kwargs: Any) -> Any:
        receipts = real(self, template, mails[:1], **kwargs)
        return receipts + [Receipt(Delivery.RETRYABLE, "mailbox busy")] * (len(mails) - 1)

    monkeypatch.setattr(SandboxChannel, "send", busy)
    run = run_journey(journey)
    assert run.state == "failed"
    assert sorted(places(installation).values()) == ["left: completed", "mail"]
    program, mail = journey.program(installation), journey.steps["mail"]
    with pytest.raises(MailHeldError, match="1 mails are held"):
        mail.move_contacts(installation, program, cohort=run.run_id, run_id=run.run_id)
    monkeypatch.setattr(SandboxChannel, "send", real)
    mail.before_retry(installation, program)
    assert mail.move_contacts(installation, program, cohort=run.run_id, run_id=run.run_id) == {"sent": 1}
    assert mails(installation) == {(first, "mail"): 1, (second, "mail"): 1}
    assert_sound(installation)


def test_a_one_off_sensor_starts_in_the_triggerer() -> None:
    opened = sale("deferred", "one_off").steps["opened"]
    assert opened.start_from_trigger
    assert opened.start_trigger_args.trigger_cls == "airflow_ma.dag.cohort_trigger.CohortTrigger"
    assert not sale("stays").steps["opened"].start_from_trigger


def test_an_audience_that_lets_nobody_in_starts_no_run_of_the_steps(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    journey = sale("idle_audience")
    add_contacts(installation, 1, tag="in")
    run_journey(journey)
    clock.advance(DAY + 1)
    assert "idle_audience" in ready_journeys()
    assert states(run_journey(journey))["people"] == "skipped"
    assert "idle_audience" not in ready_journeys()


def test_work_is_found_for_deadlines_events_and_new_people(
    run_journey: RunJourney, installation: Database, clock: ManualClock
) -> None:
    with Journey("watched") as journey:
        people = AudienceOperator(task_id="people", when={"event": "page.view", "url": "*/join"})
        people >> WaitSensor(task_id="wait", duration=days(2))
    (person,) = add_contacts(installation, 1)
    journey.program(installation)
    with installation.write() as connection:
        connection.execute(sa.update(journey_step).values(wake_at=None))
    assert ready_journeys() == {}
    happen(installation, "page.view", person, url="https://shop.example/join")
    assert ready_journeys() == {"watched": clock.now()}
    run_journey(journey)
    assert places(installation) == {person: "wait"}
    assert ready_journeys() == {}
    clock.advance(2 * DAY)
    assert ready_journeys() == {"watched": clock.now()}


def test_the_same_work_is_announced_once_and_again_only_when_it_stays() -> None:
    announcer = Announcer()
    assert announcer.due({"a": 10, "b": 5}, 0.0) == ["a", "b"]
    assert announcer.due({"a": 10, "b": 5}, 1.0) == []
    assert announcer.due({"a": 11}, PATIENCE_SECONDS - 1) == []
    assert announcer.due({"a": 11}, PATIENCE_SECONDS) == ["a"]
    assert announcer.due({"a": 11}, PATIENCE_SECONDS + REPEAT_SECONDS) == ["a"]
    assert announcer.due({}, 100.0) == []
    assert announcer.due({"b": 5}, 101.0) == ["b"], "work that had gone is new when it comes back"


def test_re_entry_every_time_and_the_page_pattern(
    installation: Database, clock: ManualClock, run_journey: RunJourney
) -> None:
    with Journey("again") as journey:
        people = AudienceOperator(
            task_id="people",
            when={"event": "page.view", "url": "*/join*"},
            where={"tag": "in"},
            re_entry="every_time",
        )
        people >> EndOperator(task_id="end")
    journey.program(installation)
    insider = add_contacts(installation, 1, tag="in")[0]
    outsider = add_contacts(installation, 1)[0]
    for _ in range(2):
        for person in (insider, outsider):
            happen(installation, "page.view", person, url="https://shop.example/join?x")
            happen(installation, "page.view", person, url="https://shop.example/else")
        run_journey(journey)
        clock.advance(1000)
    from airflow_ma.engine.tables import enrollment

    with installation.read() as connection:
        entered = connection.execute(sa.select(enrollment.c.contact_id, enrollment.c.entry_key)).all()
        tagged = connection.scalar(sa.select(sa.func.count()).select_from(contact_tag))
    assert [row.contact_id for row in entered] == [insider, insider]
    assert len({row.entry_key for row in entered}) == 2
    assert tagged == 1
