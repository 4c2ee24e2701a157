"""The numbers of a journey that really ran, and that the sums notice what is lost or doubled."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import DAY, ManualClock, RealClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, mailbox, message, move
from airflow_ma.insight.progress import (
    OVERDUE_SECONDS,
    JourneyProgress,
    UnknownJourneyError,
    journey_progress,
    journey_summaries,
)
from airflow_ma.operators import AudienceOperator
from airflow_ma.sensors import WaitSensor
from tests.journeys import add_contacts, happen, sweep

KEY = "sale_announcement"


@pytest.fixture(scope="module")
def sale() -> Journey:
    return runpy.run_path(str(Path(__file__).parents[2] / "dags" / "sale_announcement.py"))["journey"]


@pytest.fixture
def campaign(database: Database, clock: ManualClock, sale: Journey) -> Database:
    """Five customers: two open, one of them comes, the others do not open in time."""
    people = add_contacts(database, 5, tag="customer")
    sweep(sale, database)
    happen(database, "email.open", people[0], "announce")
    happen(database, "email.open", people[1], "announce")
    sweep(sale, database)
    for _ in range(2):
        clock.advance(1000)
        happen(database, "page.view", people[0], url="https://shop.example/sale")
    sweep(sale, database)
    clock.advance(3 * DAY)
    sweep(sale, database)
    return database


def progress(database: Database, cohort: str | None = None) -> JourneyProgress:
    with database.read() as connection:
        return journey_progress(connection, KEY, cohort=cohort)


def test_the_numbers_of_every_step_add_up(campaign: Database) -> None:
    found = progress(campaign)
    assert (found.key, found.mode, found.version) == (KEY, "continuous", 1)
    steps = {step.step: step for step in found.steps}
    assert [step.step for step in found.steps][:3] == ["customers", "announce", "opened"]
    assert (steps["customers"].kind, steps["customers"].arrived) == ("audience", 5)
    assert steps["customers"].left == {"entered": 5}
    assert steps["announce"].left == {"sent": 5}
    assert steps["opened"].left == {"not_opened": 3, "opened": 2}
    assert steps["came"].left == {"not_visited": 1, "visited": 1}
    for step in found.steps:
        assert step.arrived == step.waiting + sum(step.left.values()), step
    assert found.entered == 5 == found.active + sum(found.left.values())
    assert found.left["did not open the mail"] == 3
    assert found.messages["announce"] == {"accepted": 5}
    assert found.messages["ends_soon"] == {"accepted": 1}
    assert (found.alerts, found.lost, found.doubled) == (0, 0, 0)


def test_people_who_wait_are_counted_where_they_wait(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    people = add_contacts(database, 3, tag="customer")
    sweep(sale, database)
    happen(database, "email.open", people[0], "announce")
    sweep(sale, database)
    found = progress(database)
    waiting = {step.step: step.waiting for step in found.steps if step.waiting}
    assert waiting == {"opened": 2, "came": 1}
    assert (found.active, found.left) == (3, {})
    with database.read() as connection:
        (summary,) = journey_summaries(connection)
    assert (summary.key, summary.entered, summary.active, summary.left, summary.messages) == (KEY, 3, 3, 0, 3)


def test_a_cohort_is_counted_alone(campaign: Database) -> None:
    with campaign.write() as connection:
        some = sa.select(sa.func.min(enrollment.c.id)).scalar_subquery()
        connection.execute(sa.update(enrollment).where(enrollment.c.id == some).values(cohort="run-7"))
    found = progress(campaign, cohort="run-7")
    assert (found.entered, found.lost) == (1, 0)
    assert sum(step.arrived for step in found.steps if step.kind == "audience") == 1
    assert sum(sum(states.values()) for states in found.messages.values()) <= 2
    nobody = progress(campaign, cohort="other")
    assert (nobody.entered, nobody.active, nobody.left, nobody.messages, nobody.lost) == (0, 0, {}, {}, 0)


def test_an_unknown_journey_names_the_known_ones(campaign: Database) -> None:
    with (
        campaign.read() as connection,
        pytest.raises(UnknownJourneyError, match=f"no journey 'sale'; there are: {KEY}"),
    ):
        journey_progress(connection, "sale")


@pytest.mark.parametrize(
    "damage",
    [
        sa.update(enrollment).values(wake_at=None, left_at=None, left_reason=None),
        sa.update(enrollment).values(left_reason=None),
        sa.update(enrollment).values(wake_at=1, left_at=None, left_reason=None),
        sa.update(enrollment).values(wake_at=1, left_at=None, left_reason=None, step="nowhere"),
        sa.update(move).values(to_step="announce"),
        sa.delete(enrollment),
        sa.delete(move),
    ],
)
def test_whom_the_moves_do_not_explain_is_lost(campaign: Database, damage: sa.Update | sa.Delete) -> None:
    """``damage`` is done to one enrollment that has left."""
    with campaign.write() as connection:
        left = sa.select(enrollment.c.id).where(enrollment.c.left_at.is_not(None)).limit(1)
        one = connection.execute(left).scalar_one()
        table = damage.table
        which = table.c.id if table is enrollment else table.c.enrollment_id
        connection.execute(damage.where(which == one))
    assert progress(campaign).lost == 1


def test_what_exists_twice_is_doubled(campaign: Database) -> None:
    with campaign.write() as connection:
        one = connection.execute(sa.select(mailbox).limit(1)).one()._asdict()
        connection.execute(sa.insert(mailbox).values({**one, "message_id": 999_999}))
    assert progress(campaign).doubled == 1
    without_unique_keys(campaign, message)
    with campaign.write() as connection:
        one = connection.execute(sa.select(message).limit(1)).one()._asdict()
        connection.execute(sa.insert(message).values({**one, "id": 777_777}))
    assert progress(campaign).doubled == 2
    without_unique_keys(campaign, enrollment)
    with campaign.write() as connection:
        one = connection.execute(sa.select(enrollment).limit(1)).one()._asdict()
        connection.execute(sa.insert(enrollment).values({**one, "id": 888_888}))
    found = progress(campaign)
    assert (found.doubled, found.lost) == (3, 1)


def without_unique_keys(database: Database, table: sa.Table) -> None:
    """Put a copy without keys in the table's place: the sums must not rest on what the keys forbid."""
    with database.write() as connection:
        connection.exec_driver_sql(f"CREATE TABLE copy_{table.name} AS SELECT * FROM {table.name}")
        connection.exec_driver_sql(f"DROP TABLE {table.name}")
        connection.exec_driver_sql(f"ALTER TABLE copy_{table.name} RENAME TO {table.name}")


def test_people_whom_no_run_takes_on_are_told(database: Database) -> None:
    """Runs have stopped: somebody has been due for longer than any working installation needs."""
    now = RealClock().now()
    with Journey("stalled") as journey:
        AudienceOperator(task_id="people") >> WaitSensor(task_id="wait", duration=days(1))
    add_contacts(database, 2)
    sweep(journey, database)
    with database.write() as connection:
        connection.execute(sa.update(enrollment).values(wake_at=now - OVERDUE_SECONDS * 1000 + 60_000))
        assert journey_progress(connection, "stalled").overdue == 0
        one = enrollment.c.id == 1
        connection.execute(sa.update(enrollment).where(one).values(wake_at=now - OVERDUE_SECONDS * 1000 - 1))
        assert journey_progress(connection, "stalled").overdue == 1
