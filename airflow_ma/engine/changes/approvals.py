"""Requests to publish that a second person decides: at most one of a journey waits at any time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from airflow_ma.engine.changes.audit import Action, write_audit
from airflow_ma.engine.tables import approval

State = Literal["waiting", "approved", "declined", "withdrawn"]
_ACTIONS: Mapping[str, Action] = {
    "approved": "approved",
    "declined": "declined",
    "withdrawn": "approval_withdrawn",
}
a = approval.c


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``asked_at`` in ms; ``plan`` is what is to happen with the people inside."""

    id: int
    key: str
    revision: int
    plan: Mapping[str, Any]
    note: str | None
    people: int
    asked_by: str
    asked_at: int
    state: State


class NoLongerWaitingError(RuntimeError):
    """The request was answered, withdrawn or replaced meanwhile."""


def ask_approval(
    connection: sa.Connection,
    key: str,
    *,
    revision: int,
    plan: Mapping[str, Any],
    note: str | None,
    people: int,
    by: str,
    now: int,
) -> Request:
    """Ask, in place of a request that waits already.

    The caller holds the draft (``drafts.hold_draft``): of two who ask at once, the second replaces the first.
    """
    void_request(connection, key, by=by, now=now)
    values = {"key": key, "revision": revision, "plan": dict(plan), "note": note or None, "people": people}
    values |= {"asked_by": by, "asked_at": now, "state": "waiting"}
    added = connection.execute(sa.insert(approval).values(values).returning(a.id)).scalar_one()
    write_audit(connection, key, "approval_asked", by=by, now=now, people=people, reason=note)
    return Request(added, key, revision, plan, note or None, people, by, now, "waiting")


def waiting_request(connection: sa.Connection, key: str) -> Request | None:
    """The request of the journey that nobody has answered yet."""
    found = sa.select(*_COLUMNS).where(a.key == key, a.state == "waiting").order_by(a.id.desc()).limit(1)
    row = connection.execute(found).one_or_none()
    return None if row is None else Request(*row)


def answer_request(
    connection: sa.Connection, request: Request, state: State, *, by: str, answer: str | None, now: int
) -> None:
    """Settle a request that waits. Raises NoLongerWaitingError: of two who answer at once, one does."""
    changed = connection.execute(
        sa.update(approval)
        .where(a.id == request.id, a.state == "waiting")
        .values(state=state, answered_by=by, answered_at=now, answer=answer or None)
    )
    if changed.rowcount != 1:
        raise NoLongerWaitingError("this request has been answered meanwhile")
    detail = {"asked_by": request.asked_by}
    write_audit(
        connection,
        request.key,
        _ACTIONS[state],
        by=by,
        now=now,
        people=request.people,
        reason=answer,
        detail=detail,
    )


def void_request(connection: sa.Connection, key: str, *, by: str, now: int) -> None:
    """Withdraw what waits: the draft it is about is there no longer."""
    request = waiting_request(connection, key)
    if request is not None:
        with suppress(NoLongerWaitingError):  # somebody answers it at this very moment
            answer_request(connection, request, "withdrawn", by=by, answer=None, now=now)


_COLUMNS = (a.id, a.key, a.revision, a.plan, a.note, a.people, a.asked_by, a.asked_at, a.state)
