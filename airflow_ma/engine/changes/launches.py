"""Starts of one-off journeys that a second person decides: how many would enter, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.engine.changes.audit import Action, write_audit
from airflow_ma.engine.changes.newcomers import count_newcomers
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.steps import EnteringStep
from airflow_ma.engine.tables import audit

_ACTIONS: tuple[Action, ...] = ("start_asked", "start_approved", "start_declined")
NO_PERSON = "Airflow"
"""Who is said to have started a run that nobody did: a schedule, an asset."""
a = audit.c


class NotApprovedError(RuntimeError):
    """So many may enter only after a second person has approved."""


class Launch(NamedTuple):
    """What the log says last of one start."""

    action: Action
    people: int | None


def count_entering(
    connection: sa.Connection, program: Program, entries: Mapping[str, EnteringStep], *, now: int
) -> int | None:
    """How many a run that starts now lets in, whether they were in it before or not; None: unknown."""
    return count_newcomers(connection, program, dict(entries), again=True, now=now)


def needs_second_person(people: int | None) -> bool:
    """Whether so many may enter only when a second person approves; ``people`` as ``count_entering`` says."""
    limit = settings().approval_above
    return limit is not None and (people is None or people > limit)


def last_word(connection: sa.Connection, key: str, run_id: str) -> Launch | None:
    """What was last asked or answered about the start of this run; None: nothing yet."""
    about_it = (a.journey_key == key, a.action.in_(_ACTIONS), a.detail["run_id"].as_string() == run_id)
    query = sa.select(a.action, a.people).where(*about_it).order_by(a.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Launch(*row)


def note_launch(
    connection: sa.Connection,
    program: Program,
    run_id: str,
    action: Action,
    *,
    by: str | None,
    started_by: str | None,
    people: int | None,
    now: int,
) -> None:
    """Write down what was asked or answered; asking once more what nobody has answered adds no line."""
    last = last_word(connection, program.key, run_id)
    if action == "start_asked" and last is not None and last.action == action:
        return
    write_audit(
        connection,
        program.key,
        action,
        by=by or NO_PERSON,
        now=now,
        version=program.version,
        people=people,
        detail={"run_id": run_id} | ({"started_by": started_by} if action != "start_asked" else {}),
    )


def check_launch(
    database: Database, program: Program, entries: Mapping[str, EnteringStep], run_id: str
) -> None:
    """Raise NotApprovedError unless so few enter that nobody need approve, or a second person has.

    Asked by the entry itself: the task that asks a person may have failed, or have been marked as done.
    """
    if settings().approval_above is None:
        return
    with database.read() as connection:
        last = last_word(connection, program.key, run_id)
        if last is not None and last.action == "start_approved":
            return
        people = count_entering(connection, program, entries, now=database.clock().now())
    if needs_second_person(people):
        raise NotApprovedError(
            f"nobody has entered: {'an unknown number of' if people is None else people} people would, and "
            "no second person has approved this start. Clear the task 'approval' of this run, with the tasks "
            "after it: it asks again"
        )
