"""Applying the rules of a change to the people who are inside: chunk by chunk, as often as it takes.

A chunk is one transaction and leaves everybody it held marked as done (by their version, or by being pinned),
so that a crash between two chunks costs nothing but the time until the next run's plan.
"""

from __future__ import annotations

import datetime
import math
import time
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from airflow_ma.engine.advance import CHUNK
from airflow_ma.engine.changes.rules import (
    Action,
    Rule,
    RuleError,
    StoredRule,
    changed_steps,
    check_rules,
    open_rules,
    store_rules,
    versions_to_finish_on,
)
from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.control.by_hand import MOVED, REMOVED, close_mails, leading, let_go, queue_up
from airflow_ma.engine.control.standstill import being_resumed, stood_still, time_lost
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program, stays_newest
from airflow_ma.engine.relocate import arrival, relocate, zones_of
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Arrivals, Deadline, DecidingStep, Predicate
from airflow_ma.engine.tables import change_rule, contact, enrollment
from airflow_ma.engine.take import Chosen, Taken, take

__all__ = [
    "Action",
    "Rule",
    "RuleError",
    "Standing",
    "adopt",
    "apply_rules",
    "changed_steps",
    "check_rules",
    "settle_rules",
    "spread",
    "standing",
    "store_rules",
]

CHANGED = "changed"
"""Why somebody left whom a change made leave."""
ADOPTED, LEFT, FINISH, MOVED_ON = "adopted", "left", "finish", "moved"
"""What ``apply_rules`` counts."""

e, c, r = enrollment.c, contact.c, change_rule.c


class Standing(NamedTuple):
    """How many stand at a step who came there under a version; ``pinned``: they finish on it."""

    step: str
    version: int
    pinned: bool
    people: int


def standing(connection: sa.Connection, journey_id: int) -> list[Standing]:
    """Who is in the journey now, in the order of step and version. Reads everybody who waits."""
    version = sa.func.coalesce(e.pinned_version, e.version)
    pinned = e.pinned_version.is_not(None)
    query = (
        sa.select(e.step, version, pinned, sa.func.count())
        .where(e.journey_id == journey_id, e.wake_at.is_not(None))
        .group_by(e.step, version, pinned)
        .order_by(e.step, version, pinned)
    )
    return [
        Standing(step, number, bool(fixed), people)
        for step, number, fixed, people in connection.execute(query)
    ]


def concerned(journey_id: int, rule: Rule, version: int) -> list[Predicate]:
    """Whom a rule of the change that made ``version`` is about, those in a worker's hands included."""
    return [
        e.journey_id == journey_id,
        e.step == rule.step,
        e.wake_at.is_not(None),
        e.version < version,
        e.pinned_version.is_(None),
    ]


def apply_rules(
    database: Database, program: Program, *, chunk: int = CHUNK, patience: float = math.inf
) -> Counter[str]:
    """Do what the open rules say; returns how many were moved, left, adopted or are to finish.

    ``program`` is the newest version; with an earlier one nothing happens. Whom a worker holds just now is
    left to the next call, as is whoever is locked, or whom ``patience`` (seconds) did not suffice for.
    Call it as often as you like.
    """
    end = time.monotonic() + patience
    with database.read() as connection:
        rules = open_rules(connection, program.journey_id, program.version)
    done: Counter[str] = Counter()
    for stored in rules:
        done += _apply(database, program, stored, chunk, end)
    return done


def settle_rules(database: Database, program: Program, *, chunk: int = CHUNK) -> Counter[str]:
    """``apply_rules`` at the beginning of a run: the rules that concern nobody any more are closed.

    No other run may be under way. One look-up when there is nothing to do.
    """
    with database.read() as connection:
        rules = open_rules(connection, program.journey_id, program.version)
    if not rules:
        return Counter()
    done = apply_rules(database, program, chunk=chunk)
    now = database.clock().now()
    with database.write() as connection:
        # A worker that Airflow gave up may yet move those it holds, by the ways of its own version.
        held = sa.select(e.id).where(
            e.journey_id == program.journey_id,
            e.claim.is_not(None),
            e.wake_at.is_not(None),
            e.version < program.version,
            e.pinned_version.is_(None),
        )
        if connection.scalar(held.limit(1)) is not None:
            return done
        for stored in rules:
            left = sa.select(e.id).where(*concerned(program.journey_id, stored.rule, stored.version))
            if connection.scalar(left.limit(1)) is None:
                here = (
                    r.journey_id == program.journey_id,
                    r.version == stored.version,
                    r.step == stored.rule.step,
                )
                connection.execute(sa.update(change_rule).where(*here).values(done_at=now))
    return done


