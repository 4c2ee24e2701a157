"""What SendGrid's events mean: one delivery of its Event Webhook, read into reports. No database here."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import orjson

from airflow_ma.channels.trial_ids import is_trial
from airflow_ma.collector.machines import is_machine
from airflow_ma.collector.visit import URL_LENGTH, storable, without_token
from airflow_ma.engine.addresses import address_key
from airflow_ma.engine.mail.message import Delivery

UNSUBSCRIBE, GROUP_UNSUBSCRIBE = "sendgrid.unsubscribe", "sendgrid.group_unsubscribe"
RESUBSCRIBE = "sendgrid.group_resubscribe"

_TEXT_LENGTH = 500
_LATEST = 253_402_300_799  # seconds: the end of the year 9999
_LARGEST = 2**63  # what a database takes for a number
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:00[01]|007[fF]|[dD][89a-fA-F])")
_QUOTED = re.compile(r"\\(.)")
_NAME = re.compile(r"[a-z0-9_]{1,40}")
_STOPS = re.compile(r"compliance|suspend|deactivat|\bban|terminat")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one kind of event says."""

    type: str
    """The event type it is stored as."""
    proves: Delivery | None = None
    """What became of its message, if nobody was sure."""
    suppresses: str | None = None
    """Why its address gets no more mail, see ``contacts.suppression``."""
    wants_mail: bool | None = None
    """What the person says about getting mail."""
    tracks: Literal["open_tracking", "click_tracking"] | None = None
    """What the person must let us do for it to be stored; a machine may have done it, too."""
    stops_sending: bool = False
    kept: tuple[str, ...] = ()
    """The fields that are kept."""

    @property
    def acts(self) -> bool:
        """Whether more is to be done than storing it."""
        return self.suppresses is not None or self.wants_mail is not None or self.stops_sending


class Report(NamedTuple):
    """One event. ``at`` in ms."""

    meaning: Meaning
    at: int
    dedupe_key: str
    message_id: int | None
    email_key: str | None
    url: str | None
    properties: dict[str, Any] | None
    machine: bool
    provider_id: str | None


@dataclass(slots=True)
class Reading:
    """What one delivery holds."""

    reports: list[Report] = field(default_factory=list)
    foreign: int = 0
    """Events about test mails, and about the messages of another installation that shares the account."""
    malformed: Counter[str] = field(default_factory=Counter)
    """What is wrong -> events that cannot be read."""


class NotEventsError(ValueError):
    """The body is not a JSON list."""


_TAKEN, _NEVER = Delivery.ACCEPTED, Delivery.REJECTED
_BOUNCED = ("reason", "status", "type", "bounce_classification")
_BLOCKED = Meaning("email.blocked", _TAKEN, kept=_BOUNCED)
_MEANINGS = {
    "processed": Meaning("email.processed", _TAKEN),
    "delivered": Meaning("email.delivered", _TAKEN, kept=("response",)),
    "deferred": Meaning("email.deferred", _TAKEN, kept=("response", "attempt")),
    "bounce": Meaning("email.bounce", _TAKEN, suppresses="bounce", kept=_BOUNCED),
    "blocked": _BLOCKED,
    "open": Meaning("email.open", _TAKEN, tracks="open_tracking"),
    "click": Meaning("email.click", _TAKEN, tracks="click_tracking"),
    "spamreport": Meaning("email.complaint", _TAKEN, suppresses="complaint"),
    # What the person said by it becomes email.unsubscribe or consent.given, see contacts.consent.
    "unsubscribe": Meaning(UNSUBSCRIBE, _TAKEN, wants_mail=False),
    "group_unsubscribe": Meaning(GROUP_UNSUBSCRIBE, _TAKEN, wants_mail=False, kept=("asm_group_id",)),
    "group_resubscribe": Meaning(RESUBSCRIBE, _TAKEN, wants_mail=True, kept=("asm_group_id",)),
}
_DROPPED = {
    why: Meaning("email.dropped", _NEVER, suppresses=why, kept=("reason", "status"))
    for why in ("bounce", "complaint", "unsubscribe", "invalid", None)
}
_DROP_REASONS = {
    "bounced address": "bounce",
    "spam reporting address": "complaint",
    "unsubscribed address": "unsubscribe",
    "invalid": "invalid",
}
_ACCOUNT = {
    stops: Meaning("sendgrid.account_status_change", stops_sending=stops, kept=("type",))
    for stops in (True, False)
}


