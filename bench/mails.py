"""Which mail each contact got, so that opens can name it as a real pixel does. Never measured."""

from __future__ import annotations

from array import array

import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import message


def first_mails(database: Database, size: int) -> array[int]:
    """Contact id -> message id, once everybody has got the first mail."""
    mails = array("q", bytes(8 * (size + 1)))
    last = 0
    m = message.c
    while True:
        page = sa.select(m.id, m.contact_id).where(m.id > last).order_by(m.id).limit(10_000)
        with database.read() as connection:
            rows = connection.execute(page).all()
        if not rows:
            return mails
        for row in rows:
            mails[row.contact_id] = row.id
        last = rows[-1].id
