"""Journeys from YAML files, and from definitions kept in the database, as Airflow DAGs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from airflow.configuration import conf
from airflow.sdk import DAG, Label, get_parsing_context

from airflow_ma.config import settings
from airflow_ma.dag.catalogue import step_kind, step_kinds
from airflow_ma.dag.declaration import StepError, settings_model
from airflow_ma.dag.faults import translations_of
from airflow_ma.dag.goal import read_goal
from airflow_ma.dag.graph import SEPARATOR
from airflow_ma.dag.journey import Journey
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.checks import missing_step
from airflow_ma.journey.document import JourneyDocument, StepDocument, document_from_definition
from airflow_ma.journey.model import Edge, Mode, Source
from airflow_ma.journey.problem import JourneyError, Problem
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
            found[broken_id] = broken_dag(path.stem, broken_id, str(error))
            continue
        if journey.dag_id in found:
            log.error(
                "%s: a journey called '%s' is in another file of this folder, too", path, journey.dag_id
            )
            problem = f"{path}: there is another journey called '{journey.dag_id}'"
            found[broken_id] = broken_dag(path.stem, broken_id, problem)
            continue
        found[journey.dag_id] = journey
    return found


def load_journey(path: Path) -> Journey:
    """The journey in one YAML file; JourneyError lists every problem with its line."""
    return _build(read_yaml(_read(path), str(path)))


def journey_from_definition(definition: Mapping[str, Any]) -> Journey:
    """A journey from what ``JourneyGraph.definition()`` gave."""
    return journey_from_document(document_from_definition(definition))


def journey_from_document(document: JourneyDocument, file: Path | None = None) -> Journey:
    """A journey from what the builder stores; JourneyError lists every problem.

    ``file`` is where the journey would stand if it were written: beside it are templates and lists. Steps
    take their own settings only: what else an Airflow task takes is not for people in a browser. Those that
    were given no title show in Airflow by the name of their kind: nobody has chosen their ids.
    """
    source = Source(str(file or f"<{document.key}>"), 1)
    foreign = [problem for step in document.steps for problem in _foreign(step, source)]
    if foreign:
        raise JourneyError(foreign)
    return _build(text_of(document, source), named_by_kind=True)


def builder_file() -> Path:
    """Where a journey from the builder would stand, were it a file: templates and lists are beside it."""
    return Path(conf.get_mandatory_value("core", "dags_folder")) / "journey.yaml"


def emails_folder() -> Path:
    """Where the templates of journeys are that were made in the builder."""
    return settings().emails or builder_file().parent / "emails"


def text_of(document: JourneyDocument, source: Source) -> JourneyText:
    """The document in the form of a file."""
    return JourneyText(
        key=document.key,
        title=document.title or None,
        mode=document.mode,
        tags=document.tags,
        steps=[
            StepText(
                id=step.id,
                kind=step.kind,
                title=step.title or None,
                settings=dict(step.settings),
                leads=[Edge(step.id, outcome or None, end) for outcome, end in step.next.items()],
                source=source,
            )
            for step in document.steps
        ],
        source=source,
        goal=document.goal,
    )


def foreign_settings(step: StepDocument) -> list[str]:
    """Names in the step's settings that its kind does not have; none for a kind that is not installed."""
    kind = step_kinds().get(step.kind)
    return (
        []
        if kind is None
        else [name for name in step.settings if name not in settings_model(kind).model_fields]
    )


def _foreign(step: StepDocument, source: Source) -> Iterator[Problem]:
    for name in foreign_settings(step):
        message = f"step '{step.id}': there is no setting '{name}'"
        yield Problem("invalid-step", message, "Remove it", source, step.id, setting=name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problem = Problem.told(rule="yaml", case="not-utf-8", source=Source(str(path), 1), values={})
        raise JourneyError([problem]) from None


def _build(text: JourneyText, *, named_by_kind: bool = False) -> Journey:
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
    goal = read_goal(text.goal, text.key, Source(text.source.file, text.lines.get("goal", text.source.line)))
    journey = Journey(
        text.key,
        title=text.title,
        mode=cast("Mode", text.mode),
        tags=text.tags,
        goal=goal,
        auto_register=False,
    )
    journey.source = text.source
    try:
        with journey:
            problems = _fill(text, named_by_kind)
            if problems:
                raise JourneyError(problems)
    except JourneyError as error:
        raise JourneyError(located(problem, text) for problem in error.problems) from None
    return journey


def _fill(text: JourneyText, named_by_kind: bool) -> list[Problem]:
    """Put the steps and edges into the journey whose ``with`` block this is in."""
    problems: list[Problem] = []
    built: dict[str, StepOperator] = {}
    for step in text.steps:
        try:
            built[step.id] = _build_step(step, named_by_kind)
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
                    translations=translations_of(step.id, error.faults),
                )
            )
    return problems + _connect(text, built)


NEXT_RULES = (
    "missing-step",
    "missing-label",
    "unknown-outcome",
    "outcome-leads-nowhere",
    "two-ways",
    "end-goes-on",
)


def located(problem: Problem, text: JourneyText) -> Problem:
    """The problem at the line it is about within its step, where that is known."""
    step = next((step for step in text.steps if step.id == problem.step), None)
    if step is None:
        return problem
    line: int | None = None
    if problem.rule in NEXT_RULES:
        leads = [edge.source.line for edge in step.leads if edge.source and edge.outcome == problem.outcome]
        line = leads[0] if leads else step.lines.get("next")
    elif problem.setting is not None:
        line = step.lines.get(problem.setting)
    return replace(problem, source=Source(step.source.file, line)) if line else problem


def _build_step(text: StepText, named_by_kind: bool) -> StepOperator:
    kind = step_kind(text.kind, text.source)
    title = text.title or ("" if named_by_kind else None)
    try:
        step = kind(**{"task_id": text.id, "title": title}, **text.settings)
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


def broken_dag(name: str, dag_id: str, problem: str) -> DAG:
    """A DAG that stands for a journey which cannot be built."""
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
        dag_display_name=f"{name} (broken / 要修正)",
        auto_register=False,
    ) as dag:
        BrokenJourney(task_id="broken")
    return dag
