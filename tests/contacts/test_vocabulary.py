"""What forms suggest, and who a condition means."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.contacts.audience import count_audience
from airflow_ma.contacts.conditions import Condition
from airflow_ma.contacts.made_up import made_up_person
from airflow_ma.contacts.vocabulary import (
    known_attributes,
    known_events,
    known_tags,
    matching_pages,
    timezones,
    visited_pages,
)
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import suppression
from tests.contacts.people import NOW, add_contact, add_event


def test_attributes_are_known_with_their_kind_and_usual_values(database: Database) -> None:
    with database.write() as connection:
        for number, plan in enumerate(("gold", "silver", "gold")):
            values = {
                "plan": plan,
                "purchases": number,
                "都市": "東京",
                "news": True,
                "strange": [1],
                "none": None,
            }
            add_contact(connection, f"c{number}", attributes=values)
        add_contact(connection, "odd", attributes={"purchases": "many", "long": "x" * 500})
        found = {one.name: one for one in known_attributes(connection)}
    assert found["plan"].values == ("gold", "silver")
    assert (found["purchases"].kind, set(found["purchases"].values)) == ("number", {0, 1, 2})
    assert (found["news"].kind, found["news"].values) == ("flag", (True,))
    assert found["都市"].values == ("東京",)
    assert found["language"].values == ("ja",)
    assert found["long"].values == ()
    assert not {"strange", "none"} & found.keys()


def test_tags_events_and_pages_come_the_most_frequent_first(database: Database) -> None:
    with database.write() as connection:
        one = add_contact(connection, "c1", tags=["vip", "customer"])
        add_contact(connection, "c2", tags=["customer"])
        for url in ("https://s.jp/sale?mail=a@b.jp", "https://s.jp/sale?x=2", "https://s.jp/about#top"):
            add_event(connection, one, "page.view", NOW, url=url)
        add_event(connection, one, "email.click", NOW, url="https://s.jp/clicked")
        assert known_tags(connection) == ["customer", "vip"]
        assert known_events(connection) == ["page.view", "email.click"]
        assert visited_pages(connection) == ["https://s.jp/sale", "https://s.jp/about"]
        assert matching_pages(connection, "*/sale*") == (["https://s.jp/sale"], ["https://s.jp/about"])
        assert matching_pages(connection, "https://s.jp/sale") == (
            [],
            ["https://s.jp/sale", "https://s.jp/about"],
        )


def test_an_empty_database_suggests_nothing_and_breaks_nothing(database: Database) -> None:
    with database.read() as connection:
        found = (known_attributes(connection), known_tags(connection), known_events(connection))
        assert found == ([], [], [])
        assert matching_pages(connection, "*") == ([], [])
        assert count_audience(connection, None, now=NOW).total == 0
        assert made_up_person(connection).name == "山田 花子"


def test_time_zones_that_contacts_have_come_first() -> None:
    assert timezones(["Europe/Rome"])[0] == "Europe/Rome"
    assert timezones([]).count("Asia/Tokyo") == 1


def test_a_made_up_person_has_what_most_have(database: Database) -> None:
    with database.write() as connection:
        for number in range(3):
            add_contact(connection, f"c{number}", attributes={"plan": "gold" if number else "silver"})
        person = made_up_person(connection, "en")
    assert (person.attributes, person.language) == ({"plan": "gold"}, "en")


@pytest.mark.parametrize(("consent", "mailable"), [("opt_in", 1), ("opt_out", 2)])
def test_an_audience_is_counted_with_those_who_may_be_mailed(
    database: Database, monkeypatch: pytest.MonkeyPatch, consent: str, mailable: int
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_CONSENT", consent)
    settings.cache_clear()
    with database.write() as connection:
        yes = {"tags": ["vip"], "consented_at": NOW}
        fine = add_contact(connection, "fine", email="a@b.jp", **yes)
        never = add_contact(connection, "never", email="b@b.jp", tags=["vip"])
        left = add_contact(connection, "left", email="c@b.jp", unsubscribed_at=NOW, **yes)
        bounced = add_contact(connection, "bounced", email="D@b.jp", **yes)
        nameless = add_contact(connection, "no address", **yes)
        add_contact(connection, "other", email="e@b.jp", consented_at=NOW)
        connection.execute(
            sa.insert(suppression).values(email_key="d@b.jp", reason="bounce", at=NOW, source="test")
        )
        found = count_audience(connection, Condition.model_validate({"tag": "vip"}), now=NOW)
        everybody = count_audience(connection, None, now=NOW)
    assert (found.count, found.total, found.mailable) == (5, 6, mailable)
    assert found.sample == (nameless, bounced, left, never, fine)
    assert (everybody.count, everybody.mailable) == (6, mailable + 1)
