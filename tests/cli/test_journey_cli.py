"""``airflow-ma journey``: each command does it, says it in both languages, and is in the log by its user."""

from __future__ import annotations

import getpass
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.cli import main
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.clock import DAY, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, journey_run
from tests.channels.test_delivery import World
from tests.dag.conftest import airflow_metadata  # noqa: F401
from tests.engine.live_journey import make, row
from tests.journeys import add_contacts, places, sweep

pytestmark = pytest.mark.usefixtures("emails")


def call(*words: object, reason: str | None = "a mistake", language: str = "en") -> Result:
    spoken = ["--lang", language, "journey", *map(str, words)]
    return CliRunner().invoke(
        main, [*spoken, "--reason", reason] if reason else spoken, catch_exceptions=False
    )


def log(database: Database, key: str) -> list[tuple[str, str, str | None, int | None]]:
    with database.read() as connection:
        entries = read_audit(connection, key, limit=100)
    return [(entry.action, entry.by, entry.reason, entry.people) for entry in reversed(entries)]


def test_a_journeys_life_from_the_command_line(installed: Database, clock: ManualClock) -> None:
    journey = make("sale")
    person = add_contacts(installed, 1, tag="in")[0]
    sweep(journey, installed)
    due_at = row(installed, person).deadline_at
    assert call("pause", "sale").stdout.startswith("sale is paused.")
    assert call("pause", "sale").stdout == "sale was paused before.\n"
    clock.advance(DAY)
    assert call("resume", "sale", "--deadlines", "stood-still").stdout == "sale goes on.\n"
    assert row(installed, person).deadline_at == due_at + DAY
    assert call("resume", "sale", "--deadlines", "catch-up").stdout == "sale is not paused.\n"
    assert call("close", "sale", "--people", "finish").stdout == "sale is closed: nobody enters.\n"
    assert call("reopen", "sale").stdout == "sale lets people in again.\n"
    refused = call("archive", "sale", language="ja")
    assert refused.exit_code == 1
    assert "1人が進行中です" in refused.stderr
    assert call("close", "sale", "--people", "leave").stdout.endswith("Left the journey: 1\n")
    assert call("archive", "sale", language="ja").stdout == "sale をアーカイブしました。\n"
    assert call("unarchive", "sale").stdout == "sale is out of the archive.\n"
    me = getpass.getuser()
    assert log(installed, "sale") == [
        (action, me, "a mistake", people)
        for action, people in (
            ("paused", None),
            ("resumed", None),
            ("closed", None),
            ("reopened", None),
            ("closed", None),
            ("removed", 1),
            ("archived", None),
            ("unarchived", None),
        )
    ]


def test_people_are_moved_and_taken_out(installed: Database, clock: ManualClock) -> None:
    journey = make("sale")
    one, two, three = add_contacts(installed, 3, tag="in")
    sweep(journey, installed)
    moved = call("move", "sale", "--contact", "c1", "--contact", "c2@example.com", "--to", "later")
    assert moved.stdout == "Moved to later: 2\n"
    assert call("remove", "sale", "--step", "later", "--contact", "c2").stdout == "Left the journey: 1\n"
    assert places(installed) == {one: "later", two: "left: by_hand", three: "opened"}
    spread = call("move", "sale", "--step", "opened", "--to", "reader", "--per-hour", 60)
    assert spread.exit_code == 0
    assert [entry[0] for entry in log(installed, "sale")] == ["moved", "removed", "moved"]
    with installed.read() as connection:
        assert read_audit(connection, "sale", limit=1)[0].detail["gap_ms"] == MINUTE


def test_people_of_an_earlier_version_go_on_with_the_newest(installed: Database, clock: ManualClock) -> None:
    people = add_contacts(installed, 3, tag="in")
    sweep(make("sale"), installed)
    newer = make("sale", later={"duration": "2 days"}).program(installed)
    with installed.write() as connection:
        connection.execute(sa.update(enrollment).values(pinned_version=1))
        connection.execute(sa.update(enrollment).where(enrollment.c.contact_id == 3).values(step="gone"))
    refused = call("newest", "sale", "--contact", "c3", language="ja")
    assert refused.exit_code == 1
    assert "最新版にありません（gone）" in refused.stderr
    one = call("newest", "sale", "--step", "opened", "--contact", "c1", "--contact", "c3")
    assert one.stdout == ("Go on with version 2: 1\nNot at that step on an earlier version, left alone: 1\n")
    rest = call("newest", "sale", "--step", "opened", "--per-hour", 60, language="ja")
    assert rest.stdout == "バージョン2に切り替えた人数: 1\n"
    pins = [row(installed, person).pinned_version for person in people]
    assert (newer.version, pins) == (2, [None, None, 1])
    assert [(entry[0], entry[3]) for entry in log(installed, "sale")] == [("continued", 1), ("continued", 1)]


def test_held_mails_are_tried_again(installed: Database, clock: ManualClock) -> None:
    world = World(installed)
    add_contacts(installed, 2, tag="in")
    world.enter()
    world.channel.answer = lambda _: Receipt(Delivery.RETRYABLE, "the provider is busy")
    world.deliver()
    assert call("retry", "delivery", "--step", "mail0").stdout == "Tried again now: 2\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pause", "nothing"), "there is no journey 'nothing'"),
        (("move", "sale", "--contact", "c1", "--to", "nowhere"), "no step “nowhere”"),
        (("move", "sale", "--to", "later"), "Say whom"),
        (("remove", "sale", "--contact", "stranger"), "stranger"),
    ],
)
def test_what_cannot_be_done_is_said(
    installed: Database, clock: ManualClock, words: tuple[Any, ...], told: str
) -> None:
    sweep(make("sale"), installed)
    add_contacts(installed, 1, tag="in")
    result = call(*words)
    assert result.exit_code in (1, 2)
    assert told.lower() in result.stderr.lower()
    assert log(installed, "sale") == []


def test_everything_needs_a_reason(installed: Database, clock: ManualClock) -> None:
    make("sale").program(installed)
    for words in (("pause", "sale"), ("close", "sale", "--people", "leave"), ("archive", "sale")):
        assert call(*words, reason=None).exit_code == 2
        empty = call(*words, reason="  ")
        assert empty.exit_code == 2
        assert "say why" in empty.stderr
    assert log(installed, "sale") == []


def test_prune_tells_of_runs(installed: Database, clock: ManualClock) -> None:
    with installed.write() as connection:
        old = {"journey_id": 1, "run_id": "old", "version": 1, "started_at": 0, "ended_at": 1}
        connection.execute(sa.insert(journey_run).values(after_move_id=0, **old))
    told = CliRunner().invoke(main, ["db", "prune"], catch_exceptions=False)
    assert "Removed 1 records of runs from before" in told.stdout
