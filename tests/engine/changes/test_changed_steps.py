"""Steps are added, moved, deleted and turned into others while people are in the journey.

What other tools' users report, replayed against ours:
nobody may be lost, stuck for ever or mailed twice.
"""

from __future__ import annotations

import pytest

from airflow_ma.engine.changes.applying import Rule, apply_rules
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from tests.engine.changes.changing import open_rules, publish, row_of, run
from tests.engine.line_journey import (
    by_hand,
    ends,
    line,
    mail,
    newcomers,
    opened,
    reached,
    run_without_sending,
    wait,
)
from tests.journeys import happen, mails, places

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def test_step_added_in_front_of_people_is_taken_and_behind_them_is_not(
    database: Database, clock: ManualClock
) -> None:
    early = newcomers(database, 2)
    run(database, line(mail("hello"), wait("pause"), mail("bye")))
    new = line(mail("news"), mail("hello"), wait("pause"), mail("extra"), mail("bye"))
    assert apply_rules(database, publish(database, new)) == {}
    late = newcomers(database, 1)
    run(database, new)
    assert set(places(database).values()) == {"pause"}
    ends(database, clock, new)
    assert reached(database) == {
        **{person: {"hello", "extra", "bye"} for person in early},
        late[0]: {"news", "hello", "extra", "bye"},
    }


def test_step_moved_in_the_flow_mails_nobody_twice_and_loses_nobody(
    database: Database, clock: ManualClock
) -> None:
    waiting, done = newcomers(database, 2)
    old = line(wait("pause", 2), mail("news"), wait("later", 9))
    run(database, old)
    by_hand(database, old.program(database), [done], "news")
    run(database, old)
    assert places(database) == {waiting: "pause", done: "later"}
    new = line(mail("news"), wait("later", 9), wait("pause", 2))
    publish(database, new)
    run(database, new)
    assert places(database) == {waiting: "pause", done: "later"}, "all keep their place by its id"
    ends(database, clock, new)
    assert reached(database) == {done: {"news"}}, "who was past the step in the new order does not go back"


def test_step_deleted_and_added_again_with_the_same_id_mails_nobody_twice(
    database: Database, clock: ManualClock
) -> None:
    old, without = line(mail("news"), wait("pause")), line(wait("pause"))
    early = newcomers(database, 2)
    run(database, old)
    publish(database, without)
    run(database, without)
    middle = newcomers(database, 1)
    run(database, without)
    again = line(mail("news"), wait("pause"), mail("bye"))
    program = publish(database, again)
    late = newcomers(database, 1)
    run(database, again)
    by_hand(database, program, early, "news")
    run(database, again)
    ends(database, clock, again)
    assert reached(database) == {
        **{person: {"news", "bye"} for person in [*early, *late]},
        middle[0]: {"bye"},
    }


def test_step_deleted_while_its_mails_could_not_be_sent_and_added_again(
    database: Database, clock: ManualClock
) -> None:
    """They were moved on without their mail; when it comes their way again it is sent, once."""
    old, without = line(mail("news"), wait("pause")), line(wait("pause"))
    (person,) = newcomers(database, 1)
    run_without_sending(database, old)
    assert places(database) == {person: "news"}
    publish(database, without, Rule("news", "move", "pause"))
    run(database, without)
    assert places(database) == {person: "pause"}
    again = line(wait("pause"), mail("news"))
    publish(database, again)
    clock.advance(30 * DAY)
    run(database, again)
    assert mails(database) == {(person, "news"): 1}
    ends(database, clock, again)


def test_mail_step_turned_into_a_wait_leaves_no_mail_in_the_air(
    database: Database, clock: ManualClock
) -> None:
    (person,) = newcomers(database, 1)
    run_without_sending(database, line(mail("it"), wait("pause")))
    new = line(wait("it", 2), wait("pause"))
    publish(database, new)
    run(database, new)
    assert places(database) == {person: "it"}
    ends(database, clock, new)
    assert mails(database) == {}


def test_deleted_mail_that_a_wait_behind_it_refers_to(database: Database, clock: ManualClock) -> None:
    reader, silent = newcomers(database, 2)
    old = line(mail("one"), opened("open", "one"), mail("bye"))
    run(database, old)
    new = line(mail("two", "sale_ends_soon"), opened("open", "two", 5), mail("bye"))
    publish(database, new)
    late = newcomers(database, 1)[0]
    run(database, new)
    happen(database, "email.open", reader, "one")
    happen(database, "email.open", late, "two")
    run(database, new)
    assert places(database) == {reader: "open", silent: "open", late: "left: through"}
    clock.advance(5 * DAY)
    run(database, new)
    assert set(places(database).values()) == {"left: through"}
    ends(database, clock, new)


def test_republishing_the_same_changes_nothing(database: Database, clock: ManualClock) -> None:
    made = line(mail("news"), opened("open", "news"), mail("bye"))
    newcomers(database, 3)
    run(database, made)
    before = [row_of(database, person) for person in (1, 2, 3)]
    for _ in range(3):
        again = line(mail("news"), opened("open", "news"), mail("bye"))
        assert publish(database, again).version == 1
        run(database, again)
    assert [row_of(database, person) for person in (1, 2, 3)] == before
    assert open_rules(database) == {}
    ends(database, clock, made)
