"""A journey as the builder edits it and as drafts are stored: plain JSON that may be unfinished."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from airflow_ma.journey.model import JourneyGraph, Mode

MOST_STEPS = 1_000
"""More than anybody can look at; it bounds what one request can make us do."""
DEEPEST = 60
"""Levels of lists and mappings within a setting."""

UNSAID = ""
"""Stands for the outcome in ``next`` where a text does not say which one it means."""


class StepDocument(BaseModel):
    """One step. Every field is always there: what is not said is null or empty."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=250, description="Its identity for ever: people and numbers hang on it.")
    kind: str = Field(max_length=250)
    title: str | None = Field(max_length=1_000)
    settings: dict[str, JsonValue] = Field(description="Only what differs from the default.")
    next: dict[str, str] = Field(max_length=1_000, description="Outcome -> id of the step it leads to.")


class JourneyDocument(BaseModel):
    """A whole journey. Anything of this form can be stored; whether it can run is for the check."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=250)
    title: str = Field(max_length=1_000)
    mode: Mode
    tags: list[str] = Field(max_length=100)
    goal: JsonValue = Field(description="What counts as a conversion: an event condition, or null.")
    steps: list[StepDocument] = Field(max_length=MOST_STEPS)

    @model_validator(mode="before")
    @classmethod
    def _every_database_takes_it(cls, value: Any) -> Any:
        for part, depth in _parts(value):
            if depth > DEEPEST:
                raise ValueError(f"a setting may be nested at most {DEEPEST} deep")
            if isinstance(part, float) and not math.isfinite(part):
                raise ValueError("a number must be finite")
            if isinstance(part, int) and not isinstance(part, bool) and abs(part) > 2**53:
                raise ValueError(f"{part} is too large: browsers would round it")
            if isinstance(part, str) and not is_storable(part):
                raise ValueError("a text must not contain NUL or half characters")
        return value

    def step(self, step_id: str) -> StepDocument | None:
        """The step of that id, if there is one."""
        return next((step for step in self.steps if step.id == step_id), None)

    def in_order(self) -> Self:
        """The same, with each step after those that lead to it as far as that is possible."""
        into: dict[str, set[str]] = defaultdict(set)
        for step in self.steps:
            for target in step.next.values():
                into[target].add(step.id)
        placed: set[str] = set()
        result: list[StepDocument] = []
        waiting = list(self.steps)
        while waiting:
            ready = next((step for step in waiting if into[step.id] <= placed), waiting[0])
            waiting = [step for step in waiting if step is not ready]
            result.append(ready)
            placed.add(ready.id)
        return self.model_copy(update={"steps": result})


def document_of(graph: JourneyGraph, tags: Collection[str] = ()) -> JourneyDocument:
    """The document of a journey that runs, steps in the order in which people come to them."""
    return document_from_definition({**graph.definition(), "tags": sorted(tags)})


def document_from_definition(definition: Mapping[str, Any]) -> JourneyDocument:
    """The document of what ``JourneyGraph.definition()`` gave, as it is kept of each version."""
    leads: dict[str, dict[str, str]] = defaultdict(dict)
    for start, outcome, end in definition["edges"]:
        leads[start][outcome or UNSAID] = end
    return JourneyDocument(
        key=definition["key"],
        title=definition["title"],
        mode=definition["mode"],
        tags=list(definition.get("tags", ())),
        goal=definition.get("goal"),
        steps=[
            StepDocument(
                id=step["id"],
                kind=step["kind"],
                title=step["title"],
                settings=dict(step["settings"]),
                next=leads[step["id"]],
            )
            for step in definition["steps"]
        ],
    ).in_order()


def _parts(value: Any) -> Iterator[tuple[Any, int]]:
    """Every value within, and the keys of mappings, with how deep it is below the document."""
    stack = [(value, 0)]
    while stack:
        part, depth = stack.pop()
        yield part, depth
        if depth > DEEPEST:
            return
        if isinstance(part, Mapping):
            stack += [(key, depth + 1) for key in part]
            stack += [(inner, depth + 1) for inner in part.values()]
        elif isinstance(part, list | tuple):
            stack += [(inner, depth + 1) for inner in part]


def is_storable(text: str) -> bool:
    """Whether every database takes it: JSON can write NUL and half characters, they cannot."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
