"""Pausing all sending over a connection, until a person has looked at it and resumes it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.database import Database
from airflow_ma.engine.sets import locked_in_order
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import enrollment, sending_pause

PAUSED = "paused"
RESUMED = "resumed"
"""Why those are due whose pause is over, until a run takes them."""
e, p = enrollment.c, sending_pause.c
_WHY = (
    sa.select(p.reason).where(p.conn_id.in_(sa.bindparam("conn_ids", expanding=True))).order_by(p.at).limit(1)
)


def pause_sending(connection: sa.Connection, conn_id: str, *, at: int, reason: str) -> bool:
    """Stop sending over a connection, or over all of a channel by its name; False if it was paused before.

    ``reason`` is shown to people and carries no personal data.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(sending_pause).values(conn_id=conn_id, at=at, reason=reason)
    return bool(connection.execute(new.on_conflict_do_nothing()).rowcount)


def why_paused(connection: sa.Connection, *conn_ids: str) -> str | None:
    """The reason why nothing may be sent over any of these; None when it may."""
    return connection.scalar(_WHY, {"conn_ids": conn_ids})


@dataclass(frozen=True)
class Pause:
    """Nothing is sent over this connection since then (ms)."""

    conn_id: str
    at: int
    reason: str


def pauses(connection: sa.Connection) -> list[Pause]:
    """All pauses, the oldest first."""
    return [Pause(*row) for row in connection.execute(sa.select(p.conn_id, p.at, p.reason).order_by(p.at))]


def resume_sending(database: Database, conn_id: str | None = None) -> list[str]:
    """End the pause of a connection, or all; whoever waited is due at once. Returns what was paused."""
    now = database.clock().now()
    with database.write() as connection:
        over = sa.delete(sending_pause).returning(p.conn_id)
        if conn_id is not None:
            over = over.where(p.conn_id == conn_id)
        resumed = list(connection.scalars(over))
        if resumed:  # those of a connection that is still paused are put back to sleep by their step
            slept = locked_in_order(connection, e.hold == PAUSED, e.wake_at.is_not(None))
            connection.execute(sa.update(enrollment).where(slept).values(wake_at=now, hold=RESUMED))
    return sorted(resumed)


def hold_paused(connection: sa.Connection, held: Predicate) -> None:
    """Put enrollments to sleep until sending is resumed."""
    connection.execute(sa.update(enrollment).where(held).values(wake_at=NEVER, hold=PAUSED))
