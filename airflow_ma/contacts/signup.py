"""Double opt-in: somebody asks for our mails, and the owner of the address says yes by a link in a mail."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.channels.links import address_mark
from airflow_ma.config import settings
from airflow_ma.contacts.consent import record_consent
from airflow_ma.engine.addresses import address_key
from airflow_ma.engine.clock import DAY, from_ms
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events, wake_contacts
from airflow_ma.engine.tables import contact, event, suppression

REQUESTED = "consent.requested"
"""The event that lets a contact into the journey that sends the mail with the link."""
GOOD_FOR = 7 * DAY
"""How long the link confirms the request, ms."""
PAUSE = DAY
"""How long after a request that is still open no other one counts, ms: each makes a mail."""
MOST, MOST_WITHIN = 3, 30 * DAY
"""Most requests for one address, open or not, within so many ms."""

c, e = contact.c, event.c


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

    That is so when the address has agreed already, is suppressed for another reason than that it
    unsubscribed, or was asked for too lately or too often. Makes the contact if need be, without any
    consent: nobody knows yet who asks. What is known of a contact is not changed.
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
    # First the enrollments, then the contact: the order in which a sweep locks them. Whoever asks for the
    # same address at the same time waits here, and counts this request.
    wake_contacts(connection, [person.id], now=at)
    locked = connection.execute(sa.select(contact).where(c.id == person.id).with_for_update()).one_or_none()
    if locked is None or locked.email_key != key or is_subscribed(locked):
        return False
    if _asked_enough(connection, locked, at):
        return False
    mark = address_mark(key)
    told = (("wording", wording), ("ip", ip), ("address", mark))
    asked = {name: value for name, value in told if value is not None}
    new = NewEvent(REQUESTED, at, dedupe_key(at, REQUESTED, person.id, mark, at), person.id, properties=asked)
    record_events(connection, [new], now=at)
    return True


def confirm_consent(
    connection: sa.Connection, contact_id: int, mark: str, *, sent_at: int, at: int, ip: str | None
) -> Literal["confirmed", "expired"]:
    """The owner of the address says yes, by the link in a mail that was made at ``sent_at`` (ms).

    ``mark``: what the link says of where that mail went, see ``address_mark``. ``expired`` when the request
    is over 7 days old or unknown, or the contact has another address by now.
    """
    # Nobody may give the contact another address between the look and the record.
    wake_contacts(connection, [contact_id], now=at)
    connection.execute(sa.select(c.id).where(c.id == contact_id).with_for_update())
    request = open_request(connection, contact_id, mark, sent_at=sent_at, now=at)
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


def open_request(
    connection: sa.Connection, contact_id: int, mark: str, *, sent_at: int, now: int
) -> sa.Row[Any, Any] | None:
    """The request (its ``at`` and ``properties``) that a mail made at ``sent_at`` confirms, if it still can.

    It is the newest one for that address that was there when the mail was made: what a stranger asks for
    later, and in other words, is not confirmed by it. The contact must still have that address.
    """
    person = connection.execute(sa.select(contact).where(c.id == contact_id)).one_or_none()
    if person is None or not has_address(person, mark):
        return None
    asked = _requests(connection, contact_id, mark, since=now - GOOD_FOR)
    return next((request for request in asked if request.at <= sent_at), None)


def has_address(person: sa.Row[Any], mark: str) -> bool:
    """Whether the contact has the address with this mark, see ``address_mark``."""
    return person.email_key is not None and address_mark(person.email_key) == mark


def is_subscribed(person: sa.Row[Any]) -> bool:
    """Whether consent to marketing mail is on record and was not withdrawn."""
    return person.consented_at is not None and person.unsubscribed_at is None


def _asked_enough(connection: sa.Connection, person: sa.Row[Any], now: int) -> bool:
    asked = _requests(connection, person.id, address_mark(person.email_key), since=now - MOST_WITHIN)
    open_since = max(now - PAUSE, person.consented_at or 0)  # what was confirmed is not open
    return len(asked) >= MOST or any(request.at > open_since for request in asked)


def _requests(connection: sa.Connection, contact_id: int, mark: str, since: int) -> list[sa.Row[Any, Any]]:
    """The contact's requests for one address, newest first."""
    rows = connection.execute(
        sa.select(e.at, e.properties)
        .where(e.contact_id == contact_id, e.type == REQUESTED, e.at >= since)
        .order_by(e.at.desc(), e.id.desc())
    )
    return [row for row in rows if (row.properties or {}).get("address") == mark]


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
