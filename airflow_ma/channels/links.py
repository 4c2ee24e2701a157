"""Signed links: what a mail's pixel, links and unsubscribe address say, so that nobody can make up his own.

A token is ``base64url(purpose and length of key id | key id | ids | first 96 bits of HMAC-SHA256)``. It
names its key, so that keys can change while mails of years ago still work.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from enum import IntEnum
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.config import settings
from airflow_ma.engine.tables import link

MAC_BYTES = 12
URL_BYTES = 2_000
"""Longest destination, in bytes of UTF-8: what browsers and the unique index both take."""
_LONGEST_TOKEN = 100
_BATCH = 500


class Purpose(IntEnum):
    """What a token is good for; one of another purpose is refused."""

    OPEN = 1
    CLICK = 2
    UNSUBSCRIBE = 3
    VISIT = 4


_ID_COUNT = {Purpose.OPEN: 1, Purpose.CLICK: 2, Purpose.UNSUBSCRIBE: 1, Purpose.VISIT: 1}


class BadToken(ValueError):  # noqa: N818 - it says what the token is
    """The token was not made by us, not for this purpose, or with a key that is gone."""


class LinkSigner:
    """Makes and reads the tokens in mails. The first key signs, every key verifies."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("signed links need at least one key; see AIRFLOW_MA_SECRET_KEYS")
        self._keys: dict[bytes, bytes] = {}
        for key_id, secret in keys.items():
            if not (key_id.isascii() and 1 <= len(key_id) <= 15):
                raise ValueError(f"a key id must be 1 to 15 ASCII characters, not {key_id!r}")
            if len(secret) < 16:
                raise ValueError(f"the secret of key {key_id!r} must be 16 bytes or more")
            # The same secret may sign other things; a key of our own keeps those from passing here.
            self._keys[key_id.encode()] = hmac.digest(secret, b"airflow_ma links 1", "sha256")
        signing_id, self._signing_key = next(iter(self._keys.items()))
        self._heads = {p: bytes((p << 4 | len(signing_id),)) + signing_id for p in Purpose}

    @classmethod
    def from_settings(cls) -> LinkSigner:
        """The signer of this installation. Raises ValueError when AIRFLOW_MA_SECRET_KEYS is malformed."""
        return cls(settings().signing_keys())

    def open_url(self, base: str, message_id: int) -> str:
        """Address of the pixel that says a message was opened. ``base`` is the collector's public URL."""
        return f"{base.rstrip('/')}/o/{self._sign(Purpose.OPEN, message_id)}.gif"

    def click_url(self, base: str, message_id: int, link_id: int) -> str:
        """Address that leads to the destination ``link_id`` (see ``link_ids``) and says it was clicked."""
        return f"{base.rstrip('/')}/c/{self._sign(Purpose.CLICK, message_id, link_id)}"

    def unsubscribe_url(self, base: str, message_id: int) -> str:
        """Address of the unsubscribe page; a POST to it (RFC 8058) unsubscribes at once."""
        return f"{base.rstrip('/')}/u/{self._sign(Purpose.UNSUBSCRIBE, message_id)}"

    def visit_token(self, message_id: int) -> str:
        """What lets a web page say: this browser belongs to the contact of that message."""
        return self._sign(Purpose.VISIT, message_id)

    def read(self, purpose: Purpose, token: str) -> tuple[int, ...]:
        """The ids in ``token``: (message,), or (message, link) for a click. Raises BadToken."""
        if len(token) > _LONGEST_TOKEN:
            raise BadToken("too long")
        try:
            signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise BadToken("not a token") from None
        # The decoder skips strange characters and spare bits: only the one true spelling is accepted.
        if len(signed) <= MAC_BYTES or _encode(signed) != token:
            raise BadToken("not a token")
        body, mac = signed[:-MAC_BYTES], signed[-MAC_BYTES:]
        ids_at = 1 + (body[0] & 15)
        key = self._keys.get(body[1:ids_at])
        if key is None or not hmac.compare_digest(hmac.digest(key, body, "sha256")[:MAC_BYTES], mac):
            raise BadToken("the signature is not ours")
        if body[0] >> 4 != purpose:
            raise BadToken("made for another purpose")
        ids = _read_ids(body, ids_at)
        if len(ids) != _ID_COUNT[purpose]:
            raise BadToken("made by another version")
        return ids

    def _sign(self, purpose: Purpose, *ids: int) -> str:
        body = self._heads[purpose]
        for number in ids:
            size = (number.bit_length() + 7) // 8
            body += bytes((size,)) + number.to_bytes(size, "big")
        return _encode(body + hmac.digest(self._signing_key, body, "sha256")[:MAC_BYTES])


def _encode(signed: bytes) -> str:
    return urlsafe_b64encode(signed).rstrip(b"=").decode()


def _read_ids(body: bytes, at: int) -> tuple[int, ...]:
    ids: list[int] = []
    while at < len(body):
        end = at + 1 + body[at]
        ids.append(int.from_bytes(body[at + 1 : end], "big"))
        at = end
    return tuple(ids)


def check_url(url: str) -> None:
    """Raise ValueError, with the URL and what is wrong with it, unless a link may lead there."""
    shown = repr(re.sub(r"//[^/?#]*@", "//***@", url[:200]))  # a password must not get into a log
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"cannot link to {shown}: its host or port is malformed") from None
    if parts.username is not None:
        raise ValueError(f"cannot link to {shown}: it carries a user name or password; take it out")
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"cannot link to {shown}: only full http:// and https:// addresses can be tracked")
    if "\\" in url or any(c.isspace() or not c.isprintable() for c in url):
        raise ValueError(f"cannot link to {shown}: it has a space, a backslash or a control character in it")
    if len(url.encode()) > URL_BYTES:
        raise ValueError(f"cannot link to {shown}...: it is longer than {URL_BYTES} bytes")


def link_ids(connection: sa.Connection, urls: Iterable[str]) -> dict[str, int]:
    """Destination -> id, storing the new ones. Raises ValueError for a URL that may not be linked to.

    Processes may do this at once, each in a write transaction of its own that does little else: the
    other one waits for new rows of this one to be committed.
    """
    wanted = sorted(set(urls))  # one lock order: no deadlocks
    for url in wanted:
        check_url(url)
    found = _stored_ids(connection, wanted)
    missing = [url for url in wanted if url not in found]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for start in range(0, len(missing), _BATCH):
        rows = [{"url": url} for url in missing[start : start + _BATCH]]
        connection.execute(insert(link).values(rows).on_conflict_do_nothing(index_elements=[link.c.url]))
    return found | _stored_ids(connection, missing)


def _stored_ids(connection: sa.Connection, urls: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(urls), _BATCH):
        some = urls[start : start + _BATCH]
        rows = connection.execute(sa.select(link.c.url, link.c.id).where(link.c.url.in_(some)))
        found |= {row.url: row.id for row in rows}
    return found
