"""The tables. Times are ``*_at`` columns in milliseconds since 1970 UTC, so that SQL can add to them.

Every name starts with ``ma_``, so the tables can share a database with others. The tables on the hot
path (enrollment, move, message, event) carry no foreign keys: PostgreSQL checks those row by row, and
the engine writes them only from rows it has locked. ``tests/engine`` proves what the keys would.
"""

from __future__ import annotations

from airflow_ma.engine.tables.columns import metadata
from airflow_ma.engine.tables.journeys import (
    approval,
    audit,
    change_rule,
    journey,
    journey_draft,
    journey_release,
    journey_step,
    journey_version,
)
from airflow_ma.engine.tables.mail import link, mailbox, message, sending_pause, suppression
from airflow_ma.engine.tables.passages import alert, enrollment, entry_request, flow, journey_run, move
from airflow_ma.engine.tables.people import consent, contact, contact_tag, event, visitor
from airflow_ma.engine.tables.running import alarm, clock, heartbeat

__all__ = [
    "alarm",
    "alert",
    "approval",
    "audit",
    "change_rule",
    "clock",
    "consent",
    "contact",
    "contact_tag",
    "enrollment",
    "entry_request",
    "event",
    "flow",
    "heartbeat",
    "journey",
    "journey_draft",
    "journey_release",
    "journey_run",
    "journey_step",
    "journey_version",
    "link",
    "mailbox",
    "message",
    "metadata",
    "move",
    "sending_pause",
    "suppression",
    "visitor",
]
