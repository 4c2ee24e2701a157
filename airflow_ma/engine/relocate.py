"""Writing the moves of enrollments that were taken, and the places where they stand from now on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa

from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.flow import record_flow
from airflow_ma.engine.program import Program
from airflow_ma.engine.steps import Arrivals, Deadline, DecidingStep
from airflow_ma.engine.tables import contact, enrollment, move
from airflow_ma.engine.take import Chosen, Group, Taken

e = enrollment.c


def relocate(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    taken: Taken,
    *,
    now: int,
    run_id: str | None,
    sleep: Mapping[str, sa.ColumnElement[Any]],
) -> dict[str, int]:
    """Move those who were taken by their outcomes; returns outcome -> how many.

    Those who stay get the columns in ``sleep``. Counts the moves, too (``record_flow``): it must be the last
    that the transaction writes.
    """
    counts: dict[str, tuple[int, int]] = {}
    for outcome, group in taken.groups.items():
        if outcome is None:
            stays = sa.update(enrollment).where(group.chosen(e.id))
            connection.execute(stays.values(claim=sa.null(), **sleep))
            continue
        _move(connection, program, step_id, outcome, group, now, run_id, held="hold" in sleep)
        counts[outcome] = (group.number, group.number * now - group.arrived_at)
    record_flow(connection, program, step_id, counts, now)
    return {outcome: number for outcome, (number, _) in counts.items()}


def _move(
    connection: sa.Connection,
    program: Program,
    step_id: str,
    outcome: str,
    group: Group,
    now: int,
    run_id: str | None,
    *,
    held: bool,
) -> None:
    target = program.targets[step_id][outcome]
    moment = sa.literal(now, sa.BigInteger)
    columns: dict[str, sa.ColumnElement[Any]] = {
        "journey_id": sa.literal(program.journey_id, sa.BigInteger),
        "version": sa.literal(program.version, sa.Integer),
        "from_step": sa.literal(step_id, sa.Text),
        "outcome": sa.literal(outcome, sa.Text),
        "to_step": sa.literal(target, sa.Text),
        "at": moment,
        "run_id": sa.literal(run_id, sa.Text),
    }
    moves = group.ids.add_columns(*columns.values())
    logged = sa.insert(move).from_select(["enrollment_id", *columns], moves)
    values: dict[str, Any] = {"version": program.version, "claim": sa.null()}
    if held:  # a hold ends with the stay
        values["hold"] = sa.null()
    if target is None:
        reason = program.steps[step_id].leave_reason(outcome)
        values |= {"deadline_at": sa.null(), "wake_at": sa.null(), "left_at": now, "left_reason": reason}
    else:
        zones = zones_of(connection, group.chosen)
        at = Arrivals(e.id, e.contact_id, e.entered_at, moment, now, zones)
        deadline_at, wake_at = arrival(program, target, at)
        values |= {"step": target, "arrived_at": now, "deadline_at": deadline_at, "wake_at": wake_at}
    changed = sa.update(enrollment).where(group.chosen(e.id)).values(**values)
    if connection.dialect.name == "postgresql":
        connection.execute(logged.add_cte(changed.cte("changed")))
        return
    connection.execute(logged)
    connection.execute(changed)


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


def zones_of(connection: sa.Connection, chosen: Chosen) -> Callable[[], Sequence[str]]:
    """Asks for the time zones of the chosen enrollments' people."""

    def query() -> Sequence[str]:
        people = sa.select(contact.c.timezone).join(enrollment, e.contact_id == contact.c.id)
        return connection.scalars(people.where(chosen(e.id)).distinct()).all()

    return query
