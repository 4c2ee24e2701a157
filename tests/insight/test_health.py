"""When something is called a warning or bad, that it is said in both languages, and what it costs to look."""

from __future__ import annotations

import string
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, SECOND, ManualClock, RealClock
from airflow_ma.engine.database import VERSION_TABLE, Database
from airflow_ma.engine.heartbeat import SILENT_SECONDS, beat
from airflow_ma.engine.mail.pauses import pause_sending
from airflow_ma.engine.tables import (
    enrollment,
    entry_request,
    event,
    heartbeat,
    journey,
    journey_run,
    message,
)
from airflow_ma.insight import health_checks, health_texts
from airflow_ma.insight.health import Health, read_health
from airflow_ma.insight.health_checks import Check
from airflow_ma.operators import AudienceOperator
from airflow_ma.sensors import WaitSensor
from tests.channels.test_delivery import LOST, World
from tests.journeys import add_contacts, sweep


def health(database: Database, **how: Any) -> Health:
    """With a triggerer that lives, unless the test says otherwise."""
    how.setdefault("real_now", RealClock().now())
    return read_health(database, **how)


def only(found: Health, code: str) -> Check:
    (check,) = (check for check in found.checks if check.code == code)
    return check


def state(database: Database, code: str) -> tuple[str, float | None]:
    check = only(health(database), code)
    return check.state, check.value


def gauges(found: Health) -> dict[str, float]:
    return {".".join([one.name, *one.tags.values()]): one.value for one in found.gauges}


@pytest.fixture
def waiting(database: Database, clock: ManualClock) -> Journey:
    """A journey in which two people wait for a day."""
    with Journey("care", title="Care / ケア") as journey:
        AudienceOperator(task_id="people", where={"tag": "in"}) >> WaitSensor(
            task_id="pause", title="A day", duration=days(1)
        )
    add_contacts(database, 2, tag="in")
    sweep(journey, database)
    beat(database)
    return journey


def set_journey(database: Database, **values: Any) -> int:
    with database.write() as connection:
        if values:
            connection.execute(sa.update(journey).values(**values))
        found = connection.scalar(sa.select(journey.c.id))
    assert found is not None
    return found


def test_a_new_installation_is_well(database: Database) -> None:
    found = health(database)
    assert found.state == "good"
    assert {check.code for check in found.checks} == set(health_texts.TITLES) - {"webhook", "airflow"}
    assert all(check.advice is None for check in found.checks)
    assert gauges(found)["health_state"] == 0


def test_people_who_are_due_and_do_not_move(database: Database, clock: ManualClock, waiting: Journey) -> None:
    assert state(database, "overdue") == ("good", 0)
    clock.advance(DAY + 60 * SECOND)
    assert state(database, "overdue") == ("good", 60)
    clock.advance(60 * SECOND)
    assert state(database, "overdue") == ("warning", 120)
    clock.advance(480 * SECOND)
    found = health(database)
    late = only(found, "overdue")
    assert (late.state, late.journey, late.id, late.limit) == ("bad", "care", "overdue:care", 120)
    assert "In “Care / ケア” somebody has been due at “A day” for 10 minutes" in late.said.en
    assert "10分前" in late.said.ja
    assert late.advice is not None
    assert found.checks[0] is late, "the worst comes first"
    told = gauges(found)
    assert (told["overdue_seconds"], told["journey.overdue_seconds.care"]) == (600, 600)
    assert told["health_state"] == 2
    sweep(waiting, database)
    assert state(database, "overdue") == ("good", 0)


