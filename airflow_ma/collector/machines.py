"""Telling machines from people: mail scanners and prefetchers open and click what nobody has read.

Where the names come from and what was decided about the doubtful ones: docs/collector.md.
"""

from __future__ import annotations

import re

from airflow_ma.engine.clock import SECOND, Clock

TOO_SOON = 2 * SECOND
"""Real ms after sending in which nobody can have read the mail."""

# Apple's proxy says this and nothing more; no browser and no other mail program does.
_APPLE_PROXY = "mozilla/5.0"

_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|scanner|headless|phantomjs|preview|facebookexternal|whatsapp/"
    r"|barracuda|mimecast|proofpoint|forcepoint|ironport|ciscosecure|sophos|symantec|messagelabs|trend ?micro"
    r"|fireeye|fortinet|zscaler|vadesecure|kaspersky"
    r"|python|aiohttp|httpx|curl/|wget|go-http-client|java/|apache-httpclient|libwww|ruby|axios|node-fetch|php/"
    r"|(existence|protocol) discovery"
    # Gmail, fetching the images of a mail that arrives while the reader's Gmail is open
    r"|chrome/42\.0\.2311\.135 safari/537\.36 edge/12\.246 mozilla/5\.0"
)


def is_machine(user_agent: str | None) -> bool:
    """Whether this user agent is one that comes without a person.

    GoogleImageProxy and YahooMailProxy are not: they fetch when somebody opens the mail.
    """
    agent = (user_agent or "").strip().lower()
    return agent in ("", _APPLE_PROXY) or _MACHINES.search(agent) is not None


def is_too_soon(at: int, sent_at: int, clock: Clock) -> bool:
    """Whether nobody can be this fast. Times in ms; under fast-forward a real second is many."""
    return at - sent_at < TOO_SOON * clock.speed
