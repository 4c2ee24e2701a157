"""A journey as data: steps, outcomes and where they lead, whichever way it was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Mode = Literal["continuous", "one_off"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was written; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``settings`` are its arguments as JSON values, without those left at their default."""

    id: str
    kind: str
    settings: Mapping[str, Any]
    outcomes: tuple[str, ...]
    """Every way out, the usual one first."""
    title: str | None = None
    optional: frozenset[str] = frozenset()
    """Outcomes that may be left unconnected: those people leave the journey."""
    refers_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step id -> the kinds it may be of, for every other step that the settings name."""
    is_entry: bool = False
    is_end: bool = False
    only_mode: Mode | None = None
    """The mode of journey it needs, if it does not fit into both."""
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """An outcome of one step that leads to another; ``outcome`` is None where no label was written."""

    from_step: str
    outcome: str | None
    to_step: str
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class JourneyGraph:
    """A whole journey. Two graphs are equal when they do the same, whatever file they came from."""

    key: str
    title: str
    mode: Mode
    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]
    goal: Mapping[str, Any] | None = None
    """What counts as a conversion: an event condition."""
    source: Source | None = field(default=None, compare=False)

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def targets(self) -> dict[str, dict[str, str | None]]:
        """Step id -> outcome -> the step it leads to, None where people leave the journey."""
        found: dict[str, dict[str, str | None]] = {s.id: dict.fromkeys(s.outcomes) for s in self.steps}
        usual = {s.id: s.outcomes[0] for s in self.steps if s.outcomes}
        for edge in self.edges:
            found[edge.from_step][edge.outcome or usual[edge.from_step]] = edge.to_step
        return found

    def ordered(self) -> list[Step]:
        """The steps so that each comes after those that lead to it (cycles: as written)."""
        before: dict[str, set[str]] = {s.id: set() for s in self.steps}
        for edge in self.edges:
            before[edge.to_step].add(edge.from_step)
        result: list[Step] = []
        waiting = list(self.steps)
        while waiting:
            placed = {s.id for s in result}
            ready = next((s for s in waiting if before[s.id] <= placed), waiting[0])
            waiting.remove(ready)
            result.append(ready)
        return result

    def definition(self) -> dict[str, Any]:
        """The journey as JSON values: what is stored as a version."""
        return {
            "key": self.key,
            "title": self.title,
            "mode": self.mode,
            "steps": [
                {"id": s.id, "kind": s.kind, "title": s.title, "settings": dict(s.settings)}
                for s in sorted(self.steps, key=lambda s: s.id)
            ],
            "edges": [
                [e.from_step, e.outcome, e.to_step]
                for e in sorted(self.edges, key=lambda e: (e.from_step, e.outcome or "", e.to_step))
            ],
            # Left out where there is none, so that journeys without a goal stay the version they are.
            **({"goal": dict(self.goal)} if self.goal is not None else {}),
        }

    def digest(self) -> str:
        """Equal for journeys that are the same."""
        text = json.dumps(self.definition(), sort_keys=True, ensure_ascii=False)
        orders = {step.id: order for step in self.steps if (order := _order_of_ways(step))}
        if orders:  # only then, so that other journeys stay the version they are
            text += json.dumps(orders, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _order_of_ways(step: Step) -> list[list[str]]:
    """The ways that settings name, of which the first that fits wins, unless sorted by name."""
    ways = [
        list(value)
        for _, value in sorted(step.settings.items())
        if isinstance(value, Mapping) and set(value) <= set(step.outcomes)
    ]
    return [names for names in ways if names != sorted(names)]
