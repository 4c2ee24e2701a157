"""Moves counted by the hour, in the transactions that write them: pages add up a few rows, not millions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import flow

LEFT = ""
"""What the table has for ``to_step`` of those who left the journey."""
f = flow.c


class FlowRow(NamedTuple):
    """How many left a step by an outcome. ``stayed_ms``: all of them together, at the step they left."""

    version: int
    from_step: str
    outcome: str
    to_step: str | None
    """None: they left the journey."""
    number: int
    stayed_ms: int


def record_flow(
    connection: sa.Connection,
    program: Program,
    from_step: str,
    counts: Mapping[str, tuple[int, int]],
    now: int,
    *,
    to_step: str | None = None,
) -> None:
    """Count moves that this transaction has logged: outcome -> (how many, ms they stayed in all).

    Call it as the transaction's last statement: others that count the same moves wait for its end.
    ``to_step`` is where outcomes lead that the program does not have (those by hand).
    """
    targets = program.targets.get(from_step, {})
    rows = [
        FlowRow(program.version, from_step, outcome, targets.get(outcome, to_step), number, stayed)
        for outcome, (number, stayed) in counts.items()
    ]
    add_to_flow(connection, program.journey_id, rows, now)


def add_to_flow(connection: sa.Connection, journey_id: int, rows: Iterable[FlowRow], now: int) -> None:
    """The same for rows of any version; no two may be of the same way."""
    values = [
        {
            "journey_id": journey_id,
            "version": row.version,
            "from_step": row.from_step,
            "outcome": row.outcome,
            "to_step": row.to_step or LEFT,
            "hour_at": now - now % HOUR,
            "number": row.number,
            "stayed_ms": row.stayed_ms,
        }
        for row in sorted(rows, key=lambda row: (*row[:3], row.to_step or LEFT))  # one lock order for all
        if row.number
    ]
    if not values:
        return
    connection.execute(_ADD[connection.dialect.name], values)


def _adding(insert: Callable[..., Any]) -> sa.Insert:
    new = insert(flow)
    added = {"number": f.number + new.excluded.number, "stayed_ms": f.stayed_ms + new.excluded.stayed_ms}
    return cast("sa.Insert", new.on_conflict_do_update(index_elements=list(flow.primary_key), set_=added))


# Made once, and one row at a time: there are one to three, and the hot path pays for each new statement.
_ADD = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}


def flow_totals(
    connection: sa.Connection,
    journey_id: int,
    *,
    versions: Collection[int] | None = None,
    since: int | None = None,
) -> list[FlowRow]:
    """What was counted, in the order of version, step, outcome and target.

    ``since`` (ms) counts from the beginning of the hour it is in: the table knows nothing finer.
    """
    where = [f.journey_id == journey_id]
    if versions is not None:
        where.append(f.version.in_(sorted(versions)))
    if since is not None:
        where.append(f.hour_at >= since - since % HOUR)
    way = (f.version, f.from_step, f.outcome, f.to_step)
    sums = [sa.cast(sa.func.sum(column), sa.BigInteger) for column in (f.number, f.stayed_ms)]
    query = sa.select(*way, *sums).where(*where).group_by(*way).order_by(*way)
    return [
        FlowRow(version, from_step, outcome, to_step or None, number, stayed)
        for version, from_step, outcome, to_step, number, stayed in connection.execute(query)
    ]
