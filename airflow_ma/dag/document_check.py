"""Everything that is wrong with a document, however unfinished: it never raises, whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import (
    StepError,
    outcomes_for,
    setting_titles,
    settings_model,
    step_references,
)
from airflow_ma.dag.faults import Fault, unknown_setting
from airflow_ma.dag.goal import read_goal
from airflow_ma.dag.journey import building
from airflow_ma.dag.load import foreign_settings
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.checks import find_problems
from airflow_ma.journey.document import JourneyDocument, StepDocument
from airflow_ma.journey.model import Edge, JourneyGraph, Source, Step
from airflow_ma.journey.problem import JourneyError, Problem
from airflow_ma.journey.said import Said

UNKNOWN_KIND = Said(
    en="There is no step of the kind “{kind}” here",
    ja="「{kind}」という種類のステップは、この環境にはありません",
)
_REMOVE_STEP = Said(en="Use another step", ja="別のステップに置き換えてください")
_UNUSABLE = Said(en="Some of its settings cannot be used", ja="使えない設定があります")
_PLACEHOLDER = "step"
"""The task id of every step that is only looked at: the real one may be anything."""


@dataclass(frozen=True)
class Examined:
    """What a document amounts to."""

    graph: JourneyGraph
    """As far as it can be told: of a step that is not finished, what its kind and its settings suggest."""
    built: Mapping[int, StepOperator]
    """Position among the document's steps -> the step, where all its settings are right."""
    problems: list[Problem]


def examine(document: JourneyDocument, source: Source | None = None) -> Examined:
    """The document as a graph, with every problem but those that only a look at files shows.

    ``source`` says where the journey would stand if it were a file: beside it are templates and lists.
    """
    problems: list[Problem] = list(_whole(document, source))
    built: dict[int, StepOperator] = {}
    nodes: list[Step] = []
    for position, step in enumerate(document.steps):
        operator, found = _build(step, source)
        problems += found
        if operator is not None:
            built[position] = operator
            node = operator.node()
        else:
            node = _unfinished(step)
        nodes.append(replace(node, id=step.id, title=step.title or None, source=source))
    graph = JourneyGraph(
        key=document.key,
        title=document.title,
        mode=document.mode,
        steps=tuple(nodes),
        edges=tuple(
            Edge(step.id, outcome or None, to, source)
            for step in document.steps
            for outcome, to in step.next.items()
        ),
        source=source,
    )
    return Examined(graph, built, problems + find_problems(graph))


def plain_settings(step: StepDocument) -> dict[str, Any]:
    """The step's settings as they are written back: "3日" as "3 days", without those left at their default.

    As they stand where something is wrong with them.
    """
    operator, found = _build(step, None)
    return dict(step.settings if operator is None or found else operator.settings)


def fault_problem(step: StepDocument, fault: Fault, source: Source | None) -> Problem:
    """A wrong setting as a problem of its step."""
    fix = fault.fix
    return Problem(
        "invalid-step",
        f"step '{step.id}': {fault.said.en}",
        fix.en,
        source,
        step.id,
        translations={"ja": (f"ステップ「{step.id}」: {fault.said.ja}", fix.ja)},
        setting=fault.setting,
        values={"step": step.id, "said": fault.said, "fix": fix, "sort": fault.rule},
    )


def _whole(document: JourneyDocument, source: Source | None) -> Iterator[Problem]:
    if not re.fullmatch(r"[\w.-]+", document.key):
        values = {"name": document.key}
        yield Problem.told(rule="invalid-id", case="invalid-journey-id", source=source, values=values)
    if not document.title.strip():
        values = {"journey": document.key}
        yield Problem.told(rule="no-title", source=source, setting="title", values=values)
    try:
        read_goal(document.goal, document.key, source)
    except JourneyError as error:
        yield from error.problems


def _build(step: StepDocument, source: Source | None) -> tuple[StepOperator | None, list[Problem]]:
    kind = step_kinds().get(step.kind)
    if kind is None:
        fault = Fault(None, UNKNOWN_KIND.filled(kind=step.kind), "kind", _REMOVE_STEP)
        return None, [fault_problem(step, fault, source)]
    foreign = foreign_settings(step)
    problems = [fault_problem(step, unknown_setting(name), source) for name in foreign]
    own: dict[str, Any] = {name: value for name, value in step.settings.items() if name not in foreign}
    try:
        with building:
            operator = kind(task_id=_PLACEHOLDER, **own)
    except StepError as error:
        faults = error.faults or (_unexplained(kind, error),)
        return None, problems + [fault_problem(step, fault, source) for fault in faults]
    except Exception:  # a step of somebody else's may raise anything about its arguments
        return None, [*problems, fault_problem(step, Fault(None, _UNUSABLE), source)]
    operator.source = source
    return operator, problems


def _unexplained(kind: type[StepOperator], error: StepError) -> Fault:
    """What a step of somebody else's says in English only."""
    text = re.sub(r"^step '[^']*'( \(\w+\))?: ", "", error.problem)
    name = next((name for name in error.settings if name in setting_titles(kind)), None)
    return Fault(name, Said(en=text, ja=text))


def _unfinished(step: StepDocument) -> Step:
    """What can be told of a step whose settings are not right yet."""
    kind = step_kinds().get(step.kind)
    if kind is None:
        return Step(step.id, step.kind, step.settings, tuple(name for name in step.next if name))
    named = {
        step.settings[name]: kinds
        for name, kinds in step_references(settings_model(kind)).items()
        if isinstance(step.settings.get(name), str) and step.settings[name]
    }
    return Step(
        id=step.id,
        kind=step.kind,
        settings=step.settings,
        outcomes=outcomes_for(kind, step.settings) or (() if kind.outcome_settings else kind.outcomes),
        optional=kind.optional_outcomes,
        refers_to={str(name): kinds for name, kinds in named.items()},
        is_entry=kind.is_entry,
        is_end=kind.is_end,
        only_mode=kind.only_mode,
    )
