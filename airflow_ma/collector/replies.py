"""Recording that a contact answered a mail."""

from __future__ import annotations

import hashlib

from airflow_ma.collector.intake import find_message
from airflow_ma.collector.visit import storable
from airflow_ma.engine.database import Database
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events

KEPT = 500
"""Characters of a reply that are kept: enough for a salesperson to see what it is about."""


def record_reply(database: Database, message_id: int, text: str) -> bool:
    """Store the event ``reply`` for the message's contact; False when the same text is there already.

    Raises ValueError when there is no such message.
    """
    now = database.clock().now()
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]
    with database.write() as connection:
        sent = find_message(connection, message_id)
        if sent is None:
            raise ValueError(f"there is no message {message_id} that could be replied to")
        new = NewEvent(
            "reply",
            now,
            dedupe_key(sent.created_at, "reply", message_id, digest),  # a time that is the same next time
            sent.contact_id,
            message_id=message_id,
            properties={"text": storable(text[:KEPT])},
        )
        return record_events(connection, [new], now=now) == 1
