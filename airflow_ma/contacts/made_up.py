"""A person whom nobody knows, for previews and for trying things out."""

from __future__ import annotations

import json

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.contacts.vocabulary import known_attributes
from airflow_ma.engine.mail.message import Recipient

NUMBER = 1
"""The id of this contact where there is no other."""
_NAMES = {"ja": "山田 花子", "en": "Hanako Yamada"}
_COLUMNS = ("language", "timezone")


def made_up_person(connection: sa.Connection, language: str | None = None) -> Recipient:
    """Somebody who has of each attribute the value that most contacts have."""
    usual = {one.name: one.values[0] for one in known_attributes(connection) if one.values}
    attributes = {name: value for name, value in usual.items() if name not in _COLUMNS}
    speaks = language or settings().language
    return Recipient(
        contact_id=NUMBER,
        key="example",
        email="hanako.yamada@example.com",
        name=_NAMES.get(speaks, _NAMES["en"]),
        language=speaks,
        timezone=settings().timezone,
        stored_attributes=json.dumps(attributes, ensure_ascii=False),
    )
