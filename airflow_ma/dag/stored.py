"""The program of a journey as the database has it, for pages and commands, which have no DAG at hand."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.dag.journey import building
from airflow_ma.dag.load import journey_from_definition
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import journey, journey_version

j, v = journey.c, journey_version.c


class NeverRanError(LookupError):
    """The database knows no journey of that key."""


def stored_program(database: Database, key: str, version: int | None = None) -> Program:
    """The program of a version, of the newest one without; nothing is registered.

    Raises NeverRanError, and JourneyError when what the version consists of is not installed any more.
    """
    wanted = j.version if version is None else version
    query = (
        sa.select(j.id, v.version, v.definition)
        .join(journey_version, v.journey_id == j.id)
        .where(j.key == key, v.version == wanted)
    )
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NeverRanError(f"no version {version or ''} of a journey '{key}' is in the database")
    with building:
        found = journey_from_definition(row.definition)
        return Program(row.id, row.version, key, found.steps, found.graph.targets())
