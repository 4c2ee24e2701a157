"""What each waiting step waits for, on both databases, with a clock that stands until told."""

from __future__ import annotations

from typing import Any

import pendulum
import pytest
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import DAY, HOUR, ManualClock, from_ms, to_ms
from airflow_ma.engine.database import Database
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import CheckSiteVisitSensor, WaitForClickSensor, WaitForReplySensor, WaitSensor
from tests.journeys import add_contacts, assert_sound, happen, places, sweep


def waiting(key: str, sensor: Any, **settings: Any) -> Journey:
    """Audience, mail, the sensor as `wait`, and an end for each outcome."""
    with Journey(key) as journey:
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        wait = sensor(task_id="wait", **settings)
        AudienceOperator(task_id="people") >> mail >> wait
        for outcome in wait.outcomes:
            wait >> Label(outcome) >> EndOperator(task_id=f"end_{outcome}", reason=outcome)
    return journey


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(pytestconfig.rootpath / "dags" / "emails"))


def test_wait_for_click_minds_the_link(database: Database, clock: ManualClock) -> None:
    journey = waiting("click", WaitForClickSensor, mail="mail", url="*/coats*", within=days(1))
    right, wrong, machine = add_contacts(database, 3)
    sweep(journey, database)
    happen(database, "email.click", right, "mail", url="https://s.example/coats?ma=1")
    happen(database, "email.click", wrong, "mail", url="https://s.example/shoes")
    happen(database, "email.click", machine, "mail", url="https://s.example/coats", machine=True)
    sweep(journey, database)
    assert places(database) == {right: "left: clicked", wrong: "wait", machine: "wait"}
    clock.advance(DAY)
    sweep(journey, database)
    assert places(database)[wrong] == "left: not_clicked"


def test_wait_for_reply(database: Database, clock: ManualClock) -> None:
    journey = waiting("reply", WaitForReplySensor, mail="mail", within="2 days")
    answers, opens = add_contacts(database, 2)
    sweep(journey, database)
    happen(database, "reply", answers, "mail")
    happen(database, "email.open", opens, "mail")
    sweep(journey, database)
    assert places(database) == {answers: "left: replied", opens: "wait"}
    clock.advance(2 * DAY - 1)
    sweep(journey, database)
    assert places(database)[opens] == "wait"
    clock.advance(1)
    sweep(journey, database)
    assert places(database)[opens] == "left: no_reply"
    assert_sound(database)


def test_a_late_answer_to_the_first_mail_is_an_answer(database: Database, clock: ManualClock) -> None:
    with Journey("two_mails") as journey:
        first = SendEmailOperator(task_id="first", template="sale_announcement")
        reply = WaitForReplySensor(task_id="reply", mail="first", within=days(1))
        second = SendEmailOperator(task_id="second", template="followup_sale")
        again = WaitForReplySensor(task_id="again", mail="second", within=days(1))
        AudienceOperator(task_id="people") >> first >> reply
        reply >> Label("no_reply") >> second >> again
        reply >> Label("replied") >> EndOperator(task_id="at_once")
        again >> Label("replied") >> EndOperator(task_id="late", reason="late")
        again >> Label("no_reply") >> EndOperator(task_id="never", reason="never")
    late, never = add_contacts(database, 2)
    sweep(journey, database)
    clock.advance(DAY)
    sweep(journey, database)
    happen(database, "reply", late, "first")
    sweep(journey, database)
    assert places(database) == {late: "left: late", never: "again"}
    clock.advance(DAY)
    sweep(journey, database)
    assert places(database)[never] == "left: never"


def test_site_visits_count_since_the_mail_and_only_by_people(database: Database, clock: ManualClock) -> None:
    add = {"url": "*/price*", "times": 2, "since_mail": "mail", "within": "1 day"}
    journey = waiting("visit", CheckSiteVisitSensor, **add)
    before, once, twice, robot = people = add_contacts(database, 4)
    happen(database, "page.view", before, url="https://s.example/prices")
    clock.advance(1000)
    sweep(journey, database)
    for person in people:
        happen(database, "page.view", person, url="https://s.example/prices", machine=person == robot)
    clock.advance(1000)
    for person in (twice, robot):
        happen(database, "page.view", person, url="https://s.example/price-list", machine=person == robot)
    sweep(journey, database)
    assert places(database) == {before: "wait", once: "wait", twice: "left: visited", robot: "wait"}


def test_a_short_look_is_not_a_stay(database: Database, clock: ManualClock) -> None:
    journey = waiting("dwell", CheckSiteVisitSensor, url="*", dwell="30 seconds", within="1 day")
    short, long = add_contacts(database, 2)
    sweep(journey, database)
    for person, ms in ((short, 29_000), (long, 30_000)):
        happen(database, "page.dwell", person, url="https://s.example/", properties={"dwell_ms": ms})
    sweep(journey, database)
    assert places(database) == {short: "wait", long: "left: visited"}


@pytest.mark.parametrize(
    ("settings", "tokyo", "new_york"),
    [
        ({"at": "08:00"}, "2026-12-02 08:00", "2026-12-01 08:00"),
        ({"duration": "3 days", "between": ("09:00", "18:00"), "weekdays": "business_days"},
         "2026-12-04 10:00", "2026-12-04 09:00"),
        ({"weekdays": ["sun"]}, "2026-12-06 00:00", "2026-12-06 00:00"),
    ],
)  # fmt: skip
def test_wait_until_by_each_contacts_own_clock(
    database: Database, clock: ManualClock, settings: dict[str, Any], tokyo: str, new_york: str
) -> None:
    """It is Tuesday 2026-12-01 10:00 in Tokyo, Monday 20:00 in New York."""
    with Journey("until") as journey:
        AudienceOperator(task_id="people") >> WaitSensor(task_id="wait", **settings)
    here = add_contacts(database, 2)
    there = add_contacts(database, 1, timezone="America/New_York")
    sweep(journey, database)
    due = {
        **dict.fromkeys(here, to_ms(pendulum.parse(tokyo, tz="Asia/Tokyo"))),
        **dict.fromkeys(there, to_ms(pendulum.parse(new_york, tz="America/New_York"))),
    }
    while len({place for place in places(database).values() if place == "wait"}):
        waiting_now = {person for person, place in places(database).items() if place == "wait"}
        assert waiting_now == {person for person, moment in due.items() if moment > clock.now()}, from_ms(
            clock.now()
        )
        clock.advance(HOUR // 2)
        sweep(journey, database)
    assert clock.now() - max(due.values()) < HOUR
