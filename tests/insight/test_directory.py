"""The list of contacts."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, journey
from airflow_ma.insight.directory import Page, contacts_page
from tests.contacts.people import NOW, add_contact, add_event


def page(database: Database, search: str = "", after: int | None = None, limit: int = 10) -> Page:
    with database.read() as connection:
        return contacts_page(connection, search=search, after=after, limit=limit, journeys=[1])


def keys(found: Page) -> list[str]:
    return [one.key for one in found.contacts]


def test_pages_follow_each_other_without_gap_or_doubles(database: Database) -> None:
    with database.write() as connection:
        for number in range(7):
            add_contact(connection, f"c{number}")
    first = page(database, limit=3)
    second = page(database, after=first.next_after, limit=3)
    third = page(database, after=second.next_after, limit=3)
    assert keys(first) + keys(second) + keys(third) == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]
    assert (first.total, second.total, third.total, third.next_after) == (7, 7, 7, None)


def test_every_word_is_searched_in_name_address_key_and_tags(database: Database) -> None:
    with database.write() as connection:
        add_contact(connection, "K1", name="山田 花子", email="Hanako@Example.jp", tags=["VIP"])
        add_contact(connection, "K2", name="Bob_Smith", email="bob@example.jp", tags=["customer"])
        add_contact(connection, "K3")
    for search in ("花子", "hanako@ex", "k1", "vip", "山田 vip", "HANAKO 花子"):
        assert keys(page(database, search)) == ["K1"], search
    assert keys(page(database, "example.jp")) == ["K2", "K1"]
    assert page(database, "example.jp", limit=1).total == 2
    assert keys(page(database, "花子 customer")) == []
    assert keys(page(database, "_")) == ["K2"]  # no wildcard
    assert keys(page(database, "%")) == []


def test_a_contact_shows_its_journeys_and_when_it_was_last_seen(database: Database) -> None:
    with database.write() as connection:
        who = add_contact(connection, "c1", score=5, tags=["b", "a"])
        rows = [
            {"id": n, "key": f"j{n}", "title": f"J{n}", "mode": "continuous", "version": 1, "created_at": 0}
            for n in (1, 2)
        ]
        connection.execute(sa.insert(journey), rows)
        for number, (at, wake_at) in enumerate(((1, NOW), (1, None), (2, NOW))):
            row = {"journey_id": at, "version": 1, "contact_id": who, "entry_key": str(number), "cohort": ""}
            row |= {"step": "s", "entered_at": 0, "arrived_at": 0, "wake_at": wake_at}
            connection.execute(sa.insert(enrollment).values(row))
        add_event(connection, who, "page.view", NOW - 5)
        add_event(connection, who, "email.open", NOW - 3, machine=True)
        add_event(connection, who, "email.delivered", NOW - 1)
    (found,) = page(database).contacts
    assert (found.tags, found.score, found.last_seen_at) == (("a", "b"), 5, NOW - 5)
    assert found.journeys == ("J1",)  # J2 may not be told
