"""Somebody publishes while others publish, run the journey or move people in it.

What other tools' users report, replayed against ours:
nobody may be lost between two versions.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.engine.changes import applying as changes
from airflow_ma.engine.changes.applying import Rule, apply_rules, settle_rules
from airflow_ma.engine.clock import HOUR, ManualClock
from airflow_ma.engine.control import by_hand as by_hand_module
from airflow_ma.engine.control.move_targets import ByHandError
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from tests.at_once import at_once
from tests.engine.changes.changing import add_claim, open_rules, publish, run
from tests.engine.line_journey import by_hand, ends, line, mail, newcomers, reached, wait
from tests.journeys import places

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def test_two_publishers_at_once_make_one_version_each_and_lose_nobody(
    database: Database, clock: ManualClock
) -> None:
    newcomers(database, 6)
    run(database, line(mail("news"), wait("pause", 3)))
    made = [line(mail("news"), wait(f"pause{n}", 3), mail("bye")) for n in range(4)]
    at_once(lambda one: apply_rules(database, publish(database, one)), made)
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT version FROM ma_journey")) == 5
    newest = next(one for one in made if one.program(database).version == 5)
    run(database, newest)
    ends(database, clock, newest)


def test_published_while_a_run_is_between_two_steps(database: Database, clock: ManualClock) -> None:
    old = line(mail("news"), mail("second"), wait("pause"))
    new = line(mail("news"), mail("other"), wait("pause"))
    people = newcomers(database, 2)
    program = old.program(database)
    for step in ("people", "news"):
        old.steps[step].move_contacts(database, program, cohort=None, run_id="old")
    publish(database, new, Rule("second", "move", "other"))
    for step in ("second", "pause", "end"):
        assert old.steps[step].move_contacts(database, program, cohort=None, run_id="old") == {}
    run(database, new)
    assert reached(database) == {person: {"news", "other"} for person in people}
    ends(database, clock, new)


def test_next_version_is_published_while_rules_are_being_applied(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web server follows version 2's rules for minutes; their target goes with version 3 meanwhile."""
    newcomers(database, 4)
    run(database, line(mail("news"), wait("pause")))
    second = publish(database, line(mail("news"), wait("other")), Rule("pause", "move", "other"))
    third = line(mail("news"), wait("last"))
    add_claim(database, 4)
    real = changes.stays_newest
    chunks: list[bool] = []

    def meanwhile(connection: sa.Connection, program: Program) -> bool:
        chunks.append(real(connection, program))
        return chunks[-1]

    class Slow(Database):
        """Somebody publishes between two transactions."""

        def write(self) -> Any:
            if len(chunks) == 1:
                chunks.append(True)
                settle_rules(database, publish(database, third, Rule("other", "move", "last")))
            return super().write()

    with monkeypatch.context() as patch:
        patch.setattr(changes, "stays_newest", meanwhile)
        slow = Slow(database.engine.url.render_as_string(hide_password=False), clock=clock)
        assert apply_rules(slow, second, chunk=2) == {"moved": 2}
        slow.dispose()
    assert chunks[-1] is False
    run(database, third)
    clock.advance(2 * HOUR)
    ends(database, clock, third)


@pytest.mark.parametrize("what", ["rules", "by hand"])
def test_who_publishes_waits_for_those_who_are_being_moved(
    postgres_database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Else they would arrive at a step that the next version removed, when its rules are done already."""
    database = postgres_database
    (person,) = newcomers(database, 1)
    old = line(mail("news"), wait("pause"), wait("later"))
    run(database, old)
    if what == "rules":
        second = publish(database, line(mail("news"), wait("later")), Rule("pause", "move", "later"))
    third = line(mail("news"), wait("last"))
    module = changes if what == "rules" else by_hand_module
    real = module.relocate
    publisher = threading.Thread(
        target=lambda: settle_rules(database, publish(database, third, Rule("later", "move", "last")))
    )

    def slowly(*args: Any, **more: Any) -> Any:
        if not publisher.ident:
            publisher.start()
            publisher.join(0.5)
            assert publisher.is_alive()
        return real(*args, **more)

    monkeypatch.setattr(module, "relocate", slowly)
    if what == "rules":
        assert apply_rules(database, second) == {"moved": 1}
    else:
        assert by_hand(database, old.program(database), [person], "later") == 1
    publisher.join()
    assert places(database) == {person: "last"}
    ends(database, clock, third)


def test_next_version_is_published_while_people_are_moved_by_hand(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person,) = newcomers(database, 1)
    old, new = line(mail("news"), wait("pause"), wait("later")), line(mail("news"), wait("pause"))
    run(database, old)
    real = by_hand_module.check_target

    def then_published(*args: Any, **more: Any) -> None:
        real(*args, **more)
        settle_rules(database, publish(database, new))
        assert open_rules(database) == {}

    with monkeypatch.context() as patch:
        patch.setattr(by_hand_module, "check_target", then_published)
        with pytest.raises(ByHandError, match="newer version was published"):
            by_hand(database, old.program(database), [person], "later")
    assert places(database) == {person: "pause"}
    ends(database, clock, new)


def test_many_changes_quickly_one_after_the_other(database: Database, clock: ManualClock) -> None:
    """Rules of version 2 are not done when version 3 comes, those of 3 not when 4 comes."""
    people = newcomers(database, 5)
    made = [line(mail("news"), wait(f"pause{n}", 2), mail("bye")) for n in range(5)]
    run(database, made[0])
    for number, person in enumerate(people[1:]):
        add_claim(database, person, lease=(number + 1) * HOUR)
    for number in range(1, 5):
        rule = Rule(f"pause{number - 1}", "move", f"pause{number}")
        apply_rules(database, publish(database, made[number], rule))
        clock.advance(HOUR)
    for _ in range(5):
        run(database, made[4])
        clock.advance(HOUR)
    assert open_rules(database) == {}
    assert set(places(database)) == set(people)
    ends(database, clock, made[4])
    assert reached(database) == {person: {"news", "bye"} for person in people}
