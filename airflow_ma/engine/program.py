"""A journey made ready to run: its steps, where their outcomes lead, and its row in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.engine.changes.rules import default_rules, store_rules
from airflow_ma.engine.database import Database
from airflow_ma.engine.steps import StepLogic
from airflow_ma.engine.tables import (
    enrollment,
    entry_request,
    journey,
    journey_release,
    journey_run,
    journey_step,
    journey_version,
)
from airflow_ma.journey.model import JourneyGraph


@dataclass(frozen=True)
class Program:
    """One version of one journey with the objects that know what its steps do."""

    journey_id: int
    version: int
    key: str
    steps: Mapping[str, StepLogic]
    targets: Mapping[str, Mapping[str, str | None]]
    pinned: bool = False
    """Whether it moves those who finish on this version, and nobody else."""


Value = int | sa.BindParameter[int]
"""A number, or its place in a statement that is built once."""


class ModeError(RuntimeError):
    """A continuous journey with people in it cannot become a one-off one."""


def has_its_say(journey_id: Value, version: Value) -> sa.ColumnElement[bool]:
    """Whether the program of this version is the one that moves people now, looked up once a statement.

    In a continuous journey only the newest version moves who is not pinned: a late or repeated run of an
    earlier one would lead people to steps that are gone. One-off runs end with the version they began with.
    """
    own_time = sa.or_(journey.c.version == version, journey.c.mode == "one_off")
    found = sa.select(journey.c.id).where(journey.c.id == journey_id, own_time)
    return found.scalar_subquery().is_not(None)


def stays_newest(connection: sa.Connection, program: Program) -> bool:
    """Whether it is the newest version; on PostgreSQL that stays so until the transaction ends.

    To be asked before an enrollment is locked: who resumes a journey locks the journey first, too.
    """
    newest = sa.select(journey.c.version).where(journey.c.id == program.journey_id)
    return connection.scalar(newest.with_for_update(read=True)) == program.version


def load_program(database: Database, graph: JourneyGraph, steps: Mapping[str, StepLogic]) -> Program:
    """The program of this graph; a version that is new to the database is registered first."""
    digest = graph.digest()
    with database.read() as connection:
        known = _find(connection, graph.key, digest)
    if known is None:
        with database.write() as connection:
            known = _register(connection, graph, steps, database.clock().now(), again=False)
    return Program(known[0], known[1], graph.key, steps, graph.targets())


def program_to_run(
    database: Database, graph: JourneyGraph, steps: Mapping[str, StepLogic], *, run_id: str
) -> Program | None:
    """The program of a new run of a continuous journey; None when something newer has been published since.

    A file that was changed back is what runs now: it becomes the newest version again, with a number of its
    own. ``load_program`` must not do that: workers of a run go on with the version it began with.
    """
    program = load_program(database, graph, steps)
    with database.read() as connection:
        newest = connection.scalar(sa.select(journey.c.version).where(journey.c.id == program.journey_id))
        if newest == program.version:
            return program
        if _is_outdated(connection, program, run_id):
            return None
    with database.write() as connection:
        publish_program(connection, graph, steps, now=database.clock().now())
    return load_program(database, graph, steps)


def publish_program(
    connection: sa.Connection, graph: JourneyGraph, steps: Mapping[str, StepLogic], *, now: int
) -> int:
    """Make this graph the journey's newest version; returns its number.

    A graph that ran before, with another since, gets a new number: higher ones are always later.
    """
    return _register(connection, graph, steps, now, again=True)[1]


def pinned_program(
    journey_id: int, version: int, graph: JourneyGraph, steps: Mapping[str, StepLogic]
) -> Program:
    """The program for those who finish on that version, of the graph that was stored for it."""
    return Program(journey_id, version, graph.key, steps, graph.targets(), pinned=True)


def _is_outdated(connection: sa.Connection, program: Program, run_id: str) -> bool:
    """Whether a run with a version that is not the newest is a late one, and not of a file changed back."""
    p, v = journey_release.c, journey_version.c
    newest = sa.select(p.version, p.withdrawn).where(p.key == program.key).order_by(p.id.desc()).limit(1)
    release = connection.execute(newest).one_or_none()
    if release is not None and not release.withdrawn:
        digests = sa.select(v.digest).where(
            v.journey_id == program.journey_id, v.version.in_([release.version, program.version])
        )
        return len(set(connection.scalars(digests))) > 1
    seen = sa.select(journey_run.c.run_id).where(
        journey_run.c.journey_id == program.journey_id, journey_run.c.run_id == run_id
    )
    return connection.scalar(seen) is not None  # somebody had an old run repeated


def _find(connection: sa.Connection, key: str, digest: str) -> tuple[int, int] | None:
    j, v = journey.c, journey_version.c
    row = connection.execute(
        sa.select(j.id, v.version)
        .join(journey_version, v.journey_id == j.id)
        .where(j.key == key, v.digest == digest)
        .order_by(v.version.desc())
        .limit(1)
    ).one_or_none()
    return (row.id, row.version) if row else None


def _register(
    connection: sa.Connection, graph: JourneyGraph, steps: Mapping[str, StepLogic], now: int, *, again: bool
) -> tuple[int, int]:
    """Journey and version of the graph; ``again``: a new version unless it is the newest one already."""
    if connection.dialect.name == "postgresql":  # two workers that meet a new version at once
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(graph.key))))
    digest = graph.digest()
    known = _find(connection, graph.key, digest)
    j, v = journey.c, journey_version.c
    own = connection.execute(sa.select(j.id, j.version, j.mode).where(j.key == graph.key)).one_or_none()
    if known is not None and (not again or own is None or known[1] == own.version):
        return known
    if own is None:
        created = connection.execute(
            sa.insert(journey)
            .values(key=graph.key, title=graph.title, mode=graph.mode, version=0, created_at=now)
            .returning(j.id)
        )
        journey_id, newest = created.scalar_one(), 0
    else:
        if (own.mode, graph.mode) == ("continuous", "one_off"):
            _refuse_to_strand(connection, own.id, graph.key)
        journey_id, newest = own.id, own.version
    of_newest = sa.select(v.definition).where(v.journey_id == journey_id, v.version == newest)
    before = connection.scalar(of_newest)
    version = (
        connection.scalar(sa.select(sa.func.max(v.version)).where(v.journey_id == journey_id)) or 0
    ) + 1
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
    store_rules(connection, journey_id, version, default_rules(before, graph))
    return journey_id, version


def _refuse_to_strand(connection: sa.Connection, journey_id: int, key: str) -> None:
    e = enrollment.c
    inside = sa.select(sa.func.count()).where(e.journey_id == journey_id, e.wake_at.is_not(None))
    people = connection.scalar(inside) or 0
    if people:
        raise ModeError(
            f"the journey '{key}' runs continuously and {people:,} people are in it; in a one-off journey "
            "nobody would ever move them again. Make it continuous again, or give the one-off journey a DAG "
            "id of its own; or close it on its page and wait until nobody is left"
        )


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
    rows = connection.execute(sa.select(s.step, s.kind, s.wake_at).where(s.journey_id == journey_id))
    known = {row.step: row for row in rows}
    for position, step in enumerate(graph.ordered()):
        values = {
            "kind": step.kind,
            "title": step.title or step.id,
            "position": position,
            "version": version,
            "listens_to": getattr(logic[step.id], "listens_to", None),
            "wake_at": now if step.is_entry else None,
        }
        before = known.get(step.id)
        if before is not None:
            if before.kind == step.kind and not step.is_entry:
                values["wake_at"] = before.wake_at  # it looks for mails that may or may not be out
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
    listening = sa.select(s.step).where(s.journey_id == journey_id, s.listens_to.is_not(None))
    unheard = sa.delete(entry_request).where(
        entry_request.c.journey_id == journey_id, entry_request.c.step.not_in(listening)
    )
    connection.execute(unheard)
