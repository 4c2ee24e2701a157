"""What was published, in order: each release names a state of all published journeys."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.tables import journey_release

NOTHING = "r0"
"""The name of the state before anything was published."""

r = journey_release.c


@dataclass(frozen=True, slots=True)
class Release:
    """One journey as it was published."""

    id: int
    key: str
    version: int
    document: Mapping[str, Any]
    layout: Mapping[str, Any]
    published_at: int
    published_by: str
    withdrawn: bool
    """It was put away: Airflow is not to have it any more."""


class UnknownReleaseError(LookupError):
    """This database never published a state of that name."""


def add_release(
    connection: sa.Connection,
    key: str,
    version: int,
    document: Mapping[str, Any],
    layout: Mapping[str, Any],
    *,
    by: str,
    now: int,
    note: str | None = None,
    withdrawn: bool = False,
) -> None:
    """Publish a journey, or take it back (``withdrawn``).

    The caller's transaction must write nothing else for long: others wait.
    """
    if connection.dialect.name == "postgresql":
        # A higher id must not be seen before a lower one: the lower one would never be looked for.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("ma_journey_release"))))
    connection.execute(
        sa.insert(journey_release).values(
            key=key,
            version=version,
            mark=secrets.token_hex(4),
            document=document,
            layout=layout,
            published_at=now,
            published_by=by,
            note=note or None,
            withdrawn=withdrawn,
        )
    )


def current_state(connection: sa.Connection) -> str:
    """The name of what is published now."""
    newest = sa.select(r.id, r.mark).order_by(r.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return NOTHING if row is None else f"r{row.id}-{row.mark}"


def published_at_state(connection: sa.Connection, state: str) -> list[Release]:
    """The journeys as they were then, without those that were put away.

    Raises UnknownReleaseError for a name that is not of this database.
    """
    if state == NOTHING:
        return []
    named = re.fullmatch(r"r([0-9]{1,18})-([0-9a-f]{8})", state)
    last = int(named[1]) if named else 0
    known = named and connection.scalar(sa.select(r.mark).where(r.id == last)) == named[2]
    if not known:
        raise UnknownReleaseError(f"no journeys were published as '{state}' from this database")
    return [release for release in _newest(connection, r.id <= last) if not release.withdrawn]


def newest_releases(connection: sa.Connection) -> dict[str, Release]:
    """Every journey as it was published last, by key; also those that were put away since."""
    return {release.key: release for release in _newest(connection, sa.true())}


def newest_release(connection: sa.Connection, key: str) -> Release | None:
    """A journey as it was published last; also one that was put away since."""
    return next(iter(_newest(connection, r.key == key)), None)


def _newest(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Release]:
    last = sa.select(sa.func.max(r.id)).where(where).group_by(r.key)
    columns = (r.id, r.key, r.version, r.document, r.layout, r.published_at, r.published_by, r.withdrawn)
    return [
        Release(*row) for row in connection.execute(sa.select(*columns).where(r.id.in_(last)).order_by(r.key))
    ]
