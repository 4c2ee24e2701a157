"""Some finish on the version that they began with while others are on a newer one.

What other tools' users report, replayed against ours:
nobody may be led to what is gone, or get parts of two versions.
"""

from __future__ import annotations

import pytest

from airflow_ma.engine.changes.applying import Rule
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from tests.engine.changes.changing import publish, row_of, run
from tests.engine.line_journey import ends, line, mail, newcomers, reached, wait
from tests.journeys import mails, places

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


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
