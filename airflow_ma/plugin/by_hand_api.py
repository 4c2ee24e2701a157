"""Operating a live journey: moving and removing people by hand, trying held mail again."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter

from airflow_ma.engine.by_hand import People, move_people, remove_people, retry_held
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.database import Database
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import contact
from airflow_ma.plugin import journeys
from airflow_ma.plugin.access import WRITES, BuilderDep
from airflow_ma.plugin.journey_models import Key
from airflow_ma.plugin.life_api import saying
from airflow_ma.plugin.running import programs_of
from airflow_ma.plugin.watch_models import Chosen, PeopleDone, ToMove, ToRemove, ToRetry

router = APIRouter(prefix="/api/journeys", tags=["by hand"])


@router.post("/{key}/move", dependencies=WRITES)
def move_by_hand(builder: BuilderDep, key: Key, asked: ToMove) -> PeopleDone:
    """Move people to another step; they go on from there by the newest version."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    gap = 0 if asked.per_hour is None else max(HOUR // asked.per_hour, 1)
    with saying():
        people = move_people(
            builder.database,
            program,
            _people(builder.database, asked.people),
            asked.to,
            by=builder.name,
            reason=asked.reason,
            gap_ms=gap,
        )
    return PeopleDone(people=people)


@router.post("/{key}/remove", dependencies=WRITES)
def remove_by_hand(builder: BuilderDep, key: Key, asked: ToRemove) -> PeopleDone:
    """Have people leave the journey now."""
    journeys.operable(builder, key)
    with saying():
        people = remove_people(
            builder.database,
            key,
            _people(builder.database, asked.people),
            by=builder.name,
            reason=asked.reason,
        )
    return PeopleDone(people=people)


@router.post("/{key}/retry", dependencies=WRITES)
def retry_mails(builder: BuilderDep, key: Key, asked: ToRetry) -> PeopleDone:
    """Have mail of a step tried again now that could not be sent."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    with saying():
        return PeopleDone(people=retry_held(builder.database, program, asked.step, by=builder.name))


def _people(database: Database, chosen: Chosen) -> People:
    if chosen.contacts is None:
        return People(step=chosen.step, hold=chosen.hold)
    c = contact.c
    with database.read() as connection:
        theirs = one_of(connection.dialect.name, c.key, chosen.contacts)
        ids = list(connection.scalars(sa.select(c.id).where(theirs)))
    return People(contacts=ids, step=chosen.step, hold=chosen.hold)
