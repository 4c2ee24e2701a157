"""The journeys for the builder: the list, opening, saving, publishing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from airflow_ma.config import settings
from airflow_ma.engine.drafts import DraftConflictError, discard_draft, save_draft
from airflow_ma.engine.releases import newest_release
from airflow_ma.insight.journeys import journey_numbers, step_numbers
from airflow_ma.journey.document import is_storable
from airflow_ma.journey.model import Mode
from airflow_ma.plugin import journeys
from airflow_ma.plugin.access import Builder, BuilderDep, json_only, own_origin, permitted
from airflow_ma.plugin.airflow_dags import dag_files, paused_dags
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import JourneyDocument, Layout, Position
from airflow_ma.plugin.publishing import publish

LARGEST = 2**31 - 1
LONGEST_TITLE = 200
LONGEST_ID = 250
MOST_PLACES = 2_000


def _places(layout: Layout) -> Layout:
    for step in layout:
        if len(step) > LONGEST_ID or not is_storable(step):
            raise ValueError("these are not the ids of steps")
    return layout


def _title(title: str) -> str:
    if not is_storable(title):
        raise ValueError("a title must not contain NUL or half characters")
    return title


Key = Annotated[str, Path(pattern=r"^[\w.-]+$", max_length=LONGEST_ID)]
Revision = Annotated[int, Field(ge=0, le=LARGEST)]
Places = Annotated[Layout, Field(max_length=MOST_PLACES), AfterValidator(_places)]
WRITES = [Depends(own_origin), Depends(json_only)]
router = APIRouter(prefix="/api/journeys", tags=["journeys"])


class JourneySummary(BaseModel):
    """A journey in the list."""

    key: str
    title: str
    state: journeys.State = Field(
        description="draft: never published. live: published, nothing newer. changed: live, with a newer "
        "draft. git: written in a file."
    )
    paused: bool = Field(description="Airflow's DAG is paused: nobody enters or moves on.")
    mode: Mode
    steps: int
    active: int = Field(description="People in it now.")
    entered_week: int
    converted_week: int | None = Field(description="null: the journey has no goal.")
    entered_by_day: list[int] = Field(
        description="People who entered on each of 14 days of the installation's zone, today last."
    )
    waiting_mails: int
    changed_at: datetime
    changed_by: str | None
    may_edit: bool


class StepCounts(BaseModel):
    """The people at one step."""

    model_config = ConfigDict(from_attributes=True)

    arrived: int
    waiting: int
    left: dict[str, int]


class JourneyView(BaseModel):
    """A journey with all that the canvas shows."""

    document: JourneyDocument
    layout: dict[str, Position] = Field(description="Where steps were put by hand; others are laid out.")
    revision: int = Field(description="Counts up with every save; 0: nothing was ever saved here.")
    state: journeys.State
    paused: bool = Field(description="Airflow's DAG is paused: nobody enters or moves on.")
    version: int | None = Field(description="The newest version that runs; null before the first.")
    saved_at: datetime | None
    saved_by: str | None
    may_edit: bool
    may_see_contacts: bool
    source: str | None = Field(description="A file, for state git.")
    dag_path: str | None = Field(
        description="Airflow's page of the DAG, relative to its base; null until it is known there."
    )
    counts: dict[str, StepCounts] = Field(description="Step id -> counts, once it has run.")


class NewJourney(BaseModel):
    """What a new journey begins with."""

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE), AfterValidator(_title)]
    document: JourneyDocument | None
    layout: Places


class DraftToSave(BaseModel):
    """The whole journey, and the revision that was edited."""

    document: JourneyDocument
    layout: Places
    revision: Revision


class Saved(BaseModel):
    """A save that worked."""

    revision: int
    saved_at: datetime


class ToPublish(BaseModel):
    """Which revision to publish."""

    revision: Revision


class Published(BaseModel):
    """The version that runs from now on."""

    version: int


@router.get("")
def list_journeys(builder: BuilderDep) -> list[JourneySummary]:
    """Every journey that the caller may see, the one changed last first."""
    with builder.database.read() as connection:
        known = journeys.known_journeys(connection)
        seen = permitted(builder.user, [one.key for one in known], "GET")
        known = [one for one in known if one.key in seen]
        goals = {one.registered.id: one.goal for one in known if one.registered and one.goal}
        numbers = journey_numbers(
            connection, goals, now=builder.database.clock().now(), timezone=settings().timezone
        )
    edits = permitted(builder.user, seen, "PUT")
    paused = paused_dags(seen)
    found = []
    for one in known:
        document, number = one.document, numbers[one.registered.id if one.registered else 0]
        changed_at, changed_by = one.saved or (one.registered.created_at if one.registered else 0, None)
        summary = JourneySummary(
            key=one.key,
            title=document.title or one.key,
            state=one.state,
            paused=one.key in paused,
            mode=document.mode,
            steps=len(document.steps),
            active=number.active,
            entered_week=number.entered_week,
            converted_week=number.converted_week if one.goal else None,
            entered_by_day=list(number.entered_by_day),
            waiting_mails=number.waiting_mails,
            changed_at=_time(changed_at),
            changed_by=changed_by,
            may_edit=one.key in edits and one.state != "git",
        )
        found.append(summary)
    return sorted(found, key=lambda one: one.changed_at, reverse=True)


@router.post("", status_code=201, dependencies=WRITES)
def create_journey(builder: BuilderDep, new: NewJourney) -> JourneyView:
    """A new draft; its key is made from the title."""
    if not new.title.strip():
        raise ApiError(400, "invalid", "Give the journey a name.", "ジャーニーの名前を入力してください。")
    key = journeys.create(builder, new.title.strip(), new.document, _plain(new.layout))
    return _view(builder, journeys.find_journey(builder, key))


@router.get("/{key}")
def open_journey(builder: BuilderDep, key: Key) -> JourneyView:
    """The journey as it is edited, else as it runs."""
    return _view(builder, journeys.find_journey(builder, key))


@router.put("/{key}", dependencies=WRITES)
def save_journey(builder: BuilderDep, key: Key, draft: DraftToSave) -> Saved:
    """Save the draft whole, finished or not."""
    journeys.editable(builder, key)
    if draft.document.key != key:
        raise ApiError(
            400,
            "invalid",
            "This is another journey: its key does not fit. Reload the page.",
            "別のジャーニーの内容です。ページを再読み込みしてください。",
        )
    now = builder.database.clock().now()
    content = draft.document.model_dump(mode="json")
    try:
        with builder.database.write() as connection:
            revision = save_draft(
                connection,
                key,
                content,
                _plain(draft.layout),
                revision=draft.revision,
                by=builder.name,
                now=now,
            )
    except DraftConflictError as error:
        raise conflict(error) from error
    return Saved(revision=revision, saved_at=_time(now))


@router.delete("/{key}", status_code=204, dependencies=[Depends(own_origin)])
def discard_journey(
    builder: BuilderDep, key: Key, revision: Annotated[int, Query(ge=0, le=LARGEST)]
) -> Response:
    """Throw the draft away: a live journey stays as it runs, one that never ran is gone."""
    journeys.editable(builder, key)
    now = builder.database.clock().now()
    try:
        with builder.database.write() as connection:
            published = newest_release(connection, key) is not None
            discard_draft(connection, key, revision=revision, published=published, by=builder.name, now=now)
    except DraftConflictError as error:
        raise conflict(error) from error
    return Response(status_code=204)


@router.post("/{key}/publish", dependencies=WRITES)
def publish_journey(builder: BuilderDep, key: Key, wanted: ToPublish) -> Published:
    """Have Airflow run the draft from now on."""
    found = journeys.editable(builder, key)
    try:
        return Published(version=publish(builder, found, wanted.revision))
    except DraftConflictError as error:
        raise conflict(error) from error


def conflict(error: DraftConflictError) -> ApiError:
    """What who comes second is told: nothing of either is lost."""
    if error.newer is None:
        return ApiError(
            409,
            "conflict",
            "This draft has been thrown away meanwhile.",
            "この下書きはすでに破棄されています。",
        )
    return ApiError(
        409,
        "conflict",
        f"{error.newer.saved_by} has saved this journey meanwhile. Nothing of yours was saved over it.",
        f"{error.newer.saved_by} さんが先にこのジャーニーを保存しました。上書きはしていません。",
        saved_by=error.newer.saved_by,
        saved_at=_time(error.newer.saved_at).isoformat().replace("+00:00", "Z"),
    )


def _view(builder: Builder, found: journeys.Known) -> JourneyView:
    edits = builder.may("PUT", found.key)
    file = dag_files([found.key]).get(found.key)
    version = found.release.version if found.release else None
    counts = {}
    if found.registered is not None:
        with builder.database.read() as connection:
            counts = step_numbers(connection, found.registered.id)
        version = version or (found.registered.version if found.state == "git" else None)
    saved_at, saved_by = found.saved or (None, None)
    return JourneyView(
        document=found.document,
        layout=_positions(found.layout),
        revision=found.draft.revision if found.draft else 0,
        state=found.state,
        paused=found.key in paused_dags([found.key]),
        version=version,
        saved_at=_time(saved_at) if saved_at is not None else None,
        saved_by=saved_by,
        may_edit=edits and found.state != "git",
        may_see_contacts=edits,
        source=file if found.state == "git" else None,
        dag_path=f"dags/{found.key}" if file is not None else None,
        counts={step: StepCounts.model_validate(number) for step, number in counts.items()},
    )


def _positions(layout: Any) -> dict[str, Position]:
    return {step: Position.model_validate(place) for step, place in layout.items()}


def _plain(layout: Layout) -> dict[str, dict[str, float]]:
    return {step: place.model_dump() for step, place in layout.items()}


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
