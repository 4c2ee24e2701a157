"""A journey made ready to run: its steps, where their outcomes lead, and its row in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.steps import StepLogic
from airflow_ma.engine.tables import enrollment, journey, journey_step, journey_version
from airflow_ma.journey.model import JourneyGraph


@dataclass(frozen=True)
class Program:
    """One version of one journey with the objects that know what its steps do."""

    journey_id: int
    version: int
    key: str
    steps: Mapping[str, StepLogic]
    targets: Mapping[str, Mapping[str, str | None]]


def load_program(database: Database, graph: JourneyGraph, steps: Mapping[str, StepLogic]) -> Program:
    """The program of this graph; a version that is new to the database is registered first."""
    digest = graph.digest()
    with database.read() as connection:
        known = _find(connection, graph.key, digest)
    if known is None:
        with database.write() as connection:
            known = _register(connection, graph, steps, digest, database.clock().now())
    return Program(known[0], known[1], graph.key, steps, graph.targets())


def publish_program(
    connection: sa.Connection, graph: JourneyGraph, steps: Mapping[str, StepLogic], *, now: int
) -> int:
    """Make this graph the journey's newest version, also one that ran before; returns its number.

    ``load_program`` must not do that for an old version: a long run goes on with the one it began with.
    """
    journey_id, version = _register(connection, graph, steps, graph.digest(), now)
    newest = connection.scalar(sa.select(journey.c.version).where(journey.c.id == journey_id))
    if newest != version:
        _set_newest(connection, journey_id, version, graph, steps, now)
    return version


def stranded(connection: sa.Connection, program: Program) -> dict[str, int]:
    """Step -> people who stand at it although this version of the journey has no such step."""
    e = enrollment.c
    rows = connection.execute(
        sa.select(e.step, sa.func.count())
        .where(
            e.journey_id == program.journey_id,
            e.wake_at.is_not(None),
            e.step.in_(_old_steps(connection, program)),
        )
        .group_by(e.step)
    )
    return {step: count for step, count in rows}


def _old_steps(connection: sa.Connection, program: Program) -> list[str]:
    s = journey_step.c
    known = connection.scalars(sa.select(s.step).where(s.journey_id == program.journey_id))
    return [step for step in known if step not in program.steps]


def _find(connection: sa.Connection, key: str, digest: str) -> tuple[int, int] | None:
    j, v = journey.c, journey_version.c
    row = connection.execute(
        sa.select(j.id, v.version)
        .join(journey_version, v.journey_id == j.id)
        .where(j.key == key, v.digest == digest)
    ).one_or_none()
    return (row.id, row.version) if row else None


def _register(
    connection: sa.Connection, graph: JourneyGraph, steps: Mapping[str, StepLogic], digest: str, now: int
) -> tuple[int, int]:
    if connection.dialect.name == "postgresql":  # two workers that meet a new version at once
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(graph.key))))
    known = _find(connection, graph.key, digest)
    if known is not None:
        return known
    j, v = journey.c, journey_version.c
    journey_id = connection.scalar(sa.select(j.id).where(j.key == graph.key))
    if journey_id is None:
        created = connection.execute(
            sa.insert(journey)
            .values(key=graph.key, title=graph.title, mode=graph.mode, version=0, created_at=now)
            .returning(j.id)
        )
        journey_id = created.scalar_one()
    newest = connection.scalar(sa.select(sa.func.max(v.version)).where(v.journey_id == journey_id)) or 0
    version = newest + 1
    connection.execute(
        sa.insert(journey_version).values(
            journey_id=journey_id,
            version=version,
            digest=digest,
            definition=graph.definition(),
            created_at=now,
        )
    )
    _set_newest(connection, journey_id, version, graph, steps, now)
    return journey_id, version


def _set_newest(
    connection: sa.Connection,
    journey_id: int,
    version: int,
    graph: JourneyGraph,
    steps: Mapping[str, StepLogic],
    now: int,
) -> None:
    facts = {"title": graph.title, "mode": graph.mode, "version": version}
    connection.execute(sa.update(journey).where(journey.c.id == journey_id).values(**facts))
    _register_steps(connection, journey_id, version, graph, steps, now)


def _register_steps(
    connection: sa.Connection,
    journey_id: int,
    version: int,
    graph: JourneyGraph,
    logic: Mapping[str, StepLogic],
    now: int,
) -> None:
    s = journey_step.c
    known: Iterable[str] = connection.scalars(sa.select(s.step).where(s.journey_id == journey_id)).all()
    for position, step in enumerate(graph.ordered()):
        values = {
            "kind": step.kind,
            "title": step.title or step.id,
            "position": position,
            "version": version,
            "listens_to": getattr(logic[step.id], "listens_to", None),
            "wake_at": now if step.is_entry else None,
        }
        if step.id in known:
            here = (s.journey_id == journey_id, s.step == step.id)
            connection.execute(sa.update(journey_step).where(*here).values(**values))
        else:
            connection.execute(sa.insert(journey_step).values(journey_id=journey_id, step=step.id, **values))
    gone = [step for step in known if step not in {s.id for s in graph.steps}]
    if gone:
        connection.execute(
            sa.update(journey_step)
            .where(s.journey_id == journey_id, s.step.in_(gone))
            .values(listens_to=None, wake_at=None)
        )
