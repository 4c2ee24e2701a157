"""Looking up in SendGrid's Email Logs what became of mails of which nobody knows whether they went out."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

import orjson
import requests

from airflow_ma.channels.addresses import provider_address
from airflow_ma.channels.channel import Delivery, SentMail
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.sendgrid.http import Api
from airflow_ma.engine.clock import MINUTE, SECOND

REQUESTS_A_MINUTE = 6
"""What SendGrid allows for looking into its records."""
_AROUND = 10 * MINUTE
"""A mail is looked for so long before and after it was handed over: ms."""
_MOST_ROWS = 1_000
_CERTAIN = {
    "processed": Delivery.ACCEPTED,
    "delivered": Delivery.ACCEPTED,
    "deferred": Delivery.ACCEPTED,
    "bounced": Delivery.ACCEPTED,
    "blocked": Delivery.ACCEPTED,
    "dropped": Delivery.REJECTED,
}
Row = dict[str, Any]
_ByAddress = dict[str, list[SentMail]]


class NoLogsError(Exception):
    """The account has no logs: they are an extra that is paid for."""


class NotNowError(Exception):
    """The logs do not answer just now, or were asked too often."""


@dataclass(frozen=True)
class _Search:
    """A look for mails that were handed over at one time."""

    by_address: _ByAddress
    found: dict[int, Delivery]
    is_ours: dict[str, bool] = field(default_factory=dict)
    """Beginning of SendGrid's message ids -> whether the request was for these mails, once that is known."""

    def misses(self, mails: Iterable[SentMail]) -> bool:
        """Whether the fate of one of these mails is open."""
        return any(mail.message_id not in self.found for mail in mails)


class Logs:
    """The Email Logs of one account, asked sparingly."""

    def __init__(self, api: Api, signer: LinkSigner, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._signer = signer
        self._clock = clock
        self._asked: deque[float] = deque(maxlen=REQUESTS_A_MINUTE)

    def find(self, mails: Sequence[SentMail]) -> dict[int, Delivery]:
        """Message id -> what became of it; UNKNOWN when the logs know nothing of it or there are none.

        Left out is what they could not be asked for now.

        All mails of one request share the beginning of SendGrid's message id, and an address is in a request
        once: so one look at a single message tells about all those that were handed over together with it.
        """
        found: dict[int, Delivery] = {}
        together: dict[int, _ByAddress] = defaultdict(lambda: defaultdict(list))
        for mail in mails:
            address = provider_address(mail.email)
            if address is not None:
                together[mail.created_at][address.lower()].append(mail)
        try:
            for at, by_address in sorted(together.items()):
                self._find_together(at, _Search(by_address, found))
        except NotNowError:
            pass
        except NoLogsError:
            for mail in mails:
                found.setdefault(mail.message_id, Delivery.UNKNOWN)
        return found

    def _find_together(self, at: int, search: _Search) -> None:
        """Mails that were handed over at one time (ms)."""
        period = _period(at - _AROUND, at + _AROUND)
        rows = self._rows(period)
        moments = self._look(rows, search)
        shown_whole = len(rows) < _MOST_ROWS
        if not shown_whole:
            self._look_around(moments, search)
        for address, wanted in search.by_address.items():
            if not shown_whole and search.misses(wanted) and _is_quotable(address):
                moments = self._look(self._rows(f'to_email = "{address}" AND {period}'), search)
                self._look_around(moments, search)
            for mail in wanted:
                search.found.setdefault(mail.message_id, Delivery.UNKNOWN)

    def _look_around(self, moments: Iterable[int], search: _Search) -> None:
        """Look at what was taken in together with a mail of ours: in a big send that is a second's worth."""
        for moment in moments:
            for around in (SECOND, 0):
                if not search.misses(chain.from_iterable(search.by_address.values())):
                    return
                rows = self._rows(_period(moment - around, moment + around + SECOND))
                self._look(rows, search)
                if len(rows) < _MOST_ROWS:
                    break

    def _look(self, rows: Iterable[Row], search: _Search) -> list[int]:
        """Take from the rows what they tell; returns when (ms) requests came in that are new and ours."""
        requests_of: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if search.misses(search.by_address.get(_text(row, "to_email").lower(), ())):
                requests_of[_text(row, "sg_message_id").partition(".")[0]].append(row)
        ours = {mail.message_id for mails in search.by_address.values() for mail in mails}
        moments: list[int] = []
        for request, alike in requests_of.items():
            named: int | None = None
            if request not in search.is_ours:
                named = self._named(alike[0])
                search.is_ours[request] = named in ours
                if named in ours and (moment := _second(alike[0])) is not None:
                    moments.append(moment)
            if not search.is_ours[request]:
                continue
            for row in alike:
                wanted = search.by_address[_text(row, "to_email").lower()]
                only = wanted[0].message_id if len(wanted) == 1 else None
                number = named if named is not None and row is alike[0] else only
                verdict = _CERTAIN.get(_text(row, "status"))
                if number is not None and verdict is not None:
                    search.found[number] = verdict
        return moments

    def _named(self, row: Row) -> int | None:
        """Which of our messages it is."""
        answer = self._ask("GET", f"/v3/logs/{quote(_text(row, 'sg_message_id'), safe='')}")
        arguments = answer.get("custom_args")
        tag = arguments.get("ma_message") if isinstance(arguments, dict) else None
        return self._signer.read_tag(tag) if isinstance(tag, str) else None

    def _rows(self, query: str) -> list[Row]:
        answer = self._ask("POST", "/v3/logs", orjson.dumps({"query": query, "limit": _MOST_ROWS}))
        rows = answer.get("messages")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Row:
        now = self._clock()
        if len(self._asked) == REQUESTS_A_MINUTE and now - self._asked[0] < 60:
            raise NotNowError
        self._asked.append(now)
        try:
            response, content = self._api.read(method, path, body)
            found = orjson.loads(content) if response.status_code == 200 else None
        except (requests.RequestException, orjson.JSONDecodeError):
            raise NotNowError from None
        if method == "GET" and response.status_code == 404:
            return {}  # that one message is gone
        if method == "POST" and response.status_code in (402, 403, 404):
            raise NoLogsError
        if not isinstance(found, dict):
            raise NotNowError
        return found


def _period(start: int, end: int) -> str:
    """The condition for messages from ``start`` to before ``end`` (ms, cut to whole seconds)."""
    first, last = (datetime.fromtimestamp(ms // SECOND, UTC) for ms in (start, end))
    return (
        f'sg_message_id_created_at >= TIMESTAMP "{first:%Y-%m-%dT%H:%M:%SZ}" '
        f'AND sg_message_id_created_at < TIMESTAMP "{last:%Y-%m-%dT%H:%M:%SZ}"'
    )


def _second(row: Row) -> int | None:
    """When SendGrid took the message in: ms, cut to whole seconds."""
    try:
        created = datetime.fromisoformat(_text(row, "sg_message_id_created_at"))
    except ValueError:
        return None
    if created.tzinfo is None:
        created = created.replace(tzinfo=UTC)
    return int(created.timestamp()) * SECOND


def _is_quotable(address: str) -> bool:
    """Whether it can stand between quotes in a query: the query language has no escapes."""
    return address.isprintable() and '"' not in address and "\\" not in address


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
