"""The text forms of a document for the builder's side panel: YAML both ways, Python to take along."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field, ValidationError

from airflow_ma.dag.document_check import UNKNOWN_KIND
from airflow_ma.dag.load import located
from airflow_ma.dag.python_form import UnknownKindError, write_python
from airflow_ma.dag.text_form import document_yaml, read_document
from airflow_ma.journey.model import Source
from airflow_ma.journey.problem import JourneyError, Problem
from airflow_ma.journey.yaml_form import JourneyText, read_yaml
from airflow_ma.plugin.access import WRITES, OnlookerDep, ReaderDep
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import JourneyDocument, ProblemView, Said
from airflow_ma.plugin.canvas.check import PATIENCE, find_problems, view

router = APIRouter(prefix="/api", tags=["text"])

LONGEST_TEXT = 300_000
"""Characters of YAML; a journey of a hundred steps has about twenty thousand."""
_FILE = "journey.yaml"


class ToWrite(BaseModel):
    """A document that is to become a text."""

    document: JourneyDocument


class YamlText(BaseModel):
    """A document as YAML."""

    yaml: str


class PythonText(BaseModel):
    """A document as a Python file."""

    python: str


class ToRead(BaseModel):
    """A text that is to become the document of the journey ``key``."""

    yaml: str = Field(max_length=LONGEST_TEXT)
    key: str = Field(max_length=250)


class ReadYaml(BaseModel):
    """What a text says."""

    document: JourneyDocument | None = Field(description="null when the text cannot be read at all.")
    problems: list[ProblemView]


@router.post("/yaml", dependencies=WRITES)
def to_yaml(_: OnlookerDep, body: ToWrite) -> YamlText:
    """The document as YAML; reading it gives the document back."""
    _refuse_twins(body.document)
    return YamlText(yaml=document_yaml(body.document))


@router.post("/python", dependencies=WRITES)
def to_python(_: OnlookerDep, body: ToWrite) -> PythonText:
    """The document as a file for the dags folder."""
    _refuse_twins(body.document)
    try:
        return PythonText(python=write_python(body.document))
    except UnknownKindError as error:
        said = UNKNOWN_KIND.filled(kind=error.kind)
        raise ApiError(422, "problems", said.en, said.ja) from None


@router.post("/yaml/read", dependencies=WRITES)
def from_yaml(_: ReaderDep, body: ToRead) -> ReadYaml:
    """The document that a text describes, with everything that is wrong with it, by line."""
    try:
        text = read_yaml(body.yaml, _FILE)
        document = read_document(text)
    except JourneyError as error:
        return ReadYaml(document=None, problems=[_unreadable(problem) for problem in error.problems])
    except ValidationError as error:
        return ReadYaml(document=None, problems=[_unreadable(_unstorable(error))])
    return ReadYaml(
        document=document.model_copy(update={"key": body.key}),
        problems=[*_renamed(text, body.key), *_checked(text, document.model_copy(update={"key": body.key}))],
    )


def _checked(text: JourneyText, document: JourneyDocument) -> list[ProblemView]:
    scene, problems = find_problems(document, patience=PATIENCE)
    return [view(scene, problem, line=_line(problem, text)) for problem in problems]


def _line(problem: Problem, text: JourneyText) -> int:
    if problem.step is None:
        name = {"goal": "goal", "no-title": "title"}.get(problem.rule, "journey")
        return text.lines.get(name, text.source.line)
    step = next((step for step in text.steps if step.id == problem.step), None)
    if step is None:
        return text.source.line
    place = located(problem, text).source
    if place is not None and place.file == text.source.file:
        return place.line
    return step.lines.get(problem.setting or "", step.source.line)


def _renamed(text: JourneyText, key: str) -> list[ProblemView]:
    if text.key == key:
        return []
    source = Source(_FILE, text.lines.get("journey", 1))
    values = {"key": key, "name": text.key}
    problem = Problem.told(rule="other-journey", source=source, severity="warning", values=values)
    return [_unreadable(problem)]


def _unstorable(error: ValidationError) -> Problem:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    why = f"{where}: {first['msg']}" if where else first["msg"]
    return Problem.told(rule="yaml", case="unstorable", source=Source(_FILE, 1), values={"why": why})


def _unreadable(problem: Problem) -> ProblemView:
    (english, remedy), (japanese, advice) = problem.texts("en"), problem.texts("ja")
    return ProblemView(
        rule=problem.rule,
        severity=problem.severity,
        message=Said(en=english, ja=japanese),
        fix=Said(en=remedy, ja=advice),
        step=None,
        setting=None,
        outcome=None,
        line=problem.source.line if problem.source else 1,
        actions=[],
    )


def _refuse_twins(document: JourneyDocument) -> None:
    """Texts name steps by their ids: two of the same cannot be told apart."""
    ids = [step.id for step in document.steps]
    twins = sorted({one for one in ids if ids.count(one) > 1})
    if twins:
        raise ApiError(
            422,
            "problems",
            f"Two steps have the same id “{twins[0]}”: remove one of them first",
            f"同じID「{twins[0]}」のステップが2つあります。先に片方を削除してください",
        )
