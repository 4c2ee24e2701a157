"""What other tools' users report when a journey is changed while people are in it, replayed against ours.

Each test is named after a kind of bug: nobody may be lost, doubled, restarted, stuck for ever or mailed twice.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.config import settings
from airflow_ma.dag import Journey
from airflow_ma.engine.changes import applying as changes
from airflow_ma.engine.changes.applying import Rule, apply_rules, settle_rules
from airflow_ma.engine.changes.blast import due_at_once
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, NEVER, ManualClock
from airflow_ma.engine.control import by_hand as by_hand_module
from airflow_ma.engine.control.lifecycle import (
    archive_journey,
    close_journey,
    reopen_journey,
    unarchive_journey,
)
from airflow_ma.engine.control.move_targets import ByHandError
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import claim, settle
from airflow_ma.engine.mail.rules import Terms
from airflow_ma.engine.program import ModeError, Program
from airflow_ma.engine.tables import entry_request, journey_step, mailbox, message
from tests.engine.changes.test_changes import add_claim, open_rules, publish, ready, row_of, run
from tests.engine.live_journey import make, pause, resume
from tests.engine.peer_journey import (
    KEY,
    UNCLEAR,
    by_hand,
    ends,
    joined,
    line,
    mail,
    newcomers,
    opened,
    reached,
    rest,
    run_without_sending,
    wait,
)
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

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


def test_who_finishes_at_a_deleted_step_is_not_led_to_what_was_deleted_before(
    database: Database, clock: ManualClock
) -> None:
    """The second mail was wrong and taken out long ago; now the wait before it is taken out, too."""
    newcomers(database, 2)
    run(database, line(wait("pause", 30), mail("wrong"), mail("good")))
    second = line(wait("pause", 30), mail("good"))
    publish(database, second)
    run(database, second)
    third = line(wait("other"), mail("good"))
    publish(database, third)
    run(database, third)
    ends(database, clock, third)
    assert set(mails(database)) == {(1, "good"), (2, "good")}


def test_who_finishes_does_so_on_the_version_whose_settings_they_had(
    database: Database, clock: ManualClock
) -> None:
    """What changed at their own step in between, and what they were promised there, is not mixed up."""
    (person,) = newcomers(database, 1)
    run(database, line(wait("pause", 3), mail("one")))
    publish(database, line(wait("pause", 9), mail("two")), Rule("pause", "finish"))
    run(database, line(wait("pause", 9), mail("two")))
    assert row_of(database, person).pinned_version == 1
    last = line(mail("two"))
    publish(database, last)
    run(database, last)
    assert row_of(database, person).pinned_version == 1
    ends(database, clock, last)
    assert reached(database) == {person: {"one"}}


def test_template_swapped_while_mails_wait_sends_the_new_one_and_says_so(
    database: Database, clock: ManualClock
) -> None:
    person, sent = newcomers(database, 2)
    old, new = line(mail("news"), wait("pause")), line(mail("news", "sale_ends_soon"), wait("pause"))
    run_without_sending(database, old)
    by_hand(database, old.program(database), [sent], "pause")
    publish(database, new)
    run(database, new)
    with database.read() as connection:
        kept = connection.execute(
            sa.select(message.c.contact_id, message.c.template).join(
                mailbox, mailbox.c.message_id == message.c.id
            )
        ).all()
    assert [tuple(row) for row in kept] == [(person, "sale_ends_soon")]
    ends(database, clock, new)


def test_account_swapped_while_a_worker_died_does_not_send_again_what_may_be_out(
    database: Database, clock: ManualClock
) -> None:
    """The new account recognises its own mails only, not those of the one before."""
    (person,) = newcomers(database, 1)
    made = line(mail("news"))
    program = made.program(database)
    made.steps["people"].move_contacts(database, program, cohort=None, run_id=None)
    claim(database, program, "news", Terms("smtp", "x", idempotent=False, conn_id="office"), limit=10)
    clock.advance(HOUR)
    run(database, made)  # by the sandbox, which would send it again if it were its own
    assert mails(database) == {}
    assert places(database) == {person: "left: through"}
    with database.read() as connection:
        states = connection.execute(sa.select(message.c.state, message.c.conn_id)).all()
    assert [tuple(row) for row in states] == [("unknown", "office")]


def test_quiet_hours_hold_over_a_change(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "09:00-12:00")
    settings.cache_clear()
    (person,) = newcomers(database, 1)
    run(database, line(mail("news"), wait("pause")))
    assert row_of(database, person).hold == "quiet_hours"
    new = line(mail("news", "sale_ends_soon"), wait("pause"))
    publish(database, new)
    run(database, new)
    assert (row_of(database, person).hold, mails(database)) == ("quiet_hours", {})
    clock.advance(2 * HOUR)
    run(database, new)
    assert mails(database) == {(person, "news"): 1}


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


def test_publishing_does_not_forget_mails_that_may_or_may_not_be_out(
    database: Database, clock: ManualClock
) -> None:
    newcomers(database, 1)
    run_without_sending(database, line(mail("news"), wait("pause", 99)), UNCLEAR)
    new = line(mail("news"), wait("pause", 98))
    publish(database, new)
    run(database, new)
    clock.advance(DAY)
    with database.read() as connection:
        wake_at = sa.select(journey_step.c.wake_at).where(journey_step.c.step == "news")
        assert (connection.scalar(wake_at) or NEVER) < clock.now(), (
            "it looks for a trace, though nobody is there"
        )
    assert "peer" in ready(database)
    run(database, new)
    with database.read() as connection:
        assert connection.scalar(sa.select(message.c.resolved_at)) is not None
    rest(database, new)
    assert ready(database) == {}


def test_unclear_mail_of_somebody_who_was_moved_on_is_not_tried_for_ever(
    database: Database, clock: ManualClock
) -> None:
    (person,) = newcomers(database, 1)
    made = line(mail("news", purpose="transactional"), wait("pause", 99))
    run_without_sending(database, made, UNCLEAR)
    assert places(database) == {person: "news"}
    by_hand(database, made.program(database), [person], "pause")
    for _ in range(5):
        clock.advance(DAY)
        newcomers(database, 1)
        run(database, made)
    assert (person, "news") not in mails(database)
    ends(database, clock, made)


def test_re_entry_during_a_change_is_one_passage_at_a_time(database: Database, clock: ManualClock) -> None:
    every_time = joined("page.view", "every_time")
    old = line(mail("news"), wait("pause"), entry=every_time)
    new = line(mail("news"), wait("other"), entry=every_time)
    (person,) = add_contacts(database, 1)
    run(database, old)
    happen(database, "page.view", person, url="https://shop.example/1")
    run(database, old)
    happen(database, "page.view", person, url="https://shop.example/2")
    publish(database, new)
    run(database, new)
    assert row_of(database, person).pinned_version == 1, "one passage, on the version it began with"
    clock.advance(DAY)
    run(database, new)
    assert places(database) == {person: "left: through"}
    happen(database, "page.view", person, url="https://shop.example/3")
    run(database, new)
    assert places(database) == {person: "other"}
    clock.advance(DAY)
    run(database, new)
    assert mails(database) == {(person, "news"): 2}, "two passages, a mail each"
    assert_sound(database)


@pytest.mark.parametrize("inside", [True, False])
def test_entry_changed_from_events_to_an_audience_lets_nobody_in_again(
    database: Database, clock: ManualClock, *, inside: bool
) -> None:
    (person,) = add_contacts(database, 1, tag="in")
    old = line(mail("news"), wait("pause"), entry=joined("page.view", "every_time"))
    run(database, old)
    happen(database, "page.view", person, url="https://shop.example/")
    run(database, old)
    if not inside:
        clock.advance(DAY)
        run(database, old)
    new = line(mail("news"), wait("pause"))
    publish(database, new)
    run(database, new)
    once = line(mail("news"), wait("pause"), entry=joined("page.view"))
    publish(database, once)
    happen(database, "page.view", person, url="https://shop.example/again")
    run(database, once)
    assert mails(database) == {(person, "news"): 1}
    ends(database, clock, once)


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


def test_restoring_an_earlier_version_leaves_those_who_finish_alone(
    database: Database, clock: ManualClock
) -> None:
    first = line(mail("news"), wait("pause", 5), mail("bye"))
    second = line(mail("news"), wait("other", 5), mail("bye"))
    one = newcomers(database, 1)[0]
    run(database, first)
    publish(database, second)
    two = newcomers(database, 1)[0]
    run(database, second)
    assert publish(database, first).version == 3
    three = newcomers(database, 1)[0]
    run(database, first)
    assert [row_of(database, person).pinned_version for person in (one, two, three)] == [1, 2, None]
    ends(database, clock, first)
    assert set(map(frozenset, reached(database).values())) == {frozenset({"news", "bye"})}


def test_entry_changed_while_requests_wait_lets_in_only_who_does_what_it_now_asks(
    database: Database, clock: ManualClock
) -> None:
    viewer, buyer = add_contacts(database, 2)
    run(database, line(mail("thanks"), wait("pause"), entry=joined("page.view")))
    happen(database, "page.view", viewer, url="https://shop.example/")
    happen(database, "page.view", buyer, url="https://shop.example/")
    new = line(mail("thanks"), wait("pause"), entry=joined("order.completed"))
    publish(database, new)
    happen(database, "order.completed", buyer)
    run(database, new)
    assert mails(database) == {(buyer, "thanks"): 1}
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(entry_request)) == 0
    ends(database, clock, new)


def test_requests_that_wait_over_a_change_elsewhere_are_let_in(
    database: Database, clock: ManualClock
) -> None:
    (person,) = add_contacts(database, 1)
    run(database, line(mail("thanks"), wait("pause"), entry=joined("page.view")))
    happen(database, "page.view", person, url="https://shop.example/")
    new = line(mail("thanks"), wait("other"), entry=joined("page.view"))
    publish(database, new)
    run(database, new)
    assert places(database) == {person: "other"}
    ends(database, clock, new)


@pytest.mark.parametrize("deadlines", ["stood_still", "catch_up"])
def test_change_during_a_pause_moves_nobody_on_until_it_ends(
    database: Database, clock: ManualClock, deadlines: str
) -> None:
    people = newcomers(database, 2)
    run(database, line(mail("news"), wait("pause", 3), mail("bye")))
    pause(database, KEY)
    clock.advance(5 * DAY)
    new = line(mail("news"), wait("pause", 4), mail("extra"), mail("bye"))
    program = publish(database, new)
    assert apply_rules(database, program) == {"adopted": 2}
    happen(database, "email.open", people[0], "news")
    run(database, new)
    assert places(database) == dict.fromkeys(people, "pause")
    resume(database, KEY, deadlines)
    run(database, new)
    still = "pause" if deadlines == "stood_still" else "left: through"
    assert places(database) == dict.fromkeys(people, still)
    clock.advance(4 * DAY)
    run(database, new)
    assert set(reached(database)[people[1]]) == {"news", "extra", "bye"}
    ends(database, clock, new)


def test_wait_changed_after_a_pause_does_not_count_the_time_that_stood_still(
    database: Database, clock: ManualClock
) -> None:
    """Else everybody would be mailed at once: by the calendar their new wait is over."""
    people = newcomers(database, 3)
    run(database, line(mail("news"), wait("pause", 3), mail("bye")))
    clock.advance(DAY)
    pause(database, KEY)
    clock.advance(10 * DAY)
    resume(database, KEY)
    clock.advance(HOUR)
    pause(database, KEY)
    clock.advance(DAY)
    resume(database, KEY, "catch_up")
    new = line(mail("news"), wait("pause", 5), mail("bye"))
    with database.read() as connection:
        candidate = Program(1, 2, KEY, new.steps, new.graph.targets())
        assert due_at_once(connection, candidate, [Rule("pause", "adopt")], now=clock.now()) == {}
    publish(database, new)
    run(database, new)
    assert places(database) == dict.fromkeys(people, "pause")
    assert row_of(database, people[0]).deadline_at == clock.now() - HOUR + 3 * DAY
    ends(database, clock, new)


def test_continuous_journey_made_one_off_does_not_strand_its_people(
    database: Database, clock: ManualClock
) -> None:
    newcomers(database, 1)
    made = line(mail("news"), wait("pause"))
    run(database, made)
    once = make(KEY, mode="one_off")
    with pytest.raises(ModeError, match="1 people are in it"):
        sweep(once, database, cohort="run")
    run(database, made)
    ends(database, clock, made)
    sweep(once, database, cohort="run")
    assert once.program(database).version == 2


def test_one_off_journey_made_continuous_takes_its_people_along(
    database: Database, clock: ManualClock
) -> None:
    once = make(KEY, mode="one_off")
    person, other = add_contacts(database, 2, tag="in")
    sweep(once, database, cohort="run")
    happen(database, "email.open", other, "mail")
    new = line(mail("mail", purpose="transactional"), wait("later"))
    publish(database, new)
    run(database, new)
    assert places(database) == {person: "opened", other: "left: read it"}, "they finish as they began"
    clock.advance(3 * DAY)
    run(database, new)
    ends(database, clock, new)
    assert mails(database) == {(person, "mail"): 1, (other, "mail"): 1}


def test_pause_and_change_while_a_batch_is_in_a_workers_hands(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = newcomers(database, 3)
    old, new = line(mail("news"), wait("pause")), line(mail("news"), wait("other"))
    program = old.program(database)
    old.steps["people"].move_contacts(database, program, cohort=None, run_id=None)
    terms = Terms("smtp", "sale_announcement", idempotent=False)
    outbox = claim(database, program, "news", terms, limit=2)
    pause(database, KEY)
    apply_rules(database, publish(database, new, Rule("pause", "move", "other")))
    clock.advance(MINUTE)
    settle(database, program, "news", terms, outbox, [Receipt(Delivery.ACCEPTED)] * 2)
    run(database, new)
    assert sorted(places(database).values()) == ["news", "other", "other"]
    resume(database, KEY)
    run(database, new)
    assert places(database) == dict.fromkeys(people, "other")
    ends(database, clock, new)


def test_closing_changing_and_opening_again_loses_nobody_inside(
    database: Database, clock: ManualClock
) -> None:
    inside = newcomers(database, 2)
    run(database, line(mail("news"), wait("pause")))
    close_journey(database, KEY, people="finish", by="ann", reason="over")
    outside = newcomers(database, 1)[0]
    new = line(mail("news"), wait("other"))
    publish(database, new)
    run(database, new)
    assert set(places(database)) == set(inside), "publishing does not open it"
    reopen_journey(database, KEY, by="ann", reason="again")
    run(database, new)
    assert places(database)[outside] == "other"
    ends(database, clock, new)


def test_out_of_the_archive_nobody_begins_again(database: Database, clock: ManualClock) -> None:
    made = line(mail("news"), wait("pause"))
    newcomers(database, 2)
    run(database, made)
    close_journey(database, KEY, people="leave", by="ann", reason="over")
    archive_journey(database, KEY, by="ann", reason="over")
    newcomers(database, 1)
    unarchive_journey(database, KEY, by="ann", reason="again")
    new = line(mail("news"), wait("other"))
    publish(database, new)
    run(database, new)
    assert sorted(places(database).values()) == ["left: ended", "left: ended", "other"]
    ends(database, clock, new)
    assert len(mails(database)) == 3


def test_by_hand_to_a_mail_that_went_out_and_to_a_wait_for_one_that_did_not(
    database: Database, clock: ManualClock
) -> None:
    made = line(mail("one"), wait("pause", 9), mail("two"), opened("open", "two"))
    got, ahead = newcomers(database, 2)
    run(database, made)
    program = made.program(database)
    by_hand(database, program, [got], "one")
    by_hand(database, program, [ahead], "open")
    run(database, made)
    assert places(database) == {got: "pause", ahead: "open"}
    clock.advance(2 * DAY)
    by_hand(database, program, [ahead], "two")
    run(database, made)
    assert mails(database)[ahead, "two"] == 1
    happen(database, "email.open", ahead, "two")
    run(database, made)
    assert places(database)[ahead] == "left: through"
    ends(database, clock, made)


def test_by_hand_away_from_a_mail_that_could_not_be_sent_and_back_again(
    database: Database, clock: ManualClock
) -> None:
    made = line(mail("news"), wait("pause"))
    (person,) = newcomers(database, 1)
    run_without_sending(database, made)
    by_hand(database, made.program(database), [person], "pause")
    by_hand(database, made.program(database), [person], "news")
    run(database, made)
    assert mails(database) == {(person, "news"): 1}, "it had never gone out"
    ends(database, clock, made)


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


def test_two_publishers_at_once_make_one_version_each_and_lose_nobody(
    database: Database, clock: ManualClock
) -> None:
    newcomers(database, 6)
    run(database, line(mail("news"), wait("pause", 3)))
    made = [line(mail("news"), wait(f"pause{n}", 3), mail("bye")) for n in range(4)]
    problems: list[BaseException] = []

    def go(one: Journey) -> None:
        try:
            apply_rules(database, publish(database, one))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=go, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
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


def test_three_versions_with_people_each_and_the_newest_finishes_first(
    database: Database, clock: ManualClock
) -> None:
    made = [line(mail("news"), wait(f"pause{n}", 30 - 5 * n), mail(f"bye{n}")) for n in range(4)]
    people = []
    for one in made:
        publish(database, one)
        people += newcomers(database, 1)
        run(database, one)
    assert [row_of(database, person).pinned_version for person in people] == [1, 2, 3, None]
    clock.advance(15 * DAY)
    run(database, made[3])
    assert [places(database)[person].startswith("left") for person in people] == [False] * 3 + [True]
    ends(database, clock, made[3])
    assert reached(database) == {person: {"news", f"bye{n}"} for n, person in enumerate(people)}
