"""The audit log: who did what with a journey or with the people in it, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from airflow_ma.engine.tables import audit

Action = Literal[
    "published",
    "approval_asked",
    "approved",
    "declined",
    "approval_withdrawn",
    "restored",
    "discarded",
    "paused",
    "resumed",
    "closed",
    "reopened",
    "archived",
    "unarchived",
    "moved",
    "continued",
    "removed",
    "retried",
    "start_asked",
    "start_approved",
    "start_declined",
    "test_mail",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

a = audit.c


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``at`` in ms."""

    id: int
    at: int
    by: str
    journey_key: str
    action: Action
    version: int | None
    people: int | None
    reason: str | None
    detail: Mapping[str, Any]


def write_audit(
    connection: sa.Connection,
    journey_key: str,
    action: Action,
    *,
    by: str,
    now: int,
    version: int | None = None,
    people: int | None = None,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Add a line, in the transaction that does what it says; returns its id.

    ``detail`` must name no person.
    """
    line = sa.insert(audit).values(
        at=now,
        by=by,
        journey_key=journey_key,
        action=action,
        version=version,
        people=people,
        reason=reason or None,
        detail=dict(detail or {}),
    )
    line_id: int = connection.execute(line.returning(a.id)).scalar_one()
    return line_id


def correct_audit(connection: sa.Connection, line: int, *, people: int, detail: Mapping[str, Any]) -> None:
    """Say that it concerns more people by now: what is done in several transactions is told in one line."""
    connection.execute(sa.update(audit).where(a.id == line).values(people=people, detail=dict(detail)))


def done_since(connection: sa.Connection, action: Action, *, by: str, since: int) -> int:
    """With how many people somebody has done this after that moment (ms), in all journeys."""
    lines = sa.select(sa.func.sum(a.people)).where(a.action == action, a.by == by, a.at > since)
    return int(connection.scalar(lines) or 0)


def read_audit(
    connection: sa.Connection, journey_key: str, *, before: int | None = None, limit: int
) -> list[Entry]:
    """The journey's lines, the newest first; ``before`` is the id of the last one seen."""
    query = sa.select(audit).where(a.journey_key == journey_key).order_by(a.id.desc()).limit(limit)
    if before is not None:
        query = query.where(a.id < before)
    columns = (a.id, a.at, a.by, a.journey_key, a.action, a.version, a.people, a.reason, a.detail)
    return [Entry(*row) for row in connection.execute(query.with_only_columns(*columns))]
