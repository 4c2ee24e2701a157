"""Whom a change would reach at once: the way on from the people it concerns, asked and not taken."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from airflow_ma.engine.advance import CHUNK
from airflow_ma.engine.changes.applying import Since, concerned, feasible, local_moments
from airflow_ma.engine.changes.rules import Rule
from airflow_ma.engine.clock import read_clock
from airflow_ma.engine.control.by_hand import People, inside
from airflow_ma.engine.control.newest_version import on_earlier
from airflow_ma.engine.control.standstill import stood_still, time_lost
from airflow_ma.engine.mail.rules import MARKETING, NOT_NEEDED, NOT_SENT, SENT
from airflow_ma.engine.program import Program
from airflow_ma.engine.relocate import zones_of
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Arrivals, Deadline, DecidingStep, Predicate
from airflow_ma.engine.tables import enrollment, message

e, m = enrollment.c, message.c


class _Group(NamedTuple):
    """Enrollments at one step."""

    staying: array[int]
    """They came there earlier."""
    coming: array[int]
    """They come there now."""


def due_at_once(
    connection: sa.Connection, program: Program, rules: Iterable[Rule], *, now: int | None = None
) -> dict[str, int]:
    """Delivering step -> people who would be due there as soon as the rules are applied.

    ``program`` is the new version, registered or not; ``now`` in ms, by default the installation's clock.
    Only asks: the same cases as in production decide who goes on and who waits, until everybody is at a step
    that delivers or waits, or has left. What steps on the way write (a tag, a score) is not seen by those
    after them. Who got the mail of a step already goes on from it; who may not be mailed counts nevertheless.
    """
    now = read_clock(connection).now() if now is None else now
    groups = {step: _Group(array("q"), array("q")) for step in program.steps}
    for rule in (feasible(program, one) for one in rules):
        if rule.action not in ("adopt", "move"):
            continue
        free = sa.or_(e.claim.is_(None), e.wake_at <= now)
        who = sa.select(e.id).where(*concerned(program.journey_id, rule, program.version), free)
        ids = connection.scalars(who.order_by(e.id).execution_options(yield_per=CHUNK))
        if rule.action == "adopt":
            groups[rule.step].staying.extend(ids)
        else:
            groups[rule.target or ""].coming.extend(ids)
    return _reached(connection, program, groups, now)


def due_when_moved(
    connection: sa.Connection, program: Program, people: People, to_step: str, *, now: int
) -> dict[str, int]:
    """The same for people who are moved to a step by hand now. Those who stand there already do not count."""
    groups = {step: _Group(array("q"), array("q")) for step in program.steps}
    who = sa.select(e.id).where(*inside(program.journey_id, people), e.step != to_step).order_by(e.id)
    groups[to_step].coming.extend(connection.scalars(who.execution_options(yield_per=CHUNK)))
    return _reached(connection, program, groups, now)


def due_when_continued(
    connection: sa.Connection, program: Program, people: People, *, now: int
) -> dict[str, int]:
    """The same for people who go on with the program where they stand: all those steps it must have."""
    groups = {step: _Group(array("q"), array("q")) for step in program.steps}
    who = sa.select(e.id, e.step).where(*on_earlier(program.journey_id, people)).order_by(e.id)
    for number, step in connection.execute(who.execution_options(yield_per=CHUNK)):
        groups[step].staying.append(number)
    return _reached(connection, program, groups, now)


def _reached(
    connection: sa.Connection, program: Program, groups: Mapping[str, _Group], now: int
) -> dict[str, int]:
    found: dict[str, int] = {}
    for step in _in_order(program):
        for people, arrived in zip(groups[step], (False, True), strict=True):
            for chunk in _chunks(people):
                waiting = set(chunk)
                for number, outcome in _decided(connection, program, step, chunk, now, arrives=arrived):
                    waiting.discard(number)
                    target = program.targets[step].get(outcome)
                    if target is not None:
                        groups[target].coming.append(number)
                if waiting and _delivers(program, step):
                    found[step] = found.get(step, 0) + len(waiting)
    return found


def _in_order(program: Program) -> Iterable[str]:
    """The steps so that each comes after those that lead to it."""
    before: dict[str, set[str]] = {step: set() for step in program.steps}
    for step, ways in program.targets.items():
        for target in ways.values():
            if target is not None:
                before[target].add(step)
    return TopologicalSorter(before).static_order()


def _chunks(people: array[int]) -> Iterator[list[int]]:
    for start in range(0, len(people), CHUNK):
        yield people[start : start + CHUNK].tolist()


def _delivers(program: Program, step_id: str) -> bool:
    nothing = sa.literal(0, sa.BigInteger)
    at = Arrivals(nothing, nothing, nothing, nothing, 0, lambda: ())
    return not cast("DecidingStep", program.steps[step_id]).cases(at)


def _decided(
    connection: sa.Connection, program: Program, step_id: str, ids: list[int], now: int, *, arrives: bool
) -> Iterable[tuple[int, str]]:
    """Who of them would go on at once, and by which outcome."""
    dialect = connection.dialect.name

    def chosen(column: sa.ColumnElement[int]) -> Predicate:
        return one_of(dialect, column, ids)

    arrived_at: sa.ColumnElement[int] = sa.literal(now, sa.BigInteger) if arrives else e.arrived_at
    lost = time_lost(arrived_at, () if arrives else stood_still(connection, program.key))
    at = Since(e.id, e.contact_id, e.entered_at, arrived_at, now, zones_of(connection, chosen), lost)
    cases = cast("DecidingStep", program.steps[step_id]).cases(at)
    if not cases:
        return _served(connection, program, step_id, chosen)
    first, condition = next(iter(cases.items()))
    if isinstance(condition, sa.True_):
        return [(number, first) for number in ids]
    whens: list[tuple[Predicate, Any]] = []
    for name, case in cases.items():
        if not isinstance(case, Deadline):
            over = case
        elif at.local and not arrives:
            moments = local_moments(connection, at.local[-1], chosen)
            over = one_of(dialect, e.id, [number for number, moment in moments if moment <= now])
        else:
            over = case.moment() <= now
        whens.append((over, sa.literal(name, sa.Text)))
    outcome = sa.case(*whens, else_=sa.null())
    rows = connection.execute(sa.select(e.id, outcome).where(chosen(e.id)))
    return [(number, name) for number, name in rows if name is not None]


def _served(
    connection: sa.Connection, program: Program, step_id: str, chosen: Any
) -> Iterable[tuple[int, str]]:
    """For whom the ledger says that the step has nothing more to deliver."""
    unclear = sa.and_(m.state == "unknown", m.purpose != MARKETING, m.resolved_at.is_(None))
    owed = sa.and_(m.state == "rejected", m.reason == NOT_NEEDED)
    rows = connection.execute(
        sa.select(m.enrollment_id, sa.case((m.state == "rejected", NOT_SENT), else_=SENT)).where(
            chosen(m.enrollment_id),
            m.step == step_id,
            m.state.not_in(["retryable", "sending"]),
            ~unclear,
            ~owed,
        )
    )
    return [(number, outcome) for number, outcome in rows if outcome in program.targets[step_id]]
