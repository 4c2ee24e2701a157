"""The suppression list: addresses that get no mail, whoever they belong to, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.tables import suppression

STRENGTH = {"unsubscribe": 1, "manual": 2, "invalid": 3, "bounce": 4, "complaint": 5}
"""Reason -> how strong it is: a weaker one never replaces a stronger one."""
_BATCH = 500

s = suppression.c


class Suppression(NamedTuple):
    """One address and why it gets no mail. ``at`` is in ms; ``email_key`` is in lower case."""

    email_key: str
    reason: str
    at: int
    source: str
    detail: str | None = None


def suppress(connection: sa.Connection, suppressions: Iterable[Suppression]) -> int:
    """Put addresses on the list; returns how many rows were added or changed.

    The stronger reason stays (complaint, bounce, invalid, manual, unsubscribe), of equal ones the later:
    the order in which they are told does not matter. Raises ValueError for another reason.
    """
    strongest: dict[str, Suppression] = {}
    for new in suppressions:
        if new.reason not in STRENGTH:
            raise ValueError(f"'{new.reason}' is no reason to suppress an address; use {', '.join(STRENGTH)}")
        known = strongest.get(new.email_key)
        if known is None or _rank(new) > _rank(known):
            strongest[new.email_key] = new
    rows = [strongest[key]._asdict() for key in sorted(strongest)]  # one lock order: no deadlocks
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    changed = 0
    for start in range(0, len(rows), _BATCH):
        upsert = insert(suppression).values(rows[start : start + _BATCH])
        new_row = upsert.excluded
        stronger = sa.case(STRENGTH, value=new_row.reason) - sa.case(STRENGTH, value=s.reason, else_=0)
        changed += connection.execute(
            upsert.on_conflict_do_update(
                index_elements=[s.email_key],
                set_={name: new_row[name] for name in ("reason", "at", "source", "detail")},
                where=sa.or_(stronger > 0, sa.and_(stronger == 0, new_row.at > s.at)),
            ),
            execution_options={"preserve_rowcount": True},
        ).rowcount
    return changed


def lift(
    connection: sa.Connection, email_key: str, reason: str | None = None, *, until: int | None = None
) -> bool:
    """Take an address off the list; whether it was on it.

    Only if it stands there for ``reason``, and not since later than ``until`` (ms), where these are given.
    """
    row = sa.delete(suppression).where(s.email_key == email_key)
    if reason is not None:
        row = row.where(s.reason == reason)
    if until is not None:
        row = row.where(s.at <= until)
    return connection.execute(row).rowcount > 0


def is_suppressed(connection: sa.Connection, email_key: str) -> bool:
    """Whether the address gets no mail."""
    return connection.scalar(sa.select(s.email_key).where(s.email_key == email_key)) is not None


def _rank(one: Suppression) -> tuple[int, int]:
    return STRENGTH[one.reason], one.at
