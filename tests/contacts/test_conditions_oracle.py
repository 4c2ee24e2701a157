"""Random conditions over random contacts: the database must agree with plain Python."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_ma.contacts.conditions import Condition, matches
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact
from airflow_ma.journey.duration import parse_duration, to_ms
from tests.contacts.people import NOW, add_contact, add_event

NAMES = ["plan", "会員 ランク", 'q"u', "back\\slash", "$.x", "%s"]
TEXTS = st.one_of(
    st.sampled_from(["", "a", "A", "ab", "10", "true", "é", "金", "%", "_", "\U0001f600"]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3),
)
NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.1, 0.1 + 0.2, 2.5, -0.0, 1e300, 2**53, 10.0]),
    st.floats(-10, 10, allow_nan=False),
)
VALUES = st.one_of(TEXTS, NUMBERS, st.booleans())
WAITS = st.sampled_from(["1 minute", "1 hour", "1 day"])
EVENTS = ["page.view", "email.open", "reply"]

ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES), st.one_of(VALUES, st.none(), st.just(["a"])), max_size=4)
HAPPENINGS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(EVENTS),
            "at": st.sampled_from([NOW, NOW - 60_000, NOW - 60_001, NOW - 3_600_000, NOW - 86_400_001]),
            "machine": st.booleans(),
            "url": st.sampled_from([None, "https://x.jp/a_b", "https://x.jp/axb", "https://x.jp/A%b"]),
        }
    ),
    max_size=4,
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "attributes": ATTRIBUTES,
            "name": st.one_of(st.none(), TEXTS),
            "score": st.integers(-3, 3),
            "tags": st.sets(st.sampled_from(["vip", "Vip", "金"])),
            "events": HAPPENINGS,
        }
    ),
    min_size=1,
    max_size=4,
)


def _on(names: list[str], values: Any, ordered: Any) -> Any:
    name = st.sampled_from(names)
    return st.one_of(
        st.fixed_dictionaries({"attribute": name, "is": values}),
        st.fixed_dictionaries({"attribute": name, "is_not": values}),
        st.fixed_dictionaries({"attribute": name, "one_of": st.lists(values, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"attribute": name, "at_least": ordered}),
        st.fixed_dictionaries({"attribute": name, "at_most": ordered}),
        st.fixed_dictionaries({"attribute": name, "known": st.booleans()}),
    )


PARTS = st.one_of(
    _on(NAMES, VALUES, st.one_of(TEXTS, NUMBERS)),
    _on(["name"], TEXTS, TEXTS),
    _on(["score"], NUMBERS, NUMBERS),
    st.fixed_dictionaries(
        {"attribute": st.sampled_from([*NAMES, "name"]), "contains": TEXTS.filter(lambda text: text != "")}
    ),
    st.fixed_dictionaries({"tag": st.sampled_from(["vip", "金"])}),
    st.fixed_dictionaries(
        {"event": st.sampled_from(EVENTS)},
        optional={
            "url": st.sampled_from(["*a_b", "*a?b", "https://x.jp/*", "*A%*"]),
            "times": st.integers(1, 3),
            "within": WAITS,
        },
    ),
)
CONDITIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
    ),
    max_leaves=6,
)


def expected(condition: dict[str, Any], person: dict[str, Any]) -> bool:
    if "not" in condition:
        return not expected(condition["not"], person)
    if "all" in condition:
        return all(expected(one, person) for one in condition["all"])
    if "any" in condition:
        return any(expected(one, person) for one in condition["any"])
    if "tag" in condition:
        return condition["tag"] in person["tags"]
    if "event" in condition:
        return happened(condition, person)
    name = condition["attribute"]
    mine = person[name] if name in ("name", "score") else person["attributes"].get(name)
    ((operator, value),) = [(k, v) for k, v in condition.items() if k != "attribute"]
    return {
        "is": lambda: same(mine, value),
        "is_not": lambda: not same(mine, value),
        "one_of": lambda: any(same(mine, one) for one in value),
        "at_least": lambda: kind(mine) == kind(value) and mine >= value,
        "at_most": lambda: kind(mine) == kind(value) and mine <= value,
        "contains": lambda: isinstance(mine, str) and value in mine,
        "known": lambda: (mine is not None) == value,
    }[operator]()


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else "other"


def same(mine: Any, value: Any) -> bool:
    return kind(mine) == kind(value) and mine == value


def happened(condition: dict[str, Any], person: dict[str, Any]) -> bool:
    earliest = NOW - to_ms(parse_duration(condition["within"])) if "within" in condition else 0
    return condition.get("times", 1) <= sum(
        e["type"] == condition["event"]
        and not e["machine"]
        and e["at"] >= earliest
        and ("url" not in condition or glob(condition["url"], e["url"]))
        for e in person["events"]
    )


def glob(pattern: str, url: str | None) -> bool:
    if url is None:
        return False
    if pattern.endswith("*"):
        inner = pattern.strip("*")
        return inner in url if pattern.startswith("*") else url.startswith(inner)
    return url.endswith(pattern.removeprefix("*"))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(people=PEOPLE, condition=CONDITIONS)
def test_the_database_agrees_with_python(
    database: Database, people: list[dict[str, Any]], condition: dict[str, Any]
) -> None:
    assert Condition.model_validate(condition).model_dump() == condition
    with database.write() as connection:
        for number, person in enumerate(people):
            columns = {name: value for name, value in person.items() if name != "events"}
            contact_id = add_contact(connection, str(number), **columns)
            for given_event in person["events"]:
                add_event(connection, contact_id, given_event["type"], **rest(given_event))
        found = connection.scalars(sa.select(contact.c.key).where(matches(condition, contact, NOW)))
        assert set(found) == {str(n) for n, person in enumerate(people) if expected(condition, person)}
        connection.rollback()


def rest(given_event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given_event.items() if name != "type"}
