"""Where a person is and how they got there."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alert, enrollment
from airflow_ma.insight.person import Person, UnknownPersonError, find_person
from tests.journeys import add_contacts, happen, sweep


@pytest.fixture(scope="module")
def sale() -> Journey:
    return runpy.run_path(str(Path(__file__).parents[2] / "dags" / "sale_announcement.py"))["journey"]


def person(database: Database, who: str) -> Person:
    with database.read() as connection:
        return find_person(connection, who, now=database.clock().now())


def story(found: Person) -> list[tuple[str, str | None]]:
    (passage,) = found.passages
    return [
        (h.what, {"move": h.outcome, "message": h.step, "event": h.type, "alert": h.step}.get(h.what))
        for h in passage.history
    ]


def test_the_whole_way_is_told_in_order(database: Database, clock: ManualClock, sale: Journey) -> None:
    (hot,) = add_contacts(database, 1, tag="customer", name="Hanako", score=5)
    happen(database, "page.view", hot, url="https://shop.example/before")
    clock.advance(HOUR)
    sweep(sale, database)
    happen(database, "email.open", hot, "announce")
    sweep(sale, database)
    clock.advance(1000)
    happen(database, "page.view", hot, url="https://shop.example/sale")
    sweep(sale, database)
    for _ in range(2):
        clock.advance(1000)
        happen(database, "page.view", hot, url="https://shop.example/prices")
    sweep(sale, database)
    with database.write() as connection:
        connection.execute(sa.update(alert).values(outcome="bought", closed_at=clock.now() + HOUR))
    clock.advance(DAY)
    happen(database, "page.view", hot, url="https://shop.example/after")

    found = person(database, "C1@Example.com")
    assert found == person(database, "c1")
    assert (found.key, found.name, found.score, found.tags) == ("c1", "Hanako", 25, ("customer", "hot_lead"))
    assert story(found) == [
        ("move", "entered"),
        ("message", "announce"),
        ("move", "sent"),
        ("event", "email.open"),
        ("move", "opened"),
        ("event", "page.view"),
        ("move", "visited"),
        ("event", "page.view"),
        ("event", "page.view"),
        ("move", "visited"),
        ("alert", "hot"),
        ("move", "alerted"),
        ("move", "done"),
        ("answer", None),
    ]
    (passage,) = found.passages
    times = [happening.at for happening in passage.history]
    assert times == sorted(times)
    assert (passage.journey, passage.left_reason, passage.waiting) == ("sale_announcement", "completed", None)
    opening = next(h for h in passage.history if h.type == "email.open")
    assert opening.step == "announce"
    assert [h.url for h in found.elsewhere] == ["https://shop.example/before", "https://shop.example/after"]


def test_what_somebody_waits_for(database: Database, clock: ManualClock, sale: Journey) -> None:
    add_contacts(database, 1, tag="customer")
    arrived = clock.now()
    sweep(sale, database)
    waiting = person(database, "c1").passages[0].waiting
    assert waiting is not None
    assert (waiting.step, waiting.kind, waiting.since) == ("opened", "wait_for_open", arrived)
    assert (waiting.until, waiting.due, waiting.held) == (arrived + 3 * DAY, False, False)
    clock.advance(3 * DAY)
    late = person(database, "c1").passages[0].waiting
    assert late is not None
    assert late.due
    with database.write() as connection:
        connection.execute(sa.update(enrollment).values(claim="batch"))
    held = person(database, "c1").passages[0].waiting
    assert held is not None
    assert (held.due, held.held) == (False, True)


def test_an_address_goes_before_a_key(database: Database) -> None:
    add_contacts(database, 2)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE ma_contact SET key = 'c1@example.com' WHERE key = 'c2'"))
    assert person(database, "c1@example.com").key == "c1"
    assert person(database, "c1@example.com").passages == ()


def test_nobody_is_told_apart_from_somebody(database: Database) -> None:
    with pytest.raises(UnknownPersonError, match="no contact with the mail address or key 'x@y'"):
        person(database, "x@y")
