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
HELD, _LIMIT = "ma_held", "ma_limit"
_NOTHING: Mapping[str, Any] = {}
e, t = enrollment.c, _taken.c
_HAS_TEMPORARY = "SELECT 1 FROM temp.sqlite_master WHERE name = 'ma_taken'"
_EMPTY = sa.delete(_taken)
_EVERYBODY = sa.select(t.id).order_by(t.id)
_ARRIVED = sa.select(sa.func.sum(t.arrived_at))
_BY_OUTCOME = sa.select(t.outcome, sa.func.count(), sa.func.sum(t.arrived_at)).group_by(t.outcome)


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
    bound: Mapping[str, Any] = field(default_factory=dict)
    """The values for statements that were built with ``held``."""


class Taking:
    """What to take hold of, built once for many batches.

    ``conditions`` may have bound parameters without a value: ``run`` gets their values.
    """

    def __init__(self, conditions: Sequence[Predicate], outcome: sa.ColumnElement[Any] | None = None) -> None:
        """``outcome`` decides by what each of them leaves (NULL: it stays); None: nothing is decided yet."""
        self._outcome = outcome
        limit = sa.bindparam(_LIMIT, type_=sa.Integer)
        self._due_first = sa.select(e.id).where(*conditions).order_by(e.wake_at).limit(limit)
        same = isinstance(outcome, sa.BindParameter)  # for all: nothing to compare row by row
        decided = sa.null() if outcome is None or same else outcome
        self._fill = sa.insert(_taken).from_select(
            ["id", "outcome", "arrived_at"], self._due_first.add_columns(decided, e.arrived_at)
        )
        self._lock = self._due_first.add_columns(e.arrived_at).with_for_update(skip_locked=True)

    def run(self, connection: sa.Connection, limit: int, values: Mapping[str, Any] = _NOTHING) -> Taken:
        """Take hold of up to ``limit`` enrollments."""
        bound = {**values, _LIMIT: limit}
        if connection.dialect.name == "postgresql":
            return self._lock_rows(connection, bound)
        return self._note_rows(connection, bound)

    def _note_rows(self, connection: sa.Connection, bound: Mapping[str, Any]) -> Taken:
        if connection.exec_driver_sql(_HAS_TEMPORARY).first() is not None:
            connection.execute(_EMPTY)
        else:
            _taken.create(connection, checkfirst=False)
        number = connection.execute(self._fill, bound, execution_options=KEEP_COUNT).rowcount
        chosen = _among(sa.select(t.id))
        outcome = self._outcome
        if outcome is None or not number:
            return Taken(number, chosen)
        if isinstance(outcome, sa.BindParameter):
            arrived_at = connection.scalar(_ARRIVED) or 0
            return Taken(number, chosen, {str(outcome.value): Group(number, arrived_at, chosen, _EVERYBODY)})
        groups = {}
        for name, count, arrived_at in connection.execute(_BY_OUTCOME):
            ids = sa.select(t.id)
            if count < number:
                ids = ids.where(t.outcome.is_(None) if name is None else t.outcome == name)
            groups[name] = Group(count, arrived_at, _among(ids), ids.order_by(t.id))
        return Taken(number, chosen, groups)

    def _lock_rows(self, connection: sa.Connection, bound: Mapping[str, Any]) -> Taken:
        arrived = {row.id: row.arrived_at for row in connection.execute(self._lock, bound)}
        everybody = sorted(arrived)
        chosen = _one_of(everybody)
        outcome = self._outcome
        held = {HELD: everybody}
        if outcome is None or not everybody:
            return Taken(len(everybody), chosen, bound=held)
        if isinstance(outcome, sa.BindParameter):
            decided: dict[str | None, list[int]] = {str(outcome.value): everybody}
        else:
            decided = {}
            for number, name in connection.execute(sa.select(e.id, outcome).where(chosen(e.id))):
                decided.setdefault(name, []).append(number)
        groups = {}
        for name, found in decided.items():
            ids = sorted(found)
            unnested = sa.func.unnest(sa.literal(ids, Numbers()), type_=sa.BigInteger).column_valued("id")
            total = sum(arrived[number] for number in ids)
            groups[name] = Group(len(ids), total, _one_of(ids), sa.select(unnested))
        return Taken(len(everybody), chosen, groups, held)


def take(
    connection: sa.Connection,
    conditions: Sequence[Predicate],
    limit: int,
    outcome: sa.ColumnElement[Any] | None = None,
) -> Taken:
    """Take hold of up to ``limit`` enrollments and decide each one's ``outcome`` (NULL: it stays)."""
    return Taking(conditions, outcome).run(connection, limit)


def held(dialect: str) -> Chosen:
    """As ``Taken.chosen``, for statements that are built once and executed with ``Taken.bound``."""
    if dialect == "postgresql":
        return lambda column: column == sa.func.any(sa.bindparam(HELD, type_=Numbers()))
    return _among(sa.select(t.id))


def _among(ids: sa.Select[int]) -> Chosen:
    return lambda column: column.in_(ids)


def _one_of(ids: Sequence[int]) -> Chosen:
    return lambda column: one_of("postgresql", column, ids)
