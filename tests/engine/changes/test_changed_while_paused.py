"""A journey is changed while it is paused, closed or in the archive.

What other tools' users report, replayed against ours:
nobody may be moved early, lost or begin again.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.engine.changes.applying import Rule, apply_rules
from airflow_ma.engine.changes.blast import due_at_once
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock
from airflow_ma.engine.control.lifecycle import (
    archive_journey,
    close_journey,
    reopen_journey,
    unarchive_journey,
)
from airflow_ma.engine.control.standstill import Stretch, shift_moments
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import claim, settle
from airflow_ma.engine.mail.rules import Terms
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import journey
from tests.engine.changes.changing import publish, row_of, run
from tests.engine.line_journey import KEY, ends, line, mail, newcomers, reached, wait
from tests.engine.live_journey import pause, resume
from tests.journeys import happen, mails, places

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


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


def test_change_in_the_middle_of_resuming_does_not_forget_the_pause(
    database: Database, clock: ManualClock
) -> None:
    """Who resumed died after the first people were shifted, and only then the change comes."""
    people = newcomers(database, 2)
    made = line(mail("news"), wait("pause", 3), mail("bye"))
    run(database, made)
    old = made.program(database)
    arrived = row_of(database, people[0]).arrived_at
    pause(database, KEY)
    began = clock.now()
    clock.advance(5 * DAY)
    with database.write() as connection:
        last = shift_moments(connection, 1, Stretch(began, clock.now()), lambda _: old, 0)
        connection.execute(sa.update(journey).values(resuming_at=clock.now(), shifted_to=last))
    new = line(mail("news"), wait("pause", 4), mail("bye"))
    program = publish(database, new)
    assert apply_rules(database, program) == {}
    resume(database, KEY)
    run(database, new)
    assert places(database) == dict.fromkeys(people, "pause")
    assert row_of(database, people[0]).deadline_at == arrived + 9 * DAY
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
