"""Moving everybody who is ready at one step, chunk by chunk, with SQL.

Each chunk is one transaction: take hold of due enrollments, decide, log the moves, change the places.
PostgreSQL locks the rows first and looks at events in a later statement, so that an event either is
visible here or its wake-up waits for this transaction (see ``engine.events``). SQLite has one writer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa

from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.control.standstill import moving
from airflow_ma.engine.database import Database
from airflow_ma.engine.flow import record_flow
from airflow_ma.engine.program import Program, has_its_say
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Arrivals, Batch, Cases, Deadline, DecidingStep, Predicate
from airflow_ma.engine.tables import contact, enrollment, move

CHUNK = 10_000
"""Enrollments a transaction. Large enough to be fast, small enough to hold locks for well under a second."""

KEEP_COUNT = {"preserve_rowcount": True}
"""INSERT ... SELECT tells how many rows it wrote only when asked."""

_decided = sa.Table(
    "ma_decided",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.Text),
    sa.Column("arrived_at", sa.BigInteger),
    prefixes=["TEMPORARY"],
)
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


def due(program: Program, step_id: str, now: int, cohort: str | None) -> list[Predicate]:
    """The condition for enrollments that must be looked at, and that this program may move."""
    found: list[Predicate] = [e.journey_id == program.journey_id, e.step == step_id, e.wake_at <= now]
    found.append(moving(program.journey_id))
    if program.pinned:
        found.append(e.pinned_version == program.version)
    else:
        found.append(e.pinned_version.is_(None))
    if cohort is not None:
        found.append(e.cohort == cohort)
    elif not program.pinned:
        found.append(has_its_say(program))
    return found


def take(
    connection: sa.Connection,
    conditions: Sequence[Predicate],
    limit: int,
    outcome: sa.ColumnElement[Any] | None = None,
) -> tuple[int, Callable[[sa.ColumnElement[int]], Predicate]]:
    """Take hold of up to ``limit`` enrollments; returns how many, and the condition that selects them.

    Give the ``outcome`` that ``relocate`` is to move them by: SQLite, where nobody else writes meanwhile,
    decides it in the same statement; PostgreSQL looks only once the rows are locked.
    """
    due_first = sa.select(e.id).where(*conditions).order_by(e.wake_at).limit(limit)
    if connection.dialect.name == "postgresql":
        ids = list(connection.scalars(due_first.with_for_update(skip_locked=True)))
        return len(ids), lambda column: one_of("postgresql", column, ids)
    if _has_temp(connection):
        connection.execute(sa.delete(_decided))
    else:
        _decided.create(connection, checkfirst=False)
    decided = due_first.add_columns(sa.null() if outcome is None else outcome, e.arrived_at)
    taken = connection.execute(
        sa.insert(_decided).from_select(["id", "outcome", "arrived_at"], decided),
        execution_options=KEEP_COUNT,
    ).rowcount
    return taken, lambda column: column.in_(sa.select(_decided.c.id))


def _has_temp(connection: sa.Connection) -> bool:
    found = connection.exec_driver_sql("SELECT 1 FROM temp.sqlite_master WHERE name = 'ma_decided'")
    return found.first() is not None


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

    def zones() -> Sequence[str]:
        return zones_of(connection, chosen)()  # asked for once the chunk is known, for those who stay

    at = Arrivals(e.id, e.contact_id, e.entered_at, e.arrived_at, now, zones)
    cases = step.cases(at)
    outcome = _outcome(cases, now)
    taken, chosen = take(connection, due(program, step_id, now, cohort), chunk, outcome)
    if not taken:
        return 0, {}
    for statement in step.writes(Batch(program, step_id, now, connection.dialect.name, chosen)):
        connection.execute(statement)
    return taken, relocate(
        connection,
        program,
        step_id,
        outcome,
        chosen,
        now=now,
        run_id=run_id,
        sleep=_sleep(cases),
    )


def relocate(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    outcome: sa.ColumnElement[Any],
    chosen: Callable[[sa.ColumnElement[int]], Predicate],
    *,
    now: int,
    run_id: str | None,
    sleep: Mapping[str, sa.ColumnElement[Any]],
) -> dict[str, int]:
    """Move the chosen enrollments by ``outcome``, the one given to ``take`` (NULL: they stay).

    Those who stay get the columns in ``sleep``. Writes moves and new places; returns outcome -> count. Counts
    the moves, too (``record_flow``), so it must be the last that the transaction writes.
    """
    if isinstance(outcome, sa.BindParameter):  # the same for all: nothing to compare row by row
        counted = _relocate_all(connection, program, step_id, str(outcome.value), chosen, now, run_id)
    elif connection.dialect.name == "postgresql":
        counted = _relocate_postgresql(connection, program, step_id, outcome, chosen, now, run_id, sleep)
    else:
        d = _decided.c
        connection.execute(_log_moves(program, step_id, _decided, now, run_id))
        values = _new_places(connection, program, step_id, d.outcome, chosen, now, sleep)
        # Without the list of ids SQLite would look for the pairs by reading all enrollments.
        connection.execute(sa.update(enrollment).where(e.id == d.id, chosen(e.id)).values(**values))
        counted = connection.execute(_count(_decided, now))
    counts = {name: (count, stayed) for name, count, stayed in counted if name is not None}
    record_flow(connection, program, step_id, counts, now)
    return {name: count for name, (count, _) in counts.items()}


def _count(decided: sa.FromClause, now: int) -> sa.Select[Any, int, int]:
    """Outcome, how many left by it, and how long (ms) they stayed in all."""
    stayed = sa.func.sum(sa.literal(now, sa.BigInteger) - decided.c.arrived_at)
    return sa.select(decided.c.outcome, sa.func.count(), sa.cast(stayed, sa.BigInteger)).group_by(
        decided.c.outcome
    )


def _relocate_all(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    outcome: str,
    chosen: Callable[[sa.ColumnElement[int]], Predicate],
    now: int,
    run_id: str | None,
) -> sa.CursorResult[Any, int, int]:
    target = program.targets[step_id][outcome]
    at_once = sa.literal(now, sa.BigInteger)
    values: dict[str, Any] = {"version": program.version, "claim": sa.null()}
    if target is None:
        reason = program.steps[step_id].leave_reason(outcome)
        values |= {"deadline_at": sa.null(), "wake_at": sa.null(), "left_at": now, "left_reason": reason}
    else:
        at = Arrivals(e.id, e.contact_id, e.entered_at, at_once, now, zones_of(connection, chosen))
        deadline_at, wake_at = arrival(program, target, at)
        values |= {"step": target, "arrived_at": now, "deadline_at": deadline_at, "wake_at": wake_at}
    changed = sa.update(enrollment).where(chosen(e.id)).values(**values)
    if connection.dialect.name == "postgresql":
        same = sa.literal(outcome, sa.Text).label("outcome")
        decided = sa.select(e.id, same, e.arrived_at).where(chosen(e.id)).cte("decided")
        logged = _log_moves(program, step_id, decided, now, run_id).cte("logged")
        return connection.execute(_count(decided, now).add_cte(changed.cte("changed"), logged))
    connection.execute(_log_moves(program, step_id, _decided, now, run_id))
    connection.execute(changed)
    return connection.execute(_count(_decided, now))


def _relocate_postgresql(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    outcome: sa.ColumnElement[Any],
    chosen: Callable[[sa.ColumnElement[int]], Predicate],
    now: int,
    run_id: str | None,
    sleep: Mapping[str, sa.ColumnElement[Any]],
) -> sa.CursorResult[Any, int, int]:
    found = sa.select(e.id.label("id"), outcome.label("outcome"), e.arrived_at.label("arrived_at"))
    decided = found.where(chosen(e.id)).cte("decided")
    values = _new_places(connection, program, step_id, decided.c.outcome, chosen, now, sleep)
    # The ids again: joined to the common table alone, the whole table may be read for each chunk.
    changed = sa.update(enrollment).where(e.id == decided.c.id, chosen(e.id)).values(**values).cte("changed")
    logged = _log_moves(program, step_id, decided, now, run_id).cte("logged")
    return connection.execute(_count(decided, now).add_cte(changed, logged))


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


def _log_moves(
    program: Program, step_id: str, decided: sa.FromClause, now: int, run_id: str | None
) -> sa.Insert:
    targets = program.targets[step_id]
    columns = {
        "enrollment_id": decided.c.id,
        "journey_id": sa.literal(program.journey_id, sa.BigInteger),
        "version": sa.literal(program.version, sa.Integer),
        "from_step": sa.literal(step_id, sa.Text),
        "outcome": decided.c.outcome,
        "to_step": _by_outcome(decided.c.outcome, targets),
        "at": sa.literal(now, sa.BigInteger),
        "run_id": sa.literal(run_id, sa.Text),
    }
    moves = sa.select(*columns.values()).where(decided.c.outcome.is_not(None)).order_by(decided.c.id)
    return sa.insert(move).from_select(list(columns), moves)


def _new_places(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    outcome: sa.ColumnElement[Any],
    chosen: Callable[[sa.ColumnElement[int]], Predicate],
    now: int,
    sleep: Mapping[str, sa.ColumnElement[Any]],
) -> dict[str, sa.ColumnElement[Any]]:
    targets = program.targets[step_id]
    step = program.steps[step_id]
    arrived_at = sa.literal(now, sa.BigInteger)
    at = Arrivals(e.id, e.contact_id, e.entered_at, arrived_at, now, zones_of(connection, chosen))
    arriving = {name: arrival(program, target, at) for name, target in targets.items() if target is not None}
    leaving = [name for name, target in targets.items() if target is None]
    left = outcome.in_(leaving)
    stays = outcome.is_(None)

    def pick(column: str, index: int) -> sa.ColumnElement[Any]:
        whens = [(outcome == name, values[index]) for name, values in arriving.items()]
        asleep = sleep.get(column, e[column])
        return sa.case((stays, asleep), *whens, else_=sa.null())

    moved: dict[str, sa.ColumnElement[Any]] = {
        "version": sa.case((stays, e.version), else_=program.version),
        "arrived_at": sa.case((sa.or_(stays, left), e.arrived_at), else_=now),
        "deadline_at": pick("deadline_at", 0),
        "wake_at": pick("wake_at", 1),
        "claim": sa.null(),
    }
    for column in sleep.keys() - {"deadline_at", "wake_at"}:  # a hold ends with the stay
        moved[column] = sa.case((stays, sleep[column]), else_=sa.null())
    if arriving:
        moved["step"] = sa.func.coalesce(_by_outcome(outcome, targets), e.step)
    if leaving:
        reasons = {name: step.leave_reason(name) for name in leaving}
        moved["left_at"] = sa.case((left, now), else_=sa.null())
        moved["left_reason"] = _by_outcome(outcome, reasons)
    return moved


def arrival(
    program: Program, step_id: str, at: Arrivals
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Deadline and first wake-up of contacts who arrive at a step now.

    Who already satisfies a case is due at once (the mail was opened before the contact got here), as is
    everybody at a step that does not wait; the others sleep until the deadline.
    """
    logic = program.steps[step_id]
    now = sa.literal(at.now, sa.BigInteger)
    cases = cast("DecidingStep", logic).cases(at)
    if not cases:  # it delivers: the ledger decides, and whoever is there is due
        return sa.null(), now
    deadline = next((case for case in cases.values() if isinstance(case, Deadline)), None)
    events = [case for case in cases.values() if not isinstance(case, Deadline)]
    if deadline is None:
        asleep, moment = sa.literal(NEVER, sa.BigInteger), sa.null()
    else:
        asleep = moment = cast("Any", deadline.moment())
    if not events:
        return moment, asleep
    return moment, sa.case((sa.or_(*events), now), else_=asleep)


def _by_outcome(outcome: sa.ColumnElement[Any], values: Mapping[str, str | None]) -> sa.ColumnElement[Any]:
    known = {name: sa.literal(value, sa.Text) for name, value in values.items() if value is not None}
    if not known:
        return cast("sa.ColumnElement[Any]", sa.null())
    return sa.case(known, value=outcome, else_=sa.null())


def zones_of(
    connection: sa.Connection, chosen: Callable[[sa.ColumnElement[int]], Predicate]
) -> Callable[[], Sequence[str]]:
    """Asks for the time zones of the chosen enrollments' people."""

    def query() -> Sequence[str]:
        people = sa.select(contact.c.timezone).join(enrollment, e.contact_id == contact.c.id)
        return connection.scalars(people.where(chosen(e.id)).distinct()).all()

    return query
