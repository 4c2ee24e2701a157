"""The numbers on a live canvas: each must be what counting people and moves one by one gives."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import DAY, HOUR, NEVER, ManualClock
from airflow_ma.engine.control.by_hand import MOVED, People, move_people
from airflow_ma.engine.database import Database
from airflow_ma.engine.runs import begin_run, end_run
from airflow_ma.engine.tables import enrollment, journey, message, move
from airflow_ma.insight.stuck import FAILED_MAILS, RETRYABLE_MAILS
from airflow_ma.insight.watch import RunMoves, Watched, Way, find_run, run_moves, watch
from airflow_ma.operators import AudienceOperator, EndOperator
from airflow_ma.sensors import WaitSensor
from tests.journeys import add_contacts, happen, sweep

e, m, mv = enrollment.c, message.c, move.c


@pytest.fixture
def lively(database: Database, clock: ManualClock, sale: Journey) -> Journey:
    """Ten entered; three opened after an hour and wait; a day later two more came."""
    first = add_contacts(database, 10, tag="in")
    sweep(sale, database)
    clock.advance(HOUR)
    for one in first[:3]:
        happen(database, "email.open", one, "mail")
    sweep(sale, database)
    clock.advance(HOUR)
    add_contacts(database, 2, tag="in")
    with database.write() as connection:  # the audience is looked through again
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
    sweep(sale, database)
    return sale


def now_of(database: Database, *, version: int | None = None, run: RunMoves | None = None) -> Watched:
    with database.read() as connection:
        (journey_id,) = connection.scalars(sa.select(journey.c.id).where(journey.c.key == "sale"))
        return watch(connection, journey_id, now=database.clock().now(), version=version, run=run)


def update(database: Database, table: sa.Table, where: sa.ColumnElement[bool], **values: object) -> None:
    with database.write() as connection:
        connection.execute(sa.update(table).where(where).values(**values))


def test_numbers_are_those_of_the_moves_and_the_people(database: Database, lively: Journey) -> None:
    seen = now_of(database)
    with database.read() as connection:
        moves = connection.execute(sa.select(mv.from_step, mv.outcome, mv.to_step)).all()
        stand = Counter(connection.scalars(sa.select(e.step).where(e.wake_at.is_not(None))))
    assert {way[:3]: way.number for way in seen.ways} == Counter(tuple(row) for row in moves)
    assert {step: one.waiting for step, one in seen.steps.items() if one.waiting} == stand
    assert stand == {"opened": 9, "wait": 3}
    assert {step: one.arrived for step, one in seen.steps.items()} == {
        "people": 12, "mail": 12, "opened": 12, "wait": 3,
    }  # fmt: skip
    assert seen.steps["opened"].left == {"opened": 3}
    assert seen.steps["people"].left == {"entered": 12}
    for one in seen.steps.values():
        assert one.arrived == one.waiting + sum(one.left.values())
    assert [(one.version, one.people) for one in seen.versions] == [(1, 12)]


def test_the_average_is_of_the_time_they_stayed(
    database: Database, clock: ManualClock, lively: Journey
) -> None:
    assert now_of(database).steps["opened"].average_stay_ms == HOUR
    assert now_of(database).steps["mail"].average_stay_ms == 0
    assert now_of(database).steps["people"].average_stay_ms is None
    assert now_of(database).steps["wait"].average_stay_ms is None
    clock.advance(DAY)
    sweep(lively, database)
    assert now_of(database).steps["wait"].average_stay_ms == DAY + HOUR  # swept an hour late


def test_who_is_due_is_told_as_soon_as_it_is(database: Database, clock: ManualClock, lively: Journey) -> None:
    assert now_of(database).steps["wait"].due == 0
    clock.advance(DAY)
    assert now_of(database).steps["wait"].due == 3
    assert now_of(database).steps["opened"].due == 0


def test_pinned_and_held_are_counted_where_they_stand(database: Database, lively: Journey) -> None:
    update(database, enrollment, e.step == "wait", pinned_version=1)
    update(database, enrollment, e.contact_id.in_([4, 5]), hold="quiet_hours", wake_at=NEVER)
    update(database, enrollment, e.contact_id == 6, hold="frequency_cap")
    update(database, journey, journey.c.key == "sale", version=2)
    seen = now_of(database)
    assert {step: one.pinned for step, one in seen.steps.items() if one.pinned} == {"wait": 3}
    assert [(one.why, one.people) for one in seen.steps["opened"].held] == [
        ("quiet_hours", 2),
        ("frequency_cap", 1),
    ]
    assert seen.steps["opened"].held[0].said.ja == "配信を控える時間帯"
    assert [(one.version, one.people) for one in seen.versions] == [(2, 9), (1, 3)]


def test_mails_that_failed_are_told_with_the_reason(database: Database, lively: Journey) -> None:
    update(database, message, m.contact_id.in_([1, 2, 3]), state="rejected", reason="550 no such user")
    update(database, message, m.contact_id.in_([4, 5]), state="rejected", reason="no_consent")
    update(database, message, m.contact_id == 6, state="unknown", reason="no trace", resolved_at=1)
    update(database, enrollment, e.contact_id.in_([7, 8]), step="mail")
    update(database, message, m.contact_id == 7, state="retryable", reason="timeout")
    update(database, message, m.contact_id == 8, state="unknown", reason="timeout", resolved_at=None)
    update(database, message, m.contact_id == 9, state="retryable", reason="has gone on since")
    failed = now_of(database).steps["mail"].failed
    assert {(one.state, one.said.en): one.people for one in failed} == {
        ("not_sent", "not sent: 550 no such user"): 3,
        ("not_sent", "not sent: no trace"): 1,
        ("retryable", "could not be sent, tried again: timeout"): 1,
        ("unresolved", "perhaps sent, being found out: timeout"): 1,
    }
    assert failed[0].said.ja == "送信できず（550 no such user）"


def test_many_reasons_are_summed_up(database: Database, lively: Journey) -> None:
    for contact_id in range(1, 13):
        update(database, message, m.contact_id == contact_id, state="rejected", reason=f"code {contact_id}")
    failed = now_of(database).steps["mail"].failed
    assert sum(one.people for one in failed) == 12
    assert (failed[0].said.en, failed[0].people) == ("not sent: other reasons", 4)


def test_a_run_is_counted_by_its_own_moves(database: Database, clock: ManualClock, sale: Journey) -> None:
    add_contacts(database, 4, tag="in")
    program = sale.program(database)
    begin_run(database, program, "before")
    for step in ("people", "mail"):
        sale.steps[step].move_contacts(database, program, cohort=None, run_id="before")
    end_run(database, "sale", "before")
    clock.advance(3 * DAY)
    begin_run(database, program, "after")
    sale.steps["opened"].move_contacts(database, program, cohort=None, run_id="after")
    with database.read() as connection:
        before, after = (find_run(connection, program.journey_id, name) for name in ("before", "after"))
        assert before is not None
        assert after is not None
        assert find_run(connection, program.journey_id, "never") is None
        first, second = run_moves(connection, before), run_moves(connection, after)
    assert (before.ended_at is None, after.ended_at is None) == (False, True)
    assert (first.people, second.people) == (4, 4)
    assert [way for _, way in second.ways] == [Way("opened", "not_opened", "end", 4)]
    seen = now_of(database, run=second)
    assert seen.ways == (Way("opened", "not_opened", "end", 4),)
    assert (seen.steps["end"].arrived, seen.steps["mail"].arrived) == (4, 0)
    assert seen.steps["end"].waiting == 4  # as it is now
    assert seen.steps["mail"].left == {}
    assert now_of(database, run=second, version=2).ways == ()


def test_two_versions_can_be_compared(database: Database, lively: Journey) -> None:
    assert now_of(database, version=2).ways == ()
    assert now_of(database, version=2).steps["opened"].waiting == 9
    assert now_of(database, version=1).ways == now_of(database).ways


def test_moves_by_hand_are_ways_of_their_own(database: Database, lively: Journey) -> None:
    program = lively.program(database)
    assert move_people(database, program, People(step="opened"), "wait", by="op", reason="").people == 9
    seen = now_of(database)
    assert seen.steps["opened"].left == {MOVED: 9, "opened": 3}
    assert (seen.steps["opened"].waiting, seen.steps["wait"].waiting, seen.steps["wait"].arrived) == (
        0,
        12,
        12,
    )
    assert Way("opened", MOVED, "wait", 9) in seen.ways


def test_a_cohort_is_counted_on_the_version_it_began_with(database: Database, clock: ManualClock) -> None:
    def campaign(*, longer: bool) -> Journey:
        with Journey("sale", mode="one_off") as made:
            people = AudienceOperator(task_id="people", where={"tag": "in"})
            (
                people
                >> WaitSensor(task_id="wait", duration=days(9 if longer else 2))
                >> EndOperator(task_id="end")
            )
        return made

    add_contacts(database, 3, tag="in")
    sweep(campaign(longer=False), database, cohort="one")
    add_contacts(database, 2, tag="in")
    sweep(campaign(longer=True), database, cohort="two")
    assert [(one.version, one.people) for one in now_of(database).versions] == [(2, 5), (1, 3)]


@pytest.mark.parametrize("condition", [FAILED_MAILS, RETRYABLE_MAILS])
def test_failed_mails_are_found_by_their_index(sqlite_database: Database, condition: sa.TextClause) -> None:
    query = sa.select(m.step, sa.func.count()).where(m.journey_id == 1, condition).group_by(m.step)
    sql = str(query.compile(compile_kwargs={"literal_binds": True}))
    with sqlite_database.read() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all())
    assert "USING INDEX ix_ma_message_" in plan or "COVERING INDEX ix_ma_message_" in plan, plan
