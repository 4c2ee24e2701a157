"""Requests to SendGrid's API, each tried once, and what is certain after each."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.utils import get_environ_proxies
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from airflow_ma.channels.sendgrid.access import Access
from airflow_ma.channels.sendgrid.errors import what_to_do
from airflow_ma.channels.watch import Watch, share_of

IDLE_SECONDS = 20.0
"""A connection that was not used for so long is not used again: the other side may be closing it just now."""
REQUEST_SECONDS = 100.0
"""All of a request, from connecting to the end of the answer, is cut off after so long."""
CONNECT_SECONDS = 40.0
"""For all addresses of the host together."""
_MOST_ANSWER = 1_000_000
_EPOCH_SECONDS = 1_000_000_000


class Outcome(Enum):
    """What is certain about a request after its answer, or without one."""

    ACCEPTED = auto()
    REFUSED = auto()
    """Something in it is wrong; see errors.read_refusal."""
    TOO_LARGE = auto()
    LATER = auto()
    """Too many requests."""
    STOPPED = auto()
    """Nobody may send over this account."""
    UNSENT = auto()
    """SendGrid certainly did not take it."""
    UNKNOWN = auto()
    """It may have been taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request."""

    outcome: Outcome
    reason: str = ""
    content: bytes = b""
    provider_id: str | None = None
    retry_after: float | None = None
    """Seconds, for LATER, where SendGrid said so."""


class Api:
    """One account's API. Not for several threads at once."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._session = _session(access)
        self._used_at = time.monotonic()
        self.silent = 0
        """Requests for mail in a row to which SendGrid gave no answer of its own."""

    def send_mail(self, body: bytes) -> Answer:
        """Post the body of a mail/send, once; never raises for what the network or SendGrid does."""
        answer = self._send_mail(body)
        self.silent = self.silent + 1 if answer.outcome in (Outcome.UNSENT, Outcome.UNKNOWN) else 0
        return answer

    def _send_mail(self, body: bytes) -> Answer:
        _wire.written = False
        try:
            response, content = self.read("POST", "/v3/mail/send", body)
        except requests.RequestException as error:
            return _unanswered(error)
        return self._judge(response, content)

    def read(self, method: str, path: str, body: bytes | None = None) -> tuple[requests.Response, bytes]:
        """Any request, once, with the content of the answer; redirects are not followed.

        Raises requests.RequestException.
        """
        with Watch(REQUEST_SECONDS) as _wire.watch:
            response = self._call(method, path, body)
            return response, _content(response)

    def _call(self, method: str, path: str, body: bytes | None) -> requests.Response:
        now = time.monotonic()
        if now - self._used_at > IDLE_SECONDS:
            self._session.close()
        options = self._access.options
        try:
            return self._session.request(
                method,
                self._access.url + path,
                data=body,
                timeout=(options.connect_timeout, options.read_timeout),
                allow_redirects=False,
                stream=True,  # the status is certain even where the rest of the answer is cut off
            )
        finally:
            self._used_at = time.monotonic()

    def _judge(self, response: requests.Response, content: bytes) -> Answer:
        status = response.status_code
        sandbox = self._access.options.sandbox_mode and not content.lstrip().startswith(b"<")
        if status == 202 or (status == 200 and sandbox):
            return Answer(Outcome.ACCEPTED, provider_id=response.headers.get("X-Message-Id"))
        match status:
            case 400:
                answer = Answer(Outcome.REFUSED, "HTTP 400", content)
            case 413:
                answer = Answer(Outcome.TOO_LARGE, "SendGrid finds it too large (HTTP 413)")
            case 429:
                answer = Answer(Outcome.LATER, "too many requests (HTTP 429)", retry_after=_wait(response))
            case 401 | 403 | 451:
                answer = Answer(Outcome.STOPPED, what_to_do(status, content, self._access.conn_id))
            case _ if 300 <= status < 500 or (status >= 500 and not _wire.written):
                answer = Answer(Outcome.UNSENT, f"SendGrid did not take it (HTTP {status})")
            case _:
                answer = Answer(Outcome.UNKNOWN, f"SendGrid leaves open whether it was sent (HTTP {status})")
        return answer