def read_events(body: bytes | bytearray, read_tag: Callable[[str], int | None]) -> Reading:
    """Read the body of a delivery. ``read_tag`` gives the message that a tag of ours names, else None.

    An event that cannot be read never spoils the others. Raises NotEventsError.
    """
    told = _parse(body)
    reading = Reading()
    for one in told:
        if not isinstance(one, dict):
            reading.malformed["not an object"] += 1
            continue
        message_id = None
        tag = one.get("ma_message")
        if tag is not None:
            message_id = read_tag(tag) if isinstance(tag, str) else None
            if message_id is None or message_id >= _LARGEST or is_trial(message_id):
                reading.foreign += 1
                continue
        report = _read(one, message_id)
        if isinstance(report, str):
            reading.malformed[report] += 1
        else:
            reading.reports.append(report)
    return reading


def _parse(body: bytes | bytearray) -> list[Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:  # halves of surrogate pairs, from texts that were cut: this parser takes them
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = None
    if not isinstance(told, list):
        raise NotEventsError
    if _UNSTORABLE_ESCAPE.search(body):
        told = [_clean(one) if isinstance(one, dict) else one for one in told]
    return told


def _clean(one: dict[str, Any]) -> dict[str, Any]:
    return {name: storable(value) if isinstance(value, str) else value for name, value in one.items()}


def _read(one: dict[str, Any], message_id: int | None) -> Report | str:
    """The report, or what is wrong with the event."""
    second = one.get("timestamp")
    if second.__class__ is not int:
        second = _second(second)
    if second is None or not 0 < second <= _LATEST:
        return "no usable timestamp"
    name = one.get("event")
    if not isinstance(name, str) or not name:
        return "no event type"
    meaning = _MEANINGS.get(name)
    if meaning is None or name == "bounce":
        meaning = _meaning(name.lower(), one)
    event_id = one.get("sg_event_id")
    if not isinstance(event_id, str) or not 0 < len(event_id) <= _TEXT_LENGTH:
        # Old kinds of events have none: the same content is the same event then.
        event_id = hashlib.sha256(json.dumps(one, sort_keys=True).encode(errors="replace")).hexdigest()
    email = one.get("email")
    url, machine = None, False
    if meaning.tracks:
        agent = one.get("useragent")
        machine = bool(one.get("sg_machine_open")) or (isinstance(agent, str) and _is_machine(agent))
        url = one.get("url")
        url = without_token(url[:URL_LENGTH]) if isinstance(url, str) else None
    properties = None
    if meaning.kept:
        properties = {key: kept for key in meaning.kept if (kept := _kept(one.get(key))) is not None} or None
    provider_id = one.get("sg_message_id")
    return Report(
        meaning,
        second * 1000,
        f"{second:011d}:sg:{event_id}",
        message_id,
        _email_key(email) if isinstance(email, str) and "@" in email else None,
        url,
        properties,
        machine,
        provider_id if isinstance(provider_id, str) else None,
    )


def _meaning(name: str, one: dict[str, Any]) -> Meaning:
    if name == "dropped":
        reason = str(one.get("reason") or "").strip().lower()
        return _DROPPED[_DROP_REASONS.get(reason)]
    if name == "bounce":
        # Only a bounce proper is for good: the others (blocked, expired) may be over tomorrow.
        return _BLOCKED if one.get("type") not in (None, "", "bounce") else _MEANINGS[name]
    if name == "account_status_change":
        return _ACCOUNT[_STOPS.search(str(one.get("type") or "").lower()) is not None]
    return _MEANINGS.get(name) or Meaning(f"sendgrid.{name if _NAME.fullmatch(name) else 'unknown'}")


def _second(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        return int(value)
    return int(value) if isinstance(value, float) and 0 < value <= _LATEST else None


def _kept(value: object) -> str | int | float | None:
    if isinstance(value, str):
        return value[:_TEXT_LENGTH] or None
    return value if isinstance(value, int | float) and abs(value) < _LARGEST else None


def _email_key(email: str) -> str:
    if email.startswith('"'):  # a..b@docomo.ne.jp travels as "a..b"@docomo.ne.jp
        local, _, domain = email.rpartition("@")
        email = _QUOTED.sub(r"\1", local[1:-1]) + "@" + domain
    return address_key(email.strip())


@lru_cache(maxsize=4_096)
def _is_machine(agent: str) -> bool:
    return is_machine(agent)
