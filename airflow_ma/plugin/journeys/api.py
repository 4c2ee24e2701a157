"""The journeys for the builder: the list, opening, saving, publishing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from airflow_ma.config import settings
from airflow_ma.engine.changes.approvals import void_request, waiting_request
from airflow_ma.engine.changes.audit import write_audit
from airflow_ma.engine.changes.drafts import DraftConflictError, discard_draft, save_draft
from airflow_ma.engine.changes.releases import newest_release
from airflow_ma.insight.journeys import journey_numbers, steps_ever
from airflow_ma.plugin.access import WRITES, Builder, BuilderDep, own_origin, permitted
from airflow_ma.plugin.airflow_dags import dag_files, paused_dags
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import LARGEST, Layout, Position
from airflow_ma.plugin.journeys import known as journeys
from airflow_ma.plugin.journeys.models import (
    DraftToSave,
    JourneySummary,
    JourneyView,
    Key,
    NewJourney,
    Saved,
)
from airflow_ma.plugin.publish.approval import request_view
from airflow_ma.plugin.publish.conflicts import conflict
from airflow_ma.plugin.publish.models import Published, ToPublish
from airflow_ma.plugin.publish.publishing import publish
from airflow_ma.plugin.watch.life_models import LifeMoments

router = APIRouter(prefix="/api/journeys", tags=["journeys"])


@router.get("")
def list_journeys(builder: BuilderDep) -> list[JourneySummary]:
    """Every journey that the caller may see, those put away included, the one changed last first."""
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
            paused=one.key in paused or one.paused,
            life=_life(one),
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
            void_request(connection, key, by=builder.name, now=now)
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
            void_request(connection, key, by=builder.name, now=now)
            write_audit(connection, key, "discarded", by=builder.name, now=now)
    except DraftConflictError as error:
        raise conflict(error) from error
    return Response(status_code=204)


@router.post("/{key}/publish", dependencies=WRITES)
def publish_journey(builder: BuilderDep, key: Key, wanted: ToPublish) -> Published:
    """Have Airflow run the draft from now on, or ask for the approval that this needs."""
    found = journeys.editable(builder, key)
    try:
        return publish(builder, found, wanted)
    except DraftConflictError as error:
        raise conflict(error) from error


def _view(builder: Builder, found: journeys.Known) -> JourneyView:
    edits = builder.may("PUT", found.key)
    file = dag_files([found.key]).get(found.key)
    version = found.release.version if found.release else None
    taken: list[str] = []
    with builder.database.read() as connection:
        waiting = waiting_request(connection, found.key) if edits else None
        if found.registered is not None:
            taken = steps_ever(connection, found.registered.id)
            version = version or (found.registered.version if found.state == "git" else None)
    saved_at, saved_by = found.saved or (None, None)
    return JourneyView(
        document=found.document,
        layout=_positions(found.layout),
        revision=found.draft.revision if found.draft else 0,
        state=found.state,
        paused=found.paused or found.key in paused_dags([found.key]),
        life=_life(found),
        version=version,
        saved_at=_time(saved_at) if saved_at is not None else None,
        saved_by=saved_by,
        may_edit=edits and found.state != "git",
        may_see_contacts=edits,
        source=file if found.state == "git" else None,
        dag_path=f"dags/{found.key}" if file is not None else None,
        taken=taken,
        approval=request_view(builder, waiting, may_edit=edits) if waiting is not None else None,
    )


def _life(found: journeys.Known) -> LifeMoments:
    if found.registered is None:
        return LifeMoments(paused_at=None, closed_at=None, archived_at=None)
    return LifeMoments.model_validate(found.registered)


def _positions(layout: Any) -> dict[str, Position]:
    return {step: Position.model_validate(place) for step, place in layout.items()}


def _plain(layout: Layout) -> dict[str, dict[str, float]]:
    return {step: place.model_dump() for step, place in layout.items()}


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