def _unanswered(error: requests.RequestException) -> Answer:
    # Never the error's own words: they may quote addresses, proxies with passwords, or the key.
    if isinstance(error, requests.ConnectTimeout):
        return Answer(Outcome.UNSENT, "SendGrid could not be reached in time")
    if not _wire.written:
        if isinstance(error, requests.exceptions.SSLError):
            return Answer(Outcome.UNSENT, "no safe connection to SendGrid (TLS)")
        if isinstance(error, requests.exceptions.ProxyError):
            return Answer(Outcome.UNSENT, "the proxy does not let us through to SendGrid")
        return Answer(Outcome.UNSENT, "SendGrid could not be reached")
    if isinstance(error, requests.Timeout) or _wire.watch.is_over:
        return Answer(Outcome.UNKNOWN, "SendGrid did not answer in time")
    return Answer(Outcome.UNKNOWN, "the connection was cut before SendGrid answered")


def _content(response: requests.Response) -> bytes:
    """The content as far as it came; at most a megabyte."""
    try:
        content: bytes = response.raw.read(_MOST_ANSWER, decode_content=True) or b""
    except Exception:  # whatever breaks here, the status is known
        response.close()
        return b""
    if len(content) == _MOST_ANSWER:
        response.close()
    return content


def _wait(response: requests.Response) -> float | None:
    """Seconds until the next request is allowed, by SendGrid's own clock where it tells it."""
    reset = response.headers.get("X-RateLimit-Reset") or response.headers.get("Retry-After") or ""
    try:
        moment = float(reset)
    except ValueError:
        return None
    if moment < _EPOCH_SECONDS:
        return max(0.0, moment)
    try:
        now = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        now = time.time()
    return max(0.0, moment - now)


class _Bearer(AuthBase):
    """Adds the key. As an ``auth`` of its own it is neither replaced by a netrc nor sent to another host."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class _Wire(threading.local):
    written = False
    """Whether the last request of this thread has left in full; before that nobody can act on it."""

    watch = Watch(REQUEST_SECONDS)
    """Of the last request of this thread."""


_wire = _Wire()


class _HTTPConnection(HTTPConnection):
    debuglevel = 0  # http.client would print the headers, and the key with them

    def _new_conn(self) -> socket.socket:
        return _connected(self, super()._new_conn)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _wire.written = False
        _wire.watch.guard(self.sock)
        super().request(*args, **kwargs)
        _wire.written = True


class _HTTPSConnection(HTTPSConnection):
    debuglevel = 0

    def _new_conn(self) -> socket.socket:
        return _connected(self, super()._new_conn)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _wire.written = False
        _wire.watch.guard(self.sock)
        super().request(*args, **kwargs)
        _wire.written = True


def _connected(connection: HTTPConnection, connect: Callable[[], socket.socket]) -> socket.socket:
    """A socket to the first address that answers; each gets its part of the time."""
    given = connection.timeout
    seconds = float(given) if isinstance(given, int | float) else CONNECT_SECONDS
    connection.timeout = share_of(connection._dns_host, connection.port, seconds, CONNECT_SECONDS)
    try:
        sock = connect()
    finally:
        connection.timeout = given
    # TLS is agreed upon within one such time, whatever the other side drips.
    sock.settimeout(min(seconds, CONNECT_SECONDS))
    _wire.watch.guard(sock)
    return sock


class _Pool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_POOLS = {"http": _Pool, "https": _SafePool}


class _Adapter(HTTPAdapter):
    """Watches when a request has left; tries nothing twice."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


def _session(access: Access) -> requests.Session:
    session = requests.Session()
    # The environment is read here, once: proxies and certificates, as companies need them; never a netrc.
    session.trust_env = False
    session.proxies.update(get_environ_proxies(access.url))
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if bundle:
        session.verify = bundle
    session.auth = _Bearer(access.key)
    session.headers.update(
        {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "airflow-ma"}
    )
    session.mount("https://", _Adapter())
    session.mount("http://", _Adapter())
    return session
