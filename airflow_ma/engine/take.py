"""Taking hold of enrollments that are due, and deciding by which outcome each of them leaves.

PostgreSQL locks the rows first and looks at events in a later statement, so that an event either is
visible here or its wake-up waits for this transaction (see ``engine.events``). SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.sets import Numbers, one_of
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import enrollment

KEEP_COUNT = {"preserve_rowcount": True}
"""INSERT ... SELECT tells how many rows it wrote only when asked."""

Chosen = Callable[[sa.ColumnElement[int]], Predicate]
"""``chosen(column)``: whether the enrollment id in that column is one of those that were taken."""

_taken = sa.Table(
    "ma_taken",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.Text),
    sa.Column("arrived_at", sa.BigInteger),
    prefixes=["TEMPORARY"],
)
e, t = enrollment.c, _taken.c


@dataclass(frozen=True)
class Group:
    """Those who leave by the same outcome."""

    number: int
    arrived_at: int
    """The sum of the moments (ms) at which they arrived at the step."""
    chosen: Chosen
    ids: sa.Select[int]
    """Their enrollment ids, in order."""


@dataclass(frozen=True)
class Taken:
    """The enrollments that this transaction holds."""

    number: int
    chosen: Chosen
    groups: Mapping[str | None, Group] = field(default_factory=dict)
    """Outcome -> who leaves by it; None: who stays. Empty when nothing was decided."""


def take(
    connection: sa.Connection,
    conditions: Sequence[Predicate],
    limit: int,
    outcome: sa.ColumnElement[Any] | None = None,
) -> Taken:
    """Take hold of up to ``limit`` enrollments and decide each one's ``outcome`` (NULL: it stays)."""
    due_first = sa.select(e.id).where(*conditions).order_by(e.wake_at).limit(limit)
    if connection.dialect.name == "postgresql":
        return _take_postgresql(connection, due_first, outcome)
    if _has_temp(connection):
        connection.execute(sa.delete(_taken))
    else:
        _taken.create(connection, checkfirst=False)
    same = isinstance(outcome, sa.BindParameter)  # for all: nothing to compare row by row
    decided = sa.null() if outcome is None or same else outcome
    number = connection.execute(
        sa.insert(_taken).from_select(
            ["id", "outcome", "arrived_at"], due_first.add_columns(decided, e.arrived_at)
        ),
        execution_options=KEEP_COUNT,
    ).rowcount
    chosen = _chosen_sqlite(sa.select(t.id))
    if outcome is None or not number:
        return Taken(number, chosen)
    if isinstance(outcome, sa.BindParameter):
        everybody = sa.select(t.id).order_by(t.id)
        arrived_at = connection.scalar(sa.select(sa.func.sum(t.arrived_at))) or 0
        return Taken(number, chosen, {str(outcome.value): Group(number, arrived_at, chosen, everybody)})
    groups = {}
    by_outcome = sa.select(t.outcome, sa.func.count(), sa.func.sum(t.arrived_at)).group_by(t.outcome)
    for name, count, arrived_at in connection.execute(by_outcome):
        ids = sa.select(t.id)
        if count < number:
            ids = ids.where(t.outcome.is_(None) if name is None else t.outcome == name)
        groups[name] = Group(count, arrived_at, _chosen_sqlite(ids), ids.order_by(t.id))
    return Taken(number, chosen, groups)


def _take_postgresql(
    connection: sa.Connection, due_first: sa.Select[int], outcome: sa.ColumnElement[Any] | None
) -> Taken:
    locked = connection.execute(due_first.add_columns(e.arrived_at).with_for_update(skip_locked=True)).all()
    arrived = {row.id: row.arrived_at for row in locked}
    everybody = sorted(arrived)
    chosen = _chosen_postgresql(everybody)
    if outcome is None or not everybody:
        return Taken(len(everybody), chosen)
    if isinstance(outcome, sa.BindParameter):
        decided: Mapping[str | None, list[int]] = {str(outcome.value): everybody}
    else:
        decided = {}
        for number, name in connection.execute(sa.select(e.id, outcome).where(chosen(e.id))):
            decided.setdefault(name, []).append(number)
    groups = {}
    for name, found in decided.items():
        ids = sorted(found)
        unnested = sa.func.unnest(sa.literal(ids, Numbers()), type_=sa.BigInteger).column_valued("id")
        total = sum(arrived[number] for number in ids)
        groups[name] = Group(len(ids), total, _chosen_postgresql(ids), sa.select(unnested))
    return Taken(len(everybody), chosen, groups)


def _chosen_sqlite(ids: sa.Select[int]) -> Chosen:
    return lambda column: column.in_(ids)


def _chosen_postgresql(ids: Sequence[int]) -> Chosen:
    return lambda column: one_of("postgresql", column, ids)


def _has_temp(connection: sa.Connection) -> bool:
    found = connection.exec_driver_sql("SELECT 1 FROM temp.sqlite_master WHERE name = 'ma_taken'")
    return found.first() is not None
