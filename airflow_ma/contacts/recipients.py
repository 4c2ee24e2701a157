"""A contact as the person a mail is filled in for."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.mail.message import Recipient
from airflow_ma.engine.tables import contact


def find_recipient(connection: sa.Connection, key: str) -> Recipient | None:
    """The contact of that key, whether or not they have an address; None when there is none."""
    c = contact.c
    row = connection.execute(
        sa.select(
            c.id,
            c.key,
            sa.func.coalesce(c.email, ""),
            c.name,
            c.language,
            c.timezone,
            sa.cast(c.attributes, sa.Text),
        ).where(c.key == key)
    ).one_or_none()
    return None if row is None else Recipient(*row)