def test_a_journey_that_moves_is_slow_at_worst(
    database: Database, clock: ManualClock, waiting: Journey
) -> None:
    clock.advance(DAY + HOUR)
    (late,) = add_contacts(database, 1)
    with database.write() as connection:
        row = connection.execute(sa.select(enrollment).limit(1)).mappings().one()
        new = {**row, "id": 99, "contact_id": late, "wake_at": clock.now() - HOUR}
        connection.execute(sa.update(enrollment).values(wake_at=clock.now()))
        sweep_later = sa.insert(enrollment).values(**new)
    sweep(waiting, database)
    with database.write() as connection:
        connection.execute(sweep_later)
    check = only(health(database), "overdue")
    assert (check.state, check.value) == ("warning", 3600)
    assert check.said.en.startswith("“Care / ケア” moves, but")
    clock.advance(3 * MINUTE)
    assert state(database, "overdue") == ("bad", 3600 + 180)


def test_seconds_are_real_ones_where_the_clock_runs_fast(
    database: Database, clock: ManualClock, waiting: Journey
) -> None:
    clock.speed = 86_400 / 20
    clock.advance(DAY + int(100 * SECOND * clock.speed))
    assert state(database, "overdue") == ("good", 100)
    clock.advance(int(30 * SECOND * clock.speed))
    assert state(database, "overdue") == ("warning", 130)


def test_a_pause_is_no_trouble_but_said(database: Database, clock: ManualClock, waiting: Journey) -> None:
    set_journey(database, paused_at=clock.now())
    assert state(database, "paused_journeys") == ("good", 0)
    clock.advance(2 * DAY)
    found = health(database)
    assert only(found, "overdue").state == "good"
    paused = only(found, "paused_journeys")
    assert (paused.state, paused.value) == ("good", 2)
    assert paused.said.en == "“Care / ケア”: 2 people whose time has come wait until it goes on."
    set_journey(database, archived_at=clock.now())
    assert only(health(database), "paused_journeys").said == health_texts.SAID["paused_journeys.good"]


def test_numbers_are_those_of_the_journeys_asked_for(
    database: Database, clock: ManualClock, waiting: Journey
) -> None:
    clock.advance(DAY + HOUR)
    assert health(database).state == "bad"
    other = health(database, journeys=frozenset())
    assert only(other, "overdue").state == "good"
    assert "care" not in str(other)


def test_people_who_wait_to_be_let_in(database: Database, clock: ManualClock, waiting: Journey) -> None:
    asked = {"journey_id": set_journey(database), "step": "people", "contact_id": 1}
    with database.write() as connection:
        connection.execute(sa.insert(entry_request), [asked | {"at": clock.now() + n} for n in range(2)])
    clock.advance(119 * SECOND)
    assert state(database, "requests") == ("good", 119)
    clock.advance(SECOND)
    assert state(database, "requests") == ("warning", 120)
    set_journey(database, paused_at=clock.now())
    assert state(database, "requests") == ("good", 0)


def test_a_run_that_does_not_end(database: Database, clock: ManualClock, waiting: Journey) -> None:
    begun = {"journey_id": set_journey(database), "version": 1, "after_move_id": 0}
    rows = [
        begun
        | {"run_id": "a", "started_at": clock.now() - DAY, "ended_at": None},  # killed: a later one came
        begun | {"run_id": "b", "started_at": clock.now() - HOUR, "ended_at": clock.now()},
    ]
    with database.write() as connection:
        connection.execute(sa.insert(journey_run), rows)
    assert state(database, "runs") == ("good", 0)
    with database.write() as connection:
        connection.execute(sa.insert(journey_run).values(**begun, run_id="c", started_at=clock.now()))
    clock.advance(30 * MINUTE)
    assert state(database, "runs") == ("warning", 1800)
    set_journey(database, mode="one_off")
    assert state(database, "runs") == ("good", 0)


def test_the_triggerer_is_missed(database: Database, clock: ManualClock, waiting: Journey) -> None:
    now = RealClock().now()
    assert only(health(database), "triggerer").state == "good"
    silent = only(health(database, real_now=now + SILENT_SECONDS * SECOND + MINUTE), "triggerer")
    assert silent.state == "warning"
    assert silent.value is not None
    assert silent.value > SILENT_SECONDS
    clock.advance(DAY + 2 * MINUTE)
    assert only(health(database, real_now=now + 5 * MINUTE), "triggerer").state == "bad", "somebody is due"
    with database.write() as connection:
        connection.execute(sa.delete(heartbeat))
    assert "ever" in only(health(database), "triggerer").said.en
    set_journey(database, mode="one_off")
    assert only(health(database), "triggerer").state == "good", "one-off campaigns need nobody who looks"


