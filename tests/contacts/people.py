"""Putting contacts, tags and events into a database, for tests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.tables import contact, contact_tag, event

NOW = 1_800_000_000_000


def add_contact(connection: sa.Connection, key: str, **given: Any) -> int:
    """One contact; ``given`` are columns, ``tags`` its tags, everything else as its defaults."""
    tags = given.pop("tags", ())
    email = given.get("email")
    row = {
        "key": key,
        "email_key": email.lower() if email else None,
        "language": "ja",
        "timezone": "Asia/Tokyo",
        "attributes": {},
        "created_at": NOW,
        "updated_at": NOW,
        **given,
    }
    contact_id = connection.execute(sa.insert(contact).values(row).returning(contact.c.id)).scalar_one()
    if tags:
        connection.execute(sa.insert(contact_tag), [{"contact_id": contact_id, "tag": tag} for tag in tags])
    return int(contact_id)


def add_event(connection: sa.Connection, contact_id: int, type_: str, at: int, **given: Any) -> None:
    """One event about a contact."""
    number = connection.scalar(sa.select(sa.func.count()).select_from(event))
    row = {
        "type": type_,
        "at": at,
        "received_at": at,
        "contact_id": contact_id,
        "dedupe_key": f"{at}:{number}",
    }
    connection.execute(sa.insert(event).values({**row, **given}))
