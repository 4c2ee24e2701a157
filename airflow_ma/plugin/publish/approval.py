"""Approval of publishing by a second person: when it is needed, who waits for it, and how it looks."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow_ma.config import settings
from airflow_ma.engine.changes.approvals import Request
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.publish.models import Approval, ApprovalRequest, Rule

ASKED_BY = "asked_by_id"
"""Where a plan keeps who asked: two people may have the same name."""
_ALWAYS = Said(
    en="Here a second person must approve before anything is published.",
    ja="この環境では、公開の前に別の担当者の承認が必要です。",
)
_MANY = Said(
    en="{people} people would be reached at once. Above {limit}, a second person must approve.",
    ja="{people}人に一度に届きます。{limit}人を超える場合は、別の担当者の承認が必要です。",
)


def why_needed(people: int) -> Said | None:
    """Why a second person must approve when so many are reached at once; None: nobody must."""
    limit = settings().approval_above
    if limit is None or people <= limit:
        return None
    return _ALWAYS if limit < 0 else _MANY.filled(people=f"{people:,}", limit=f"{limit:,}")


def is_asked_for() -> bool:
    """Whether there are changes here that need a second person, who will want to know how many they reach."""
    return settings().approval_above is not None


def is_mine(builder: Builder, request: Request) -> bool:
    """Whether the caller is who asked."""
    return request.plan.get(ASKED_BY) == builder.user.get_id()


def request_view(builder: Builder, request: Request, *, may_edit: bool) -> ApprovalRequest:
    """The request as the caller sees it."""
    mine = is_mine(builder, request)
    return ApprovalRequest(
        id=request.id,
        revision=request.revision,
        asked_by=request.asked_by,
        asked_at=datetime.fromtimestamp(request.asked_at / 1000, tz=UTC),
        people=request.people,
        note=request.note,
        mine=mine,
        may_answer=may_edit and not mine,
        rules={step: Rule.model_validate(rule) for step, rule in request.plan["rules"].items()},
        per_hour=request.plan["per_hour"],
    )


def approval_view(builder: Builder, people: int, waiting: Request | None) -> Approval:
    """Whether a second person must approve, for who may edit the journey."""
    why = why_needed(people)
    shown = None if waiting is None else request_view(builder, waiting, may_edit=True)
    return Approval(needed=why is not None, why=why, waiting=shown)
