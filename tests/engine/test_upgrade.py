"""A database of the previous schema, with live journeys in it, is brought to this one: nobody is stuck."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from airflow_ma.config import settings
from airflow_ma.dag import Journey
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database, _alembic
from airflow_ma.engine.mail.ledger import claim
from airflow_ma.engine.mail.rules import Terms
from airflow_ma.engine.program import publish_program
from airflow_ma.engine.tables import change_rule, enrollment, journey_step, message
from airflow_ma.engine.tables import journey as journey_table
from airflow_ma.insight.progress import journey_progress
from tests.engine.changes.changing import publish, row_of, run
from tests.engine.line_journey import (
    KEY,
    by_hand,
    ends,
    line,
    mail,
    newcomers,
    reached,
    run_without_sending,
    wait,
)
from tests.engine.live_journey import counted, make, totals
from tests.journeys import add_contacts, assert_sound, mails, places, sweep

e = enrollment.c


pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def to(database: Database, revision: str) -> None:
    with database.write() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        (command.downgrade if revision == "0003" else command.upgrade)(config, revision)


def publish_as_before(database: Database, made: Journey) -> None:
    """The previous program knew no rules, and gave a version that came back its old number again."""
    known = made.program(database).version
    with database.write() as connection:
        version = publish_program(connection, made.graph, made.steps, now=database.clock().now())
        connection.execute(sa.delete(change_rule))
        if version != known:
            connection.execute(sa.text("DELETE FROM ma_journey_version WHERE version = :v"), {"v": version})
            connection.execute(sa.update(journey_table).values(version=known))
            s = journey_step.c
            connection.execute(sa.update(journey_step).where(s.version == version).values(version=known))


def snapshot(database: Database) -> dict[str, list[Any]]:
    """Every row of the previous schema that says who stands where and who got what."""
    with database.read() as connection:
        return {
            table: [
                tuple(row)
                for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY id"))
            ]
            for table, columns in {
                "ma_enrollment": "id, version, contact_id, step, arrived_at, deadline_at, wake_at, claim, hold",
                "ma_move": "id, enrollment_id, version, from_step, outcome, to_step, at, run_id",
                "ma_message": "id, enrollment_id, step, state, reason, attempts, batch",
                "ma_contact": "id, key",
            }.items()
        }


def test_live_journeys_survive_the_upgrade(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People at a kept wait, at a removed one, with held, claimed and refused mails, some through already."""
    old = line(mail("news"), wait("pause", 2), wait("gone", 9), mail("letter"), mail("bye"))
    new = line(mail("news"), wait("pause", 2), wait("other", 9), mail("bye"))
    kept, stranded, held_away, claimed_away, through, waiting = newcomers(database, 6)
    run(database, old)
    program = old.program(database)
    by_hand(database, program, [stranded], "gone")
    by_hand(database, program, [held_away], "letter")
    run_without_sending(database, old)
    by_hand(database, program, [claimed_away], "letter")
    claim(database, program, "letter", Terms("smtp", "sale_announcement", idempotent=False), limit=10)
    by_hand(database, program, [through], "end")
    sweep(old, database)
    clock.advance(HOUR)
    publish_as_before(database, new)
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "10:00-12:00")
    settings.cache_clear()
    (quiet,) = newcomers(database, 1)
    sweep(new, database)
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "")
    settings.cache_clear()
    (claimed,) = newcomers(database, 1)
    newest = new.program(database)
    new.steps["people"].move_contacts(database, newest, cohort=None, run_id=None)
    with database.write() as connection:
        connection.execute(
            sa.update(enrollment).where(e.contact_id == quiet).values(wake_at=clock.now() + HOUR)
        )
    claim(database, newest, "news", Terms("smtp", "sale_announcement", idempotent=False), limit=10)
    (refused,) = add_contacts(database, 1, tag="in", consented_at=None)
    with database.write() as connection:
        connection.execute(sa.update(journey_step).where(journey_step.c.step == "people").values(wake_at=0))
    sweep(new, database)
    here = places(database)
    assert here == {
        kept: "pause", stranded: "gone", held_away: "letter", claimed_away: "letter",
        through: "left: through", waiting: "pause", quiet: "news", claimed: "news", refused: "left: not_sent",
    }  # fmt: skip
    assert row_of(database, quiet).hold == "quiet_hours"
    assert row_of(database, claimed).claim is not None
    to(database, "0003")
    before = snapshot(database)
    to(database, "head")
    assert snapshot(database) == before
    pinned = {person: row_of(database, person).pinned_version for person in here}
    assert pinned == {person: 1 if person in (stranded, held_away, claimed_away) else None for person in here}
    assert totals(database, 1) == counted(database, 1), "what was moved before is counted"
    assert new.program(database).version == 2
    clock.advance(2 * HOUR)
    run(database, new)
    run(database, new)
    assert places(database)[held_away] == places(database)[claimed_away] == "left: through"
    ends(database, clock, new)
    everything = {"news", "bye"}
    assert reached(database) == {
        kept: everything, stranded: {"news", "letter", "bye"}, held_away: {"news", "letter", "bye"},
        claimed_away: everything,  # its letter may have gone out over the connection of then
        through: {"news"}, waiting: everything, quiet: everything, claimed: {"bye"},
    }  # fmt: skip
    with database.read() as connection:
        unclear = connection.execute(
            sa.select(message.c.contact_id, message.c.step).where(message.c.state == "unknown")
        ).all()
        progress = journey_progress(connection, KEY)
    assert {tuple(row) for row in unclear} == {(claimed_away, "letter"), (claimed, "news")}
    assert (progress.lost, progress.doubled) == (0, 0)


