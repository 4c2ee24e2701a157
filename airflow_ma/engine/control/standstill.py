"""What a paused journey is to the engine, and shifting moments as if time had stood still meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program, Value
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Arrivals, Deadline, DecidingStep, Predicate
from airflow_ma.engine.tables import audit, contact, enrollment, journey

CHUNK = 10_000
"""Enrollments a transaction: the collector waits for its locks."""

ProgramOf = Callable[[int], Program]
"""Gives the program of a version of the journey."""
e, j = enrollment.c, journey.c


class Standstill(NamedTuple):
    """Whether the journey is paused, and how often it was resumed before."""

    paused: bool
    resumed: int


class Stretch(NamedTuple):
    """A time in which a journey stood still, ms."""

    start: int
    end: int


def moving(journey_id: Value) -> Predicate:
    """Whether the journey is not paused: looked up once in a statement, however many rows it is about."""
    return sa.select(j.paused_at).where(j.id == journey_id).scalar_subquery().is_(None)


def lets_in(connection: sa.Connection, program: Program) -> bool:
    """Whether people may enter by this version; on PostgreSQL that stays so until the transaction ends."""
    facts = sa.select(j.paused_at, j.closed_at, j.archived_at, j.version, j.mode)
    row = connection.execute(facts.where(j.id == program.journey_id).with_for_update(read=True)).one()
    if row.mode == "continuous" and row.version != program.version:
        return False  # a late run: see program.has_its_say
    return (row.paused_at, row.closed_at, row.archived_at) == (None, None, None)


def being_resumed(connection: sa.Connection, program: Program) -> bool:
    """Whether the moments of people are being shifted, chunk by chunk, while the journey is still paused."""
    query = sa.select(j.resuming_at).where(j.id == program.journey_id)
    return connection.scalar(query) is not None


def standstill(database: Database, program: Program) -> Standstill:
    """Two of them that are equal and not paused say that it was not paused in between, either."""
    a = audit.c
    resumed = sa.select(sa.func.count()).where(a.journey_key == program.key, a.action == "resumed")
    with database.read() as connection:
        query = sa.select(moving(program.journey_id), resumed.scalar_subquery())
        goes, times = connection.execute(query).one()
    return Standstill(not goes, times)


def stood_still(connection: sa.Connection, key: str) -> list[Stretch]:
    """The pauses after which the journey went on as if no time had passed, the first one first."""
    a = audit.c
    query = sa.select(a.action, a.at, a.detail).where(
        a.journey_key == key, a.action.in_(["paused", "resumed"])
    )
    found = []
    start: int | None = None
    for action, at, detail in connection.execute(query.order_by(a.id)):
        if action == "paused":
            start = at
        elif start is not None and detail.get("deadlines") == "stood_still":
            found.append(Stretch(start, at))
    return found


def time_lost(since: sa.ColumnElement[int], stretches: Sequence[Stretch]) -> sa.ColumnElement[int]:
    """How much (ms) of the time since then did not count."""
    lost: sa.ColumnElement[int] = sa.literal(0, sa.BigInteger)
    for start, end in stretches:
        all_of_it, rest = sa.literal(end - start, sa.BigInteger), sa.literal(end, sa.BigInteger) - since
        lost = lost + sa.case((since <= start, all_of_it), (since < end, rest), else_=0)
    return lost


def shift_moments(
    connection: sa.Connection, journey_id: int, stretch: Stretch, programs: ProgramOf, after: int
) -> int | None:
    """Shift the moments of the next enrollments after that id; returns the last of them, None: there were no
    more.

    Lengths of time go on where they stood, for those who arrived meanwhile since their arrival. A moment in
    local time stays, unless it was missed. Who slept until a moment still to come sleeps until the new one.
    Who is awake, or would be, is looked at: what they did while their moment was over has woken nobody. Held
    mails and what a worker has in hand have no such moment and are not touched.
    """
    waiting = (
        e.journey_id == journey_id,
        e.wake_at.is_not(None),
        e.deadline_at.is_not(None),
        e.claim.is_(None),
        e.arrived_at < stretch.end,
        e.id > after,
    )
    # Locked in the order of their ids, as everywhere, before the first is changed.
    ids = connection.scalars(
        sa.select(e.id).where(*waiting).order_by(e.id).limit(CHUNK).with_for_update()
    ).all()
    if not ids:
        return None
    these = one_of(connection.dialect.name, e.id, ids)
    local = _local_waits(connection, journey_id, these, programs)
    for who, step in local:
        _find_new_moment(connection, sa.and_(these, who), step, stretch)
    end = sa.literal(stretch.end, sa.BigInteger)
    since = sa.case(
        (e.arrived_at > stretch.start, e.arrived_at), else_=sa.literal(stretch.start, sa.BigInteger)
    )
    lengths = sa.and_(these, ~sa.or_(sa.false(), *(who for who, _ in local)))
    moment = e.deadline_at + (end - since)
    asleep = sa.and_(e.wake_at == e.deadline_at, e.deadline_at > stretch.end)
    values = {"deadline_at": moment, "wake_at": sa.case((asleep, moment), else_=e.wake_at)}
    connection.execute(sa.update(enrollment).where(lengths).values(**values))
    return int(ids[-1])


def _local_waits(
    connection: sa.Connection, journey_id: int, these: Predicate, programs: ProgramOf
) -> list[tuple[Predicate, DecidingStep]]:
    """Who of these waits for a moment in local time, and the step that says for which."""
    newest, mode = connection.execute(sa.select(j.version, j.mode).where(j.id == journey_id)).one()
    places = sa.select(e.step, e.version, e.pinned_version).where(these).distinct()
    found: defaultdict[tuple[int, str], list[Predicate]] = defaultdict(list)
    for step, version, pinned in connection.execute(places):
        mover = pinned or (version if mode == "one_off" else newest)
        if step not in programs(mover).steps:
            mover = version
        who = sa.and_(e.step == step, e.version == version, e.pinned_version.is_not_distinct_from(pinned))
        found[mover, step].append(who)
    local = []
    for (version, step), people in found.items():
        logic = programs(version).steps.get(step)
        if logic is not None and _deadline(cast("DecidingStep", logic), 0, list).again is not None:
            local.append((sa.or_(*people), cast("DecidingStep", logic)))
    return local


def _find_new_moment(connection: sa.Connection, who: Predicate, step: DecidingStep, stretch: Stretch) -> None:
    missed = sa.and_(who, e.deadline_at > stretch.start, e.deadline_at <= stretch.end)
    people = sa.select(contact.c.timezone).join(enrollment, e.contact_id == contact.c.id)
    zones = connection.scalars(people.where(missed).distinct()).all()
    again = _deadline(step, stretch.end, lambda: zones).again
    if zones and again is not None:
        connection.execute(sa.update(enrollment).where(missed).values(deadline_at=again()))


def _deadline(step: DecidingStep, now: int, zones: Callable[[], Sequence[str]]) -> Deadline:
    cases = step.cases(Arrivals(e.id, e.contact_id, e.entered_at, e.arrived_at, now, zones))
    found = (case for case in cases.values() if isinstance(case, Deadline))
    return next(found, Deadline(lambda: sa.literal(now, sa.BigInteger)))
