"""What can be stored of a document is bounded; anything else is refused before a database chokes on it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from airflow_ma.journey.document import DEEPEST, MOST_STEPS, JourneyDocument


def document(steps: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    return {"key": "j", "title": "J", "mode": "continuous", "tags": [], "goal": None, "steps": steps} | values


def step(step_id: str, **values: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": "k", "title": None, "settings": {}, "next": {}} | values


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "settings",
    [
        {"a": "nul \0"},
        {"nul \0": 1},
        {"a": ["half \ud83d"]},
        {"a": float("nan")},
        {"a": {"b": float("inf")}},
        {"a": 2**60},
        {"a": nested(DEEPEST)},
        {"a": nested(100_000)},
    ],
)
def test_what_no_database_or_browser_keeps_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JourneyDocument.model_validate(document([step("a", settings=settings)]))


def test_it_is_bounded_and_names_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        JourneyDocument.model_validate(document([step(str(n)) for n in range(MOST_STEPS + 1)]))
    with pytest.raises(ValidationError, match="Extra inputs"):
        JourneyDocument.model_validate(document([], layout={}))
    with pytest.raises(ValidationError, match="Extra inputs"):
        JourneyDocument.model_validate(document([step("a", outcomes=[])]))


def test_an_unfinished_one_is_kept_as_it_is() -> None:
    written = document(
        [step("b", next={"x": "nowhere"}), step("b", settings={"e": "😀", "n": 1.5})], title=""
    )
    assert JourneyDocument.model_validate_json(json.dumps(written)).model_dump(mode="json") == written


def test_steps_come_after_those_that_lead_to_them() -> None:
    written = document([step("c"), step("b", next={"x": "c"}), step("a", next={"x": "b", "y": "c"})])
    ordered = JourneyDocument.model_validate(written).in_order()
    assert [one.id for one in ordered.steps] == ["a", "b", "c"]
    round_ = JourneyDocument.model_validate(
        document([step("a", next={"x": "b"}), step("b", next={"x": "a"})])
    )
    assert {one.id for one in round_.in_order().steps} == {"a", "b"}
