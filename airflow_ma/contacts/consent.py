"""Consent: what a person has agreed to, and the log that proves it.

The log (``ma_consent``) is only ever added to. What it says last about a purpose stands on the contact
as well, where the ledger and the collector look: ``consented_at`` and ``unsubscribed_at`` for marketing
mail, one flag for each kind of tracking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events, wake_contacts
from airflow_ma.engine.mail.suppression import Suppression, lift, suppress
from airflow_ma.engine.tables import consent, contact

Purpose = Literal["email", "open_tracking", "click_tracking", "web_tracking"]
Tracking = Literal["open_tracking", "click_tracking", "web_tracking"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
TRACKING: tuple[Tracking, ...] = get_args(Tracking)
GIVEN, WITHDRAWN = "consent.given", "email.unsubscribe"
"""The events that journeys see when consent to marketing mail changes."""

c, log = contact.c, consent.c


@dataclass(frozen=True, slots=True)
class Statement:
    """One row of the log. ``at`` in ms; ``email_key`` is the address that it was said for."""

    purpose: str
    granted: bool
    at: int
    source: str
    wording: str | None
    ip: str | None
    detail: str | None
    email_key: str | None


def record_consent(
    connection: sa.Connection,
    contact_id: int,
    purpose: Purpose,
    granted: bool,
    *,
    at: int,
    source: str,
    wording: str | None = None,
    ip: str | None = None,
    detail: str | None = None,
    message_id: int | None = None,
) -> bool:
    """Write down that a person agreed or withdrew, and act on it; False if that was so already.

    ``at`` is when it was said (ms): what was said later stays in force. ``wording`` is the version of the
    text agreed to, ``message_id`` the mail that led here. All in the caller's transaction: the log, the
    contact, the suppression of the address, the event and the waking of the contact's journeys.
    """
    # First the enrollments, then the contact: the order in which a sweep locks them.
    wake_contacts(connection, [contact_id], now=at)
    person = connection.execute(sa.select(contact).where(c.id == contact_id).with_for_update()).one_or_none()
    if person is None:  # erased since
        return False
    said = newest(connection, contact_id, purpose)
    before = _in_force(person, purpose)
    told_before = said is not None and said.granted == granted and (not granted or said.wording == wording)
    if before == granted and told_before:
        return False
    statement = {
        "contact_id": contact_id,
        "email_key": person.email_key,
        "purpose": purpose,
        "granted": granted,
        "wording": wording,
        "at": at,
        "source": source,
        "ip": ip,
        "detail": detail,
    }
    number = connection.execute(sa.insert(consent).values(statement).returning(log.id)).scalar_one()
    if at < _said_at(person, purpose, said):
        return False
    changes = _changes(purpose, granted, at)
    connection.execute(sa.update(contact).where(c.id == contact_id).values(changes | {"updated_at": at}))
    if purpose != "email":
        return before != granted
    if person.email_key is not None:
        if granted:  # a bounce or a complaint is not lifted by it
            lift(connection, person.email_key, "unsubscribe")
        else:
            suppress(connection, [Suppression(person.email_key, "unsubscribe", at, source, detail)])
    if before == granted:
        return False
    kind = GIVEN if granted else WITHDRAWN
    event = NewEvent(kind, at, dedupe_key(at, kind, number), contact_id, message_id=message_id)
    record_events(connection, [event], now=at)
    return True


def history(connection: sa.Connection, contact_id: int) -> list[Statement]:
    """Everything the person has said about consent, oldest first."""
    columns = [log[name] for name in Statement.__slots__]
    rows = connection.execute(
        sa.select(*columns).where(log.contact_id == contact_id).order_by(log.at, log.id)
    )
    return [Statement(*row) for row in rows]


def newest(connection: sa.Connection, contact_id: int, purpose: Purpose) -> Statement | None:
    """What the person said last about the purpose; None when never anything."""
    columns = [log[name] for name in Statement.__slots__]
    row = connection.execute(
        sa.select(*columns)
        .where(log.contact_id == contact_id, log.purpose == purpose)
        .order_by(log.at.desc(), log.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Statement(*row)


def tracking_allowed(column: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether that kind of tracking of a contact is allowed, given its column of ma_contact; never NULL."""
    return sa.func.coalesce(column, sa.literal(tracks_unasked(), sa.Boolean))


def tracks(connection: sa.Connection, contact_id: int, purpose: Tracking) -> bool:
    """Whether that kind of tracking is allowed for this contact; False for nobody."""
    allowed = connection.scalar(sa.select(tracking_allowed(c[purpose])).where(c.id == contact_id))
    return bool(allowed)


def tracks_unasked() -> bool:
    """Whether people who never said anything about it, and browsers that nobody knows, are tracked."""
    return settings().tracking == "opt_out"


def _in_force(person: sa.Row[Any], purpose: Purpose) -> bool | None:
    """What the contact says now; None when it never said anything."""
    if purpose != "email":
        flag: bool | None = getattr(person, purpose)
        return flag
    if person.unsubscribed_at is not None:
        return False
    return True if person.consented_at is not None else None


def _said_at(person: sa.Row[Any], purpose: Purpose, said: Statement | None) -> int:
    """When the person last said anything about the purpose, ms; 0 when never."""
    moments = [0 if said is None else said.at]
    if purpose == "email":  # contacts may have been written without a log
        moments += [person.consented_at or 0, person.unsubscribed_at or 0]
    return max(moments)


def _changes(purpose: Purpose, granted: bool, at: int) -> dict[str, Any]:
    if purpose != "email":
        return {purpose: granted}
    return {"consented_at": at, "unsubscribed_at": None} if granted else {"unsubscribed_at": at}
