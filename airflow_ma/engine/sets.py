"""Membership in a list of any length as one parameter, so that the statement stays the same and cached."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


def one_of(dialect: str, column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Whether the column has one of the values (all integers or all texts)."""
    if dialect == "postgresql":
        kind = sa.BigInteger if values and isinstance(values[0], int) else sa.Text
        return column == sa.func.any(sa.literal(list(values), ARRAY(kind)))
    listed = sa.func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
    return column.in_(sa.select(listed.c.value))
