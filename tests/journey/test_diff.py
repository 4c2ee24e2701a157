"""What is different between two states of a journey."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_ma.journey.diff import MOST_SHOWN, SKIPPED, compare, compare_lines, next_that_exists
from airflow_ma.journey.document import JourneyDocument, StepDocument


def document(*steps: StepDocument, **values: Any) -> JourneyDocument:
    whole = {"key": "j", "title": "J", "mode": "continuous", "tags": [], "goal": None, "steps": []} | values
    return JourneyDocument.model_validate(whole).model_copy(update={"steps": list(steps)})


def step(step_id: str, kind: str = "k", **values: Any) -> StepDocument:
    whole = {"id": step_id, "kind": kind, "title": None, "settings": {}, "next": {}}
    return StepDocument.model_validate(whole | values)


def test_the_same_is_no_difference() -> None:
    here = document(step("a", settings={"x": 1, "y": [1]}, next={"o": "b"}), step("b"))
    there = document(step("b"), step("a", settings={"y": [1], "x": 1}, next={"o": "b"}))
    found = compare(here, there)
    assert (found.steps, found.facets) == ((), ())


def test_of_nothing_everything_is_new() -> None:
    found = compare(None, document(step("a", settings={"x": 1}, next={"o": "b"}), step("b"), tags=["t"]))
    assert [(one.step, one.change, one.settings, one.ways) for one in found.steps] == [
        ("a", "added", ("x",), ("o",)),
        ("b", "added", (), ()),
    ]
    assert found.facets == ("title", "mode", "tags")


def test_what_changed_of_a_step_is_named() -> None:
    before = document(step("a", title="A", settings={"x": 1, "y": 2, "z": 3}, next={"o": "b", "p": "b"}))
    after = document(step("a", title="B", settings={"x": 1, "y": 3, "n": 4}, next={"o": "b", "q": "c"}))
    (one,) = compare(before, after).steps
    assert one.change == "changed"
    assert set(one.settings) == {"y", "z", "n"}
    assert set(one.ways) == {"p", "q"}
    assert (one.titled, one.other_kind) == (True, False)


def test_an_empty_title_is_none() -> None:
    assert compare(document(step("a", title="")), document(step("a", title=None))).steps == ()


def test_another_kind_shows_the_settings_of_both() -> None:
    before = document(step("a", "k", settings={"x": 1, "both": 1}))
    (one,) = compare(before, document(step("a", "m", settings={"y": 2, "both": 1}))).steps
    assert one.other_kind
    assert one.settings == ("x", "both", "y")


def test_the_order_of_ways_of_a_split_counts() -> None:
    before = document(step("a", settings={"branches": {"one": 1, "two": 2}}))
    after = document(step("a", settings={"branches": {"two": 2, "one": 1}}))
    assert compare(before, after).steps[0].settings == ("branches",)


def test_removed_ones_come_last_and_the_others_as_they_stand() -> None:
    before = document(step("gone"), step("b"), step("a"), step("lost"))
    after = document(step("new"), step("a", title="A"), step("b", title="B"))
    found = [(one.step, one.change) for one in compare(before, after).steps]
    assert found == [
        ("new", "added"),
        ("a", "changed"),
        ("b", "changed"),
        ("gone", "removed"),
        ("lost", "removed"),
    ]


def test_the_journey_as_a_whole() -> None:
    before = document(title="J", tags=["b", "a"], goal={"event": "reply"})
    assert compare(before, document(title="J", tags=["a", "b"], goal={"event": "reply"})).facets == ()
    other = document(title="K", tags=["a"], goal=None, mode="one_off")
    assert compare(before, other).facets == ("title", "goal", "mode", "tags")


def test_lines_are_shown_with_some_around_them() -> None:
    old = [str(number) for number in range(20)]
    new = [*old[:10], "new", *old[11:]]
    lines = compare_lines("\n".join(old), "\n".join(new))
    assert lines == [
        (" ", SKIPPED),
        *((" ", str(number)) for number in (7, 8, 9)),
        ("-", "10"),
        ("+", "new"),
        *((" ", str(number)) for number in (11, 12, 13)),
        (" ", SKIPPED),
    ]
    assert compare_lines("a\nb", "a\nb") == []
    assert compare_lines("", "a") == [("+", "a")]


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_the_lines_make_the_one_text_into_the_other(old: list[str], new: list[str]) -> None:
    lines = compare_lines("\n".join(old), "\n".join(new), around=1_000)
    assert [line for sign, line in lines if sign != "+"] == (old if old != new else [])
    assert [line for sign, line in lines if sign != "-"] == (new if old != new else [])


def test_long_lists_are_compared_in_no_time_and_shown_in_part() -> None:
    """A list of customers may be as long as a request lets it; the work would grow with its square."""
    some = random.Random(1)
    old, new = ([f"- rank {some.randrange(150)}" for _ in range(60_000)] for _ in range(2))
    began = time.process_time()
    lines = compare_lines("\n".join(["first", *old, "last"]), "\n".join(["first", *new, "last"]))
    assert time.process_time() - began < 3
    assert lines[0] == (" ", "first")
    assert lines[1] == ("-", old[0])
    assert (len(lines), lines[-1]) == (MOST_SHOWN + 1, (" ", SKIPPED))
    assert compare_lines("\n".join(old), "\n".join([*old[:30_000], "one more", *old[30_000:]]), around=1) == [
        (" ", SKIPPED),
        (" ", old[29_999]),
        ("+", "one more"),
        (" ", old[30_000]),
        (" ", SKIPPED),
    ]


@pytest.mark.parametrize(
    ("start", "there", "found"),
    [
        ("a", {"b", "c"}, "b"),
        ("a", {"c"}, "c"),
        ("a", {"a"}, None),
        ("alone", {"a"}, None),
        ("loop", {"c"}, None),
        ("dead", {"x"}, "x"),
        ("a", {"x", "c"}, "x"),  # the other outcome: nearer than what comes after the usual one
        ("a", {"b", "x"}, "b"),  # as near: the usual one
        ("a", {"b", "end"}, "b"),
        ("split", {"end", "x"}, "x"),  # as near as the end
        ("b", {"end"}, "end"),
        ("far", {"end", "c"}, "end"),  # nothing else is as near
    ],
)
def test_who_stands_at_a_removed_step_goes_on_where_most_go(
    start: str, there: set[str], found: str | None
) -> None:
    ways: dict[str, dict[str, str | None]] = {
        "a": {"usual": "b", "rare": "x"},
        "b": {"usual": "c", "rare": "end"},
        "c": {},
        "split": {"usual": "end", "rare": "x"},
        "far": {"usual": "end", "rare": "b"},
        "loop": {"usual": "pool"},
        "pool": {"usual": "loop"},
        "dead": {"usual": None, "rare": "x"},
    }
    assert next_that_exists(start, ways, there.__contains__, {"end"}.__contains__) == found
