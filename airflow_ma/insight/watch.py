"""A live journey as its canvas shows it: counts only, cheap enough to be asked every few seconds.

What went on comes from ``ma_flow``, which counts moves by the hour; who is due, held or pinned, and which
mails failed, from indexes that hold only those. Nothing reads all moves, people or mails of a journey.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from airflow_ma.engine.flow import FlowRow, flow_totals
from airflow_ma.engine.tables import enrollment, journey, journey_run, move
from airflow_ma.insight.progress import ENTERED
from airflow_ma.insight.stuck import Failed, Held, failed_mails, held_mails

e, j, mv, r = enrollment.c, journey.c, move.c, journey_run.c


@dataclass(frozen=True, slots=True)
class StepNow:
    """One step. See plugin.watch_models."""

    arrived: int
    waiting: int
    due: int
    pinned: int
    held: tuple[Held, ...]
    failed: tuple[Failed, ...]
    left: Mapping[str, int]
    average_stay_ms: int | None


class Way(NamedTuple):
    """How many went from one step to another by one outcome. ``to_step`` None: they left the journey."""

    from_step: str
    outcome: str
    to_step: str | None
    number: int


@dataclass(frozen=True, slots=True)
class VersionPeople:
    """How many are inside on one version."""

    version: int
    people: int


@dataclass(frozen=True, slots=True)
class Run:
    """An Airflow run of the journey, and between which moves its own are. Times in ms."""

    journey_id: int
    run_id: str
    version: int
    started_at: int
    ended_at: int | None
    after_move_id: int
    last_move_id: int | None


@dataclass(frozen=True, slots=True)
class RunMoves:
    """What a run did."""

    people: int
    ways: tuple[tuple[int, Way], ...]
    """With the version of each."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is shown of a journey now."""

    steps: Mapping[str, StepNow]
    ways: tuple[Way, ...]
    versions: tuple[VersionPeople, ...]


def watch(
    connection: sa.Connection,
    journey_id: int,
    *,
    now: int,
    version: int | None = None,
    run: RunMoves | None = None,
) -> Watched:
    """The journey ``now`` (ms). With ``version`` or ``run``: who came and left by its moves only."""
    rows = flow_totals(connection, journey_id)
    waiting = standing_of(rows)
    if run is None:
        shown = [row for row in rows if version is None or row.version == version]
        ways = _summed(Way(row.from_step, row.outcome, row.to_step, row.number) for row in shown)
    else:
        ways = _summed(way for of, way in run.ways if version is None or of == version)
    arrived, left = came_and_left(ways)
    here = [step for step, number in waiting.items() if number]
    due = _due(connection, journey_id, here, now)
    pinned = _pinned(connection, journey_id)
    held = held_mails(connection, journey_id)
    failed = failed_mails(connection, journey_id)
    stayed = _average_stay(rows)
    at_step: Counter[str] = Counter()
    for row in pinned:
        at_step[row.step] += row.number
    steps = {
        step: StepNow(
            arrived[step],
            waiting[step],
            due.get(step, 0),
            at_step[step],
            tuple(held.get(step, ())),
            tuple(failed.get(step, ())),
            dict(sorted(left.get(step, {}).items())),
            stayed.get(step),
        )
        for step in sorted({*arrived, *left, *waiting, *held, *failed, *at_step})
    }
    return Watched(steps, ways, _versions(connection, journey_id, rows, pinned))


def version_people(connection: sa.Connection, journey_id: int) -> tuple[VersionPeople, ...]:
    """Who is inside, by the version that moves them, the newest first."""
    return _versions(
        connection, journey_id, flow_totals(connection, journey_id), _pinned(connection, journey_id)
    )


def find_run(connection: sa.Connection, journey_id: int, run_id: str) -> Run | None:
    """The run of that id; None for one that never moved people, or did so before runs were kept."""
    columns = (
        r.journey_id,
        r.run_id,
        r.version,
        r.started_at,
        r.ended_at,
        r.after_move_id,
        r.last_move_id,
    )
    row = connection.execute(
        sa.select(*columns).where(r.journey_id == journey_id, r.run_id == run_id)
    ).one_or_none()
    return None if row is None else Run(*row)


