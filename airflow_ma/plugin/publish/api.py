"""Changing a live journey: what it would do, its versions, approval by a second person, who did what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from airflow_ma.engine.changes.approvals import (
    NoLongerWaitingError,
    Request,
    answer_request,
    void_request,
    waiting_request,
)
from airflow_ma.engine.changes.audit import read_audit, write_audit
from airflow_ma.engine.changes.drafts import DraftConflictError, save_draft
from airflow_ma.plugin.access import WRITES, Builder, BuilderDep
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import LARGEST
from airflow_ma.plugin.journeys import known as journeys
from airflow_ma.plugin.journeys.models import Key, Saved
from airflow_ma.plugin.publish.approval import is_mine
from airflow_ma.plugin.publish.audit_texts import audit_said
from airflow_ma.plugin.publish.conflicts import conflict
from airflow_ma.plugin.publish.diff_view import as_written_back, diff_view
from airflow_ma.plugin.publish.models import (
    Answer,
    Answered,
    AuditLine,
    AuditPage,
    Diff,
    Preview,
    ToPreview,
    ToRestore,
    VersionSummary,
    VersionView,
)
from airflow_ma.plugin.publish.preview import preview
from airflow_ma.plugin.publish.publish_record import details_said
from airflow_ma.plugin.publish.publishing import publish_approved
from airflow_ma.plugin.publish.versions import find_state, find_version, list_versions
from airflow_ma.plugin.watch.step_names import step_names

router = APIRouter(prefix="/api/journeys/{key}", tags=["changes"])

PAGE = 50
"""Lines of the audit log at once."""
Number = Annotated[int, Path(ge=1, le=LARGEST)]
State = Annotated[str, Query(pattern="^(draft|[1-9][0-9]{0,8})$", description="A version, or draft.")]
Before = Annotated[int | None, Query(ge=1, le=2**53, description="The id of the last line that was seen.")]


@router.post("/preview", dependencies=WRITES)
def preview_change(builder: BuilderDep, key: Key, wanted: ToPreview) -> Preview:
    """What publishing the draft would do with the people inside. Nothing is changed."""
    found = journeys.editable(builder, key)
    try:
        return preview(builder, found, wanted)
    except DraftConflictError as error:
        raise conflict(error) from error


@router.get("/versions")
def get_versions(builder: BuilderDep, key: Key) -> list[VersionSummary]:
    """Every version that was published or came from a file, the newest first."""
    return list_versions(builder, journeys.find_journey(builder, key))


@router.get("/versions/{version}")
def get_version(builder: BuilderDep, key: Key, version: Number) -> VersionView:
    """A version as it was."""
    return find_version(builder, journeys.find_journey(builder, key), version)


@router.post("/versions/{version}/restore", dependencies=WRITES)
def restore_version(builder: BuilderDep, key: Key, version: Number, wanted: ToRestore) -> Saved:
    """Make the version the draft; what runs is not touched."""
    old = find_version(builder, journeys.editable(builder, key), version)
    layout = {step: place.model_dump() for step, place in old.layout.items()}
    now = builder.database.clock().now()
    try:
        with builder.database.write() as connection:
            revision = save_draft(
                connection,
                key,
                old.document.model_dump(mode="json"),
                layout,
                revision=wanted.revision,
                by=builder.name,
                now=now,
            )
            void_request(connection, key, by=builder.name, now=now)
            write_audit(connection, key, "restored", by=builder.name, now=now, version=version)
    except DraftConflictError as error:
        raise conflict(error) from error
    return Saved(revision=revision, saved_at=_time(now))


@router.get("/compare")
def compare_versions(builder: BuilderDep, key: Key, before: State, after: State) -> Diff:
    """What is different between two versions, or a version and the draft."""
    found = journeys.find_journey(builder, key)
    states = [as_written_back(find_state(builder, found, named)) for named in (before, after)]
    return diff_view(states[0], states[1])


@router.get("/audit")
def get_audit(builder: BuilderDep, key: Key, before: Before = None) -> AuditPage:
    """Who did what with the journey. Reasons, which may name people, are for those who may edit it."""
    registered = journeys.find_journey(builder, key).registered
    with builder.database.read() as connection:
        entries = read_audit(connection, key, before=before, limit=PAGE + 1)
        names = {} if registered is None else step_names(connection, registered.id)
    edits = builder.may("PUT", key)
    lines = [
        AuditLine(
            id=entry.id,
            at=_time(entry.at),
            by=entry.by,
            action=entry.action,
            said=audit_said(entry, names),
            details=details_said(entry, reasons=edits),
            version=entry.version,
            people=entry.people,
            reason=entry.reason if edits else None,
        )
        for entry in entries[:PAGE]
    ]
    return AuditPage(entries=lines, next_before=lines[-1].id if len(entries) > PAGE else None)


@router.post("/approval/{request_id}", dependencies=WRITES)
def answer_approval(
    builder: BuilderDep, key: Key, request_id: Annotated[int, Path(ge=1, le=2**53)], body: Answer
) -> Answered:
    """Approve a request to publish, decline it, or withdraw one's own."""
    found = journeys.editable(builder, key)
    with builder.database.read() as connection:
        request = waiting_request(connection, key)
    if request is None or request.id != request_id:
        raise _answered_already()
    _may_answer(builder, request, body)
    try:
        if body.answer == "approve":
            return Answered(published=publish_approved(builder, found, request, body.note))
        state: Literal["declined", "withdrawn"] = "declined" if body.answer == "decline" else "withdrawn"
        now = builder.database.clock().now()
        with builder.database.write() as connection:
            answer_request(connection, request, state, by=builder.name, answer=body.note, now=now)
    except NoLongerWaitingError:
        raise _answered_already() from None
    except DraftConflictError:
        raise ApiError(
            409,
            "stale",
            "The journey has changed since this was asked. Ask again with what it is now.",
            "依頼の後にジャーニーが変更されています。最新の内容で依頼し直してください。",
        ) from None
    return Answered(published=None)


def _may_answer(builder: Builder, request: Request, body: Answer) -> None:
    mine = is_mine(builder, request)
    if body.answer == "withdraw" and not mine:
        raise ApiError(
            403,
            "not_yours",
            f"Only {request.asked_by} can withdraw this request. You can approve or decline it.",
            f"この依頼を取り下げられるのは{request.asked_by}さんだけです。承認または差し戻しを選んでください。",
        )
    if body.answer != "withdraw" and mine:
        raise ApiError(
            403,
            "own_request",
            "You asked for this yourself: somebody else who may edit this journey must decide.",
            "自分の依頼には回答できません。このジャーニーを編集できる別の担当者の承認が必要です。",
        )
    if body.answer == "decline" and not body.note.strip():
        raise ApiError(
            422,
            "no_reason",
            "Say why you decline, so that the other one knows what to change.",
            "差し戻す理由を入力してください。依頼した人に表示されます。",
        )


def _answered_already() -> ApiError:
    return ApiError(
        409,
        "no_longer_waiting",
        "This request waits no longer: it was answered, withdrawn, or replaced by a newer one. "
        "Reload the page.",
        "この依頼はすでに回答済みか、取り下げまたは更新されています。ページを再読み込みしてください。",
    )


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
