"""What is different between two states of a journey, step by step and way by way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from airflow_ma.journey.document import JourneyDocument, StepDocument

Change = Literal["added", "removed", "changed"]
Facet = Literal["title", "goal", "mode", "tags"]
Sign = Literal[" ", "+", "-"]
Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
FACETS: tuple[Facet, ...] = ("title", "goal", "mode", "tags")
AROUND = 3
"""Lines that are shown before and after those that differ."""
SKIPPED = "…"
"""Stands for the lines that are left out."""
MOST_COMPARED = 5_000
"""Lines between the first and the last difference, of both texts together; a step has about five. The work
grows with their square, and a list of customers may have a hundred thousand."""
MOST_SHOWN = 10_000
"""Lines; nobody reads more, and a page cannot show them."""


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
    """The lines that differ with some around them: sign (space, + or -) and line. Empty: no difference.

    Where the differences are too far apart to be told one by one, all lines between them are different.
    """
    old, new = before.splitlines(), after.splitlines()
    found: list[tuple[Sign, str]] = []
    shown_to = 0
    for group in _Matcher(old, new).get_grouped_opcodes(around):
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
    return found if len(found) <= MOST_SHOWN else [*found[:MOST_SHOWN], (" ", SKIPPED)]


def next_that_exists(
    step: str,
    ways: Mapping[str, Mapping[str, str | None]],
    exists: Callable[[str], bool],
    is_end: Callable[[str], bool] = lambda _: False,
) -> str | None:
    """The nearest step after ``step`` that exists, by whichever outcomes; None when no way leads to one.

    ``ways``: step -> outcome -> the step it leads to, the usual outcome first: among those that are as near,
    that way counts. An end is only the answer when nothing else is as near.
    """
    seen = {step}
    level = [step]
    while level:
        after = [target for here in level for target in ways.get(here, {}).values() if target is not None]
        level = [target for target in dict.fromkeys(after) if target not in seen]
        seen.update(level)
        there = [target for target in level if exists(target)]
        if there:
            return next((target for target in there if not is_end(target)), there[0])
    return None


class _Matcher(SequenceMatcher[str]):
    """Compares only what lies between the first difference and the last one, unless that is too much."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        head = _same_at_first(old, new)
        tail = _same_at_first(old[head:][::-1], new[head:][::-1])
        self.head, self.tail = head, tail
        self.ends = len(old) - tail, len(new) - tail
        super().__init__(None, old[head : self.ends[0]], new[head : self.ends[1]])

    def get_opcodes(self) -> list[Opcode]:
        """As the class it inherits from, of the whole texts."""
        head, tail, (old, new) = self.head, self.tail, self.ends
        if old + new - 2 * head > MOST_COMPARED:
            inner: list[Opcode] = [("replace", 0, old - head, 0, new - head)]
        else:
            inner = super().get_opcodes()
        found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
        found += [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in inner]
        if tail:
            found.append(("equal", old, old + tail, new, new + tail))
        return found


def _same_at_first(old: Sequence[str], new: Sequence[str]) -> int:
    """With how many of the same lines both begin."""
    pairs = zip(old, new, strict=False)
    return next(
        (number for number, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new))
    )


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
