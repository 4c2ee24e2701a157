"""Random journeys, random events, crashes between any two statements: the promises hold.

Nobody is lost, nobody is at two places, nobody gets a message twice, the moves explain every position,
and whatever crashed is made good by running again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa
from airflow.sdk import Label
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_ma.dag import Journey, days, hours
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, event, message, metadata
from airflow_ma.operators import (
    AlertSalesOperator,
    AudienceOperator,
    EndOperator,
    RandomSplitOperator,
    SendEmailOperator,
    UpdateContactOperator,
)
from airflow_ma.sensors import CheckSiteVisitSensor, WaitForOpenSensor, WaitSensor
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

_numbers = itertools.count()
EMAILS = Path(__file__).parents[2] / "dags" / "emails"


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))


class CrashError(Exception):
    """The process dies here."""


@contextmanager
def crashing(database: Database, after: int) -> Iterator[None]:
    """Die before the ``after``-th statement or commit from now on."""
    left = itertools.count(after, -1)

    def count(*_: Any) -> None:
        if next(left) <= 0:
            raise CrashError

    sa.event.listen(database.engine, "before_cursor_execute", count)
    sa.event.listen(database.engine, "commit", count)
    try:
        yield
    except CrashError:
        database.engine.dispose()
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", count)
        sa.event.remove(database.engine, "commit", count)


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """A random tree of steps behind one audience and one mail, branches merging at random."""
    with Journey(f"random_{next(_numbers)}") as journey:
        entry = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        entry >> mail
        open_ends: list[tuple[Any, str]] = [(mail, "sent")]
        for number in range(draw(st.integers(1, 7))):
            step = _random_step(draw, f"s{number}")
            merged = draw(st.integers(1, min(2, len(open_ends))))
            for _ in range(merged):
                before, outcome = open_ends.pop(draw(st.integers(0, len(open_ends) - 1)))
                _connect(journey, before, outcome, step)
            open_ends += [
                (step, outcome) for outcome in step.outcomes if outcome not in step.optional_outcomes
            ]
        end = EndOperator(task_id="end", reason="through")
        for before, outcome in open_ends:
            _connect(journey, before, outcome, end)
    return journey


def _connect(journey: Journey, before: Any, outcome: str, after: Any) -> None:
    known = journey.get_edge_info(before.task_id, after.task_id).get("label")
    before >> Label(f"{known} | {outcome}" if known else outcome) >> after


def _random_step(draw: st.DrawFn, name: str) -> Any:
    match draw(st.sampled_from(["open", "visit", "wait", "office", "random", "alert", "update", "mail"])):
        case "open":
            return WaitForOpenSensor(task_id=name, mail="mail", within=days(draw(st.integers(1, 4))))
        case "visit":
            return CheckSiteVisitSensor(task_id=name, url="*/a*", within=hours(draw(st.integers(1, 60))))
        case "wait":
            return WaitSensor(task_id=name, duration=hours(draw(st.integers(1, 80))))
        case "office":
            return WaitSensor(task_id=name, between=("09:00", "18:00"), weekdays="business_days")
        case "random":
            return RandomSplitOperator(task_id=name, shares={"a": 30, "b": 70})
        case "alert":
            return AlertSalesOperator(task_id=name, reason="why")
        case "update":
            return UpdateContactOperator(task_id=name, attributes={"x": 1}, add_tags=["seen"], add_score=1)
        case _:
            return SendEmailOperator(task_id=name, template="followup_sale")


HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("sweep"), st.integers(0, 0)),
        st.tuples(st.just("crash"), st.integers(1, 60)),
        st.tuples(st.just("pass"), st.integers(1, 40)),
        st.tuples(st.just("open"), st.integers(0, 11)),
        st.tuples(st.just("visit"), st.integers(0, 11)),
        st.tuples(st.just("arrive"), st.integers(1, 4)),
    ),
    min_size=3,
    max_size=14,
)


def _live(
    database: Database, clock: ManualClock, journey: Journey, happenings: list[tuple[str, int]]
) -> None:
    people = add_contacts(database, 8, tag="in")
    for what, amount in happenings:
        person = people[amount % len(people)]
        match what:
            case "sweep":
                sweep(journey, database)
            case "crash":
                with crashing(database, amount):
                    sweep(journey, database)
                assert_sound(database)
            case "pass":
                clock.advance(amount * HOUR)
            case "open":
                if mails(database).get((person, "mail")):
                    happen(database, "email.open", person, "mail")
            case "visit":
                happen(database, "page.view", person, url="https://shop.example/a")
            case "arrive":
                people += add_contacts(database, amount, tag="in")
    for _ in range(100):  # whatever crashed is made good, and everybody gets through
        clock.advance(9 * HOUR)  # not a whole day: the same hour each day may be a quiet one
        sweep(journey, database)
        assert_sound(database)
        if all(place.startswith("left") for place in places(database).values()):
            break
    assert len(places(database)) == len(people)
    assert set(places(database).values()) == {"left: through"}
    with database.read() as connection:
        states = set(connection.scalars(sa.select(message.c.state)))
        sent = connection.scalar(sa.select(sa.func.count()).select_from(message))
    assert states == {"accepted"}
    assert sum(mails(database).values()) == sent
    assert set(mails(database).values()) == {1}
    _assert_paced(database)


def _assert_paced(database: Database) -> None:
    """Nobody was woken at night, nobody got more than two mails a day or six a week."""
    with database.read() as connection:
        rows = connection.execute(sa.select(message.c.contact_id, message.c.sent_at)).all()
    for row in rows:
        assert 8 <= pendulum.from_timestamp(row.sent_at / 1000, tz="Asia/Tokyo").hour < 21
        near = [other.sent_at - row.sent_at for other in rows if other.contact_id == row.contact_id]
        assert sum(0 <= apart < DAY for apart in near) <= 2
        assert sum(0 <= apart < 7 * DAY for apart in near) <= 6


def _empty(database: Database) -> None:
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))


@pytest.mark.parametrize("examples", [40])
def test_promises_on_sqlite(sqlite_database: Database, clock: ManualClock, examples: int) -> None:
    _check_promises(sqlite_database, clock, examples)


@pytest.mark.slow
@pytest.mark.parametrize("examples", [25])
def test_promises_on_postgresql(postgres_database: Database, clock: ManualClock, examples: int) -> None:
    _check_promises(postgres_database, clock, examples)


def _check_promises(database: Database, clock: ManualClock, examples: int) -> None:
    start = clock.now()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(journeys(), HAPPENINGS)
    def holds(journey: Journey, happenings: list[tuple[str, int]]) -> None:
        _empty(database)
        clock.at = start  # the same hours each time: what is found can be found again
        _live(database, clock, journey, happenings)

    holds()


def test_a_crash_at_every_single_statement_of_a_sweep(sqlite_database: Database, clock: ManualClock) -> None:
    """Not at random: each of the statements in turn, until a sweep gets through without one."""
    with Journey("every_statement") as journey:
        entry = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        opened = WaitForOpenSensor(task_id="opened", mail="mail", within=days(1))
        hot = AlertSalesOperator(task_id="hot", reason="opened")
        entry >> mail >> opened
        opened >> Label("opened | not_opened") >> hot
    people = add_contacts(sqlite_database, 3, tag="in")
    survived = 0
    for statement in itertools.count(1):
        reached_end = False
        with crashing(sqlite_database, statement):
            sweep(journey, sqlite_database)
            reached_end = True
        assert_sound(sqlite_database)
        survived += 1
        if reached_end:
            break
        clock.advance(10 * 60 * 1000)  # leases run out
    clock.advance(DAY)
    sweep(journey, sqlite_database)
    assert survived > 20
    assert set(places(sqlite_database).values()) == {"left: completed"}
    assert mails(sqlite_database) == {(person, "mail"): 1 for person in people}
    with sqlite_database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(enrollment)) == 3
        assert connection.scalar(sa.select(sa.func.count()).select_from(event)) == 0