def moves_of_run(run: Run) -> list[sa.ColumnElement[bool]]:
    """The condition for its moves: a range of ids, however many there are in all."""
    found = [mv.id > run.after_move_id, mv.journey_id == run.journey_id, mv.run_id == run.run_id]
    return found if run.last_move_id is None else [*found, mv.id <= run.last_move_id]


def run_moves(connection: sa.Connection, run: Run) -> RunMoves:
    """What the run did. Reads its moves: the answer for one that has ended is worth keeping."""
    mine = moves_of_run(run)
    way = (mv.version, mv.from_step, mv.outcome, mv.to_step)
    rows = connection.execute(sa.select(*way, sa.func.count()).where(*mine).group_by(*way))
    ways = tuple((row[0], Way(*row[1:])) for row in rows)
    people = connection.scalar(sa.select(sa.func.count(mv.enrollment_id.distinct())).where(*mine)) or 0
    return RunMoves(people, ways)


def standing_of(rows: Iterable[FlowRow]) -> Counter[str]:
    """Step -> who stands there: who came, less who left. The engine writes flow with every move."""
    standing: Counter[str] = Counter()
    for row in rows:
        if row.to_step is not None:
            standing[row.to_step] += row.number
        if row.outcome != ENTERED:
            standing[row.from_step] -= row.number
    return standing


def came_and_left(ways: Iterable[Way]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Step -> arrivals, and step -> outcome -> how many. An entry step's arrivals are those it lets in."""
    arrived: Counter[str] = Counter()
    left: dict[str, Counter[str]] = {}
    for way in ways:
        left.setdefault(way.from_step, Counter())[way.outcome] += way.number
        if way.outcome == ENTERED:
            arrived[way.from_step] += way.number
        if way.to_step is not None:
            arrived[way.to_step] += way.number
    return arrived, left


def _summed(ways: Iterable[Way]) -> tuple[Way, ...]:
    found: Counter[tuple[str, str, str | None]] = Counter()
    for way in ways:
        found[way[:3]] += way.number
    return tuple(Way(*way, number) for way, number in sorted(found.items(), key=lambda one: str(one[0])))


def _average_stay(rows: Sequence[FlowRow]) -> dict[str, int]:
    number: Counter[str] = Counter()
    stayed: Counter[str] = Counter()
    for row in rows:
        if row.outcome != ENTERED:  # nobody stays where people enter
            number[row.from_step] += row.number
            stayed[row.from_step] += row.stayed_ms
    return {step: round(stayed[step] / count) for step, count in number.items() if count}


def _due(connection: sa.Connection, journey_id: int, steps: Sequence[str], now: int) -> dict[str, int]:
    here = (e.journey_id == journey_id, e.step.in_(steps), e.wake_at <= now)
    query = sa.select(e.step, sa.func.count()).where(*here).group_by(e.step)
    return {step: number for step, number in connection.execute(query)} if steps else {}


def _pinned(connection: sa.Connection, journey_id: int) -> Sequence[sa.Row[Any]]:
    query = sa.select(e.pinned_version.label("version"), e.step, sa.func.count().label("number"))
    here = (e.journey_id == journey_id, e.pinned_version.is_not(None), e.wake_at.is_not(None))
    return connection.execute(query.where(*here).group_by(e.pinned_version, e.step)).all()


def _versions(
    connection: sa.Connection, journey_id: int, rows: Sequence[FlowRow], pinned: Sequence[sa.Row[Any]]
) -> tuple[VersionPeople, ...]:
    """Who is inside, by the version that moves them."""
    mode, newest = connection.execute(sa.select(j.mode, j.version).where(j.id == journey_id)).one()
    people: Counter[int] = Counter()
    if mode == "continuous":  # the newest one moves everybody who is not pinned
        for row in pinned:
            people[row.version] += row.number
        people[newest] += sum(standing_of(rows).values()) - people.total()
    else:  # a cohort goes all the way with the version with which it began
        for version in {row.version for row in rows}:
            people[version] += sum(standing_of(row for row in rows if row.version == version).values())
    return tuple(
        VersionPeople(version, number) for version, number in sorted(people.items(), reverse=True) if number
    )