def test_who_stood_at_a_step_of_a_version_that_was_taken_back_finishes(
    database: Database, clock: ManualClock
) -> None:
    """The version that came back had the lower number then."""
    one, two = line(mail("news"), wait("pause")), line(mail("news"), wait("trial", 9), mail("bye"))
    publish_as_before(database, one)
    publish_as_before(database, two)
    (person,) = newcomers(database, 1)
    run(database, two)
    publish_as_before(database, one)
    with database.read() as connection:
        assert connection.scalar(sa.select(journey_table.c.version)) == 1
    to(database, "0003")
    to(database, "head")
    assert places(database) == {person: "trial"}
    assert row_of(database, person).pinned_version == 2
    (late,) = newcomers(database, 1)
    run(database, one)
    third = line(mail("news"), wait("pause", 2))
    assert publish(database, third).version == 3
    run(database, third)
    assert places(database) == {person: "trial", late: "pause"}
    ends(database, clock, third)
    assert reached(database) == {person: {"news", "bye"}, late: {"news"}}


def test_who_stood_at_a_removed_step_while_others_were_removed_finishes_where_it_was_last(
    database: Database, clock: ManualClock
) -> None:
    """A step that was gone before is not met again: people are moved by the last version that had theirs."""
    made = [
        line(wait("pause", 9), mail("wrong"), mail("bye")),
        line(wait("pause", 9), mail("bye")),
        line(wait("other"), mail("bye")),
    ]
    (person,) = newcomers(database, 1)
    for one in made:
        publish_as_before(database, one)
        sweep(one, database)
    to(database, "0003")
    to(database, "head")
    assert row_of(database, person).pinned_version == 2
    ends(database, clock, made[-1])
    assert mails(database) == {(person, "bye"): 1}


def test_a_run_that_was_under_way_goes_on(database: Database, clock: ManualClock) -> None:
    """A one-off campaign is upgraded between two of its steps."""
    made = make("campaign", mode="one_off")
    people = add_contacts(database, 3, tag="in")
    sweep(made, database, cohort="run")
    to(database, "0003")
    to(database, "head")
    clock.advance(3 * DAY)
    for _ in range(2):
        sweep(made, database, cohort="run")
        clock.advance(DAY)
    assert places(database) == dict.fromkeys(people, "left: did not")
    assert_sound(database)
    assert totals(database, 1) == counted(database, 1)
    assert set(mails(database).values()) == {1}


def test_a_version_that_came_back_does_not_hinder_a_downgrade(database: Database, clock: ManualClock) -> None:
    one, two = line(wait("wait")), line(wait("pause"))
    for made in (one, two, one):
        with database.write() as connection:
            publish_program(connection, made.graph, made.steps, now=clock.now())
    to(database, "0003")
    with database.read() as connection:
        digests = connection.scalars(sa.text("SELECT digest FROM ma_journey_version ORDER BY version")).all()
    assert digests[2] == one.graph.digest()
    assert len(set(digests)) == 3
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_version SET digest = 'x'"))
    to(database, "head")
    assert one.program(database).version == 3
