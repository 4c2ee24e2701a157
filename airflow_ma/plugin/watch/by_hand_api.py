"""Operating a live journey: moving, removing and updating people by hand, trying held mail again."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.engine.changes.blast import due_when_continued, due_when_moved
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.control.by_hand import Done, People, inside, move_people, remove_people, retry_held
from airflow_ma.engine.control.move_targets import targets_of
from airflow_ma.engine.control.newest_version import check_newest, continue_on_newest, on_earlier
from airflow_ma.engine.database import Database
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import contact, enrollment, journey
from airflow_ma.plugin.access import WRITES, BuilderDep
from airflow_ma.plugin.journeys import known as journeys
from airflow_ma.plugin.journeys.models import Key
from airflow_ma.plugin.running import programs_of
from airflow_ma.plugin.watch.life_api import saying
from airflow_ma.plugin.watch.models import (
    Chosen,
    ContinuePreview,
    ContinueQuestion,
    DueThere,
    MovePreview,
    MoveQuestion,
    MoveTarget,
    PeopleDone,
    ToContinue,
    ToMove,
    ToRemove,
    ToRetry,
)
from airflow_ma.plugin.watch.step_names import StepName, name_of, step_names

router = APIRouter(prefix="/api/journeys", tags=["by hand"])


@router.post("/{key}/move/preview", dependencies=WRITES)
def preview_move(builder: BuilderDep, key: Key, asked: MoveQuestion) -> MovePreview:
    """Where people may be moved, and what that would set off at once."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    people = _people(builder.database, asked.people)
    now = builder.database.clock().now()
    with builder.database.read() as connection:
        number, gone_on = _who(connection, asked.people, inside(registered.id, people))
        mode = connection.scalar(sa.select(journey.c.mode).where(journey.c.id == registered.id))
        targets = targets_of(program, people.step, one_off=mode == "one_off")
        due = {}
        if asked.to in targets:
            due = due_when_moved(connection, program, people, asked.to, now=now)
        names = step_names(connection, registered.id)
    return MovePreview(
        people=number,
        gone_on=gone_on,
        targets=[MoveTarget(step=step, title=name_of(names, step).title) for step in targets],
        due_now=[_due_there(step, name_of(names, step), number) for step, number in due.items()],
    )


@router.post("/{key}/move", dependencies=WRITES)
def move_by_hand(builder: BuilderDep, key: Key, asked: ToMove) -> PeopleDone:
    """Move people to another step; they go on from there by the newest version."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    people = _people(builder.database, asked.people)
    with saying():
        done = move_people(
            builder.database,
            program,
            people,
            asked.to,
            by=builder.name,
            reason=asked.reason,
            gap_ms=_gap(asked.per_hour),
        )
    return _done(asked.people, people, done)


@router.post("/{key}/continue/preview", dependencies=WRITES)
def preview_continuing(builder: BuilderDep, key: Key, asked: ContinueQuestion) -> ContinuePreview:
    """What it would set off at once if those who finish on an earlier version went on with the newest one."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    people = _people(builder.database, asked.people)
    now = builder.database.clock().now()
    with saying(), builder.database.read() as connection:
        check_newest(connection, program, people)
        number, gone_on = _who(connection, asked.people, on_earlier(registered.id, people))
        due = due_when_continued(connection, program, people, now=now)
        names = step_names(connection, registered.id)
    return ContinuePreview(
        people=number,
        gone_on=gone_on,
        version=program.version,
        due_now=[_due_there(step, name_of(names, step), number) for step, number in due.items()],
    )


@router.post("/{key}/continue", dependencies=WRITES)
def continue_by_hand(builder: BuilderDep, key: Key, asked: ToContinue) -> PeopleDone:
    """Have people who finish on an earlier version go on with the newest one, where they stand."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    people = _people(builder.database, asked.people)
    with saying():
        done = continue_on_newest(
            builder.database,
            program,
            people,
            by=builder.name,
            reason=asked.reason,
            gap_ms=_gap(asked.per_hour),
        )
    return _done(asked.people, people, done)


@router.post("/{key}/remove", dependencies=WRITES)
def remove_by_hand(builder: BuilderDep, key: Key, asked: ToRemove) -> PeopleDone:
    """Have people leave the journey now."""
    journeys.operable(builder, key)
    people = _people(builder.database, asked.people)
    with saying():
        done = remove_people(
            builder.database,
            key,
            people,
            by=builder.name,
            reason=asked.reason,
        )
    return _done(asked.people, people, done)


@router.post("/{key}/retry", dependencies=WRITES)
def retry_mails(builder: BuilderDep, key: Key, asked: ToRetry) -> PeopleDone:
    """Have mail of a step tried again now that could not be sent."""
    registered = journeys.operable(builder, key)
    program = programs_of(builder.database, registered)(registered.version)
    with saying():
        return PeopleDone(people=retry_held(builder.database, program, asked.step, by=builder.name))


def _gap(per_hour: int | None) -> int:
    return 0 if per_hour is None else max(HOUR // per_hour, 1)


def _who(connection: sa.Connection, chosen: Chosen, here: list[Predicate]) -> tuple[int, int]:
    """How many passages that are, and how many of the contacts that were chosen are not among them."""
    number = connection.scalar(sa.select(sa.func.count()).select_from(enrollment).where(*here)) or 0
    if chosen.contacts is None:
        return number, 0
    found = connection.scalar(sa.select(sa.func.count(enrollment.c.contact_id.distinct())).where(*here))
    return number, len(set(chosen.contacts)) - (found or 0)


def _due_there(step: str, name: StepName, people: int) -> DueThere:
    kind = step_kinds().get(name.kind or "")
    return DueThere(
        step=step, title=name.title, people=people, mail=kind is not None and kind.group == "send"
    )


def _done(chosen: Chosen, people: People, done: Done) -> PeopleDone:
    erased = len(set(chosen.contacts or ())) - len(people.contacts or ())
    return PeopleDone(people=done.people, gone_on=done.gone_on + erased)


def _people(database: Database, chosen: Chosen) -> People:
    if chosen.contacts is None:
        return People(step=chosen.step, hold=chosen.hold, pinned=chosen.pinned)
    c = contact.c
    with database.read() as connection:
        theirs = one_of(connection.dialect.name, c.key, chosen.contacts)
        ids = list(connection.scalars(sa.select(c.id).where(theirs)))
    return People(contacts=ids, step=chosen.step, hold=chosen.hold, pinned=chosen.pinned)
