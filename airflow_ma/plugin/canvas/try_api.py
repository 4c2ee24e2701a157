"""Trying a journey out with one person: ``POST /airflow-ma/api/try``. Nothing is written, nothing is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.contacts.vocabulary import matching_pages
from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import builder_file, journey_from_document
from airflow_ma.dag.tryout.person import TriedPerson, nobody_in_particular, real_person, with_events
from airflow_ma.dag.tryout.trying import Act, TryoutTooLongError, try_out
from airflow_ma.engine.database import Database
from airflow_ma.journey.document import JourneyDocument
from airflow_ma.journey.problem import JourneyError
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import ReaderDep, json_only, own_origin
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import ProblemView
from airflow_ma.plugin.canvas.check import problems_of
from airflow_ma.plugin.canvas.contact_models import ContactKey
from airflow_ma.plugin.canvas.contacts_api import unknown_contact
from airflow_ma.plugin.canvas.templates_api import TemplatePreview
from airflow_ma.plugin.mail.sending import Moment

MOST_ACTS = 200
LONGEST_WAIT = 366 * 24 * 3600
"""Seconds between two things that happen."""
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
router = APIRouter(prefix="/api/try", tags=["try"])


class TryAct(BaseModel):
    """What the tester says happened next."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["happen", "pass"] = Field(description="pass: time passes until it brings something.")
    type: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        description="One of those that the last answer offers; null for pass."
    )
    url: Annotated[str, Field(max_length=2_000)] | None
    mail: Annotated[str, Field(max_length=250)] | None = Field(description="The step whose mail it is about.")
    after: int = Field(ge=0, le=LONGEST_WAIT, description="Seconds after the last thing.")


class TryRequest(BaseModel):
    """What to try, with whom, and what they do."""

    model_config = ConfigDict(extra="forbid")

    document: JourneyDocument
    contact: ContactKey | None = Field(description="null: a made-up person.")
    start: str = Field(max_length=40, description="Local time of the person, such as 2026-12-01T10:00.")
    acts: list[TryAct] = Field(max_length=MOST_ACTS)


class TryMoment(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(from_attributes=True)

    at: Moment
    what: Literal["entered", "moved", "mail", "alert", "left", "did"]
    title: Said
    step: str | None
    outcome: str | None
    to: str | None
    mail: TemplatePreview | None


class TryQuestion(BaseModel):
    """Something that the person may do now."""

    model_config = ConfigDict(from_attributes=True)

    type: str
    title: Said
    mail: str | None = Field(description="The step whose mail it is about.")
    url: str | None = Field(description="An address to propose; null: there is none to it.")


class Tryout(BaseModel):
    """The whole way so far, and how it may go on."""

    model_config = ConfigDict(from_attributes=True)

    moments: list[TryMoment]
    at_step: str | None = Field(description="Where the person stands; null once they have left.")
    now: Moment
    until: Moment | None = Field(description="When time alone moves them on.")
    questions: list[TryQuestion]
    problems: list[ProblemView] = Field(description="Why it cannot be tried; else empty.")


@router.post("", dependencies=[Depends(own_origin), Depends(json_only)])
def try_journey(reader: ReaderDep, body: TryRequest) -> Tryout:
    """Play it all from the start. The real engine does, on a database that is thrown away."""
    local = _start(body.start)
    person = _person(reader.database, body.contact)
    start = round(local.replace(tzinfo=person.zone).timestamp() * 1000)
    journey = _built(body.document)
    if isinstance(journey, list):
        nothing: dict[str, Any] = {
            "moments": [],
            "at_step": None,
            "now": start,
            "until": None,
            "questions": [],
        }
        return Tryout.model_validate({**nothing, "problems": journey})
    with reader.database.read() as connection:
        if not person.made_up:
            person = with_events(connection, person, start=start)

        def page(pattern: str) -> str | None:
            return next(iter(matching_pages(connection, pattern)[0]), None)

        try:
            acts = [Act(**act.model_dump()) for act in body.acts]
            done = try_out(journey, person, acts, start=start, pages=page)
        except TryoutTooLongError:
            raise ApiError(
                422,
                "too_long",
                "This takes too long to play. Begin again, with fewer things that happen",
                "時間がかかりすぎるため中断しました。行動を減らして最初からお試しください",
            ) from None
    told = {name: getattr(done, name) for name in Tryout.model_fields if name != "problems"}
    return Tryout.model_validate({**told, "problems": []}, from_attributes=True)


def _built(document: JourneyDocument) -> Journey | list[ProblemView]:
    """The journey, or why there is none."""
    try:
        return journey_from_document(document, builder_file())
    except JourneyError:
        problems = [problem for problem in problems_of(document) if problem.severity == "error"]
        if not problems:
            raise
        return problems


def _person(database: Database, key: str | None) -> TriedPerson:
    with database.read() as connection:
        person = nobody_in_particular(connection) if key is None else real_person(connection, key)
    if person is None:
        raise unknown_contact()
    return person


def _start(text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None or not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise ApiError(
            422,
            "invalid",
            "Give date and time to start at, such as 2026-12-01T10:00",
            "開始日時を 2026-12-01T10:00 のように指定してください",
        )
    return local
