"""Moving and removing people by hand, and trying held mails again: exactly those, with a line in the log."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.channels.delivery import terms_of
from airflow_ma.engine.changes.audit import Entry, read_audit
from airflow_ma.engine.changes.blast import due_when_moved
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock
from airflow_ma.engine.control import by_hand
from airflow_ma.engine.control.by_hand import (
    RETRYABLE,
    Done,
    People,
    move_people,
    remove_people,
    retry_held,
)
from airflow_ma.engine.control.move_targets import ByHandError, targets_of
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import LEASE, claim, settle
from airflow_ma.engine.mail.rules import NOT_NEEDED, WORKER_DIED
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import enrollment, message, move
from airflow_ma.journey.said import Said
from tests.channels.test_delivery import World
from tests.engine.live_journey import EMAILS, counted, make, pause, row, totals
from tests.journeys import add_contacts, assert_sound, mails, places, sweep

e, m = enrollment.c, message.c
OK = Receipt(Delivery.ACCEPTED)


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))


def log(database: Database, key: str) -> list[Entry]:
    with database.read() as connection:
        return list(reversed(read_audit(connection, key, limit=100)))


def go(database: Database, program: Program, people: People, to: str, **more: Any) -> int:
    return move_people(database, program, people, to, by="ann", reason="they asked", **more).people


def out(database: Database, key: str, people: People) -> int:
    return remove_people(database, key, people, by="ann", reason="").people


def test_some_contacts_go_where_they_are_told_and_nobody_gets_a_mail_twice(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    program = journey.program(database)
    one, two, three = add_contacts(database, 3, tag="in")
    stranger = add_contacts(database, 1)[0]
    sweep(journey, database)
    clock.advance(HOUR)
    assert go(database, program, People(contacts=[one, two, stranger]), "later") == 2
    assert places(database) == {one: "later", two: "later", three: "opened"}
    assert row(database, one).deadline_at == row(database, one).wake_at == clock.now() + DAY
    assert go(database, program, People(contacts=[one]), "later") == 0, "they stand there already"
    assert go(database, program, People(step="later"), "mail") == 2
    sweep(journey, database)
    assert places(database) == dict.fromkeys((one, two, three), "opened")
    assert set(mails(database).values()) == {1}
    assert_sound(database)
    assert totals(database, program.journey_id) == counted(database, program.journey_id)
    first, second = log(database, "sale")
    assert (first.action, first.people, first.by, first.reason) == ("moved", 2, "ann", "they asked")
    assert first.detail == {"steps": {"opened": 2}, "to": "later", "gap_ms": 0}
    assert second.detail["steps"] == {"later": 2}


def test_what_cannot_be_is_said_in_both_languages(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    program = journey.program(database)
    add_contacts(database, 1, tag="in")
    sweep(journey, database)
    for target, words in (("nowhere", "no step “nowhere”. It has: later"), ("people", "lets people in")):
        with pytest.raises(ByHandError, match=words) as error:
            go(database, program, People(step="opened"), target)
        assert isinstance(error.value.said, Said)
        assert error.value.said.ja != error.value.said.en
    make("sale", later={"duration": "2 days"}).program(database)
    with pytest.raises(ByHandError, match="newer version was published"):
        go(database, program, People(step="opened"), "later")
    assert log(database, "sale") == []


def test_people_who_are_taken_out_leave_with_a_reason(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    one, two = add_contacts(database, 2, tag="in")
    sweep(journey, database)
    assert remove_people(database, "sale", People(contacts=[one]), by="ann", reason="complained").people == 1
    assert places(database) == {one: "left: by_hand", two: "opened"}
    assert sweep(journey, database) == {}
    assert_sound(database)
    (entry,) = log(database, "sale")
    assert (entry.action, entry.people, entry.reason) == ("removed", 1, "complained")


def test_someone_who_is_inside_twice_is_moved_twice(database: Database, clock: ManualClock) -> None:
    journey = make("offer", mode="one_off")
    program = journey.program(database)
    person = add_contacts(database, 1, tag="in")[0]
    for run in ("first", "second"):
        sweep(journey, database, cohort=run)
    assert go(database, program, People(contacts=[person]), "later") == 2
    with database.read() as connection:
        assert connection.scalars(sa.select(e.step)).all() == ["later", "later"]
    assert out(database, "offer", People(step="later")) == 2


def test_in_a_one_off_run_people_go_forward_only(database: Database, clock: ManualClock) -> None:
    journey = make("offer", mode="one_off")
    program = journey.program(database)
    add_contacts(database, 1, tag="in")
    sweep(journey, database, cohort="run")
    with pytest.raises(ByHandError, match="only be moved forward: “mail” does not come after “opened”"):
        go(database, program, People(step="opened"), "mail")
    newer = make("offer", mode="one_off", later={"duration": "2 days"}).program(database)
    with pytest.raises(ByHandError, match="run of an earlier version"):
        go(database, newer, People(step="opened"), "later")
    assert go(database, program, People(step="opened"), "later") == 1


def test_who_finishes_on_an_earlier_version_comes_back_to_the_newest(
    database: Database, clock: ManualClock
) -> None:
    journey = make("sale")
    one, two = add_contacts(database, 2, tag="in")
    sweep(journey, database)
    with database.write() as connection:
        connection.execute(sa.update(enrollment).values(pinned_version=1))
    newest = make("sale", later={"duration": "2 days"})
    program = newest.program(database)
    assert go(database, program, People(contacts=[one]), "later") == 1
    moved = row(database, one)
    assert (moved.pinned_version, moved.version, moved.deadline_at) == (None, 2, clock.now() + 2 * DAY)
    assert out(database, "sale", People(contacts=[two])) == 1
    with database.read() as connection:
        versions = connection.scalars(sa.select(move.c.version).where(move.c.outcome == "@removed")).all()
    assert versions == [1], "counted where they stood"
    assert totals(database, program.journey_id) == counted(database, program.journey_id)


def test_a_crowd_can_be_let_through_one_after_the_other(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    program = journey.program(database)
    people = add_contacts(database, 4, tag="in")
    sweep(journey, database)
    assert go(database, program, People(step="opened"), "reader", gap_ms=MINUTE) == 4
    assert [row(database, p).wake_at - clock.now() for p in people] == [n * MINUTE for n in range(4)]
    clock.advance(MINUTE)
    assert sweep(journey, database) == {"reader": {"left": 2}}


def test_whom_a_worker_has_in_hand_is_waited_for_or_left_alone(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_hand, "PATIENCE", 0.3)
    world = World(database)
    people = add_contacts(database, 3, tag="in")
    world.enter()
    terms = terms_of(world.channel, "sale_announcement", conn_id="shop", purpose="marketing")
    outbox = claim(database, world.program, "mail0", terms, limit=2)
    with pytest.raises(ByHandError, match=r"Done: 1\. .*being served right now: 2\."):
        remove_people(database, "delivery", People(step="mail0"), by="ann", reason="")
    assert sorted(places(database).values()) == ["left: by_hand", "mail0", "mail0"]
    monkeypatch.setattr(by_hand, "PATIENCE", 20)
    worker = threading.Timer(0.5, lambda: settle(database, world.program, "mail0", terms, outbox, [OK, OK]))
    worker.start()
    assert go(database, world.program, People(contacts=people), "end") == 0, "they got there by themselves"
    worker.join()
    assert sorted(places(database).values()) == ["end", "end", "left: by_hand"]
    assert_sound(database)


def test_a_dead_workers_people_are_free_and_their_mails_are_perhaps_sent(
    database: Database, clock: ManualClock
) -> None:
    world = World(database)
    (person,) = add_contacts(database, 1, tag="in")
    world.enter()
    terms = terms_of(world.channel, "sale_announcement", conn_id="shop", purpose="marketing")
    claim(database, world.program, "mail0", terms, limit=2)
    pause(database, "delivery")  # nobody takes them over meanwhile
    clock.advance(LEASE + 1)
    assert out(database, "delivery", People(step="mail0")) == 1
    assert world.states() == {person: ("unknown", WORKER_DIED)}
    assert_sound(database)


def test_held_mails_can_be_tried_again_or_given_up_by_moving_people_on(
    database: Database, clock: ManualClock
) -> None:
    world = World(database, "transactional")
    people = add_contacts(database, 3, tag="in")
    world.enter()
    busy = Receipt(Delivery.RETRYABLE, "the provider is busy")
    world.channel.answer = lambda person: OK if person == people[0] else busy
    world.deliver()
    assert retry_held(database, world.program, "mail0", by="ann", reason="it is back") == 2
    assert retry_held(database, world.program, "mail0", by="ann") == 0
    (entry,) = log(database, "delivery")
    assert (entry.action, entry.people, entry.detail) == ("retried", 2, {"steps": {"mail0": 2}})
    with database.write() as connection:
        connection.execute(sa.update(enrollment).where(e.contact_id == people[1]).values(hold="paused"))
    assert go(database, world.program, People(step="mail0", hold="paused"), "end") == 1
    assert row(database, people[1]).hold is None
    assert go(database, world.program, People(step="mail0", hold=RETRYABLE), "end") == 1
    assert {world.states()[person] for person in people[1:]} == {("rejected", NOT_NEEDED)}


def test_whom_must_be_said(database: Database, clock: ManualClock) -> None:
    program = make("sale").program(database)
    with pytest.raises(ValueError, match="say whom"):
        go(database, program, People(), "later")


def test_chunks_add_up(database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "CHUNK", 4)
    journey = make("sale")
    program = journey.program(database)
    add_contacts(database, 10, tag="in")
    sweep(journey, database)
    assert go(database, program, People(step="opened"), "later") == 10
    (line,) = log(database, "sale")
    assert (line.people, line.detail["steps"]) == (10, {"opened": 10}), "one line, whatever it took"
    assert totals(database, program.journey_id) == counted(database, program.journey_id)


def test_who_has_gone_on_since_they_were_seen_is_left_alone(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    program = journey.program(database)
    one, two, three = add_contacts(database, 3, tag="in")
    stranger = add_contacts(database, 1)[0]
    sweep(journey, database)
    go(database, program, People(contacts=[two]), "later")
    seen = People(contacts=[one, two, stranger], step="opened")
    with database.read() as connection:
        assert due_when_moved(connection, program, seen, "reader", now=clock.now()) == {}
    moved = move_people(database, program, seen, "reader", by="ann", reason="asked")
    assert moved == Done(people=1, gone_on=2)
    assert places(database) == {one: "reader", two: "later", three: "opened"}
    asked = People(contacts=[two, three], step="opened")
    removed = remove_people(database, "sale", asked, by="ann", reason="asked")
    assert removed == Done(people=1, gone_on=1)
    assert places(database)[two] == "later"
    assert [line.people for line in log(database, "sale")] == [1, 1, 1]
    nobody = move_people(database, program, asked, "reader", by="ann", reason="asked")
    assert nobody == Done(people=0, gone_on=2)
    assert len(log(database, "sale")) == 3, "nothing was done"


def test_people_of_several_steps_and_versions_are_one_line(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    program = journey.program(database)
    one, two, three = add_contacts(database, 3, tag="in")
    sweep(journey, database)
    go(database, program, People(contacts=[one]), "later")
    with database.write() as connection:
        connection.execute(sa.update(enrollment).where(e.contact_id == two).values(pinned_version=1))
    make("sale", later={"duration": "2 days"}).program(database)
    assert out(database, "sale", People(contacts=[one, two, three])) == 3
    line = log(database, "sale")[-1]
    assert (line.people, line.version, line.detail["steps"]) == (3, 2, {"later": 1, "opened": 2})


def test_the_mails_of_a_move_are_known_before(database: Database, clock: ManualClock) -> None:
    journey = make("sale")
    program = journey.program(database)
    people = add_contacts(database, 3, tag="in")
    sweep(journey, database)
    with database.write() as connection:
        connection.execute(sa.delete(message).where(m.contact_id == people[0]))
    with database.read() as connection:
        foreseen = due_when_moved(connection, program, People(step="opened"), "mail", now=clock.now())
        waits = due_when_moved(connection, program, People(step="opened"), "later", now=clock.now())
    assert (foreseen, waits) == ({"mail": 1}, {}), "who has the mail does not get it again"
    go(database, program, People(step="opened"), "mail")
    assert sweep(journey, database)["mail"]["sent"] == 3
    assert set(mails(database).values()) == {1}


def test_where_people_may_go_is_what_runs(database: Database, clock: ManualClock) -> None:
    program = make("sale").program(database)
    assert set(targets_of(program, "opened", one_off=False)) == {"mail", "later", "reader", "other"}
    assert set(targets_of(program, "opened", one_off=True)) == {"later", "reader", "other"}
    assert targets_of(program, "reader", one_off=True) == []
