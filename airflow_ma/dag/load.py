"""Journeys from YAML files, and from definitions kept in the database, as Airflow DAGs."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from airflow.sdk import DAG, Label, get_parsing_context

from airflow_ma.dag.catalogue import step_kind
from airflow_ma.dag.declaration import StepError
from airflow_ma.dag.graph import SEPARATOR
from airflow_ma.dag.journey import Journey
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.checks import JourneyError, Problem, missing_step
from airflow_ma.journey.model import Edge, Mode, Source
from airflow_ma.journey.yaml_form import JourneyText, StepText, read_yaml

log = logging.getLogger(__name__)


def load_journeys(folder: Path | str) -> dict[str, DAG]:
    """Every journey in ``folder/*.yaml``, by DAG id, for ``globals().update(...)`` in a dags file.

    A broken file does not take the others with it: in its place stands a DAG of the same id whose only
    task says what is wrong, and the details are logged.
    """
    wanted = get_parsing_context().dag_id
    found: dict[str, DAG] = {}
    for path in sorted(Path(folder).glob("*.yaml")):
        broken_id = re.sub(r"[^\w.-]", "_", path.stem)
        try:
            text = _read(path)
            if wanted and broken_id != wanted and f"journey: {wanted}" not in text:
                continue  # a worker needs only its own journey
            journey = load_journey(path)
        except Exception as error:
            log.error("the journey in %s cannot be used:\n%s", path, error)
            found[broken_id] = _broken(path, broken_id, str(error))
            continue
        if journey.dag_id in found:
            log.error(
                "%s: a journey called '%s' is in another file of this folder, too", path, journey.dag_id
            )
            problem = f"{path}: there is another journey called '{journey.dag_id}'"
            found[broken_id] = _broken(path, broken_id, problem)
            continue
        found[journey.dag_id] = journey
    return found


def load_journey(path: Path) -> Journey:
    """The journey in one YAML file; JourneyError lists every problem with its line."""
    return _build(read_yaml(_read(path), str(path)))


def journey_from_definition(definition: Mapping[str, Any]) -> Journey:
    """A journey from what ``JourneyGraph.definition()`` gave."""
    source = Source(f"<{definition['key']}>", 1)
    leads = [Edge(*edge) for edge in definition["edges"]]
    return _build(
        JourneyText(
            key=definition["key"],
            title=definition["title"],
            mode=definition["mode"],
            tags=[],
            steps=[
                StepText(
                    id=step["id"],
                    kind=step["kind"],
                    title=step["title"],
                    settings=dict(step["settings"]),
                    leads=[edge for edge in leads if edge.from_step == step["id"]],
                    source=source,
                )
                for step in definition["steps"]
            ],
            source=source,
        )
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problem = Problem.told(rule="yaml", case="not-utf-8", source=Source(str(path), 1), values={})
        raise JourneyError([problem]) from None


def _build(text: JourneyText) -> Journey:
    if text.mode not in get_args(Mode):
        source = Source(text.source.file, text.lines.get("mode", text.source.line))
        values = {"mode": text.mode}
        raise JourneyError([Problem.told(rule="invalid", case="invalid-mode", source=source, values=values)])
    if not re.fullmatch(r"[\w.-]+", text.key):
        source = Source(text.source.file, text.lines.get("journey", text.source.line))
        values = {"name": text.key}
        raise JourneyError(
            [Problem.told(rule="invalid-id", case="invalid-journey-id", source=source, values=values)]
        )
    journey = Journey(
        text.key, title=text.title, mode=cast("Mode", text.mode), tags=text.tags, auto_register=False
    )
    journey.source = text.source
    try:
        with journey:
            problems = _fill(text)
            if problems:
                raise JourneyError(problems)
    except JourneyError as error:
        raise JourneyError(_located(problem, text) for problem in error.problems) from None
    return journey


def _fill(text: JourneyText) -> list[Problem]:
    """Put the steps and edges into the journey whose ``with`` block this is in."""
    problems: list[Problem] = []
    built: dict[str, StepOperator] = {}
    for step in text.steps:
        try:
            built[step.id] = _build_step(step)
        except StepError as error:
            named = [step.lines[name] for name in error.settings if name in step.lines]
            line = named[0] if named else step.source.line
            problems.append(
                Problem(
                    "invalid-step",
                    error.problem,
                    "Correct it there",
                    Source(step.source.file, line),
                    step.id,
                )
            )
    return problems + _connect(text, built)


NEXT_RULES = ("missing-label", "unknown-outcome", "outcome-leads-nowhere", "two-ways", "end-goes-on")
REFERENCE_RULES = ("missing-reference", "wrong-reference", "reference-not-before")


def _located(problem: Problem, text: JourneyText) -> Problem:
    """The problem at the line it is about within its step, where that is known."""
    step = next((step for step in text.steps if step.id == problem.step), None)
    if step is None:
        return problem
    line: int | None = None
    if problem.rule in NEXT_RULES:
        leads = [edge.source.line for edge in step.leads if edge.source and edge.outcome == problem.about]
        line = leads[0] if leads else step.lines.get("next")
    elif problem.rule in REFERENCE_RULES:
        settings = [name for name, value in step.settings.items() if value == problem.about]
        line = next((step.lines[name] for name in settings if name in step.lines), None)
    return replace(problem, source=Source(step.source.file, line)) if line else problem


def _build_step(text: StepText) -> StepOperator:
    kind = step_kind(text.kind, text.source)
    try:
        step = kind(**{"task_id": text.id, "title": text.title}, **text.settings)
    except StepError:
        raise
    except Exception as error:  # what Airflow or a step of somebody else's says of its arguments
        raise StepError(f"step '{text.id}': {error}", text.source) from error
    step.source = text.source
    return step


def _connect(text: JourneyText, built: Mapping[str, StepOperator]) -> list[Problem]:
    problems: list[Problem] = []
    names = {step.id for step in text.steps}
    labels: dict[tuple[str, str], list[str]] = {}
    for step in text.steps:
        for edge in step.leads:
            if edge.to_step not in names:
                problems.append(missing_step(edge, edge.to_step, names, edge.source or step.source))
            else:
                labels.setdefault((edge.from_step, edge.to_step), []).extend(
                    [edge.outcome] if edge.outcome is not None else []
                )
    for (start, end), outcomes in labels.items():
        if start in built and end in built:
            label = f" {SEPARATOR} ".join(outcomes)
            if label:
                built[start] >> Label(label) >> built[end]
            else:
                built[start] >> built[end]
    return problems


def _broken(path: Path, dag_id: str, problem: str) -> DAG:
    from airflow.sdk import BaseOperator

    class BrokenJourney(BaseOperator):
        """Stands for a journey whose file has an error."""

        def execute(self, context: Any) -> None:
            raise JourneyError.single(problem, None)

    with DAG(
        dag_id,
        schedule=None,
        tags={"journey", "broken"},
        doc_md=f"**This journey cannot run**\n\n```\n{problem}\n```",
        dag_display_name=f"{path.stem} (broken / 要修正)",
        auto_register=False,
    ) as dag:
        BrokenJourney(task_id="broken")
    return dag
