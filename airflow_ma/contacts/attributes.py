"""Which attributes the contacts have."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from airflow_ma.engine.tables import contact

SAMPLE = 2_000
"""Contacts that are looked at, the newest: all of a million would take too long for a check."""


def attribute_names(connection: sa.Connection) -> set[str]:
    """The names of the attributes that contacts have; empty when there are no contacts."""
    newest = sa.select(contact.c.attributes).order_by(contact.c.id.desc()).limit(SAMPLE)
    return {name for row in connection.scalars(newest) if isinstance(row, Mapping) for name in row}
