"""What the preview says would be mailed at once is what the engine mails when the rules are applied."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.engine.changes.applying import Rule, apply_rules
from airflow_ma.engine.changes.blast import due_at_once
from airflow_ma.engine.changes.rules import default_rules
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, metadata
from airflow_ma.journey.model import JourneyGraph
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator, SplitOperator
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor
from tests.engine.changes.changing import publish
from tests.journeys import add_contacts, assert_sound, happen, mails, sweep

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def old() -> Journey:
    with Journey("blast") as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        first = SendEmailOperator(task_id="first", template="sale_announcement")
        opened = WaitForOpenSensor(task_id="opened", mail="first", within=days(5))
        end = EndOperator(task_id="end", reason="through")
        people >> first >> opened
        opened >> Label("opened | not_opened") >> end
    return made


def new(within: int = 2, *, at: str | None = None) -> Journey:
    """The wait is shorter or another one; after it some get one mail, some another, some wait again."""
    with Journey("blast") as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        first = SendEmailOperator(task_id="first", template="sale_announcement")
        split = SplitOperator(task_id="split", branches={"vip": {"tag": "vip"}, "slow": {"tag": "slow"}})
        vip = SendEmailOperator(task_id="vip", template="sale_ends_soon")
        rest = SendEmailOperator(task_id="rest", template="sale_ends_soon")
        later = WaitSensor(task_id="later", duration=days(1))
        again = WaitForOpenSensor(task_id="again", mail="first", within=days(1))
        end = EndOperator(task_id="end", reason="through")
        if at is not None:
            people >> first >> WaitSensor(task_id="opened", duration=days(within), at=at) >> split
        else:
            opened = WaitForOpenSensor(task_id="opened", mail="first", within=days(within))
            people >> first >> opened >> Label("opened | not_opened") >> split
        split >> Label("vip") >> vip >> again
        split >> Label("slow") >> later >> rest
        split >> Label("other") >> rest
        again >> Label("opened | not_opened") >> end
        rest >> end
    return made


def crowd(database: Database, clock: ManualClock) -> None:
    """At the wait since three days, since one day, and some who opened; with all tags."""
    journey = old()
    for _ in range(2):
        for tag in ("vip", "slow", None):
            ids = add_contacts(database, 4, tag="in")
            if tag:
                with database.write() as connection:
                    rows = [{"contact_id": number, "tag": tag} for number in ids]
                    connection.execute(sa.insert(metadata.tables["ma_contact_tag"]), rows)
        with database.write() as connection:
            connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
        sweep(journey, database)
        clock.advance(2 * DAY - HOUR)
    opener = add_contacts(database, 1, tag="in")[0]
    with database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
    sweep(journey, database)
    happen(database, "email.open", opener, "first")


@pytest.mark.parametrize(
    ("graph", "rules"),
    [
        (new(2), None),
        (new(1), None),
        (new(2, at="09:30"), None),
        (new(9), None),
        (new(2), [Rule("opened", "move", "split")]),
        (new(2), [Rule("opened", "move", "vip")]),
        (new(2), [Rule("opened", "move", "again")]),
        (new(2), [Rule("opened", "move", "first")]),
        (new(2), [Rule("opened", "finish")]),
        (new(2), [Rule("opened", "leave")]),
    ],
    ids=lambda one: (
        "" if isinstance(one, Journey) else None if one is None else f"{one[0].action}-{one[0].target}"
    ),
)
def test_the_preview_is_what_happens(
    database: Database, clock: ManualClock, graph: Journey, rules: list[Rule] | None
) -> None:
    crowd(database, clock)
    before = old().program(database)
    program = replace(before, version=2, steps=graph.steps, targets=graph.graph.targets())
    asked = default_rules(_definition(old().graph), graph.graph) if rules is None else rules
    with database.read() as connection:
        foreseen = due_at_once(connection, program, asked, now=clock.now())
        assert connection.scalar(sa.select(sa.func.max(enrollment.c.version))) == 1
    had = mails(database)
    apply_rules(database, publish(database, graph, *(rules or ())), chunk=7)
    sweep(graph, database)
    sent: dict[str, int] = {}
    for (_, step), number in (mails(database) - had).items():
        sent[step] = sent.get(step, 0) + number
    assert foreseen == sent
    assert_sound(database)


def _definition(graph: JourneyGraph) -> dict[str, object]:
    return graph.definition()


def test_the_preview_foresees_something(database: Database, clock: ManualClock) -> None:
    """So that the test above does not compare nothing with nothing."""
    crowd(database, clock)
    graph = new(3)
    program = replace(old().program(database), version=2, steps=graph.steps, targets=graph.graph.targets())
    with database.read() as connection:
        foreseen = due_at_once(connection, program, [Rule("opened", "adopt")], now=clock.now())
        moved = due_at_once(connection, program, [Rule("opened", "move", "split")], now=clock.now())
    assert foreseen == {"vip": 4, "rest": 5}
    assert moved == {"vip": 8, "rest": 9}