def _apply(database: Database, program: Program, stored: StoredRule, chunk: int, end: float) -> Counter[str]:
    rule = feasible(program, stored.rule)
    finish_on: Mapping[int, int] = {}
    who = concerned(program.journey_id, rule, stored.version)
    people = array("q")
    slot = database.clock().now()
    with database.read() as connection:
        # All at once, by number: chunk after chunk from the index would read again what is done already.
        query = sa.select(e.id).where(*who).order_by(e.id).execution_options(yield_per=CHUNK)
        people.extend(connection.scalars(query))
        if people and rule.gap_ms:
            slot = _next_slot(connection, program, rule, slot)
        if people and rule.action == "finish":
            finish_on = versions_to_finish_on(connection, program.journey_id, stored)
    done: Counter[str] = Counter()
    for start in range(0, len(people), chunk):
        if time.monotonic() > end:
            break
        ids = people[start : start + chunk].tolist()
        with database.write() as connection:
            if not stays_newest(connection, program):
                break
            if rule.action == "adopt" and being_resumed(connection, program):
                break  # of some the moments are shifted already, and this pause is in no log yet
            now = database.clock().now()
            slot = max(slot, now)
            free = sa.or_(e.claim.is_(None), e.wake_at <= now)  # or its worker was not heard of again
            these = [one_of(connection.dialect.name, e.id, ids), *who, free]
            outcome = sa.literal(REMOVED if rule.action == "leave" else MOVED, sa.Text)
            taken = take(connection, these, chunk, outcome)
            if taken.number:
                if rule.action == "finish":
                    _pin(connection, taken.chosen, finish_on)
                    what = FINISH
                else:
                    what, slot = _follow(connection, program, rule, str(outcome.value), taken, now, slot)
                done[what] += taken.number
    return done


def feasible(program: Program, rule: Rule) -> Rule:
    """The rule of an earlier change may name a step that is gone by now: its people finish where they are."""
    named = {"adopt": rule.step, "move": rule.target}.get(rule.action)
    known = program.steps.get(named or "")
    possible = rule.action in ("leave", "finish") or (
        known is not None and not getattr(known, "is_entry", False)
    )
    return rule if possible else replace(rule, action="finish", target=None)


def _follow(
    connection: sa.Connection,
    program: Program,
    rule: Rule,
    outcome: str,
    taken: Taken,
    now: int,
    slot: int,
) -> tuple[str, int]:
    """Do to the chosen what the rule says; returns what that is called and when (ms) the next may be due."""
    chosen = taken.chosen
    if rule.action == "adopt":
        adopt(connection, program, rule.step, chosen, now)
        return ADOPTED, spread(connection, chosen, rule.gap_ms, now, slot)
    let_go(connection, rule.step, chosen)
    target = rule.target if rule.action == "move" else None
    ways = leading(program, rule.step, outcome, target, CHANGED)
    relocate(connection, ways, rule.step, taken, now=now, run_id=None, sleep={})
    if target is None:
        return LEFT, slot
    return MOVED_ON, spread(connection, chosen, rule.gap_ms, now, slot) if rule.gap_ms else slot


def _pin(connection: sa.Connection, chosen: Chosen, finish_on: Mapping[int, int]) -> None:
    version = sa.case(finish_on, value=e.version, else_=e.version) if finish_on else e.version
    connection.execute(sa.update(enrollment).where(chosen(e.id)).values(pinned_version=version))


