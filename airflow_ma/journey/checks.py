"""What can be wrong with a journey, each finding with its place and what to do. No Airflow, no database."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator

from airflow_ma.journey.check_texts import Phrase
from airflow_ma.journey.model import Edge, JourneyGraph, Source, Step
from airflow_ma.journey.problem import Problem


def find_problems(graph: JourneyGraph) -> list[Problem]:
    """Every problem in the graph, in the order of the rules."""
    return [problem for rule in RULES for problem in rule(graph)]


RESERVED = ("plan", "watch", "earlier_versions", "approval")
"""Task ids of the tasks that runs have beside their steps."""


def _ids(graph: JourneyGraph) -> Iterator[Problem]:
    for step in graph.steps:
        if step.id in RESERVED:
            yield _at(step, "reserved-id", name=step.id)
        elif not re.fullmatch(r"[\w.-]+", step.id):
            yield _at(step, "invalid-id", name=step.id)


def _modes(graph: JourneyGraph) -> Iterator[Problem]:
    for step in graph.steps:
        if step.only_mode not in (None, graph.mode):
            yield _at(step, "wrong-mode", step=step.id, needed=step.only_mode, mode=graph.mode)


def _duplicate_ids(graph: JourneyGraph) -> Iterator[Problem]:
    seen: dict[str, Step] = {}
    for step in graph.steps:
        if step.id in seen:
            first = seen[step.id].source
            other = Phrase("other-place", {"place": first}) if first else ""
            yield _at(step, "duplicate-id", name=step.id, other=other)
        seen[step.id] = step


def _entry(graph: JourneyGraph) -> Iterator[Problem]:
    entries = [s for s in graph.steps if s.is_entry]
    if not entries:
        yield Problem.told(rule="no-entry", source=graph.source, values={"journey": graph.key})
    leads_to = {edge.to_step for edge in graph.edges}
    for step in entries:
        if step.id in leads_to:
            yield _at(step, "entry-inside", step=step.id)


def _edges(graph: JourneyGraph) -> Iterator[Problem]:
    by_id = {s.id: s for s in graph.steps}
    for edge in graph.edges:
        for end in (edge.from_step, edge.to_step):
            if end not in by_id:
                other = by_id.get(edge.from_step)
                source = edge.source or (other.source if other else None)
                yield missing_step(edge, end, by_id, source)
        step = by_id.get(edge.from_step)
        if step is None:
            continue
        if edge.outcome is None and len(step.outcomes) - len(step.optional) != 1:
            yield _at(
                step,
                "missing-label",
                step=step.id,
                to=edge.to_step,
                outcomes=", ".join(step.outcomes),
                leads=", ".join(f"{outcome}: ..." for outcome in step.outcomes),
            )
        elif edge.outcome is not None and edge.outcome not in step.outcomes:
            yield _at(
                step,
                "unknown-outcome",
                step=step.id,
                outcome=edge.outcome,
                hint=_did_you_mean(edge.outcome, step.outcomes),
            )


def missing_step(edge: Edge, missing: str, known: Iterable[str], source: Source | None) -> Problem:
    """An edge has an end that is no step of the journey."""
    return Problem.told(
        rule="missing-step",
        source=source,
        step=edge.from_step,
        values={
            "step": edge.from_step,
            "to": edge.to_step,
            "missing": missing,
            "outcome": edge.outcome,
            "hint": _did_you_mean(missing, known),
        },
    )


def _outcomes_lead_somewhere(graph: JourneyGraph) -> Iterator[Problem]:
    leads: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    unlabelled: set[str] = set()
    by_id = {s.id: s for s in graph.steps}
    for edge in graph.edges:
        step = by_id.get(edge.from_step)
        if step is not None and step.outcomes:
            leads[step.id][edge.outcome or step.outcomes[0]].append(edge.to_step)
            if edge.outcome is None:
                unlabelled.add(step.id)
    for step in graph.steps:
        found = leads[step.id]
        for outcome, targets in found.items():
            if len(targets) > 1:
                yield _at(step, "two-ways", step=step.id, outcome=outcome, targets=", ".join(targets))
        required = [o for o in step.outcomes if o not in step.optional]
        if step.is_end or (step.id in unlabelled and len(required) > 1):
            continue
        if len(required) == 1 and not found:
            continue  # a flow may simply end after a step with one way out
        for outcome in required:
            if outcome not in found:
                known = [o for o in step.outcomes if o in found or o in required]
                whole = ", ".join(f"{o}: {found[o][0] if o in found else '...'}" for o in known)
                yield _at(step, "outcome-leads-nowhere", step=step.id, outcome=outcome, leads=whole)


def _end_goes_on(graph: JourneyGraph) -> Iterator[Problem]:
    ends = {s.id: s for s in graph.steps if s.is_end}
    for edge in graph.edges:
        if edge.from_step in ends:
            end = ends[edge.from_step]
            yield _at(end, "end-goes-on", step=end.id, to=edge.to_step, outcome=edge.outcome)


def _references(graph: JourneyGraph) -> Iterator[Problem]:
    by_id = {s.id: s for s in graph.steps}
    before = upstream(graph)
    for step in graph.steps:
        for named, kinds in step.refers_to.items():
            setting = next((name for name, value in step.settings.items() if value == named), None)
            about = {"step": step.id, "named": named, "kinds": " / ".join(kinds)}
            if named not in by_id:
                candidates = [s.id for s in graph.steps if s.kind in kinds]
                hint = _did_you_mean(named, candidates or by_id)
                yield _at(step, "missing-reference", setting, **about, hint=hint)
            elif by_id[named].kind not in kinds:
                yield _at(step, "wrong-reference", setting, **about, kind=by_id[named].kind)
            elif named not in before[step.id]:
                yield _at(step, "reference-not-before", setting, **about)


def _cycles(graph: JourneyGraph) -> Iterator[Problem]:
    before = upstream(graph)
    loop = [s for s in graph.steps if s.id in before[s.id]]
    if loop:
        way = tuple(_walk_round(graph, loop[0].id, before))
        yield _at(loop[0], "cycle", way=" -> ".join(way), steps=way)


def _unreachable(graph: JourneyGraph) -> Iterator[Problem]:
    before = upstream(graph)
    entries = {s.id for s in graph.steps if s.is_entry}
    for step in graph.steps:
        if entries and not step.is_entry and not (entries & before[step.id]):
            yield _at(step, "unreachable", step=step.id)


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


def upstream(graph: JourneyGraph) -> dict[str, set[str]]:
    """Step id -> every step from which it can be reached."""
    ids = [step.id for step in graph.steps]
    bits = {step_id: 1 << number for number, step_id in enumerate(dict.fromkeys(ids))}
    onward: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        if edge.from_step in bits and edge.to_step in bits:
            onward[edge.from_step].add(edge.to_step)
    # Sets as numbers: with a thousand steps that all lead to many others, sets would take half a minute.
    before = dict.fromkeys(bits, 0)
    changed = deque(bits)
    while changed:
        current = changed.popleft()
        found = before[current] | bits[current]
        for step_id in onward[current]:
            if found & ~before[step_id]:
                before[step_id] |= found
                changed.append(step_id)
    return {step_id: {one for one, bit in bits.items() if mask & bit} for step_id, mask in before.items()}


def _walk_round(graph: JourneyGraph, start: str, before: dict[str, set[str]]) -> list[str]:
    way, current = [start], start
    while True:
        onward = (e.to_step for e in graph.edges if e.from_step == current)
        current = next(step for step in onward if step == start or step in before[start])
        if current in way:
            return [*way[way.index(current) :], current]
        way.append(current)


def _at(place: Step, rule: str, /, setting: str | None = None, **values: object) -> Problem:
    return Problem.told(rule=rule, source=place.source, step=place.id, setting=setting, values=values)


def _did_you_mean(name: str, known: Iterable[str]) -> Phrase:
    options = sorted(Counter(known))
    near = difflib.get_close_matches(name, options, n=1)
    if near:
        return Phrase("did-you-mean", {"name": near[0]})
    return Phrase("there-is", {"names": ", ".join(options)}) if options else Phrase("none-yet", {})
