"""Which Airflow runs moved people, and between which moves theirs are: what a run's page looks through."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import journey, journey_run, move

r = journey_run.c
_LAST_MOVE = sa.func.coalesce(sa.select(sa.func.max(move.c.id)).scalar_subquery(), 0)


def begin_run(database: Database, program: Program, run_id: str) -> None:
    """A run is about to move people. Called again, also after its end (it was cleared), it goes on.

    A journey has one run at a time: earlier ones that never told of their end are over.
    """
    now = database.clock().now()
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    others = (r.journey_id == program.journey_id, r.run_id != run_id, r.ended_at.is_(None))
    with database.write() as connection:
        over = sa.update(journey_run).where(*others)
        connection.execute(over.values(ended_at=now, last_move_id=_LAST_MOVE))
        new = insert(journey_run).values(
            journey_id=program.journey_id,
            run_id=run_id,
            version=program.version,
            started_at=now,
            after_move_id=_LAST_MOVE,
        )
        going_on = {"ended_at": None, "last_move_id": None}
        connection.execute(new.on_conflict_do_update(index_elements=[r.journey_id, r.run_id], set_=going_on))


def end_run(database: Database, journey_key: str, run_id: str) -> None:
    """All that the run had to do is done. Nothing happens for a run that never began."""
    now = database.clock().now()
    its_journey = sa.select(journey.c.id).where(journey.c.key == journey_key).scalar_subquery()
    with database.write() as connection:
        connection.execute(
            sa.update(journey_run)
            .where(r.journey_id == its_journey, r.run_id == run_id)
            .values(ended_at=now, last_move_id=_LAST_MOVE)
        )
