"""What can be wrong with a journey, each finding with its place and what to do. No Airflow, no database."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from airflow_ma.journey.model import JourneyGraph, Source, Step


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``rule`` is its stable name; ``fix`` says what to do."""

    rule: str
    message: str
    fix: str
    source: Source | None = None
    step: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.source}: " if self.source else ""
        return f"{place}{self.severity}: {self.message}. {self.fix} [{self.rule}]"


class JourneyError(ValueError):
    """A journey that cannot run; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def single(
        cls, message: str, source: Source | None, *, rule: str = "invalid", fix: str = ""
    ) -> JourneyError:
        """An error with one problem."""
        return cls([Problem(rule, message, fix, source)])


def find_problems(graph: JourneyGraph) -> list[Problem]:
    """Every problem in the graph, in the order of the rules."""
    return [problem for rule in RULES for problem in rule(graph)]


RESERVED = ("plan", "watch")
"""Task ids of the tasks that every run has beside its steps."""


def _ids(graph: JourneyGraph) -> Iterator[Problem]:
    for step in graph.steps:
        if step.id in RESERVED:
            yield _at(
                step,
                "reserved-id",
                f"a step cannot be called '{step.id}': every run has a task of that name",
                "Give it another name",
            )
        elif not re.fullmatch(r"[\w.-]+", step.id):
            yield _at(
                step,
                "invalid-id",
                f"a step cannot be called '{step.id}'",
                "Use letters, digits, '_', '-' and '.'",
            )


def _modes(graph: JourneyGraph) -> Iterator[Problem]:
    for step in graph.steps:
        if step.only_mode not in (None, graph.mode):
            yield _at(
                step,
                "wrong-mode",
                f"step '{step.id}', as set, works in {step.only_mode} journeys; this one is {graph.mode}",
                f"Make the journey {step.only_mode}, or change the step",
            )


def _duplicate_ids(graph: JourneyGraph) -> Iterator[Problem]:
    seen: dict[str, Step] = {}
    for step in graph.steps:
        if step.id in seen:
            first = seen[step.id].source
            yield _at(
                step,
                "duplicate-id",
                f"two steps are called '{step.id}'" + (f" (the other one is at {first})" if first else ""),
                "Give one of them another name",
            )
        seen[step.id] = step


def _entry(graph: JourneyGraph) -> Iterator[Problem]:
    entries = [s for s in graph.steps if s.is_entry]
    if not entries:
        yield Problem(
            "no-entry",
            f"the journey '{graph.key}' has no entry: nobody would ever come in",
            "Begin it with an audience step",
            graph.source,
        )
    leads_to = {edge.to_step for edge in graph.edges}
    for step in entries:
        if step.id in leads_to:
            yield _at(
                step,
                "entry-inside",
                f"step '{step.id}' lets people in, but another step leads to it",
                "Remove the edge to it: an entry is where a journey begins",
            )


def _edges(graph: JourneyGraph) -> Iterator[Problem]:
    by_id = {s.id: s for s in graph.steps}
    for edge in graph.edges:
        for end in (edge.from_step, edge.to_step):
            if end not in by_id:
                other = by_id.get(edge.from_step)
                yield Problem(
                    "missing-step",
                    f"step '{edge.from_step}' leads to '{edge.to_step}', but there is no step '{end}'",
                    _did_you_mean(end, by_id),
                    edge.source or (other.source if other else None),
                    edge.from_step,
                )
        step = by_id.get(edge.from_step)
        if step is None:
            continue
        if edge.outcome is None and len(step.outcomes) - len(step.optional) != 1:
            yield _at(
                step,
                "missing-label",
                f"the edge from '{step.id}' to '{edge.to_step}' has no label, and there are several outcomes",
                f'Write `>> Label("...") >>` with one of: {", ".join(step.outcomes)}',
            )
        elif edge.outcome is not None and edge.outcome not in step.outcomes:
            yield _at(
                step,
                "unknown-outcome",
                f"step '{step.id}' has no outcome '{edge.outcome}'",
                _did_you_mean(edge.outcome, step.outcomes),
            )


def _outcomes_lead_somewhere(graph: JourneyGraph) -> Iterator[Problem]:
    leads: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    unlabelled: set[str] = set()
    for edge in graph.edges:
        step = next((s for s in graph.steps if s.id == edge.from_step), None)
        if step is not None and step.outcomes:
            leads[step.id][edge.outcome or step.outcomes[0]].append(edge.to_step)
            if edge.outcome is None:
                unlabelled.add(step.id)
    for step in graph.steps:
        found = leads[step.id]
        for outcome, targets in found.items():
            if len(targets) > 1:
                yield _at(
                    step,
                    "two-ways",
                    f"outcome '{outcome}' of '{step.id}' leads to several steps ({', '.join(targets)}); "
                    "a contact is at one place at a time",
                    "Keep one of the edges, or split with a split step",
                )
        required = [o for o in step.outcomes if o not in step.optional]
        if step.is_end or (step.id in unlabelled and len(required) > 1):
            continue
        if len(required) == 1 and not found:
            continue  # a flow may simply end after a step with one way out
        for outcome in required:
            if outcome not in found:
                yield _at(
                    step,
                    "outcome-leads-nowhere",
                    f"outcome '{outcome}' of '{step.id}' leads nowhere: those contacts would drop out",
                    f'Connect it: `{step.id} >> Label("{outcome}") >> ...`, or to an end step if they leave. '
                    'Outcomes that lead to the same step share a label: Label("one | other")',
                )


def _end_goes_on(graph: JourneyGraph) -> Iterator[Problem]:
    ends = {s.id: s for s in graph.steps if s.is_end}
    for edge in graph.edges:
        if edge.from_step in ends:
            yield _at(
                ends[edge.from_step],
                "end-goes-on",
                f"step '{edge.from_step}' ends the journey, but leads on to '{edge.to_step}'",
                "Remove the edge, or use another step there",
            )


def _references(graph: JourneyGraph) -> Iterator[Problem]:
    by_id = {s.id: s for s in graph.steps}
    before = _upstream(graph)
    for step in graph.steps:
        for named, kinds in step.refers_to.items():
            if named not in by_id:
                candidates = [s.id for s in graph.steps if s.kind in kinds]
                yield _at(
                    step,
                    "missing-reference",
                    f"step '{step.id}' refers to '{named}', but there is no such step",
                    _did_you_mean(named, candidates or by_id),
                )
            elif by_id[named].kind not in kinds:
                yield _at(
                    step,
                    "wrong-reference",
                    f"step '{step.id}' refers to '{named}', which is a {by_id[named].kind} step",
                    f"Name a step of kind {' or '.join(kinds)}",
                )
            elif named not in before[step.id]:
                yield _at(
                    step,
                    "reference-not-before",
                    f"step '{step.id}' refers to '{named}', which no contact has passed when it gets there",
                    f"Put '{named}' before '{step.id}', or refer to another step",
                )


def _cycles(graph: JourneyGraph) -> Iterator[Problem]:
    before = _upstream(graph)
    loop = [s for s in graph.steps if s.id in before[s.id]]
    if loop:
        names = " -> ".join(_walk_round(graph, loop[0].id, before))
        yield _at(
            loop[0],
            "cycle",
            f"the journey runs in a circle: {names}",
            "Remove one of these edges. To repeat, put the step in again under another name",
        )


def _unreachable(graph: JourneyGraph) -> Iterator[Problem]:
    before = _upstream(graph)
    entries = {s.id for s in graph.steps if s.is_entry}
    for step in graph.steps:
        if entries and not step.is_entry and not (entries & before[step.id]):
            yield _at(
                step,
                "unreachable",
                f"no way leads to step '{step.id}': nobody would ever come there",
                "Connect an outcome to it, or remove it",
            )


RULES: tuple[Callable[[JourneyGraph], Iterator[Problem]], ...] = (
    _ids,
    _duplicate_ids,
    _modes,
    _entry,
    _edges,
    _outcomes_lead_somewhere,
    _end_goes_on,
    _references,
    _cycles,
    _unreachable,
)


def _upstream(graph: JourneyGraph) -> dict[str, set[str]]:
    """Step id -> every step from which it can be reached."""
    before: dict[str, set[str]] = {s.id: set() for s in graph.steps}
    into: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        into[edge.to_step].append(edge.from_step)
    for step_id, found in before.items():
        stack = list(into[step_id])
        while stack:
            current = stack.pop()
            if current not in found:
                found.add(current)
                stack += into[current]
    return before


def _walk_round(graph: JourneyGraph, start: str, before: dict[str, set[str]]) -> list[str]:
    way, current = [start], start
    while True:
        onward = (e.to_step for e in graph.edges if e.from_step == current)
        current = next(step for step in onward if step == start or step in before[start])
        if current in way:
            return [*way[way.index(current) :], current]
        way.append(current)


def _at(step: Step, rule: str, message: str, fix: str) -> Problem:
    return Problem(rule, message, fix, step.source, step.id)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    options = sorted(Counter(known))
    near = difflib.get_close_matches(name, options, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"There is: {', '.join(options)}" if options else "There is none yet"