def test_paused_connections_and_mails_that_are_not_out(database: Database, clock: ManualClock) -> None:
    world = World(database)
    lost, _ = add_contacts(database, 2, tag="in")
    world.enter()
    world.channel.answer = lambda person: LOST if person == lost else Receipt(Delivery.RETRYABLE, "busy")
    world.deliver()
    assert state(database, "unknown") == ("warning", 1)
    assert state(database, "retryable") == ("good", 1)
    with database.write() as connection:
        for name, reason in (("shop", "wrong key {0}"), ("mail", "SendGrid stopped the account: compliance")):
            pause_sending(connection, name, at=clock.now() - 3 * HOUR, reason=reason)
    found = health(database)
    stopped = [check for check in found.checks if check.code == "paused_sending"]
    assert [check.id for check in stopped] == ["paused_sending:shop", "paused_sending:mail"] or [
        check.id for check in stopped
    ] == ["paused_sending:mail", "paused_sending:shop"]
    assert all(check.state == "bad" for check in stopped)
    by_name = {check.id.partition(":")[2]: check.said for check in stopped}
    assert "for 3 hours: wrong key {0}" in by_name["shop"].en
    assert by_name["shop"].ja.endswith("理由: wrong key {0}")
    assert "SendGrid がアカウントを停止しました（compliance）" in by_name["mail"].ja
    assert gauges(found)["paused_sending"] == 2
    assert gauges(found)["unknown_mails"] == 1


def put_mails(database: Database, number: int, *, sent_at: int, channel: str = "sendgrid") -> list[int]:
    """Accepted mails of the only journey."""
    with database.write() as connection:
        first = (connection.scalar(sa.select(sa.func.max(message.c.id))) or 0) + 1
        mail = {"step": "mail", "journey_id": connection.scalar(sa.select(journey.c.id)), "channel": channel}
        mail |= {
            "template": "t",
            "state": "accepted",
            "batch": "b",
            "created_at": sent_at,
            "sent_at": sent_at,
        }
        ids = list(range(first, first + number))
        rows = [mail | {"id": n, "enrollment_id": n, "contact_id": n} for n in ids]
        connection.execute(sa.insert(message), rows)
    return ids


def report(database: Database, kind: str, mails: list[int]) -> None:
    now = database.clock().now()
    rows = [
        {"type": kind, "at": now, "received_at": now, "message_id": n, "dedupe_key": f"{kind}{n}"}
        for n in mails
    ]
    with database.write() as connection:
        connection.execute(sa.insert(event), rows)


@pytest.mark.parametrize(
    ("kind", "code", "some", "many"),
    [("email.complaint", "complaints", 10, 30), ("email.bounce", "bounces", 200, 500)],
)
def test_shares_of_mails_that_came_to_harm(
    database: Database, clock: ManualClock, waiting: Journey, kind: str, code: str, some: int, many: int
) -> None:
    assert state(database, code) == ("good", 0), "no mail yet"
    mails = put_mails(database, 10_000, sent_at=clock.now() - DAY, channel="smtp")
    report(database, kind, mails[: some - 1])
    report(database, "email.open", mails)
    assert state(database, code)[0] == "good"
    report(database, kind, mails[some - 1 : some])
    assert state(database, code) == ("warning", some / 10_000)
    report(database, kind, mails[some:many])
    bad = only(health(database), code)
    assert (bad.state, bad.value) == ("bad", many / 10_000)
    assert f"{many / 100:g} % of 10,000 mails" in bad.said.en
    assert only(health(database, journeys=frozenset()), code).value == 0
    assert only(health(database, journeys=frozenset({set_journey(database)})), code).value == bad.value
    clock.advance(8 * DAY)
    assert state(database, code) == ("good", 0), "they lie before the window"


