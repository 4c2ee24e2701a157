"""The check of the builder: every problem of a document in plain words of both languages, with buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from airflow_ma.channels.explained.sentences import explained
from airflow_ma.dag.document_check import Examined, examine
from airflow_ma.dag.load import builder_file
from airflow_ma.journey.document import JourneyDocument
from airflow_ma.journey.model import Source
from airflow_ma.journey.problem import Problem
from airflow_ma.plugin.api_models import ProblemView, Said
from airflow_ma.plugin.canvas.fixes import fixes
from airflow_ma.plugin.canvas.inspection import Inspections
from airflow_ma.plugin.canvas.plain_texts import MODES, TEXTS
from airflow_ma.plugin.canvas.scene import Scene

PATIENCE = 1.5
"""Seconds that the check waits for files while somebody edits."""
MOST_PROBLEMS = 500
"""More than anybody reads; it bounds what a document made by a program can ask of us."""

_OF_THE_INSTALLATION = ("setting", "sender")
"""Rules of what every mail lacks: said once."""
_inspections = Inspections()


def problems_of(document: JourneyDocument, *, patience: float = PATIENCE) -> list[ProblemView]:
    """The first 500 problems, errors first. ``patience``: seconds to wait for the files of mails."""
    scene, problems = find_problems(document, patience=patience)
    return [view(scene, problem) for problem in problems]


def find_problems(document: JourneyDocument, *, patience: float) -> tuple[Scene, list[Problem]]:
    """The first 500 problems, errors first, and what they are about."""
    examined = examine(document, Source(str(builder_file()), 1))
    problems = [*examined.problems, *_inspected(document, examined, patience)]
    problems.sort(key=lambda problem: problem.severity != "error")
    return Scene(document, examined), problems[:MOST_PROBLEMS]


def view(scene: Scene, problem: Problem, line: int | None = None) -> ProblemView:
    """One problem as the builder shows it."""
    message, fix = _texts(scene, problem)
    return ProblemView(
        rule=problem.rule,
        severity=problem.severity,
        message=message,
        fix=fix,
        step=problem.step,
        setting=problem.setting,
        outcome=problem.outcome,
        line=line,
        actions=fixes(scene, problem),
    )


def _inspected(document: JourneyDocument, examined: Examined, patience: float) -> Iterator[Problem]:
    steps = list(examined.built.values())
    found = _inspections.problems(steps, patience)
    told: set[str] = set()
    for position, problems in zip(examined.built, found, strict=True):
        step = document.steps[position].id
        for problem in problems or ():
            if problem.rule not in _OF_THE_INSTALLATION:
                yield replace(problem, step=step, values={**problem.values, "step": step})
            elif problem.message not in told:
                told.add(problem.message)
                yield replace(problem, step=None)
    if None in found:
        yield Problem.told(rule="not-inspected", source=None, severity="warning", values={})


def _texts(scene: Scene, problem: Problem) -> tuple[Said, Said]:
    said, fix = problem.values.get("said"), problem.values.get("fix")
    if isinstance(said, Said) and isinstance(fix, Said):
        step = scene.title(problem.step or "")
        return Said(en="“{step}”: ", ja="「{step}」: ").filled(step=step) + said, fix
    key = problem.rule
    if key == "unknown-template" and problem.values.get("missing"):
        key = "no-template"
    if key in TEXTS:
        names = _names(scene, problem)
        return TEXTS[key][0].filled(**names), TEXTS[key][1].filled(**names)
    (english, remedy), (japanese, advice) = problem.texts("en"), problem.texts("ja")
    return Said(en=english, ja=japanese), Said(en=remedy, ja=advice)


def _names(scene: Scene, problem: Problem) -> dict[str, object]:
    """The values of the problem's texts, with what people call them instead of ids."""
    values = dict(problem.values)
    step = problem.step or ""
    for name in ("step", "to", "missing", "named"):
        if isinstance(value := values.get(name), str):
            values[name] = scene.title(value)
    if problem.outcome is not None:
        values["outcome"] = scene.outcome(step, problem.outcome)
    if problem.setting is not None:
        values["setting"] = scene.setting(step, problem.setting)
    for name in ("needed", "mode"):
        values[name] = MODES.get(str(values.get(name)), values.get(name))
    if isinstance(kinds := values.get("kinds"), str):
        values["kinds"] = _joined([scene.title_of_kind(kind) for kind in kinds.split(" / ")], " / ")
    if isinstance(way := values.get("steps"), tuple):
        values["way"] = _joined([scene.title(one) for one in way], " → ")
    values["detail"] = explained(_without_folders(str(values.get("detail") or problem.message)))
    return values


def _joined(parts: list[Said], by: str) -> Said:
    return Said(en=by.join(part.en for part in parts), ja=by.join(part.ja for part in parts))


def _without_folders(text: str) -> str:
    """Where files lie on the server is nobody's business in a browser."""
    return re.sub(r"(?<![\w.:/])/(?:[^\s/'\"]+/)+", "", text)
