"""People who finish on an earlier version go on with the newest one: where they stand, once, by its settings."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.dag import days
from airflow_ma.engine.changes.applying import Rule
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.changes.blast import due_when_continued
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock
from airflow_ma.engine.control import by_hand
from airflow_ma.engine.control.by_hand import Done, People
from airflow_ma.engine.control.move_targets import ByHandError
from airflow_ma.engine.control.newest_version import continue_on_newest
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import audit, enrollment, journey, message
from tests.engine.changes.changing import (
    HOUR_LONG,
    add_claim,
    counted,
    publish,
    row_of,
    run,
    sale,
)
from tests.engine.live_journey import make, pause, resume
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

e, m = enrollment.c, message.c
FINISH = Rule("opened", "finish")
HERE = People(step="opened")

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def go_on(database: Database, program: Program, people: People = HERE, **more: Any) -> Done:
    return continue_on_newest(database, program, people, by="ann", reason="the new one is better", **more)


def pinned(database: Database, number: int, *, old: Any = None, new: Any = None) -> Program:
    """So many people wait at "opened" on version 1; version 2 runs, in which they wait 5 days and not 3."""
    add_contacts(database, number, tag="in")
    run(database, old or sale())
    program = publish(database, new or sale(days(5)), FINISH)
    run(database, new or sale(days(5)))
    with database.read() as connection:
        assert set(connection.scalars(sa.select(e.pinned_version))) == {1}
    return program


def foreseen(database: Database, program: Program, people: People = HERE) -> dict[str, int]:
    with database.read() as connection:
        return due_when_continued(connection, program, people, now=database.clock().now())


def test_they_wait_by_the_new_settings_since_they_arrived(database: Database, clock: ManualClock) -> None:
    program = pinned(database, 3)
    arrived = clock.now()
    clock.advance(DAY)
    assert go_on(database, program, People(contacts=[1, 2, 99], step="opened")) == Done(2, gone_on=1)
    for person in (1, 2):
        found = row_of(database, person)
        assert (found.pinned_version, found.version, found.step) == (None, 2, "opened")
        assert (found.arrived_at, found.deadline_at) == (arrived, arrived + 5 * DAY)
    assert row_of(database, 3).pinned_version == 1
    assert go_on(database, program) == Done(1), "everybody else at the step"
    assert go_on(database, program) == Done(0)
    clock.advance(3 * DAY)
    run(database, sale(days(5)))
    assert set(places(database).values()) == {"opened"}, "on version 1 their time would have been up"
    clock.advance(DAY)
    happen(database, "email.open", 1, "first")
    run(database, sale(days(5)))
    assert set(places(database).values()) == {"left: through"}
    assert mails(database) == {**{(n, "first"): 1 for n in (1, 2, 3)}, (2, "second"): 1, (3, "second"): 1}
    assert_sound(database)
    counted(database)
    with database.read() as connection:
        lines = [one for one in read_audit(connection, "sale", limit=9) if one.action == "continued"]
    assert [(line.people, line.version, line.by, line.reason) for line in reversed(lines)] == [
        (2, 2, "ann", "the new one is better"),
        (1, 2, "ann", "the new one is better"),
    ]
    assert lines[0].detail == {"steps": {"opened": 1}, "gap_ms": 0}


def test_those_who_go_on_with_the_newest_anyway_are_left_alone(
    database: Database, clock: ManualClock
) -> None:
    program = pinned(database, 1)
    clock.advance(HOUR)
    late = add_contacts(database, 1, tag="in")[0]
    with database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
    run(database, sale(days(5)))
    before = row_of(database, late)
    assert go_on(database, program) == Done(1)
    assert row_of(database, late) == before


def test_who_becomes_due_is_known_before_and_comes_one_after_the_other(
    database: Database, clock: ManualClock
) -> None:
    new = sale(HOUR_LONG)
    program = pinned(database, 4, new=new)
    clock.advance(DAY)
    assert foreseen(database, program) == {"second": 4}
    assert foreseen(database, program, People(contacts=[1, 2], step="opened")) == {"second": 2}
    assert go_on(database, program, gap_ms=MINUTE).people == 4
    with database.read() as connection:
        wakes = connection.scalars(sa.select(e.wake_at).order_by(e.id)).all()
    assert wakes == [clock.now() + n * MINUTE for n in range(4)]
    for n in range(4):
        run(database, new)
        assert list(places(database).values()).count("left: through") == n + 1
        clock.advance(MINUTE)
    assert set(mails(database).values()) == {1}


def test_at_a_mail_nobody_gets_it_twice_and_what_is_owed_goes_out_by_the_new_version(
    database: Database, clock: ManualClock
) -> None:
    """One has the mail of the step already, and stands there again."""
    program = pinned(database, 2)
    with database.write() as connection:
        connection.execute(sa.update(enrollment).values(step="first", wake_at=clock.now(), hold="paused"))
        connection.execute(sa.delete(message).where(m.contact_id == 2))
    assert foreseen(database, program, People(step="first")) == {"first": 1}
    assert go_on(database, program, People(step="first")).people == 2
    assert row_of(database, 1).hold is None
    sweep(sale(days(5)), database)
    assert set(places(database).values()) == {"opened"}
    assert mails(database) == {(1, "first"): 1, (2, "first"): 1}


def test_a_mail_that_the_new_step_does_not_send_is_not_tried_again(
    database: Database, clock: ManualClock
) -> None:
    """The step of that id waits in the newest version."""
    program = pinned(database, 1, new=sale(wait={"duration": days(1)}))
    with database.write() as connection:
        owed = {"step": "opened", "state": "retryable"}
        connection.execute(sa.update(message).values(**owed))
    assert go_on(database, program).people == 1
    with database.read() as connection:
        assert connection.scalar(sa.select(m.state)) == "rejected"


def test_where_the_newest_version_has_no_such_step_nothing_is_done(
    database: Database, clock: ManualClock
) -> None:
    program = pinned(database, 2, new=sale(drop_opened=True))
    for people, words in ((HERE, "no longer has this step"), (People(contacts=[1]), r"\(opened\)")):
        with pytest.raises(ByHandError, match=words) as error:
            go_on(database, program, people)
        assert "別のステップへ移動してください" in error.value.said.ja
    assert row_of(database, 1).pinned_version == 1
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(audit)) == 0


def test_a_newer_version_that_was_published_meanwhile_is_said(database: Database, clock: ManualClock) -> None:
    program = pinned(database, 1)
    publish(database, sale(days(7)))
    with pytest.raises(ByHandError, match="newer version was published"):
        go_on(database, program)
    assert row_of(database, 1).pinned_version == 1


def test_in_a_journey_that_runs_once_there_is_nothing_to_choose(
    database: Database, clock: ManualClock
) -> None:
    made = make("offer", mode="one_off")
    add_contacts(database, 1, tag="in")
    sweep(made, database, cohort="run")
    with pytest.raises(ByHandError, match="the version they began with"):
        go_on(database, made.program(database))


def test_whom_a_worker_has_in_hand_is_waited_for_or_left_alone(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = pinned(database, 3)
    held = add_claim(database, 2)
    monkeypatch.setattr(by_hand, "PATIENCE", 0.3)
    with pytest.raises(ByHandError, match=r"Done: 2\. .*being served right now: 1\."):
        go_on(database, program)
    assert [row_of(database, n).pinned_version for n in (1, 2, 3)] == [None, 1, None]
    clock.advance(2 * HOUR)  # nobody has heard of the worker since
    assert go_on(database, program) == Done(1)
    with database.read() as connection:
        row = connection.execute(sa.select(e.claim, e.pinned_version).where(e.id == held)).one()
    assert tuple(row) == (None, None)


def test_in_a_paused_journey_the_time_of_the_pause_does_not_count(
    database: Database, clock: ManualClock
) -> None:
    program = pinned(database, 2)
    arrived = clock.now()
    for person in (1, 2):
        assert pause(database, "sale")
        clock.advance(DAY)
        assert go_on(database, program, People(contacts=[person])).people == 1
        clock.advance(DAY)
        assert resume(database, "sale")
    for person in (1, 2):
        assert row_of(database, person).deadline_at == arrived + (5 + 4) * DAY
    assert sweep(sale(days(5)), database) == {}


def test_while_it_is_being_resumed_it_is_to_be_tried_again(database: Database, clock: ManualClock) -> None:
    program = pinned(database, 1)
    pause(database, "sale")
    with database.write() as connection:
        connection.execute(sa.update(journey).values(resuming_at=clock.now(), shifted_to=0))
    with pytest.raises(ByHandError, match="being resumed"):
        go_on(database, program)
    assert row_of(database, 1).pinned_version == 1


def test_chunks_add_up_to_one_line(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_hand, "CHUNK", 2)
    program = pinned(database, 5)
    assert go_on(database, program).people == 5
    with database.read() as connection:
        (line,) = [one for one in read_audit(connection, "sale", limit=9) if one.action == "continued"]
    assert (line.people, line.detail["steps"]) == (5, {"opened": 5})
