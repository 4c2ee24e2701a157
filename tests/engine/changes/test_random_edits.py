"""Random edits of a random live journey, at random moments, with random rules, while a crowd moves through it.

Nobody is lost, doubled, restarted, stuck for ever or mailed twice from one step, whatever crashes meanwhile.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from airflow.sdk import Label
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_ma.dag import Journey, days, hours
from airflow_ma.dag.earlier_versions import rebuilt
from airflow_ma.engine.changes.applying import Rule, apply_rules, settle_rules, standing
from airflow_ma.engine.changes.rules import changed_steps, check_rules, store_rules
from airflow_ma.engine.clock import HOUR, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.flow import flow_totals
from airflow_ma.engine.program import publish_program
from airflow_ma.engine.tables import change_rule, enrollment, journey, message, metadata, move
from airflow_ma.engine.work import journeys_with_work, versions_with_work
from airflow_ma.insight.progress import journey_progress
from airflow_ma.operators import (
    AlertSalesOperator,
    AudienceOperator,
    EndOperator,
    RandomSplitOperator,
    SendEmailOperator,
)
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor
from tests.engine.test_promises import crashing
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

KEY = "edited"
NAMES = ["a", "b", "c", "d", "e", "f"]


pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


@st.composite
def versions(draw: st.DrawFn) -> Journey:
    """One audience, one mail, then some steps: their names come back in other versions, as they are or changed."""
    with Journey(KEY) as made:
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        AudienceOperator(task_id="people", where={"tag": "in"}) >> mail
        ends: list[tuple[Any, str]] = [(mail, "sent")]
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5)):
            step = _step(draw, name)
            for _ in range(draw(st.integers(1, min(2, len(ends))))):
                before, outcome = ends.pop(draw(st.integers(0, len(ends) - 1)))
                _connect(made, before, outcome, step)
            ends += [(step, outcome) for outcome in step.outcomes if outcome not in step.optional_outcomes]
        end = EndOperator(task_id="end", reason="through")
        for before, outcome in ends:
            _connect(made, before, outcome, end)
    return made


def _connect(made: Journey, before: Any, outcome: str, after: Any) -> None:
    known = made.get_edge_info(before.task_id, after.task_id).get("label")
    before >> Label(f"{known} | {outcome}" if known else outcome) >> after


def _step(draw: st.DrawFn, name: str) -> Any:
    match draw(st.sampled_from(["open", "open", "wait", "wait", "office", "split", "alert", "mail", "mail"])):
        case "open":
            return WaitForOpenSensor(task_id=name, mail="mail", within=days(draw(st.integers(1, 3))))
        case "wait":
            return WaitSensor(task_id=name, duration=hours(draw(st.sampled_from([1, 20, 60]))))
        case "office":
            return WaitSensor(task_id=name, duration=hours(draw(st.integers(1, 9))), at="09:30")
        case "split":
            return RandomSplitOperator(task_id=name, shares={"x": 40, "y": 60})
        case "alert":
            return AlertSalesOperator(task_id=name, reason="why")
        case _:
            return SendEmailOperator(task_id=name, template="followup_sale")


RULES = st.tuples(
    st.sampled_from(["default", "adopt", "move", "leave", "finish"]), st.integers(0, 9), st.integers(0, 2)
)
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("run")),
        st.tuples(st.just("run")),
        st.tuples(st.just("crash"), st.integers(1, 90)),
        st.tuples(st.just("pass"), st.integers(1, 40)),
        st.tuples(st.just("open"), st.integers(0, 11)),
        st.tuples(st.just("arrive"), st.integers(1, 3)),
        st.tuples(st.just("late"), st.integers(0, 3)),
        st.tuples(st.just("edit"), versions(), st.lists(RULES, min_size=3, max_size=3), st.integers(0, 60)),
        st.tuples(st.just("edit"), versions(), st.lists(RULES, min_size=3, max_size=3), st.integers(0, 60)),
    ),
    min_size=4,
    max_size=12,
)


class Live:
    """A journey that runs, and that somebody edits."""

    def __init__(self, database: Database, clock: ManualClock, first: Journey) -> None:
        self.database, self.clock = database, clock
        self.all = [first]
        self.publish(first, ())
        self.people = add_contacts(database, 6, tag="in")

    @property
    def newest(self) -> Journey:
        return self.all[-1]

    def publish(self, made: Journey, asked: Any) -> None:
        before = self.newest.graph.definition()
        steps = [s for s, change in sorted(changed_steps(before, made.graph).items()) if change != "added"]
        targets = [s.id for s in made.graph.ordered() if not s.is_entry]
        rules = []
        for step, (action, number, minutes) in zip(steps, itertools.cycle(asked or [("default", 0, 0)])):
            rule = Rule(step, action, targets[number % len(targets)], "why", minutes * MINUTE)
            if action == "default" or (action == "move" and rule.target == step):
                continue
            if action == "adopt" and step not in targets:
                continue
            rules.append(rule)
        check_rules(made.graph, rules)
        with self.database.write() as connection:
            version = publish_program(connection, made.graph, made.steps, now=self.clock.now())
            number = connection.scalar(sa.select(journey.c.id))
            store_rules(connection, number, version, rules)
        self.all.append(made)

    def run(self) -> None:
        program = self.newest.program(self.database)
        settle_rules(self.database, program, chunk=3)
        sweep(self.newest, self.database)
        with self.database.read() as connection:
            earlier = versions_with_work(connection, program, now=self.clock.now())
        for version in earlier:
            steps, pinned = rebuilt(self.database, program, version, None)
            for step in steps:
                step.move_contacts(self.database, pinned, cohort=None, run_id="test")

    def happens(self, what: str, *how: Any) -> None:
        match what:
            case "run":
                self.run()
            case "crash":
                with crashing(self.database, how[0]):
                    self.run()
            case "pass":
                self.clock.advance(how[0] * HOUR)
            case "open":
                person = self.people[how[0] % len(self.people)]
                if mails(self.database).get((person, "mail")):
                    happen(self.database, "email.open", person, "mail")
            case "arrive":
                self.people += add_contacts(self.database, how[0], tag="in")
                with self.database.write() as connection:
                    again = sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'")
                    connection.execute(again)
            case "late":  # a run that began with a version that was the newest then
                made = self.all[how[0] % len(self.all)]
                before = places(self.database)
                sweep(made, self.database)
                if made.graph.digest() != self.newest.graph.digest():
                    assert places(self.database) == before
            case "edit":
                self.publish(how[0], how[1])
                with crashing(self.database, how[2] or 1_000_000):
                    apply_rules(self.database, self.newest.program(self.database), chunk=2)

    def ends(self) -> None:
        """Everybody gets through, wherever they stood."""
        with self.database.write() as connection:
            connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
        for _ in range(60):
            self.clock.advance(9 * HOUR)
            self.run()
            if len(places(self.database)) == len(self.people) and not self.inside():
                return
        raise AssertionError(f"stuck: {self.inside()}")

    def inside(self) -> Any:
        with self.database.read() as connection:
            return standing(connection, connection.scalar(sa.select(journey.c.id)))

    def check(self) -> None:
        assert_sound(self.database)
        m = move.c
        with self.database.read() as connection:
            progress = journey_progress(connection, KEY)
            assert (progress.lost, progress.doubled) == (0, 0)
            entered = sa.select(sa.func.count()).where(m.outcome == "entered").group_by(m.enrollment_id)
            assert set(connection.scalars(entered)) <= {1}, "somebody began anew"
            later = sa.select(m.id).join(enrollment, enrollment.c.id == m.enrollment_id)
            astray = later.where(m.version > enrollment.c.pinned_version)
            assert connection.scalar(astray.limit(1)) is None, "who finishes on a version was led by another"
            number = connection.scalar(sa.select(journey.c.id))
            flow = {
                (r.version, r.from_step, r.outcome, r.to_step): r.number
                for r in flow_totals(connection, number)
            }
            ways = (m.version, m.from_step, m.outcome, m.to_step)
            rows = connection.execute(sa.select(*ways, sa.func.count()).group_by(*ways))
            assert flow == {tuple(row[:4]): row[4] for row in rows}
        assert set(mails(self.database).values()) <= {1}


def _empty(database: Database) -> None:
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))


def _check(database: Database, clock: ManualClock, examples: int) -> None:
    start = clock.now()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(versions(), HAPPENINGS)
    def holds(first: Journey, happenings: list[tuple[Any, ...]]) -> None:
        _empty(database)
        clock.at = start
        live = Live(database, clock, first)
        for one in happenings:
            live.happens(*one)
            live.check()
        live.ends()
        live.check()
        with database.read() as connection:
            assert connection.scalar(sa.select(sa.func.max(enrollment.c.wake_at))) is None
            left = set(connection.scalars(sa.select(enrollment.c.left_reason)))
            assert left <= {"through", "changed", "not_sent"}
            still = sa.select(sa.func.count()).where(message.c.state.in_(["sending", "retryable"]))
            assert connection.scalar(still) == 0
        live.run()
        with database.read() as connection:
            assert connection.scalar(sa.select(sa.func.count()).where(change_rule.c.done_at.is_(None))) == 0
            assert journeys_with_work(connection, now=clock.now()) == {}

    holds()


def test_random_edits_on_sqlite(sqlite_database: Database, clock: ManualClock) -> None:
    _check(sqlite_database, clock, 40)


@pytest.mark.slow
def test_random_edits_on_postgresql(postgres_database: Database, clock: ManualClock) -> None:
    _check(postgres_database, clock, 15)
