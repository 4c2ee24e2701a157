"""What conditions say of contacts in a real database, and which conditions are refused."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from airflow_ma.contacts.conditions import Condition, matches, url_matches
from airflow_ma.engine.clock import DAY, HOUR
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, enrollment
from tests.contacts.people import NOW, add_contact, add_event


def who(database: Database, condition: dict[str, Any], **more: Any) -> list[str]:
    with database.read() as connection:
        found = sa.select(contact.c.key).where(matches(condition, contact, NOW, **more))
        return list(connection.scalars(found.order_by(contact.c.key)))


@pytest.fixture
def people(database: Database) -> Database:
    with database.write() as connection:
        add_contact(
            connection,
            "ann",
            email="Ann.Lee@Example.com",
            name="Ann",
            score=10,
            tags=["vip", "news"],
            attributes={"plan": "pro", "visits": 12, "会員ランク": "金", "beta": True, "since": "2026-03-01"},
        )
        add_contact(
            connection,
            "bob",
            language="en",
            score=50,
            tags=["news"],
            attributes={"plan": "free", "visits": "12", "beta": False, "since": "2025-12-31", "gone": None},
        )
        add_contact(connection, "eve", name="Éva [x]", attributes={"visits": 2.5, 'a"b\\c': "odd"})
    return database


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"attribute": "plan", "is": "pro"}, ["ann"]),
        ({"attribute": "plan", "is": "PRO"}, []),
        ({"attribute": "plan", "is_not": "pro"}, ["bob", "eve"]),
        ({"attribute": "plan", "one_of": ["pro", "free", 3]}, ["ann", "bob"]),
        ({"attribute": "plan", "known": True}, ["ann", "bob"]),
        ({"attribute": "plan", "known": False}, ["eve"]),
        ({"attribute": "gone", "known": True}, []),
        ({"attribute": "gone", "is_not": "x"}, ["ann", "bob", "eve"]),
        ({"attribute": "visits", "is": 12}, ["ann"]),
        ({"attribute": "visits", "is": "12"}, ["bob"]),
        ({"attribute": "visits", "is": 12.0}, ["ann"]),
        ({"attribute": "visits", "at_least": 2.5}, ["ann", "eve"]),
        ({"attribute": "visits", "at_most": 2.5}, ["eve"]),
        ({"attribute": "beta", "is": True}, ["ann"]),
        ({"attribute": "beta", "is": 1}, []),
        ({"attribute": "beta", "is_not": False}, ["ann", "eve"]),
        ({"attribute": "since", "at_least": "2026-01-01"}, ["ann"]),
        ({"attribute": "会員ランク", "is": "金"}, ["ann"]),
        ({"attribute": 'a"b\\c', "contains": "dd"}, ["eve"]),
        ({"attribute": "email", "is": "ann.lee@example.COM"}, ["ann"]),
        ({"attribute": "email", "contains": "@example."}, ["ann"]),
        ({"attribute": "email", "known": False}, ["bob", "eve"]),
        ({"attribute": "email", "is_not": "x@y.jp"}, ["ann", "bob", "eve"]),
        ({"attribute": "name", "contains": "[x"}, ["eve"]),
        ({"attribute": "name", "contains": "éva"}, []),
        ({"attribute": "language", "is": "en"}, ["bob"]),
        ({"attribute": "timezone", "is_not": "Asia/Tokyo"}, []),
        ({"attribute": "key", "at_least": "bob"}, ["bob", "eve"]),
        ({"attribute": "score", "at_least": 9.5}, ["ann", "bob"]),
        ({"attribute": "score", "one_of": [0, 50]}, ["bob", "eve"]),
        ({"tag": "vip"}, ["ann"]),
        ({"not": {"tag": "vip"}}, ["bob", "eve"]),
        ({"all": [{"tag": "news"}, {"attribute": "score", "at_most": 20}]}, ["ann"]),
        ({"any": [{"tag": "vip"}, {"attribute": "visits", "is": 2.5}]}, ["ann", "eve"]),
        ({"not": {"all": [{"tag": "news"}, {"attribute": "plan", "is": "pro"}]}}, ["bob", "eve"]),
    ],
)
def test_who_matches(people: Database, condition: dict[str, Any], expected: list[str]) -> None:
    assert who(people, condition) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"event": "page.view"}, ["ann", "bob"]),
        ({"event": "page.view", "url": "*/prices*"}, ["ann", "bob"]),
        ({"event": "page.view", "url": "*/PRICES*"}, []),
        ({"event": "page.view", "url": "*/prices*", "times": 2}, ["ann"]),
        ({"event": "page.view", "url": "*/prices*", "times": 3}, []),
        ({"event": "page.view", "url": "*/prices*", "times": 2, "within": "24 hours"}, []),
        ({"event": "page.view", "within": "2時間"}, ["ann"]),
        ({"event": "page.view", "url": "*/prices*", "dwell_at_least": "30s"}, ["ann"]),
        ({"event": "page.view", "dwell_at_least": "31s"}, []),
        ({"event": "email.open"}, []),
        ({"not": {"event": "page.view"}}, ["cat"]),
    ],
)
def test_what_happened(database: Database, asked: dict[str, Any], expected: list[str]) -> None:
    with database.write() as connection:
        ann, bob, cat = (add_contact(connection, key) for key in ("ann", "bob", "cat"))
        add_event(connection, ann, "page.view", NOW - HOUR, url="https://shop.example/prices?x=1")
        add_event(connection, ann, "page.view", NOW - 2 * DAY, url="https://shop.example/prices")
        add_event(
            connection,
            ann,
            "page.dwell",
            NOW,
            url="https://s.example/prices",
            properties={"dwell_ms": 30_000},
        )
        add_event(connection, bob, "page.view", NOW - 3 * DAY, url="https://shop.example/prices")
        add_event(
            connection,
            bob,
            "page.dwell",
            NOW,
            url="https://s.example/prices",
            properties={"dwell_ms": 29_999},
        )
        add_event(connection, bob, "email.open", NOW, machine=True)
        add_event(connection, cat, "reply", NOW)
    assert who(database, asked) == expected


def test_only_events_since_a_moment_of_another_table_count(database: Database) -> None:
    with database.write() as connection:
        for key, arrived_at in (("early", NOW - 2 * DAY), ("late", NOW - HOUR)):
            contact_id = add_contact(connection, key)
            add_event(connection, contact_id, "page.view", NOW - DAY)
            connection.execute(
                sa.insert(enrollment).values(
                    journey_id=1,
                    version=1,
                    contact_id=contact_id,
                    entry_key="",
                    cohort="",
                    step="wait",
                    entered_at=arrived_at,
                    arrived_at=arrived_at,
                )
            )
        c = contact.alias("c")
        seen = matches({"event": "page.view"}, c, NOW, since=enrollment.c.arrived_at)
        split = sa.select(c.c.key, sa.case((seen, "yes"), else_="no"))
        rows = connection.execute(split.join_from(enrollment, c, c.c.id == enrollment.c.contact_id))
        assert {row[0]: row[1] for row in rows} == {"early": "yes", "late": "no"}
        whole = sa.select(contact).subquery("whole")
        chosen = sa.update(enrollment).where(
            enrollment.c.contact_id == whole.c.id, matches({"event": "page.view"}, whole, NOW)
        )
        assert connection.execute(chosen.values(step="moved")).rowcount == 2


URLS = {"https://x.jp/a_b", "https://x.jp/axb", "https://x.jp/50%?q=[1]", "https://x.jp/\\"}


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*/a_b*", {"https://x.jp/a_b"}),
        ("*/50%*", {"https://x.jp/50%?q=[1]"}),
        ("*?q=[1]", {"https://x.jp/50%?q=[1]"}),
        ("*\\*", {"https://x.jp/\\"}),
        ("https://x.jp/axb", {"https://x.jp/axb"}),
        ("*X.jp*", set()),
        ("*", URLS),
    ],
)
def test_only_the_star_is_special_in_a_url(database: Database, glob: str, expected: set[str]) -> None:
    with database.write() as connection:
        for url in (
            "https://x.jp/a_b",
            "https://x.jp/axb",
            "https://x.jp/50%?q=[1]",
            "https://x.jp/\\",
            None,
        ):
            add_contact(connection, f"k{url}", name=url)
        found = connection.scalars(sa.select(contact.c.name).where(url_matches(contact.c.name, glob)))
        assert set(found) == expected
        others = sa.select(sa.func.count()).where(sa.not_(url_matches(contact.c.name, glob)))
        assert connection.scalar(others.select_from(contact)) == 5 - len(expected)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("vip", "a condition is one of attribute, tag, event, not, all, any.*found str"),
        ({}, "found nothing"),
        ({"atribute": "a", "is": 1}, "a condition is one of attribute.*found 'atribute', 'is'"),
        ({"tag": "a", "event": "b"}, "found tag and event: join them with 'all' or 'any'"),
        ({"tag": "a", "since": 1}, "unknown key 'since' in a condition on 'tag'; nothing else goes with it"),
        (
            {"attribute": "a", "equals": 1},
            "'equals'.*is, is_not, one_of, at_least, at_most, contains, known",
        ),
        ({"event": "a", "count": 1}, "unknown key 'count'.*url, times, within, dwell_at_least"),
        ({"attribute": "a"}, "a condition on 'a' needs one of is, is_not"),
        (
            {"attribute": "a", "at_least": 1, "at_most": 2},
            "found at_least and at_most: put each in",
        ),
        ({"attribute": "a", "is": None}, "ask for a missing value with 'known: false'"),
        ({"attribute": "a", "is": [1]}, "must be text, a number, true or false, not list"),
        ({"attribute": "a", "is": float("nan")}, "nan is not a number"),
        ({"attribute": "a", "is": "x\0"}, "NUL"),
        ({"attribute": "a", "one_of": []}, "at least 1 item"),
        ({"attribute": "a", "at_least": True}, "needs a number or text"),
        ({"attribute": "a", "known": 1}, "valid boolean"),
        ({"attribute": "score", "is": "10"}, "'score' is a number"),
        ({"attribute": "score", "contains": "1"}, "'score' is a number"),
        ({"attribute": "key", "is": 10}, "'key' is text: write its value in quotes"),
        ({"all": []}, "at least 1 item"),
        ({"any": [{"tag": "a"}, {"tg": "b"}]}, r"(?s)any\.any\.1.*found 'tg'"),
        ({"event": "a", "times": 0}, "greater than or equal to 1"),
        ({"event": "a", "within": "-1 days"}, "a wait must be longer than zero, not '-1 days'"),
        ({"event": "reply", "dwell_at_least": "3s"}, "'dwell_at_least' goes with the event page.view only"),
    ],
)
def test_what_is_no_condition_is_refused(written: Any, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Condition.model_validate(written)


def test_deep_nesting_is_refused_before_it_hurts() -> None:
    deep: dict[str, Any] = {"tag": "a"}
    for _ in range(5_000):
        deep = {"not": deep}
    with pytest.raises(ValidationError, match="nested at most 20 deep"):
        Condition.model_validate(deep)


@pytest.mark.parametrize(
    "wide",
    [
        {"any": [{"all": [{"tag": "a"}] * 50}] * 50},
        {"not": {"all": [{"attribute": "company", "one_of": [str(one) for one in range(1_000)]}] * 3}},
    ],
)
def test_what_the_database_would_long_think_about_is_refused(wide: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="at most 2000 parts"):
        Condition.model_validate(wide)


class Settings(BaseModel):
    where: Condition


def test_is_written_back_as_it_was_written() -> None:
    written = {
        "all": [
            {"attribute": "plan", "is": "pro"},
            {"not": {"any": [{"tag": "vip"}, {"attribute": "n", "one_of": [1, 2.5, True, "x"]}]}},
            {
                "event": "page.view",
                "url": "*/p*",
                "times": 2,
                "within": "7 days",
                "dwell_at_least": "30 seconds",
            },
        ]
    }
    settings = Settings.model_validate({"where": written})
    assert settings.model_dump() == settings.model_dump(mode="json") == {"where": written}
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert Settings.model_json_schema()["$defs"]["Condition"]["widget"] == "condition"
