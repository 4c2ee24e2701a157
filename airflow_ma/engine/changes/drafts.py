"""Journeys as they are edited: saved whole, each save on top of the one that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.tables import journey_draft

d = journey_draft.c


@dataclass(frozen=True, slots=True)
class Draft:
    """What was saved last. ``document`` is None when nothing is newer than what was published."""

    key: str
    document: Mapping[str, Any] | None
    layout: Mapping[str, Any]
    revision: int
    created_at: int
    saved_at: int
    saved_by: str


class DraftConflictError(RuntimeError):
    """Somebody saved meanwhile: ``newer`` is what is there, None when the draft is gone."""

    def __init__(self, newer: Draft | None) -> None:
        super().__init__("another revision of this journey has been saved meanwhile")
        self.newer = newer


def find_draft(connection: sa.Connection, key: str) -> Draft | None:
    """The draft of that key, or what is left of it after publishing."""
    row = connection.execute(sa.select(*_COLUMNS).where(d.key == key)).one_or_none()
    return None if row is None else Draft(*row)


def all_drafts(connection: sa.Connection) -> dict[str, Draft]:
    """Every draft by key."""
    return {row.key: Draft(*row) for row in connection.execute(sa.select(*_COLUMNS))}


def create_draft(
    connection: sa.Connection,
    key: str,
    document: Mapping[str, Any],
    layout: Mapping[str, Any],
    *,
    by: str,
    now: int,
) -> None:
    """The first save. Raises sqlalchemy's IntegrityError when the key is taken."""
    connection.execute(
        sa.insert(journey_draft).values(
            key=key,
            document=document,
            layout=layout,
            revision=1,
            created_at=now,
            created_by=by,
            saved_at=now,
            saved_by=by,
        )
    )


def save_draft(
    connection: sa.Connection,
    key: str,
    document: Mapping[str, Any],
    layout: Mapping[str, Any],
    *,
    revision: int,
    by: str,
    now: int,
) -> int:
    """Save over the revision that was edited; returns the new one. Raises DraftConflictError."""
    changes = {"document": document, "layout": layout, "saved_at": now, "saved_by": by}
    _change(connection, key, revision, changes | {"revision": revision + 1})
    return revision + 1


def discard_draft(
    connection: sa.Connection, key: str, *, revision: int, published: bool, by: str, now: int
) -> None:
    """Throw the draft away: back to what is published, or all of it. Raises DraftConflictError."""
    if not published:
        gone = connection.execute(sa.delete(journey_draft).where(d.key == key, d.revision == revision))
        if gone.rowcount != 1:
            raise DraftConflictError(find_draft(connection, key))
        return
    # The revision goes on counting, so that no window opened before can bring the draft back unseen.
    changes = {"document": sa.null(), "revision": revision + 1, "saved_at": now, "saved_by": by}
    _change(connection, key, revision, changes)


def settle_draft(connection: sa.Connection, key: str, *, revision: int) -> None:
    """Mark this revision as published: nothing is newer now. Raises DraftConflictError, also if it is."""
    _change(connection, key, revision, {"document": sa.null()}, _UNPUBLISHED)


def hold_draft(connection: sa.Connection, key: str, *, revision: int) -> None:
    """Keep others from saving or publishing until this transaction ends. Raises DraftConflictError."""
    _change(connection, key, revision, {"revision": revision}, _UNPUBLISHED)


def _change(
    connection: sa.Connection,
    key: str,
    revision: int,
    changes: Mapping[str, Any],
    *more: sa.ColumnElement[bool],
) -> None:
    changed = connection.execute(
        sa.update(journey_draft).where(d.key == key, d.revision == revision, *more).values(**changes)
    )
    if changed.rowcount != 1:
        raise DraftConflictError(find_draft(connection, key))


_UNPUBLISHED = d.document.is_not(sa.null())
_COLUMNS = (d.key, d.document, d.layout, d.revision, d.created_at, d.saved_at, d.saved_by)
