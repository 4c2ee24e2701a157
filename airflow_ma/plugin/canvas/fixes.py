"""What a button can do about a problem, where it is obvious."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from pydantic import JsonValue

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.document import UNSAID
from airflow_ma.journey.problem import Problem
from airflow_ma.plugin.api_models import FixAction, Said
from airflow_ma.plugin.canvas.catalogue_api import title_of_kind
from airflow_ma.plugin.canvas.plain_texts import ACTIONS
from airflow_ma.plugin.canvas.scene import Scene

_Fix = Callable[[Scene, Problem], Iterator[FixAction]]


def fixes(scene: Scene, problem: Problem) -> list[FixAction]:
    """The buttons for this problem; none where only a person can know what is meant."""
    fix = _FIXES.get(problem.rule)
    return list(fix(scene, problem)) if fix else []


def _action(
    do: Literal["connect", "disconnect", "set", "remove", "end", "entry"],
    title: Said,
    *,
    step: str | None = None,
    outcome: str | None = None,
    to: str | None = None,
    setting: str | None = None,
    value: JsonValue = None,
    kind: str | None = None,
) -> FixAction:
    return FixAction(
        do=do, title=title, step=step, outcome=outcome, to=to, setting=setting, value=value, kind=kind
    )


def _setting(scene: Scene, problem: Problem) -> Iterator[FixAction]:
    sort = problem.values.get("sort")
    if sort == "kind":
        yield _action("remove", ACTIONS["remove"], step=problem.step)
    elif sort == "unknown":
        yield _action("set", ACTIONS["clear"], step=problem.step, setting=problem.setting)
    elif sort == "missing":
        yield from _reference(scene, problem)


def _reference(scene: Scene, problem: Problem) -> Iterator[FixAction]:
    candidates = scene.may_name(problem.step or "", problem.setting)
    if len(candidates) == 1:
        (only,) = candidates
        title = ACTIONS["choose"].filled(to=scene.title(only))
        yield _action("set", title, step=problem.step, setting=problem.setting, value=only)


def _disconnect(_: Scene, problem: Problem) -> Iterator[FixAction]:
    outcome = problem.outcome if problem.outcome is not None else UNSAID
    yield _action("disconnect", ACTIONS["disconnect"], step=problem.step, outcome=outcome)


def _disconnect_those_before(scene: Scene, problem: Problem) -> Iterator[FixAction]:
    for edge in scene.edges:
        if edge.to_step == problem.step:
            title = ACTIONS["disconnect_from"].filled(step=scene.title(edge.from_step))
            yield _action("disconnect", title, step=edge.from_step, outcome=edge.outcome or UNSAID)


def _lead_somewhere(scene: Scene, problem: Problem) -> Iterator[FixAction]:
    end = _first_kind(lambda kind: kind.is_end)
    if end is not None:
        yield _action("end", ACTIONS["end"], step=problem.step, outcome=problem.outcome, kind=end.kind)
    before = scene.before.get(problem.step or "", set()) | {problem.step}
    loose = [step.id for step in scene.loose if step.id not in before]
    if len(loose) == 1:
        title = ACTIONS["connect"].filled(to=scene.title(loose[0]))
        yield _action("connect", title, step=problem.step, outcome=problem.outcome, to=loose[0])


def _entry(scene: Scene, _: Problem) -> Iterator[FixAction]:
    entry = _first_kind(lambda kind: kind.is_entry)
    if entry is not None:
        first = scene.loose[0].id if scene.loose else None
        title = ACTIONS["entry"].filled(kind=title_of_kind(entry))
        yield _action("entry", title, step=first, kind=entry.kind)


def _remove(_: Scene, problem: Problem) -> Iterator[FixAction]:
    yield _action("remove", ACTIONS["remove"], step=problem.step)


_FIXES: Mapping[str, _Fix] = {
    "invalid-step": _setting,
    "no-entry": _entry,
    "entry-inside": _disconnect_those_before,
    "missing-step": _disconnect,
    "missing-label": _disconnect,
    "unknown-outcome": _disconnect,
    "end-goes-on": _disconnect,
    "outcome-leads-nowhere": _lead_somewhere,
    "missing-reference": _reference,
    "wrong-reference": _reference,
    "reference-not-before": _reference,
    "unreachable": _remove,
}


def _first_kind(wanted: Callable[[type[StepOperator]], bool]) -> type[StepOperator] | None:
    return next((kind for kind in step_kinds().values() if wanted(kind)), None)
