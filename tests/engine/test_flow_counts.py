"""What the pages add up agrees with the moves, whatever happened to the people; and which run they are of."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_ma.contacts.retention import prune
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock
from airflow_ma.engine.control.by_hand import MOVED, REMOVED, People, move_people, remove_people
from airflow_ma.engine.control.lifecycle import close_journey, reopen_journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.flow import FlowRow
from airflow_ma.engine.runs import begin_run, end_run
from airflow_ma.engine.tables import flow, journey_run, move
from tests.engine.live_journey import EMAILS, counted, make, pause, resume, totals
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))


def test_moves_are_counted_by_the_hour_with_the_time_people_stayed(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    program = journey.program(database)
    reader, _ = add_contacts(database, 2, tag="in")
    sweep(journey, database)
    begun = clock.now()
    clock.advance(HOUR + MINUTE)
    happen(database, "email.open", reader, "mail")
    sweep(journey, database)
    clock.advance(3 * DAY)
    sweep(journey, database)
    found = totals(database, program.journey_id)
    assert found == counted(database, program.journey_id)
    assert FlowRow(1, "opened", "opened", "reader", 1, HOUR + MINUTE) in found
    assert FlowRow(1, "opened", "not_opened", "later", 1, 3 * DAY + HOUR + MINUTE) in found
    assert FlowRow(1, "reader", "left", None, 1, 0) in found
    since = totals(database, program.journey_id, since=begun + HOUR)
    assert {row.from_step for row in since} == {"opened", "reader"}, "the first hour is left out"
    assert totals(database, program.journey_id, versions=[2]) == []
    with database.read() as connection:
        hours = set(connection.scalars(sa.select(flow.c.hour_at)))
    assert hours == {at - at % HOUR for at in (begun, begun + HOUR, begun + 3 * DAY + HOUR)}


_STEP = st.sampled_from(["mail", "opened", "later", "reader", "other"])
_DEED = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 4)),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("later"), st.sampled_from([MINUTE, HOUR, DAY, 3 * DAY])),
    st.tuples(st.just("open"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.tuples(_STEP, _STEP)),
    st.tuples(st.just("remove"), _STEP),
    st.tuples(st.just("pause"), st.none()),
    st.tuples(st.just("resume"), st.sampled_from(["stood_still", "catch_up"])),
    st.tuples(st.just("close"), st.sampled_from(["finish", "leave"])),
    st.tuples(st.just("reopen"), st.none()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(_DEED, min_size=4, max_size=14))
def test_flow_equals_the_moves_after_anything(
    database: Database, clock: ManualClock, deeds: list[tuple[str, Any]]
) -> None:
    key = f"any_{next(_numbers)}"
    journey = make(key, tag=key)
    program = journey.program(database)
    people = add_contacts(database, 3, tag=key)
    sweep(journey, database)
    for what, how in deeds:
        match what:
            case "add":
                people += add_contacts(database, how, tag=key)
            case "sweep":
                sweep(journey, database)
            case "later":
                clock.advance(how)
            case "open":
                person = people[how % len(people)]
                if mails(database)[person, "mail"]:
                    happen(database, "email.open", person, "mail")
            case "move":
                move_people(database, program, People(step=how[0]), how[1], by="ann", reason="")
            case "remove":
                remove_people(database, key, People(step=how), by="ann", reason="")
            case "pause":
                pause(database, key)
            case "resume":
                resume(database, key, how)
            case "close":
                close_journey(database, key, people=how, by="ann", reason="")
            case "reopen":
                reopen_journey(database, key, by="ann", reason="")
        assert totals(database, program.journey_id) == counted(database, program.journey_id)
    resume(database, key, "catch_up")
    for _ in range(3):
        sweep(journey, database)
        clock.advance(4 * DAY)
    assert totals(database, program.journey_id) == counted(database, program.journey_id)
    assert_sound(database)
    here = places(database)
    assert all(here[person].startswith("left: ") for person in people if person in here), "all went on"
    assert all(number == 1 for number in mails(database).values())


def test_moves_by_hand_are_counted_under_their_own_outcomes(database: Database, clock: ManualClock) -> None:
    journey = make("hands")
    program = journey.program(database)
    add_contacts(database, 3, tag="in")
    sweep(journey, database)
    clock.advance(HOUR)
    one = People(contacts=[1])
    assert move_people(database, program, one, "later", by="ann", reason="asked for it").people == 1
    assert remove_people(database, "hands", People(step="opened"), by="ann", reason="a mistake").people == 2
    found = totals(database, program.journey_id)
    assert FlowRow(1, "opened", MOVED, "later", 1, HOUR) in found
    assert FlowRow(1, "opened", REMOVED, None, 2, 2 * HOUR) in found
    assert found == counted(database, program.journey_id)


def test_a_run_knows_between_which_moves_its_own_are(database: Database, clock: ManualClock) -> None:
    journey = make("runs")
    program = journey.program(database)
    add_contacts(database, 2, tag="in")
    begin_run(database, program, "first")
    sweep(journey, database)
    end_run(database, "runs", "first")
    clock.advance(DAY)
    begin_run(database, program, "died")
    clock.advance(4 * DAY)
    begin_run(database, program, "third")
    sweep(journey, database)
    end_run(database, "runs", "third")
    r = journey_run.c
    with database.read() as connection:
        rows = {row.run_id: row for row in connection.execute(sa.select(journey_run))}
        last = connection.scalar(sa.select(sa.func.max(move.c.id)))
    assert rows["first"].last_move_id == rows["died"].after_move_id == rows["died"].last_move_id
    assert rows["died"].ended_at == rows["third"].started_at, "a journey has one run at a time"
    assert rows["third"].last_move_id == last
    assert rows["first"].after_move_id == 0
    begin_run(database, program, "first")  # it was cleared
    with database.read() as connection:
        again = connection.execute(sa.select(journey_run).where(r.run_id == "first")).one()
    assert (again.after_move_id, again.ended_at, again.last_move_id) == (0, None, None)
    end_run(database, "runs", "first")
    end_run(database, "runs", "never began")
    clock.advance(400 * DAY)
    begin_run(database, program, "now")
    pruned = prune(database, keep_events_days=365, keep_mailbox_days=0)
    with database.read() as connection:
        assert list(connection.scalars(sa.select(r.run_id))) == ["now"]
    assert pruned.runs == 3
