"""What SendGrid's refusals mean: whom they are about, and what a person should do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

_PLACE = re.compile(r"personalizations\.(\d+)(?:\.(\w+))?")
_ADDRESS = re.compile(r"""[^\s<>\["']+@[^\s<>\]"',]+""")
_KEY = re.compile(r"SG\.[\w.-]+")
_TOO_MANY = re.compile(
    r"limited to [\d,]+ (?:substitutions|personalizations)|limit of [\d,]+ total recipients"
)
_ABOUT_ALL = re.compile(r"\bfrom (?:address|object|email)\b|sender identity|template_?\s?id", re.IGNORECASE)
_LONGEST = 200


@dataclass(frozen=True)
class Refusal:
    """Whom a 400 is about. Numbers are places in the request."""

    text: str
    """In SendGrid's words, without personal data."""
    addresses: frozenset[int] = field(default_factory=frozenset)
    """Places whose address is not taken."""
    places: frozenset[int] = field(default_factory=frozenset)
    """Places of which something else is refused: perhaps only theirs, perhaps the same of everybody."""
    whole: bool = False
    """Whether it is about what all mails share: sender, template, content, settings."""
    too_many: bool = False
    """Whether fewer mails in one request would be taken."""


def read_refusal(content: bytes, size: int) -> Refusal:
    """What the answer to a refused request of ``size`` mails says; only a text where it names nothing."""
    addresses: set[int] = set()
    places: set[int] = set()
    whole = too_many = False
    for error in _errors(content):
        name, message = _text(error.get("field")), _text(error.get("message"))
        if _TOO_MANY.search(message):
            too_many = size > 1
        elif found := _PLACE.match(name):
            place = int(found[1])
            if place < size:
                (addresses if found[2] == "to" else places).add(place)
        elif (name and name != "personalizations") or _ABOUT_ALL.search(message):
            whole = True
    return Refusal(said(content), frozenset(addresses), frozenset(places - addresses), whole, too_many)


def said(content: bytes) -> str:
    """The first error in SendGrid's words, with its field; no address and no key is in it."""
    for error in _errors(content):
        message = _text(error.get("message"))
        if message:
            name = _text(error.get("field"))
            return clean(f"{message} ({_PLACE.sub(_nobody, name)})" if name else message)
    return "it does not say why"


def clean(text: str) -> str:
    """The text on one line, without addresses and keys, and not too long."""
    text = _KEY.sub("***", _ADDRESS.sub("(an address)", " ".join(text.split())))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def what_to_do(status: int, content: bytes, conn_id: str) -> str:
    """Why nobody may send over this connection, and how to mend it."""
    words = said(content)
    lower = words.lower()
    start = f"SendGrid refuses all mail over connection '{conn_id}' (HTTP {status}: {words})"
    if "credits" in lower or "limit" in lower:
        fix = "the plan's mails are used up: raise the plan or wait for its renewal"
    elif "sender identity" in lower:
        fix = (
            "verify the address of AIRFLOW_MA_SENDER_EMAIL in SendGrid (Sender Authentication), or change it"
        )
    elif status == 401:
        fix = "put a valid API key into the connection's password"
    elif status == 403:
        fix = "give the API key the permission 'Mail Send'; see in SendGrid whether the account is suspended"
    else:
        fix = "see in SendGrid whether the account is suspended, and whether the connection's region is right"
    return f"{start}; {fix}, then resume sending"


def _nobody(found: re.Match[str]) -> str:
    """The same reason for everybody: numbers of places would make a thousand of it."""
    return f"personalizations.{found[2]}" if found[2] else "personalizations"


def _errors(content: bytes) -> list[dict[str, Any]]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return []
    errors = found.get("errors") if isinstance(found, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
