"""Double opt-in: somebody asks for our mails, and the owner of the address says yes by a link in a mail."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.config import settings
from airflow_ma.contacts.addresses import address_key
from airflow_ma.contacts.consent import record_consent
from airflow_ma.engine.clock import DAY, from_ms
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events
from airflow_ma.engine.tables import contact, event, suppression

REQUESTED = "consent.requested"
"""The event that lets a contact into the journey that sends the mail with the link."""
GOOD_FOR = 7 * DAY
"""How long the link confirms the request, ms."""

c = contact.c


def request_consent(
    connection: sa.Connection,
    email: str,
    *,
    at: int,
    wording: str,
    name: str | None = None,
    language: str | None = None,
    ip: str | None = None,
) -> bool:
    """Somebody asks for our mails at this address (a valid one); False when no mail with a link is due.

    That is so when the address has agreed already, or is suppressed for another reason than that it
    unsubscribed. Makes the contact if need be, without any consent: nobody knows yet who asks. What is
    known of a contact is not changed.
    """
    key = address_key(email)
    reason = connection.scalar(sa.select(suppression.c.reason).where(suppression.c.email_key == key))
    if reason not in (None, "unsubscribe"):
        return False
    person = _find(connection, key)
    if person is None:
        person = _make(connection, email, name, language, at)
    if is_subscribed(person):
        return False
    asked = {name: value for name, value in (("wording", wording), ("ip", ip)) if value is not None}
    new = NewEvent(REQUESTED, at, dedupe_key(at, REQUESTED, person.id, at), person.id, properties=asked)
    record_events(connection, [new], now=at)
    return True


def confirm_consent(
    connection: sa.Connection, contact_id: int, *, at: int, ip: str | None
) -> Literal["confirmed", "expired"]:
    """The owner of the address says yes; ``expired`` when the request is over 7 days old or unknown."""
    request = open_request(connection, contact_id, at)
    if request is None:
        return "expired"
    told = request.properties or {}
    asked_at = from_ms(request.at).to_iso8601_string()
    record_consent(
        connection,
        contact_id,
        "email",
        True,
        at=at,
        source="double opt-in",
        wording=told.get("wording"),
        ip=ip,
        detail=f"asked for at {asked_at} from {told.get('ip') or 'an unknown address'}",
    )
    return "confirmed"


def open_request(connection: sa.Connection, contact_id: int, now: int) -> sa.Row[Any, Any] | None:
    """The newest request that can still be confirmed (its ``at`` and ``properties``), if there is one."""
    e = event.c
    found: sa.Row[Any, Any] | None = connection.execute(
        sa.select(e.at, e.properties)
        .where(e.contact_id == contact_id, e.type == REQUESTED, e.at >= now - GOOD_FOR)
        .order_by(e.at.desc())
        .limit(1)
    ).one_or_none()
    return found


def is_subscribed(person: sa.Row[Any]) -> bool:
    """Whether consent to marketing mail is on record and was not withdrawn."""
    return person.consented_at is not None and person.unsubscribed_at is None


def _find(connection: sa.Connection, email_key: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(contact).where(c.email_key == email_key)).one_or_none()


def _make(
    connection: sa.Connection, email: str, name: str | None, language: str | None, at: int
) -> sa.Row[Any]:
    """The contact with this address; its key is the address until an import knows better."""
    email_key = address_key(email)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for key in (email_key, f"{email_key} {secrets.token_hex(4)}"):  # the key may be another contact's
        row: dict[str, Any] = {
            "key": key,
            "email": email,
            "email_key": email_key,
            "name": name,
            "language": language or settings().language,
            "timezone": settings().timezone,
            "attributes": {},
            "created_at": at,
            "updated_at": at,
        }
        connection.execute(insert(contact).values(row).on_conflict_do_nothing())
        person = _find(connection, email_key)
        if person is not None:
            return person
    raise LookupError("another program removes the contact as it is made")
