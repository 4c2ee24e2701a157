"""Changing a journey that people are in: each keeps their place, or goes where the rules say, once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.dag import Journey, days
from airflow_ma.engine.advance import advance
from airflow_ma.engine.changes import applying as changes
from airflow_ma.engine.changes.applying import (
    Rule,
    RuleError,
    apply_rules,
    check_rules,
    settle_rules,
    standing,
)
from airflow_ma.engine.changes.releases import add_release
from airflow_ma.engine.changes.rules import changed_steps, default_rules
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.enroll import rest_idle_entries
from airflow_ma.engine.flow import flow_totals
from airflow_ma.engine.mail.ledger import claim
from airflow_ma.engine.mail.rules import Terms
from airflow_ma.engine.program import load_program, program_to_run, publish_program
from airflow_ma.engine.tables import enrollment, entry_request, journey, message, move
from airflow_ma.engine.work import steps_with_work, versions_with_work
from airflow_ma.operators import AlertSalesOperator, AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitSensor
from tests.at_once import at_once
from tests.engine.changes.changing import (
    HOUR_LONG,
    add_claim,
    counted,
    open_rules,
    publish,
    ready,
    row_of,
    run,
    sale,
)
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

e = enrollment.c


pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def test_what_counts_as_a_change() -> None:
    old = sale().graph.definition()
    assert changed_steps(old, sale().graph) == {}
    assert changed_steps(old, sale(days(5)).graph) == {"opened": "changed"}
    assert changed_steps(old, sale(drop_opened=True).graph) == {"opened": "removed", "pause": "added"}
    assert changed_steps(old, sale(wait={"duration": days(1)}).graph) == {"opened": "changed"}
    assert default_rules(old, sale(days(5)).graph) == [Rule("opened", "adopt")]
    assert default_rules(old, sale(drop_opened=True).graph) == [Rule("opened", "finish")]
    assert set(changed_steps(None, sale().graph).values()) == {"added"}
    assert default_rules(None, sale().graph) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("opened", "move", "opened"), "does not have"),
        (Rule("opened", "move", "people"), "lets people in"),
        (Rule("opened", "move"), "to which step"),
        (Rule("pause", "move", "pause"), "already"),
        (Rule("opened", "adopt"), "no such step"),
        (Rule("opened", "finish", gap_ms=-1), "below 0"),
    ],
)
def test_a_rule_that_cannot_be_followed_says_so(rule: Rule, words: str) -> None:
    with pytest.raises(RuleError, match=words) as found:
        check_rules(sale(drop_opened=True).graph, [rule])
    assert found.value.said.en
    assert found.value.said.ja


def test_by_default_people_at_a_removed_step_finish_on_their_version(
    database: Database, clock: ManualClock
) -> None:
    old, new = sale(), sale(drop_opened=True)
    opener, silent = add_contacts(database, 2, tag="in")
    run(database, old)
    assert set(places(database).values()) == {"opened"}
    publish(database, new)
    assert open_rules(database) == {"opened": "finish"}
    late = add_contacts(database, 1, tag="in")[0]
    run(database, new)
    assert open_rules(database) == {}
    assert row_of(database, opener).pinned_version == 1
    assert row_of(database, late).step == "pause"
    assert row_of(database, late).pinned_version is None
    happen(database, "email.open", opener, "first")
    assert "sale" in ready(database)
    run(database, new)
    assert places(database)[opener] == "left: through"
    assert "sale" not in ready(database)
    clock.advance(3 * DAY)
    with database.read() as connection:
        assert versions_with_work(connection, new.program(database), now=clock.now()) == [1]
        assert steps_with_work(connection, new.program(database), now=clock.now()) <= {"people"}
        assert {(s.step, s.version, s.pinned, s.people) for s in standing(connection, 1)} == {
            ("opened", 1, True, 1),
            ("pause", 2, False, 1),
        }
    run(database, new)
    assert places(database)[silent] == "left: through"
    assert mails(database)[silent, "second"] == 1
    assert row_of(database, silent).version == 1
    assert places(database)[late] == "pause"
    assert_sound(database)
    counted(database)


def test_changed_settings_hold_at_once_and_count_from_the_arrival(
    database: Database, clock: ManualClock
) -> None:
    old, new = sale(), sale(days(5))
    early = add_contacts(database, 1, tag="in")[0]
    run(database, old)
    clock.advance(2 * DAY)
    late = add_contacts(database, 1, tag="in")[0]
    with database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
    run(database, old)
    assert apply_rules(database, publish(database, new)) == {"adopted": 2}
    assert row_of(database, early).deadline_at == clock.now() + 3 * DAY
    assert row_of(database, late).deadline_at == clock.now() + 5 * DAY
    assert row_of(database, late).wake_at == clock.now() + 5 * DAY
    run(database, new)
    assert set(places(database).values()) == {"opened"}

    shorter = sale(days(1))
    assert apply_rules(database, publish(database, shorter)) == {"adopted": 2}
    assert row_of(database, early).wake_at == clock.now(), "its new time is over"
    assert row_of(database, late).wake_at == clock.now() + DAY
    run(database, shorter)
    assert places(database) == {early: "left: through", late: "opened"}
    assert apply_rules(database, shorter.program(database)) == {}
    assert_sound(database)
    counted(database)


def test_an_adopted_moment_in_local_time_counts_from_the_arrival(
    database: Database, clock: ManualClock
) -> None:
    old = sale(wait={"duration": days(10)})
    tokyo = add_contacts(database, 1, tag="in")[0]
    berlin = add_contacts(database, 1, tag="in", timezone="Europe/Berlin")[0]
    run(database, old)
    clock.advance(DAY)
    new = sale(wait={"duration": days(2), "at": "12:00"})
    assert apply_rules(database, publish(database, new)) == {"adopted": 2}
    arrived = row_of(database, tokyo).arrived_at  # at 10:00 in Tokyo, 02:00 in Berlin
    assert row_of(database, tokyo).deadline_at == arrived + 2 * DAY + 2 * HOUR
    assert row_of(database, berlin).wake_at == arrived + 2 * DAY + 10 * HOUR


def test_moved_people_go_on_there_and_get_no_mail_twice(database: Database, clock: ManualClock) -> None:
    old, new = sale(), sale(drop_opened=True)
    people = add_contacts(database, 3, tag="in")
    run(database, old)
    clock.advance(HOUR)
    program = publish(database, new, Rule("opened", "move", "first"))
    assert apply_rules(database, program, chunk=2) == {"moved": 3}
    assert apply_rules(database, program) == {}
    run(database, new)
    assert set(places(database).values()) == {"pause"}
    assert mails(database) == {(person, "first"): 1 for person in people}
    clock.advance(10 * DAY)
    run(database, new)
    assert set(places(database).values()) == {"left: through"}
    assert mails(database)[people[0], "second"] == 1
    assert_sound(database)
    counted(database)


def test_people_leave_with_the_reason_of_a_change(database: Database, clock: ManualClock) -> None:
    add_contacts(database, 2, tag="in")
    run(database, sale())
    clock.advance(HOUR)
    program = publish(database, sale(drop_opened=True), Rule("opened", "leave", reason="the sale is off"))
    assert apply_rules(database, program) == {"left": 2}
    assert set(places(database).values()) == {"left: changed"}
    with database.read() as connection:
        last = connection.execute(sa.select(move).order_by(move.c.id.desc()).limit(1)).one()
        stayed = [r.stayed_ms for r in flow_totals(connection, 1) if r.outcome == "@removed"]
    assert (last.from_step, last.outcome, last.to_step, last.version) == ("opened", "@removed", None, 2)
    assert stayed == [2 * HOUR]
    assert_sound(database)
    counted(database)


@pytest.mark.parametrize("action", ["adopt", "move"])
def test_a_rate_limit_spreads_those_who_become_due(
    database: Database, clock: ManualClock, action: str
) -> None:
    add_contacts(database, 5, tag="in")
    run(database, sale(days(30)))
    clock.advance(DAY)
    if action == "move":
        rule, new = Rule("opened", "move", "second", gap_ms=MINUTE), sale(drop_opened=True)
    else:
        rule, new = Rule("opened", "adopt", gap_ms=MINUTE), sale(HOUR_LONG)
    program = publish(database, new, rule)
    held = add_claim(database, 5)
    assert apply_rules(database, program, chunk=2) == {"adopted" if action == "adopt" else "moved": 4}
    with database.write() as connection:
        connection.execute(sa.update(enrollment).where(e.id == held).values(claim=None))
    assert apply_rules(database, program).total() == 1, "whom a worker held comes after the others"
    with database.read() as connection:
        wakes = connection.scalars(sa.select(e.wake_at).order_by(e.id)).all()
    assert wakes == [clock.now() + n * MINUTE for n in range(5)]
    for n in range(5):
        sweep(new, database)
        assert len([place for place in places(database).values() if place == "left: through"]) == n + 1
        clock.advance(MINUTE)
    assert_sound(database)


def test_a_crash_between_two_chunks_costs_nothing(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_contacts(database, 5, tag="in")
    run(database, sale())
    new = sale(drop_opened=True)
    program = publish(database, new, Rule("opened", "move", "second"))
    real, calls = changes._follow, []

    def dies(*args: Any) -> Any:
        calls.append(args)
        done = real(*args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(changes, "_follow", dies)
        apply_rules(database, program, chunk=2)
    assert sorted(places(database).values()) == ["opened"] * 3 + ["second"] * 2
    assert open_rules(database) == {"opened": "move"}
    assert "sale" in ready(database), "the rest is work"
    run(database, new)
    assert set(places(database).values()) == {"left: through"}
    assert open_rules(database) == {}
    assert_sound(database)
    counted(database)


def test_whom_a_request_has_no_time_for_the_next_run_takes_along(
    database: Database, clock: ManualClock
) -> None:
    add_contacts(database, 3, tag="in")
    run(database, sale())
    new = sale(drop_opened=True)
    program = publish(database, new, Rule("opened", "move", "second"))
    assert not apply_rules(database, program, patience=-1.0)
    assert set(places(database).values()) == {"opened"}
    assert "sale" in ready(database)
    run(database, new)
    assert set(places(database).values()) == {"left: through"}


def test_whom_a_worker_holds_is_caught_when_the_worker_lets_go(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published while the first mail is being sent: the old program leads them to a step that is gone."""
    old, new = sale(), sale(drop_opened=True)
    people = add_contacts(database, 2, tag="in")
    real = SandboxChannel.send

    def meanwhile(self: Any, *args: Any, **kwargs: Any) -> Any:
        program = publish(database, new, Rule("opened", "move", "pause"))
        assert settle_rules(database, program) == {}
        assert open_rules(database), "somebody may yet come to the step that is gone"
        return real(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(SandboxChannel, "send", meanwhile)
        sweep(old, database)
    assert set(places(database).values()) == {"opened"}
    run(database, new)
    assert set(places(database).values()) == {"pause"}
    assert open_rules(database) == {}
    assert mails(database) == {(person, "first"): 1 for person in people}
    assert_sound(database)


def test_a_worker_that_died_holds_nobody_at_a_removed_step(database: Database, clock: ManualClock) -> None:
    """Their mail may be out: it is not sent again, and they go on."""
    with Journey("sale") as old:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        gone = SendEmailOperator(task_id="gone", template="sale_announcement")
        people >> gone >> EndOperator(task_id="end", reason="through")
    with Journey("sale") as new:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        (
            people
            >> WaitSensor(task_id="pause", duration=days(1))
            >> EndOperator(task_id="end", reason="through")
        )
    (person,) = add_contacts(database, 1, tag="in")
    program = old.program(database)
    old.steps["people"].move_contacts(database, program, cohort=None, run_id=None)
    claim(database, program, "gone", Terms("smtp", "x", idempotent=False), limit=10)
    newest = publish(database, new, Rule("gone", "move", "pause"))
    assert settle_rules(database, newest) == {}
    clock.advance(HOUR)
    assert settle_rules(database, newest) == {"moved": 1}
    assert open_rules(database) == {}
    assert places(database) == {person: "pause"}
    with database.read() as connection:
        assert connection.scalar(sa.select(message.c.state)) == "unknown"
    assert_sound(database)


def test_a_late_run_of_an_earlier_version_moves_nobody(database: Database, clock: ManualClock) -> None:
    old, new = sale(), sale(drop_opened=True)
    first, second = add_contacts(database, 2, tag="in")
    run(database, old)
    late = old.program(database)
    publish(database, new, Rule("opened", "move", "pause"))
    happen(database, "email.open", first, "first")
    assert advance(database, late, "opened") == {}
    add_contacts(database, 1, tag="in")
    assert old.steps["people"].move_contacts(database, late, cohort=None, run_id=None) == {}
    run(database, new)
    assert set(places(database).values()) == {"pause"}
    assert len(places(database)) == 3
    assert second in places(database)


def test_a_version_that_comes_back_is_a_new_one(database: Database, clock: ManualClock) -> None:
    one, two = sale(), sale(drop_opened=True)
    person = add_contacts(database, 1, tag="in")[0]
    run(database, one)
    assert publish(database, two).version == 2
    run(database, two)
    assert row_of(database, person).pinned_version == 1
    late = add_contacts(database, 1, tag="in")[0]
    with database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
    run(database, two)
    again = publish(database, sale(), Rule("pause", "move", "opened"))
    assert again.version == 3
    assert publish(database, sale()).version == 3, "the same again is no change"
    run(database, sale())
    assert row_of(database, late).step == "opened"
    assert row_of(database, late).version == 3
    assert row_of(database, person).pinned_version == 1, "finishes where it was promised to"
    clock.advance(3 * DAY)
    run(database, sale())
    assert set(places(database).values()) == {"left: through"}
    assert_sound(database)
    counted(database)


def test_a_rule_that_a_further_change_makes_impossible_lets_people_finish(
    database: Database, clock: ManualClock
) -> None:
    (person,) = add_contacts(database, 1, tag="in")
    run(database, sale())
    add_claim(database, person)
    publish(database, sale(drop_opened=True), Rule("opened", "move", "pause"))
    with Journey("sale") as third:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        (
            people
            >> SendEmailOperator(task_id="first", template="sale_announcement")
            >> EndOperator(task_id="end")
        )
    program = publish(database, third)
    assert apply_rules(database, program) == {}
    clock.advance(2 * HOUR)
    assert apply_rules(database, program) == {"finish": 1}
    assert row_of(database, person).pinned_version == 1


def test_two_who_publish_at_once_make_two_versions(postgres_database: Database, clock: ManualClock) -> None:
    database = postgres_database
    add_contacts(database, 3, tag="in")
    run(database, sale())
    candidates = [sale(days(4)), sale(days(5)), sale(days(4)), sale(drop_opened=True)]

    def go(made: Journey) -> None:
        with suppress(AssertionError):  # the same graph was published twice: the later number counts for both
            apply_rules(database, publish(database, made))

    at_once(go, candidates)
    with database.read() as connection:
        newest = connection.scalar(sa.select(journey.c.version))
        definitions = connection.scalar(sa.text("SELECT count(*) FROM ma_journey_version"))
    assert newest == definitions
    assert_sound(database)


def test_requests_for_an_entry_that_is_gone_are_nobodys_work(database: Database, clock: ManualClock) -> None:
    def joined(step: str, event: str) -> Journey:
        with Journey("sale") as made:
            people = AudienceOperator(task_id=step, when={"event": event})
            people >> WaitSensor(task_id="wait", duration=days(1)) >> EndOperator(task_id="end")
        return made

    (person,) = add_contacts(database, 1)
    run(database, joined("joined", "page.view"))
    happen(database, "page.view", person, url="https://shop.example/")
    assert "sale" in ready(database)
    new = joined("other", "order.completed")
    publish(database, new)
    with database.write() as connection:  # an event that was being stored just then
        assert connection.scalar(sa.select(sa.func.count()).select_from(entry_request)) == 0
        values = {"journey_id": 1, "step": "joined", "contact_id": person, "at": clock.now()}
        connection.execute(sa.insert(entry_request).values(**values))
    run(database, new)
    rest_idle_entries(database, new.program(database), ["other"])
    assert ready(database) == {}


def test_what_people_finish_on_does_not_make_the_newest_version_busy(
    database: Database, clock: ManualClock
) -> None:
    """Steps that exist in both versions: each person is moved by one of them only."""
    old, new = sale(), sale(days(9))
    add_contacts(database, 1, tag="in")
    run(database, old)
    apply_rules(database, publish(database, new, Rule("opened", "finish")))
    clock.advance(3 * DAY)
    assert sweep(new, database).get("opened") is None
    with database.read() as connection:
        assert "opened" not in steps_with_work(connection, new.program(database), now=clock.now())
    run(database, new)
    assert set(places(database).values()) == {"left: through"}
    assert_sound(database)


def test_a_release_that_is_not_the_newest_version_is_told_from_a_file_changed_back(
    database: Database, clock: ManualClock
) -> None:
    old, new = sale(), sale(drop_opened=True)
    assert program_to_run(database, old.graph, old.steps, run_id="a").version == 1
    assert program_to_run(database, new.graph, new.steps, run_id="b").version == 2
    back = program_to_run(database, old.graph, old.steps, run_id="c")
    assert back is not None
    assert back.version == 3, "the file was changed back: that is a change, too"
    with database.write() as connection:
        version = publish_program(connection, new.graph, new.steps, now=clock.now())
        add_release(connection, "sale", version, {}, {}, by="me", now=clock.now())
    assert program_to_run(database, old.graph, old.steps, run_id="d") is None, "a late run"
    assert program_to_run(database, new.graph, new.steps, run_id="e").version == 4
    assert load_program(database, old.graph, old.steps).version == 3


def test_an_alert_is_not_raised_twice_for_who_is_moved_back(database: Database, clock: ManualClock) -> None:
    def hot(removed: bool) -> Journey:
        with Journey("sale") as made:
            people = AudienceOperator(task_id="people", where={"tag": "in"})
            alert = AlertSalesOperator(task_id="alert", reason="hot")
            wait = WaitSensor(task_id="later" if removed else "wait", duration=days(1))
            people >> alert >> wait >> EndOperator(task_id="end", reason="through")
        return made

    add_contacts(database, 1, tag="in")
    run(database, hot(False))
    publish(database, hot(True), Rule("wait", "move", "alert"))
    run(database, hot(True))
    assert set(places(database).values()) == {"later"}
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM ma_alert")) == 1
