"""Questions about sets whose cost does not depend on a planner's statistics or on the length of a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from airflow_ma.engine.tables import enrollment


class Numbers(sa.types.UserDefinedType[Sequence[int]]):
    """PostgreSQL's array of integers as one text: the driver would write a list value by value, slowly."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "BIGINT[]"

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Sequence[int] | None], str]:
        return lambda values: "{" + ",".join(map(str, values or ())) + "}"


def any_row(query: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Whether the correlated query finds a row: one index look-up for each outer row, always.

    EXISTS says the same, but PostgreSQL may turn it into a join with the whole table, and does so right
    after many rows came in, while its statistics are old.
    """
    return query.limit(1).scalar_subquery().is_not(None)


def one_of(dialect: str, column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Whether the column has one of the values (all integers or all texts), as one parameter.

    The statement is the same for any number of values, so that it is compiled and planned once.
    """
    if dialect == "postgresql":
        # As an array: a text that is cast to one costs the driver less, but the planner cannot see into it,
        # and may then compare each row of a table with each of the values.
        if isinstance(column.type, sa.Text):
            return column == sa.func.any(sa.literal(list(values), ARRAY(sa.Text)))
        return column == sa.func.any(sa.literal(values, Numbers()))
    listed = sa.func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def locked_in_order(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The condition for those enrollments, which PostgreSQL locks in the order of their ids.

    An UPDATE alone takes them in whatever order it finds them: two that do so at once wait for each other.
    """
    if connection.dialect.name != "postgresql":
        return sa.and_(*conditions)
    locked = sa.select(enrollment.c.id).where(*conditions).order_by(enrollment.c.id).with_for_update()
    return enrollment.c.id.in_(sa.select(locked.cte("locked").prefix_with("MATERIALIZED").c.id))