def adopt(connection: sa.Connection, program: Program, step: str, chosen: Chosen, now: int) -> None:
    """Work out anew when they are looked at, as if they had come to the step under its new settings."""
    lost = time_lost(e.arrived_at, stood_still(connection, program.key))
    at = Since(e.id, e.contact_id, e.entered_at, e.arrived_at, now, zones_of(connection, chosen), lost)
    if cast("DecidingStep", program.steps[step]).cases(at):  # it delivers no mails, or not any more
        close_mails(connection, step, chosen)
    deadline_at, wake_at = arrival(program, step, at)
    values: dict[str, Any] = {"deadline_at": deadline_at, "wake_at": wake_at}
    values |= {"version": program.version, "claim": sa.null(), "hold": sa.null()}
    connection.execute(sa.update(enrollment).where(chosen(e.id)).values(**values))
    if at.local:
        _count_from_arrival(connection, at.local[-1], chosen, now)


def _count_from_arrival(
    connection: sa.Connection, compute: Callable[[str, int], int], chosen: Chosen, now: int
) -> None:
    """A deadline in local time is made for those who arrive now; these arrived earlier, each at a time."""
    rows = [{"b_id": n, "moment": moment} for n, moment in local_moments(connection, compute, chosen)]
    moment = sa.bindparam("moment", type_=sa.BigInteger)
    awake = sa.case((e.wake_at <= now, e.wake_at), else_=moment)
    mine = sa.update(enrollment).where(e.id == sa.bindparam("b_id"))
    connection.execute(mine.values(deadline_at=moment, wake_at=awake), rows)


def local_moments(
    connection: sa.Connection, compute: Callable[[str, int], int], chosen: Chosen
) -> list[tuple[int, int]]:
    """Enrollment and moment (ms) for each of the chosen, of a deadline in local time since their arrival."""
    query = (
        sa.select(e.id, c.timezone, e.arrived_at)
        .join(contact, c.id == e.contact_id)
        .where(chosen(e.id))
        .order_by(e.id)
    )
    known: dict[tuple[str, int], int] = {}
    found = []
    for number, zone, arrived_at in connection.execute(query):
        if (zone, arrived_at) not in known:
            known[zone, arrived_at] = compute(zone, arrived_at)
        found.append((number, known[zone, arrived_at]))
    return found


def spread(connection: sa.Connection, chosen: Chosen, gap: int, now: int, slot: int) -> int:
    """Wake those who are due one after the other, from ``slot`` on; returns when the next one may."""
    if gap:
        return queue_up(connection, chosen, gap, now, slot)
    # A deadline that is long over is nobody's delay.
    late = sa.update(enrollment).where(chosen(e.id), e.wake_at < now)
    connection.execute(late.values(wake_at=now))
    return slot


def _next_slot(connection: sa.Connection, program: Program, rule: Rule, now: int) -> int:
    """After those whom an earlier call, one that was cut short perhaps, has put in the queue."""
    in_queue = sa.select(sa.func.max(e.wake_at)).where(
        e.journey_id == program.journey_id,
        e.step == (rule.target or rule.step),
        e.wake_at > now,
        e.wake_at < NEVER,
        e.wake_at.is_distinct_from(e.deadline_at),  # who sleeps until their deadline does not queue
        e.claim.is_(None),
        e.hold.is_(None),
        e.pinned_version.is_(None),
        e.version == program.version,
    )
    last = connection.scalar(in_queue)
    return now if last is None else last + rule.gap_ms


@dataclass(frozen=True)
class Since(Arrivals):
    """They arrived some time ago. Remembers how a step works out a deadline in local time."""

    lost: sa.ColumnElement[int] = field(default_factory=lambda: sa.literal(0, sa.BigInteger))
    """How much (ms) of the time since their arrival the journey stood still."""
    local: list[Callable[[str, int], int]] = field(default_factory=list)

    def waited(self, duration: datetime.timedelta) -> Deadline:
        ms = duration // datetime.timedelta(milliseconds=1)
        return Deadline(lambda: self.arrived_at + sa.literal(ms, sa.BigInteger) + self.lost)

    def local_moment(
        self, compute: Callable[[str, int], int], again: Callable[[str, int], int] | None = None
    ) -> Deadline:
        self.local.append(compute)
        return super().local_moment(compute, again)
