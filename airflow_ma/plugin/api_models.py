"""What several parts of the API say and are told; their names are those of the pages' types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, FiniteFloat, JsonValue

from airflow_ma.journey.document import JourneyDocument, StepDocument
from airflow_ma.journey.said import Said

__all__ = [
    "LARGEST",
    "LONGEST_ID",
    "CheckResult",
    "ErrorAnswer",
    "ErrorDetail",
    "FixAction",
    "JourneyDocument",
    "Layout",
    "Position",
    "ProblemView",
    "Revision",
    "Said",
    "StepDocument",
]

LARGEST = 2**31 - 1
LONGEST_ID = 250
Revision = Annotated[int, Field(ge=0, le=LARGEST)]


class Position(BaseModel):
    """Where a step stands on the canvas, in pixels."""

    x: FiniteFloat
    y: FiniteFloat


Layout = dict[str, Position]


class FixAction(BaseModel):
    """What a fix button does to the document. Fields that do not apply are null."""

    do: Literal["connect", "disconnect", "set", "remove", "end", "entry"] = Field(
        description="connect: step/outcome to `to`. disconnect: step/outcome. set: step/setting to `value`; "
        "null clears it. remove: the step. end: put an end step behind step/outcome. entry: put an entry "
        "step in front."
    )
    title: Said
    step: str | None
    outcome: str | None
    to: str | None
    setting: str | None
    value: JsonValue
    kind: str | None = Field(description="Of the step to add.")


class ProblemView(BaseModel):
    """Something wrong with a journey, said so that a marketer can put it right."""

    rule: str
    severity: Literal["error", "warning"]
    message: Said
    fix: Said = Field(description="What to do.")
    step: str | None
    setting: str | None
    outcome: str | None
    line: int | None = Field(description="Of the YAML text, from 1, when a text was checked.")
    actions: list[FixAction]


class CheckResult(BaseModel):
    """Everything that is wrong; empty: nothing is."""

    problems: list[ProblemView]


class ErrorDetail(BaseModel):
    """Why a request was refused. What does not apply is left out."""

    code: str = Field(description="conflict, problems, not_found, refused, invalid, exists, no_database ...")
    message: Said
    saved_by: str | None = None
    saved_at: str | None = None
    problems: list[ProblemView] | None = None


class ErrorAnswer(BaseModel):
    """The body of every error."""

    detail: ErrorDetail