def test_a_share_of_hardly_any_mails_is_no_alarm(
    database: Database, clock: ManualClock, waiting: Journey
) -> None:
    mails = put_mails(database, 99, sent_at=clock.now(), channel="smtp")
    report(database, "email.complaint", mails[:50])
    few = only(health(database), "complaints")
    assert few.state == "good"
    assert "too few" in few.said.en
    put_mails(database, 900, sent_at=clock.now(), channel="smtp")
    assert state(database, "complaints")[0] == "bad"
    with database.write() as connection:
        connection.execute(sa.delete(event).where(event.c.message_id > 2))
    assert state(database, "complaints")[0] == "good", "two people are no pattern"


def test_a_provider_that_goes_silent(database: Database, clock: ManualClock, waiting: Journey) -> None:
    put_mails(database, 30, sent_at=clock.now() - HOUR, channel="sandbox")
    assert [check for check in health(database).checks if check.code == "webhook"] == [], "it reports nothing"
    old = put_mails(database, 30, sent_at=clock.now() - 5 * HOUR)
    report(database, "email.delivered", old)
    assert state(database, "webhook") == ("good", 0)
    fresh = put_mails(database, 25, sent_at=clock.now())
    report(database, "email.open", fresh)  # our own collector saw this one
    clock.advance(14 * MINUTE)
    assert state(database, "webhook") == ("good", 0), "reports may take a while"
    clock.advance(2 * MINUTE)
    silent = only(health(database), "webhook")
    assert (silent.state, silent.value) == ("warning", 16 * 60)
    assert "the last 25 mails" in silent.said.en
    clock.advance(2 * HOUR)
    assert state(database, "webhook")[0] == "bad"
    report(database, "email.processed", fresh[-1:])
    assert state(database, "webhook") == ("good", 0)
    single = put_mails(database, 1, sent_at=clock.now() - 3 * HOUR)
    assert state(database, "webhook")[0] == "warning"
    report(database, "email.dropped", single)
    assert state(database, "webhook")[0] == "good"


def test_a_database_of_another_version_is_bad(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '0003'"))
    found = health(database)
    (check,) = found.checks
    assert (check.code, found.state) == ("database", "bad")
    assert "0003" in check.said.ja
    assert gauges(found) == {"health_state": 2}


def test_every_text_is_there_in_both_languages() -> None:
    formatter = string.Formatter()
    for texts in (health_texts.TITLES, health_texts.SAID, health_texts.ADVICE, health_texts.PARTS):
        for name, said in texts.items():
            names = [
                {field for _, field, _, _ in formatter.parse(one) if field} for one in (said.en, said.ja)
            ]
            assert names[0] == names[1], name
            assert said.en.isprintable()
            assert not said.ja.isascii() or said.ja in ("Airflow", "Triggerer"), name
    assert {name.partition(".")[0] for name in health_texts.SAID} - {"share"} == set(health_texts.TITLES)
    assert {f"{name}" for name in health_texts.ADVICE} <= set(health_texts.SAID)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(89, "89 seconds"), (119.9, "119 seconds"), (120, "2 minutes"), (7199, "119 minutes"), (7200, "2 hours"),
     (2 * 86_400 - 1, "47 hours"), (7 * 86_400, "7 days")],
)  # fmt: skip
def test_ages_are_told_in_the_unit_that_people_use(seconds: float, said: str) -> None:
    assert health_texts.age_said(seconds).en == said


def test_limits_are_in_order() -> None:
    for limits in (
        health_checks.COMPLAINT_LIMITS,
        health_checks.BOUNCE_LIMITS,
        health_checks.UNKNOWN_LIMITS,
        health_checks.RETRYABLE_LIMITS,
    ):
        assert limits[0] < limits[1]
    assert health_checks.COMPLAINT_LIMITS == (0.001, 0.003)
