"""The numbers of the list and of the canvas, from journeys that really ran."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from airflow_ma.contacts.condition_parts import EventCondition
from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, journey
from airflow_ma.insight.journeys import DAYS, JourneyNumbers, journey_numbers, steps_ever
from airflow_ma.operators import AudienceOperator, EndOperator
from airflow_ma.sensors import WaitSensor
from tests.journeys import add_contacts, happen, sweep

TOKYO = "Asia/Tokyo"
ORDER = EventCondition.model_validate({"event": "order.completed", "url": "*/thanks", "within": "3 days"})


def waiting_journey(key: str, tag: str, *, wait_id: str = "wait") -> Journey:
    with Journey(key) as made:
        people = AudienceOperator(task_id="people", where={"tag": tag})
        wait = WaitSensor(task_id=wait_id, duration=days(2))
        people >> wait >> EndOperator(task_id="end")
    return made


def numbers(
    database: Database, goals: dict[str, EventCondition] | None = None, zone: str = TOKYO
) -> dict[str, JourneyNumbers]:
    with database.read() as connection:
        ids = {row.key: row.id for row in connection.execute(sa.select(journey.c.key, journey.c.id))}
        wanted = {ids[key]: goal for key, goal in (goals or {}).items()}
        found = journey_numbers(connection, wanted, now=database.clock().now(), timezone=zone)
    return {key: found[journey_id] for key, journey_id in ids.items()}


@pytest.fixture
def sale(database: Database) -> Journey:
    return waiting_journey("sale", "customer")


def test_a_journey_without_people_has_zeros(database: Database, sale: Journey) -> None:
    sale.program(database)
    assert numbers(database) == {"sale": JourneyNumbers()}
    assert len(numbers(database)["sale"].entered_by_day) == DAYS


def test_people_are_counted_on_the_days_of_the_installation(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    other = waiting_journey("other", "vip")
    add_contacts(database, 2, tag="customer")
    add_contacts(database, 5, tag="vip")
    sweep(sale, database)  # 1 December, 10:00 in Tokyo; still 30 November in New York
    sweep(other, database)
    assert numbers(database)["sale"].entered_by_day[-1] == 2
    clock.advance(13 * HOUR + HOUR // 2)  # 23:30 in Tokyo
    add_contacts(database, 1, tag="customer")
    wake(database)
    sweep(sale, database)
    assert numbers(database)["sale"].entered_by_day[-2:] == (0, 3)
    assert numbers(database, zone="America/New_York")["sale"].entered_by_day[-2:] == (2, 1)
    clock.advance(HOUR)
    assert numbers(database)["sale"].entered_by_day[-2:] == (3, 0)
    assert numbers(database)["other"].entered_by_day[-2:] == (5, 0)
    clock.advance(6 * DAY)
    assert (numbers(database)["sale"].entered_week, sum(numbers(database)["sale"].entered_by_day)) == (0, 3)
    clock.advance(7 * DAY)
    assert sum(numbers(database)["sale"].entered_by_day) == 0


def test_only_those_who_are_there_are_active(database: Database, clock: ManualClock, sale: Journey) -> None:
    people = add_contacts(database, 3, tag="customer")
    sweep(sale, database)
    assert numbers(database)["sale"].active == 3
    with database.write() as connection:
        held = sa.update(enrollment).where(enrollment.c.contact_id == people[0]).values(hold="paused")
        connection.execute(held)
    assert numbers(database)["sale"].waiting_mails == 1
    clock.advance(3 * DAY)
    sweep(sale, database)
    assert numbers(database)["sale"].active == 0


def test_a_conversion_is_counted_once_for_each_passage_and_in_time(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    people = add_contacts(database, 5, tag="customer")
    happen(database, "order.completed", people[0], url="https://shop.example/thanks")
    clock.advance(HOUR)
    sweep(sale, database)
    clock.advance(HOUR)
    happen(database, "order.completed", people[1], url="https://shop.example/thanks")
    happen(database, "order.completed", people[2], url="https://shop.example/failed")
    happen(database, "page.view", people[3], url="https://shop.example/thanks")
    clock.advance(HOUR)
    happen(database, "order.completed", people[1], url="https://shop.example/thanks")
    assert numbers(database, {"sale": ORDER})["sale"].converted_week == 1
    clock.advance(4 * DAY)
    happen(database, "order.completed", people[4], url="https://shop.example/thanks")
    assert numbers(database, {"sale": ORDER})["sale"].converted_week == 1
    any_time = ORDER.model_copy(update={"within": None})
    assert numbers(database, {"sale": any_time})["sale"].converted_week == 2
    twice = ORDER.model_copy(update={"times": 2})
    assert numbers(database, {"sale": twice})["sale"].converted_week == 1
    clock.advance(4 * DAY)  # the first order is more than a week ago; that they order again changes nothing
    happen(database, "order.completed", people[1], url="https://shop.example/thanks")
    assert numbers(database, {"sale": any_time})["sale"].converted_week == 1


def test_goals_of_several_journeys_are_counted_apart(database: Database, sale: Journey) -> None:
    other = waiting_journey("other", "customer")
    people = add_contacts(database, 3, tag="customer")
    sweep(sale, database)
    sweep(other, database)
    happen(database, "order.completed", people[0], url="https://shop.example/thanks")
    happen(database, "reply", people[1])
    happen(database, "reply", people[2])
    found = numbers(database, {"sale": ORDER, "other": EventCondition(event="reply")})
    assert {key: one.converted_week for key, one in found.items()} == {"sale": 1, "other": 2}


def test_a_step_that_a_newer_version_lacks_is_still_known(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    journey_id = sale.program(database).journey_id
    waiting_journey("sale", "customer", wait_id="later").program(database)
    with database.read() as connection:
        assert steps_ever(connection, journey_id) == ["end", "later", "people", "wait"]


def wake(database: Database) -> None:
    """Have the audience look for new people now."""
    with database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
