"""What is different between two states of a journey, step by step and way by way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from airflow_ma.journey.document import JourneyDocument, StepDocument

Change = Literal["added", "removed", "changed"]
Facet = Literal["title", "goal", "mode", "tags"]
Sign = Literal[" ", "+", "-"]
FACETS: tuple[Facet, ...] = ("title", "goal", "mode", "tags")
AROUND = 3
"""Lines that are shown before and after those that differ."""
SKIPPED = "…"
"""Stands for the lines that are the same and are left out."""


@dataclass(frozen=True, slots=True)
class StepDiff:
    """One step that is new, gone or different. ``before`` or ``after`` is None where it is not there."""

    step: str
    before: StepDocument | None
    after: StepDocument | None
    settings: tuple[str, ...]
    """Names of those that differ; all that are set, where the step is new or gone or of another kind."""
    ways: tuple[str, ...]
    """Outcomes that lead elsewhere."""

    @property
    def change(self) -> Change:
        """What happened to it."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def titled(self) -> bool:
        """Whether it was there before and is called something else now."""
        both = self.before is not None and self.after is not None
        return both and (self.before.title or None) != (self.after.title or None)  # type: ignore[union-attr]

    @property
    def other_kind(self) -> bool:
        """Whether it was there before and is of another kind now."""
        return self.before is not None and self.after is not None and self.before.kind != self.after.kind


@dataclass(frozen=True, slots=True)
class JourneyDiff:
    """Everything that is different. Steps in the order of the newer state, then those that are gone."""

    steps: tuple[StepDiff, ...]
    facets: tuple[Facet, ...]
    """What differs of the journey as a whole."""


def compare(before: JourneyDocument | None, after: JourneyDocument) -> JourneyDiff:
    """What is different; with no state before, everything is new. Where steps stand is no difference.

    Settings are compared as they are written: write them the same way first. The order of a mapping counts,
    since the order of a split's ways decides who goes where.
    """
    old = _by_id(before)
    new = _by_id(after)
    found = [_step(step_id, old.get(step_id), new.get(step_id)) for step_id in [*new, *(old.keys() - new)]]
    gone = {step_id: place for place, step_id in enumerate(old)}
    order = {step_id: place for place, step_id in enumerate(new)}
    ordered = sorted(
        (one for one in found if one is not None),
        key=lambda one: (one.change == "removed", order.get(one.step, gone.get(one.step, 0))),
    )
    facets = tuple(name for name in FACETS if _facet(before, name) != _facet(after, name))
    return JourneyDiff(tuple(ordered), facets)


def compare_lines(before: str, after: str, *, around: int = AROUND) -> list[tuple[Sign, str]]:
    """The lines that differ with some around them: sign (space, + or -) and line. Empty: no difference."""
    old, new = before.splitlines(), after.splitlines()
    found: list[tuple[Sign, str]] = []
    shown_to = 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(around):
        if group[0][1] > shown_to:
            found.append((" ", SKIPPED))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += [(" ", line) for line in old[old_from:old_to]]
                continue
            found += [("-", line) for line in old[old_from:old_to]]
            found += [("+", line) for line in new[new_from:new_to]]
        shown_to = group[-1][2]
    if found and shown_to < len(old):
        found.append((" ", SKIPPED))
    return found


def next_that_exists(
    step: str, ways: Mapping[str, Mapping[str, str | None]], exists: Callable[[str], bool]
) -> str | None:
    """The first step that exists on the usual way on from ``step``; None when that way ends before.

    ``ways``: step -> outcome -> the step it leads to, the usual outcome first.
    """
    seen = {step}
    here: str | None = step
    while here is not None:
        here = next((target for target in ways.get(here, {}).values() if target is not None), None)
        if here is None or here in seen:
            return None
        if exists(here):
            return here
        seen.add(here)
    return None


def _by_id(document: JourneyDocument | None) -> dict[str, StepDocument]:
    return {} if document is None else {step.id: step for step in document.steps}


def _step(step_id: str, before: StepDocument | None, after: StepDocument | None) -> StepDiff | None:
    settings = _different(_settings(before), _settings(after))
    if before and after and before.kind != after.kind:
        settings = tuple(dict.fromkeys([*before.settings, *after.settings]))
    ways = _different(before.next if before else {}, after.next if after else {})
    found = StepDiff(step_id, before, after, settings, ways)
    is_same = found.change == "changed" and not (settings or ways or found.titled or found.other_kind)
    return None if is_same else found


def _settings(step: StepDocument | None) -> Mapping[str, Any]:
    return {} if step is None else step.settings


def _different(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    names = dict.fromkeys([*after, *before])
    return tuple(
        name
        for name in names
        if name not in before or name not in after or not _same(before[name], after[name])
    )


def _same(before: Any, after: Any) -> bool:
    return json.dumps(before, ensure_ascii=False) == json.dumps(after, ensure_ascii=False)


def _facet(document: JourneyDocument | None, name: Facet) -> Any:
    value = None if document is None else getattr(document, name)
    return sorted(value or []) if name == "tags" else value
