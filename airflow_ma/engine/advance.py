"""Moving everybody who is ready at one step, chunk by chunk, with SQL.

Each chunk is one transaction: take hold of due enrollments, decide, log the moves, change the places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.control.standstill import moving
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program, has_its_say
from airflow_ma.engine.relocate import relocate, zones_of
from airflow_ma.engine.steps import Arrivals, Batch, Cases, Deadline, DecidingStep, Predicate
from airflow_ma.engine.tables import enrollment
from airflow_ma.engine.take import Taken, Taking

CHUNK = 10_000
"""Enrollments a transaction. Large enough to be fast, small enough to hold locks for well under a second."""

e = enrollment.c


def advance(
    database: Database,
    program: Program,
    step_id: str,
    *,
    cohort: str | None = None,
    run_id: str | None = None,
    chunk: int = CHUNK,
) -> Counter[str]:
    """Move everybody who is ready at a deciding step; returns how many left by which outcome.

    ``cohort`` limits it to the people of one one-off run. Safe to call from several workers at once
    and to call again after any crash.
    """
    moved: Counter[str] = Counter()
    while True:
        now = database.clock().now()
        with database.write() as connection:
            taken, counts = _advance_chunk(connection, program, step_id, now, cohort, run_id, chunk)
        moved.update(counts)
        if taken < chunk:
            return moved


@cache
def due(*, pinned: bool, cohort: bool) -> list[Predicate]:
    """The condition for enrollments that must be looked at, and that a program may move.

    Built once; ``due_values`` says which program, step and moment are meant.
    """
    big, text = sa.BigInteger, sa.Text
    journey_id = sa.bindparam("due_journey", type_=big)
    version = sa.bindparam("due_version", type_=sa.Integer)
    found: list[Predicate] = [
        e.journey_id == journey_id,
        e.step == sa.bindparam("due_step", type_=text),
        e.wake_at <= sa.bindparam("due_now", type_=big),
        moving(journey_id),
        e.pinned_version == version if pinned else e.pinned_version.is_(None),
    ]
    if cohort:
        found.append(e.cohort == sa.bindparam("due_cohort", type_=text))
    elif not pinned:
        found.append(has_its_say(journey_id, version))
    return found


def due_values(program: Program, step_id: str, now: int, cohort: str | None) -> dict[str, Any]:
    """The values for ``due``."""
    return {
        "due_journey": program.journey_id,
        "due_version": program.version,
        "due_step": step_id,
        "due_now": now,
        "due_cohort": cohort,
    }


@cache
def taking_due(*, pinned: bool, cohort: bool) -> Taking:
    """Takes hold of those who are due, whatever becomes of them."""
    return Taking(due(pinned=pinned, cohort=cohort))


def _advance_chunk(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    now: int,
    cohort: str | None,
    run_id: str | None,
    chunk: int,
) -> tuple[int, Mapping[str, int]]:
    step = cast("DecidingStep", program.steps[step_id])
    taken = Taken(0, lambda _: sa.false())

    def zones() -> Sequence[str]:
        return zones_of(connection, taken.chosen)()  # asked for once the chunk is known, for those who stay

    cases = step.cases(Arrivals(e.id, e.contact_id, e.entered_at, e.arrived_at, now, zones))
    whom = due(pinned=program.pinned, cohort=cohort is not None)
    values = due_values(program, step_id, now, cohort)
    taken = Taking(whom, _outcome(cases, now)).run(connection, chunk, values)
    if not taken.number:
        return 0, {}
    for statement in step.writes(Batch(program, step_id, now, connection.dialect.name, taken.chosen)):
        connection.execute(statement)
    sleep = _sleep(cases) if None in taken.groups else {}
    return taken.number, relocate(connection, program, step_id, taken, now=now, run_id=run_id, sleep=sleep)


def _outcome(cases: Cases, now: int) -> sa.ColumnElement[Any]:
    first, condition = next(iter(cases.items()))
    if isinstance(condition, sa.True_):
        return sa.literal(first, sa.Text)
    whens = [
        (e.deadline_at <= now if isinstance(case, Deadline) else case, sa.literal(name, sa.Text))
        for name, case in cases.items()
    ]
    return sa.case(*whens, else_=sa.null())


def _sleep(cases: Cases) -> dict[str, sa.ColumnElement[Any]]:
    """For those who stay: until the deadline; it is worked out now where the step had none before."""
    deadline = next((case for case in cases.values() if isinstance(case, Deadline)), None)
    if deadline is None:
        return {"wake_at": sa.literal(NEVER, sa.BigInteger)}
    moment = sa.func.coalesce(e.deadline_at, deadline.moment())
    return {"deadline_at": moment, "wake_at": moment}
