"""Pausing, resuming, closing and archiving: nobody moves who should not, and nothing is lost by it."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.channels.delivery import terms_of
from airflow_ma.dag import Journey
from airflow_ma.engine import enroll as entering
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.changes.drafts import find_draft
from airflow_ma.engine.changes.releases import add_release, current_state, newest_release, published_at_state
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock, to_ms
from airflow_ma.engine.control import standstill
from airflow_ma.engine.control.lifecycle import (
    LifecycleError,
    archive_journey,
    close_journey,
    reopen_journey,
    unarchive_journey,
)
from airflow_ma.engine.database import Database
from airflow_ma.engine.enroll import rest_idle_entries
from airflow_ma.engine.mail.ledger import claim, settle
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import enrollment, entry_request, journey_step
from airflow_ma.engine.tables import journey as journey_table
from airflow_ma.engine.work import journeys_with_work, steps_with_work
from airflow_ma.operators import AudienceOperator, EndOperator
from tests.at_once import at_once
from tests.channels.test_delivery import World
from tests.engine.live_journey import EMAILS, journey_row, make, pause, resume, row
from tests.engine.test_promises import CrashError, crashing
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

e = enrollment.c


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))


def close(database: Database, key: str, people: Any = "finish") -> int:
    return close_journey(database, key, people=people, by="ann", reason="over")


def actions(database: Database, key: str) -> list[str]:
    with database.read() as connection:
        return [entry.action for entry in reversed(read_audit(connection, key, limit=100))]


def with_work(database: Database) -> set[str]:
    with database.read() as connection:
        return set(journeys_with_work(connection, now=database.clock().now()))


def test_while_a_journey_is_paused_nobody_moves_and_nobody_enters(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    reader, silent = add_contacts(database, 2, tag="in")
    sweep(journey, database)
    assert pause(database, "sale")
    assert not pause(database, "sale"), "it is paused already"
    newcomer = add_contacts(database, 1, tag="in")[0]
    happen(database, "email.open", reader, "mail")
    clock.advance(10 * DAY)
    assert sweep(journey, database) == {}
    assert places(database) == {reader: "opened", silent: "opened"}
    assert with_work(database) == set()
    with database.read() as connection:
        assert steps_with_work(connection, journey.program(database), now=clock.now()) == set()
    assert resume(database, "sale", "catch_up")
    assert not resume(database, "sale"), "it is not paused any more"
    assert with_work(database) == {"sale"}
    sweep(journey, database)
    assert places(database) == {reader: "left: read it", silent: "later", newcomer: "opened"}
    assert_sound(database)
    with database.read() as connection:
        first, second = reversed(read_audit(connection, "sale", limit=10))
    assert (first.action, first.by, first.reason) == ("paused", "ann", "a mistake in the mail")
    assert (second.action, second.detail) == ("resumed", {"deadlines": "catch_up", "paused_ms": 10 * DAY})


def test_a_journey_that_never_ran_says_so_and_one_without_people_can_be_paused(
    database: Database, clock: ManualClock
) -> None:
    with pytest.raises(LifecycleError, match="There is no journey “sale”") as error:
        pause(database, "sale")
    assert "sale" in error.value.said.ja
    journey = make("sale")
    journey.program(database)
    assert pause(database, "sale")
    assert resume(database, "sale")
    add_contacts(database, 1, tag="in")
    assert sweep(journey, database)["people"] == {"entered": 1}


def test_mails_that_a_worker_has_are_settled_though_the_journey_is_paused(
    database: Database, clock: ManualClock
) -> None:
    world = World(database)
    people = add_contacts(database, 3, tag="in")
    world.enter()
    terms = terms_of(world.channel, "sale_announcement", conn_id="shop", purpose="marketing")
    outbox = claim(database, world.program, "mail0", terms, limit=2)
    assert pause(database, "delivery")
    clock.advance(MINUTE)
    receipts = [Receipt(Delivery.ACCEPTED)] * 2
    assert settle(database, world.program, "mail0", terms, outbox, receipts).moved == {"sent": 2}
    assert claim(database, world.program, "mail0", terms, limit=2).empty, "but no further ones go out"
    assert sorted(places(database).values()) == ["end", "end", "mail0"]
    assert resume(database, "delivery")
    assert claim(database, world.program, "mail0", terms, limit=2).claimed == 1
    assert_sound(database)
    assert len(people) == 3


def test_lengths_of_time_go_on_where_they_stood(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    asleep, woken, due = add_contacts(database, 3, tag="in")
    sweep(journey, database)
    clock.advance(2 * DAY)
    happen(database, "email.open", due, "mail")
    before = {person: row(database, person) for person in (asleep, woken, due)}
    pause(database, "sale")
    clock.advance(5 * DAY)
    happen(database, "email.open", woken, "mail")  # when their three days are over by the calendar
    clock.advance(5 * DAY)
    assert resume(database, "sale", "stood_still")
    for person, old in before.items():
        new = row(database, person)
        assert new.deadline_at == old.deadline_at + 10 * DAY
        assert new.arrived_at == old.arrived_at
    assert row(database, due).wake_at == before[due].wake_at <= clock.now()
    assert row(database, woken).wake_at <= clock.now(), "what they did is looked at, though nothing is due"
    sweep(journey, database)
    assert places(database) == {asleep: "opened", woken: "left: read it", due: "left: read it"}
    assert row(database, asleep).wake_at == row(database, asleep).deadline_at
    clock.advance(DAY - 1)
    sweep(journey, database)
    assert places(database)[asleep] == "opened"
    clock.advance(1)
    sweep(journey, database)
    assert places(database)[asleep] == "later"


def test_who_arrives_while_it_is_paused_loses_the_time_since_then_only(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    program = journey.program(database)
    add_contacts(database, 1, tag="in")
    journey.steps["people"].move_contacts(database, program, cohort=None, run_id=None)
    terms = terms_of(World(database).channel, "sale_announcement", conn_id="shop", purpose="transactional")
    outbox = claim(database, program, "mail", terms, limit=1)
    pause(database, "sale")
    clock.advance(2 * MINUTE)
    settle(database, program, "mail", terms, outbox, [Receipt(Delivery.ACCEPTED)])
    clock.advance(DAY)
    resume(database, "sale")
    assert row(database, 1).deadline_at == clock.now() + 3 * DAY


@pytest.mark.parametrize("duration", [None, "3 days"])
def test_a_moment_in_local_time_stays_unless_it_was_missed(
    database: Database, clock: ManualClock, duration: str | None
) -> None:
    clock.at = to_ms(pendulum.datetime(2026, 12, 1, 12, tz="Asia/Tokyo"))
    journey = make("sale", later={"duration": duration, "at": "10:00"} if duration else {"at": "10:00"})
    program = journey.program(database)
    (tokyo,) = add_contacts(database, 1, tag="in")
    (singapore,) = add_contacts(database, 1, tag="in", timezone="Asia/Singapore")
    sweep(journey, database)
    clock.advance(3 * DAY)
    sweep(journey, database)
    wait = 3 * DAY if duration else 0
    before = {person: row(database, person).deadline_at for person in (tokyo, singapore)}
    first = to_ms(pendulum.datetime(2026, 12, 5, 10, tz="Asia/Tokyo")) + wait
    assert before[tokyo] == first
    clock.at = first - 2 * HOUR
    pause(database, "sale")
    clock.at = first + HOUR // 2  # in Singapore it is not yet 10:00
    resume(database, "sale", "stood_still")
    assert before[singapore] > clock.now()
    assert row(database, singapore).deadline_at == row(database, singapore).wake_at == before[singapore]
    again = row(database, tokyo)
    assert again.deadline_at == first + DAY, "the next 10:00, without the wait before it"
    sweep(journey, database)
    assert row(database, tokyo).wake_at == first + DAY
    assert program.version == 1


def test_each_persons_own_version_says_whether_their_moment_is_local(
    database: Database, clock: ManualClock
) -> None:
    clock.at = to_ms(pendulum.datetime(2026, 12, 1, 12, tz="Asia/Tokyo"))
    old = make("sale", later={"at": "10:00"})
    finishing, adopted = add_contacts(database, 2, tag="in")
    sweep(old, database)
    clock.advance(3 * DAY)
    sweep(old, database)
    make("sale", later={"duration": "4 days"}).program(database)
    due_at = row(database, finishing).deadline_at
    with database.write() as connection:
        finishes = sa.update(enrollment).where(e.contact_id == finishing)
        connection.execute(finishes.values(pinned_version=1))
    pause(database, "sale")
    clock.at = due_at + HOUR
    length = clock.now() - journey_row(database, "sale").paused_at
    resume(database, "sale", "stood_still")
    assert row(database, finishing).deadline_at == due_at + DAY
    assert row(database, adopted).deadline_at == due_at + length, "a length of time by the newest version"


def test_held_mails_and_leases_are_left_alone(database: Database, clock: ManualClock) -> None:
    world = World(database)
    add_contacts(database, 1, tag="in")
    add_contacts(database, 1, tag="in", timezone="Europe/London")  # in its night
    world.enter()
    terms = terms_of(world.channel, "sale_announcement", conn_id="shop", purpose="marketing")
    claim(database, world.program, "mail0", terms, limit=5)
    before = world.holds()
    assert sorted(str(hold) for hold, _ in before.values()) == ["None", "quiet_hours"]
    pause(database, "delivery")
    clock.advance(2 * MINUTE)
    resume(database, "delivery", "stood_still")
    assert world.holds() == before


def test_a_resume_that_dies_is_taken_up_where_it_stopped_and_nobody_is_shifted_twice(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstill, "CHUNK", 2)
    journey = make("sale")
    people = add_contacts(database, 7, tag="in")
    sweep(journey, database)
    due_at = row(database, people[0]).deadline_at
    pause(database, "sale")
    paused_at = clock.now()
    clock.advance(5 * DAY)
    crashed = 0
    for after in itertools.count(1, 3):
        with suppress(CrashError), crashing(database, after):
            resume(database, "sale", "stood_still")
            break
        crashed += 1
        assert journey_row(database, "sale").paused_at is not None, "half of it must not run"
        assert sweep(journey, database) == {}
        clock.advance(HOUR)
    assert crashed > 5
    assert journey_row(database, "sale").paused_at is None
    length = clock.now() - paused_at
    assert {row(database, person).deadline_at for person in people} == {due_at + length}
    assert actions(database, "sale") == ["paused", "resumed"]


def test_two_who_resume_at_once_shift_everybody_once(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstill, "CHUNK", 3)
    journey = make("sale")
    people = add_contacts(database, 20, tag="in")
    sweep(journey, database)
    due_at = row(database, people[0]).deadline_at
    pause(database, "sale")
    clock.advance(DAY)
    answers = at_once(lambda _: resume(database, "sale"), range(3))
    assert sorted(answers) == [False, False, True]
    assert {row(database, person).deadline_at for person in people} == {due_at + DAY}


def test_an_audience_that_a_pause_cut_short_is_looked_through_again(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = make("sale")
    program = journey.program(database)
    add_contacts(database, 5, tag="in")
    asked = itertools.count(1)
    lets_in = standstill.lets_in

    def interrupted(connection: sa.Connection, entered: Program) -> bool:
        if next(asked) == 3:
            connection.execute(sa.update(journey_table).values(paused_at=clock.now()))
        return lets_in(connection, entered)

    monkeypatch.setattr(entering, "lets_in", interrupted)
    assert entering.enroll(database, program, "people", chunk=1) == {"entered": 2}
    clock.advance(1)
    resume(database, "sale", "catch_up")
    with database.read() as connection:
        assert "people" in steps_with_work(connection, program, now=clock.now())
    assert sweep(journey, database)["people"] == {"entered": 3}


def test_a_closed_journey_lets_nobody_in_and_ends_with_those_inside(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    program = journey.program(database)
    inside = add_contacts(database, 1, tag="in")[0]
    sweep(journey, database)
    assert close(database, "sale") == 0
    assert close(database, "sale") == 0, "it may be said twice"
    late = add_contacts(database, 1, tag="in")[0]
    with database.write() as connection:
        connection.execute(sa.update(journey_step).where(journey_step.c.step == "people").values(wake_at=0))
    assert with_work(database) == {"sale"}
    assert rest_idle_entries(database, program, ["people"]) == set()
    assert with_work(database) == set(), "a closed journey starts no runs for its entry"
    clock.advance(3 * DAY)
    sweep(journey, database)
    assert places(database) == {inside: "later"}
    assert reopen_journey(database, "sale", by="ann", reason="again")
    assert not reopen_journey(database, "sale", by="ann", reason="again")
    assert "people" in rest_idle_entries(database, program, ["people"])
    sweep(journey, database)
    assert places(database)[late] == "opened"
    assert actions(database, "sale") == ["closed", "reopened"]


def test_who_knocks_at_a_closed_door_is_not_let_in_later(database: Database, clock: ManualClock) -> None:
    with Journey("orders") as journey:
        people = AudienceOperator(task_id="people", when={"event": "order.completed"})
        people >> EndOperator(task_id="end", reason="thanked")
    program = journey.program(database)
    early, meanwhile, after = add_contacts(database, 3)
    happen(database, "order.completed", early)
    close(database, "orders")
    happen(database, "order.completed", meanwhile)
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(entry_request)) == 0
    assert sweep(journey, database) == {}
    reopen_journey(database, "orders", by="ann", reason="")
    happen(database, "order.completed", after)
    sweep(journey, database)
    assert places(database) == {after: "left: thanked"}
    pause(database, "orders")
    clock.advance(HOUR)
    happen(database, "order.completed", meanwhile)
    assert sweep(journey, database) == {}
    resume(database, "orders")
    sweep(journey, database)
    assert places(database)[meanwhile] == "left: thanked", "a pause keeps what came in"
    assert program.version == 1


def test_closing_can_make_everybody_leave(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    people = add_contacts(database, 3, tag="in")
    sweep(journey, database)
    assert close(database, "sale", "leave") == 3
    assert places(database) == dict.fromkeys(people, "left: ended")
    assert actions(database, "sale") == ["closed", "removed"]
    assert_sound(database)
    assert set(mails(database).values()) == {1}


def test_only_an_empty_journey_is_archived_and_airflow_no_longer_has_it(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    person = add_contacts(database, 1, tag="in")[0]
    sweep(journey, database)
    document = {"key": "sale", "steps": []}
    with database.write() as connection:
        add_release(connection, "sale", 1, document, {"a": 1}, by="ann", now=clock.now())
        add_release(connection, "other", 1, {"key": "other"}, {}, by="ann", now=clock.now())
    with pytest.raises(LifecycleError, match="1 people are still in it"):
        archive_journey(database, "sale", by="ann", reason="")
    close(database, "sale", "leave")
    assert archive_journey(database, "sale", by="ann", reason="done with it")
    assert not archive_journey(database, "sale", by="ann", reason="")
    with database.read() as connection:
        assert [r.key for r in published_at_state(connection, current_state(connection))] == ["other"]
        release = newest_release(connection, "sale")
    assert release is not None
    assert (release.withdrawn, release.version, release.document) == (True, 1, document)
    add_contacts(database, 1, tag="in")
    assert sweep(journey, database) == {}, "a DAG that is still there lets nobody in"
    with pytest.raises(LifecycleError, match="archive"):
        pause(database, "sale")
    assert unarchive_journey(database, "sale", by="ann", reason="once more")
    assert not unarchive_journey(database, "sale", by="ann", reason="once more")
    with database.read() as connection:
        draft = find_draft(connection, "sale")
        assert [r.key for r in published_at_state(connection, current_state(connection))] == ["other"]
    assert draft is not None
    assert (draft.document, draft.layout) == (document, {"a": 1})
    again = journey_row(database, "sale")
    assert (again.archived_at, again.closed_at) == (None, None)
    assert places(database)[person] == "left: ended"
    assert actions(database, "sale") == ["closed", "removed", "archived", "unarchived"]
