"""Headers that say to mail programs and providers which list a marketing mail belongs to.

They are the same in all mails of a step, so that a channel writes them once.
"""

from __future__ import annotations

import hashlib
import re
from email.header import Header
from email.utils import quote

from airflow_ma.channels.addresses import MOST_NAME, provider_address
from airflow_ma.channels.template_language import CONTROL
from airflow_ma.config import Settings

_LABEL = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_LONGEST_LABEL = 120
"""A List-Id may have 255 characters with its domain (RFC 2919)."""
_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_WORD = 64
"""Characters of an encoded word: with the header's name it fits on a line."""
_SENDER_ID = range(5, 16)
"""Characters that Gmail allows for it."""


def list_headers(journey_key: str, step: str, purpose: str, rules: Settings) -> dict[str, str]:
    """``List-Id`` (RFC 2919) and Gmail's ``Feedback-ID``, in ASCII and on one line; none on other mail.

    The list is the journey: its id stays the same whatever the journey is called. Gmail reports complaints
    by step, by journey, by kind of mail and by sender, and asks that no id stands in two of these fields.
    """
    address = provider_address(rules.sender_email)
    if purpose != "marketing" or address is None:
        return {}
    domain = address.rpartition("@")[2].lower()
    journey = _label(journey_key)
    list_id = f"<{journey}.{domain}>"
    phrase = _phrase(rules.sender_name)
    return {
        "List-Id": f"{phrase} {list_id}" if phrase else list_id,
        "Feedback-ID": f"{_label(f'{journey_key}.{step}')}:{journey}:{purpose}:{_sender_id(domain)}",
    }


def _label(name: str) -> str:
    """The name where it can stand in a domain, else what stands for it."""
    if _LABEL.fullmatch(name) and len(name) <= _LONGEST_LABEL:
        return name
    return f"list-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _phrase(name: str) -> str:
    name = CONTROL.sub(" ", name)[:MOST_NAME].strip()
    if name.isascii() and "=?" not in name:
        return name if _PLAIN.fullmatch(name) else f'"{quote(name)}"' if name else ""
    return Header(name, "utf-8", maxlinelen=_WORD).encode(linesep="")


def _sender_id(domain: str) -> str:
    """The sender as one short word, the same in all mail of the installation."""
    word = domain.replace(".", "-")
    return word if len(word) in _SENDER_ID else hashlib.sha256(domain.encode()).hexdigest()[:12]
