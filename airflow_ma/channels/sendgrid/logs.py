"""Looking up in SendGrid's Email Logs what became of mails of which nobody knows whether they went out."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson
import requests

from airflow_ma.channels.addresses import provider_address
from airflow_ma.channels.channel import Delivery, SentMail
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.sendgrid.http import Api
from airflow_ma.engine.clock import MINUTE

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


class NoLogsError(Exception):
    """The account has no logs: they are an extra that is paid for."""


class NotNowError(Exception):
    """The logs do not answer just now, or were asked too often."""


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
        together: dict[int, dict[str, list[SentMail]]] = defaultdict(lambda: defaultdict(list))
        for mail in mails:
            address = provider_address(mail.email)
            if address is not None:
                together[mail.created_at][address.lower()].append(mail)
        try:
            for at, by_address in sorted(together.items()):
                rows = self._rows(_when(at))
                self._look(by_address, rows, found)
                for address, wanted in by_address.items():
                    if all(mail.message_id in found for mail in wanted):
                        continue
                    # The whole window was not shown: there may be more about this one address.
                    if len(rows) >= _MOST_ROWS and _is_quotable(address):
                        more = self._rows(f'to_email = "{address}" AND {_when(at)}')
                        self._look(by_address, more, found)
                    for mail in wanted:
                        found.setdefault(mail.message_id, Delivery.UNKNOWN)
        except NotNowError:
            pass
        except NoLogsError:
            for mail in mails:
                found.setdefault(mail.message_id, Delivery.UNKNOWN)
        return found

    def _look(
        self, by_address: dict[str, list[SentMail]], rows: Iterable[Row], found: dict[int, Delivery]
    ) -> None:
        requests_of: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            wanted = by_address.get(_text(row, "to_email").lower(), ())
            if any(mail.message_id not in found for mail in wanted):
                requests_of[_text(row, "sg_message_id").partition(".")[0]].append(row)
        ours = {mail.message_id for mails in by_address.values() for mail in mails}
        for alike in requests_of.values():
            named = self._named(alike[0])
            if named not in ours:
                continue
            for row in alike:
                wanted = by_address[_text(row, "to_email").lower()]
                number = named if row is alike[0] else (wanted[0].message_id if len(wanted) == 1 else None)
                verdict = _CERTAIN.get(_text(row, "status"))
                if number is not None and verdict is not None:
                    found[number] = verdict

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


def _when(at: int) -> str:
    first, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (at - _AROUND, at + _AROUND))
    return (
        f'sg_message_id_created_at >= TIMESTAMP "{first:%Y-%m-%dT%H:%M:%SZ}" '
        f'AND sg_message_id_created_at <= TIMESTAMP "{last:%Y-%m-%dT%H:%M:%SZ}"'
    )


def _is_quotable(address: str) -> bool:
    """Whether it can stand between quotes in a query: the query language has no escapes."""
    return address.isprintable() and '"' not in address and "\\" not in address


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
