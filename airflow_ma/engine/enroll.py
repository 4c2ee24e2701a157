"""Bringing contacts into a journey: everybody who matches an audience, or whom an event brought.

Entering is idempotent: an enrollment is unique by journey, contact and entry key, so a crash between
two chunks or two workers at once let nobody in twice and leave nobody out.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.control.standstill import lets_in
from airflow_ma.engine.database import Database
from airflow_ma.engine.flow import record_flow
from airflow_ma.engine.program import Program
from airflow_ma.engine.relocate import arrival
from airflow_ma.engine.sets import any_row, one_of
from airflow_ma.engine.steps import Arrivals, EnteringStep, Predicate
from airflow_ma.engine.tables import contact, enrollment, entry_request, event, journey, journey_step, move
from airflow_ma.engine.take import KEEP_COUNT

CHUNK = 10_000
ENTERED = "entered"
c, e, r, s = contact.c, enrollment.c, entry_request.c, journey_step.c


def enroll(
    database: Database,
    program: Program,
    step_id: str,
    *,
    cohort: str = "",
    run_id: str | None = None,
    chunk: int = CHUNK,
) -> Counter[str]:
    """Let in everybody whom the entry step admits now; returns ``{"entered": n}``.

    A ``cohort`` (the run of a one-off campaign) makes its own passage: the same contact may enter
    again with the next run, but once only with this one. While the journey is paused or closed nobody is let
    in: the step stays due, and requests stay where they are.
    """
    step = cast("EnteringStep", program.steps[step_id])
    entered = 0
    now = database.clock().now()
    with database.read() as connection:
        audience = step.audience(connection, now)
        last = connection.scalar(sa.select(sa.func.max(c.id))) or 0
    if audience is not None:
        low = 0
        while low < last:
            with database.write() as connection:
                if not lets_in(connection, program):
                    return _counted(entered)
                high = _upper_bound(connection, low, chunk) or last
                count = _enter_audience(
                    connection, program, step_id, audience, (low, high), cohort, run_id, now
                )
                record_flow(connection, program, step_id, {ENTERED: (count, 0)}, now)
            entered += count
            low = high
        with database.write() as connection:
            connection.execute(_slept(program, step_id, now, step.look_again))
    while step.listens_to is not None:
        with database.write() as connection:
            if not lets_in(connection, program):
                return _counted(entered)
            taken, count = _enter_requested(connection, program, step_id, run_id, now, chunk)
        entered += count
        if taken < chunk:
            break
    return _counted(entered)


def _counted(entered: int) -> Counter[str]:
    return Counter({ENTERED: entered} if entered else {})


def rest_idle_entries(database: Database, program: Program, step_ids: Iterable[str]) -> set[str]:
    """Put entry steps to sleep that are due but would let nobody in; returns those that stay due.

    Asking first saves a run of the whole journey each time an audience is looked through in vain. Those of a
    journey that is closed sleep until it is opened again.
    """
    busy: set[str] = set()
    now = database.clock().now()
    with database.read() as connection:
        entering = lets_in(connection, program)
    if not entering:
        with database.write() as connection:
            closed_at = sa.select(journey.c.closed_at).where(journey.c.id == program.journey_id)
            closed = closed_at.scalar_subquery().is_not(None)
            shut = (s.journey_id == program.journey_id, s.step.in_(list(step_ids)), s.wake_at <= now)
            connection.execute(sa.update(journey_step).where(*shut, closed).values(wake_at=NEVER))
            # One that an event left at the moment of closing.
            knocked = (r.journey_id == program.journey_id, r.step.in_(list(step_ids)))
            connection.execute(sa.delete(entry_request).where(*knocked, closed))
        return busy
    for step_id in step_ids:
        step = cast("EnteringStep", program.steps[step_id])
        with database.read() as connection:
            audience = step.audience(connection, now)
            asked = None
            if step.listens_to is not None:
                asked = connection.scalar(
                    sa.select(r.id).where(r.journey_id == program.journey_id, r.step == step_id).limit(1)
                )
            new = None
            if audience is not None:
                new = connection.scalar(sa.select(c.id).where(audience, ~was_in_it(program)).limit(1))
        if asked is not None or new is not None:
            busy.add(step_id)
            continue
        with database.write() as connection:
            connection.execute(_slept(program, step_id, now, step.look_again))
    return busy


def _upper_bound(connection: sa.Connection, low: int, chunk: int) -> int | None:
    query = sa.select(c.id).where(c.id > low).order_by(c.id).offset(chunk - 1).limit(1)
    return connection.scalar(query)


def _slept(program: Program, step_id: str, now: int, again: datetime.timedelta | None) -> sa.Update:
    """The audience was looked through: sleep, unless somebody changed it while we looked."""
    here = (s.journey_id == program.journey_id, s.step == step_id, s.wake_at <= now)
    wake_at = None if again is None else now + again // datetime.timedelta(milliseconds=1)
    return sa.update(journey_step).where(*here).values(wake_at=wake_at)


def _enter_audience(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    who: Predicate,
    between: tuple[int, int],
    cohort: str,
    run_id: str | None,
    now: int,
) -> int:
    entry_key = sa.literal(cohort, sa.Text)
    low, high = between
    # The range stands in both queries, so that neither ever reads more than its part of a table.
    before = sa.exists().where(
        e.journey_id == program.journey_id,
        e.contact_id == c.id,
        e.contact_id > low,
        e.contact_id <= high,
        e.entry_key == entry_key if cohort else sa.true(),  # else by whatever way an earlier version let in
    )
    people = sa.select(*_columns(connection, program, step_id, entry_key, cohort, now).values()).where(
        c.id > low, c.id <= high, who, ~before.correlate(contact)
    )
    return _insert(connection, program, step_id, people.order_by(c.id), run_id, now)


def _enter_requested(
    connection: sa.Connection, program: Program, step_id: str, run_id: str | None, now: int, chunk: int
) -> tuple[int, int]:
    step = cast("EnteringStep", program.steps[step_id])
    query = (
        sa.select(r.id)
        .where(r.journey_id == program.journey_id, r.step == step_id)
        .order_by(r.id)
        .limit(chunk)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    ids = connection.scalars(query).all()
    if not ids:
        return 0, 0
    mine = one_of(connection.dialect.name, r.id, ids)
    mine = sa.and_(mine, r.journey_id == program.journey_id, r.step == step_id)
    entry_key: sa.ColumnElement[str] = sa.literal("", sa.Text)
    if step.every_time:
        entry_key = sa.literal("event ", sa.Text) + sa.cast(sa.func.min(r.event_id), sa.Text)
    columns = _columns(connection, program, step_id, entry_key, "", now)
    admitted = step.admits(now)
    people = (
        sa.select(*columns.values())
        .select_from(entry_request)
        .join(contact, c.id == r.contact_id)
        .join(event, event.c.id == r.event_id)
        # The step may have listened to something else when this was asked.
        .where(mine, event.c.type == step.listens_to, sa.true() if admitted is None else admitted)
        .group_by(c.id)
    )
    # A contact that several events brought at once enters once, whatever the re-entry rule.
    not_now = _active(program) if step.every_time else was_in_it(program)
    people = people.where(~not_now)
    count = _insert(connection, program, step_id, people.order_by(c.id), run_id, now)
    connection.execute(sa.delete(entry_request).where(mine))
    record_flow(connection, program, step_id, {ENTERED: (count, 0)}, now)
    return len(ids), count


def was_in_it(program: Program) -> Predicate:
    """Whether the contact has ever been in the journey, also by the entry of an earlier version."""
    before = sa.select(e.id).where(e.journey_id == program.journey_id, e.contact_id == c.id)
    return any_row(before.correlate(contact))


def _active(program: Program) -> Predicate:
    now_in_it = sa.select(e.id).where(
        e.journey_id == program.journey_id, e.contact_id == c.id, e.wake_at.is_not(None)
    )
    return any_row(now_in_it.correlate(contact))


def _columns(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    entry_key: sa.ColumnElement[str],
    cohort: str,
    now: int,
) -> dict[str, sa.ColumnElement[Any]]:
    first = program.targets[step_id][ENTERED]
    big = sa.BigInteger
    columns: dict[str, sa.ColumnElement[Any]] = {
        "journey_id": sa.literal(program.journey_id, big),
        "version": sa.literal(program.version, sa.Integer),
        "contact_id": c.id,
        "entry_key": entry_key,
        "cohort": sa.literal(cohort, sa.Text),
        "step": sa.literal(first or step_id, sa.Text),
        "entered_at": sa.literal(now, big),
        "arrived_at": sa.literal(now, big),
    }
    if first is None:
        return columns | {
            "left_at": sa.literal(now, big),
            "left_reason": sa.literal(program.steps[step_id].leave_reason(ENTERED), sa.Text),
        }

    def zones() -> list[str]:
        return list(connection.scalars(sa.select(c.timezone).distinct()))

    at = Arrivals(sa.literal(None, big), c.id, sa.literal(now, big), sa.literal(now, big), now, zones)
    deadline, _ = arrival(program, first, at)
    # Due at once: the step itself looks first, then lets those sleep who must wait.
    return columns | {"deadline_at": deadline, "wake_at": sa.literal(now, big)}


def _insert(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    people: sa.Select[Any],
    run_id: str | None,
    now: int,
) -> int:
    first = program.targets[step_id][ENTERED]
    names = list(_names(first))
    columns = {
        "journey_id": sa.literal(program.journey_id, sa.BigInteger),
        "version": sa.literal(program.version, sa.Integer),
        "from_step": sa.literal(step_id, sa.Text),
        "outcome": sa.literal(ENTERED, sa.Text),
        "to_step": sa.literal(first, sa.Text),
        "at": sa.literal(now, sa.BigInteger),
        "run_id": sa.literal(run_id, sa.Text),
    }
    if connection.dialect.name == "postgresql":
        added = (
            postgresql.insert(enrollment)
            .from_select(names, people)
            .on_conflict_do_nothing()
            .returning(e.id)
            .cte("added")
        )
        moves = sa.insert(move).from_select(
            ["enrollment_id", *columns], sa.select(added.c.id, *columns.values())
        )
        return connection.execute(moves, execution_options=KEEP_COUNT).rowcount
    before = connection.scalar(sa.select(sa.func.max(e.id))) or 0
    connection.execute(sqlite.insert(enrollment).from_select(names, people).on_conflict_do_nothing())
    added_here = sa.select(e.id, *columns.values()).where(e.id > before)  # one writer: all of them are ours
    moves = sa.insert(move).from_select(["enrollment_id", *columns], added_here)
    return connection.execute(moves, execution_options=KEEP_COUNT).rowcount


def _names(first: str | None) -> tuple[str, ...]:
    shared = (
        "journey_id", "version", "contact_id", "entry_key", "cohort", "step", "entered_at", "arrived_at",
    )  # fmt: skip
    return (*shared, "left_at", "left_reason") if first is None else (*shared, "deadline_at", "wake_at")
