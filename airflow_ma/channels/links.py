"""Signed links: what a mail's pixel, links and unsubscribe address say, so that nobody can make up his own.

A token is ``base64url(purpose and length of key id | key id | zeros up to 3 bytes)`` followed by
``base64url(id in 5 or 8 bytes | what else it says | 10 bytes of HMAC-SHA256)``. It names its key, so that
keys can change while mails of years ago still work. The three tokens of one mail are cut from one digest.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.config import settings
from airflow_ma.engine.tables import link

MAC_BYTES = 10
URL_BYTES = 2_000
"""Longest destination, in bytes of UTF-8: what browsers and the unique index both take."""
_SHORT_ID = 1 << 40
_ID_BYTES = (5, 8)
_TIME_BYTES, _MARK_BYTES = 6, 9  # with an id and its MAC they make whole groups of three bytes: no spare bits
_BODIES = (20, 24, 28, 32, 36)  # characters of all that together
_BATCH = 500
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DIGIT_PAIRS = [a + b for a in _DIGITS for b in _DIGITS]
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Purpose(IntEnum):
    """What a token is good for; one of another purpose is refused."""

    OPEN = 1
    CLICK = 2
    UNSUBSCRIBE = 3
    VISIT = 4
    CONFIRM = 5
    LINK = 6


_MORE_BYTES = {Purpose.VISIT: _TIME_BYTES, Purpose.CONFIRM: _MARK_BYTES}

# The tokens of a mail share one digest, each has its own bytes of it; every other purpose has its own key.
_CUTS = {Purpose.OPEN: 0, Purpose.CLICK: MAC_BYTES, Purpose.UNSUBSCRIBE: 2 * MAC_BYTES}


class BadToken(ValueError):  # noqa: N818 - it says what the token is
    """The token was not made by us, not for this purpose, or with a key that is gone."""


class MailTokens(NamedTuple):
    """The tokens of one mail."""

    open: str
    click: str
    unsubscribe: str


class LinkSigner:
    """Makes and reads the tokens in mails. The first key signs, every key verifies."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("signed links need at least one key; see AIRFLOW_MA_SECRET_KEYS")
        self._verifying: dict[str, tuple[Purpose, _Mac]] = {}
        self._installations: list[str] = []
        for key_id, secret in keys.items():
            if not (key_id.isascii() and 1 <= len(key_id) <= 15):
                raise ValueError(f"a key id must be 1 to 15 ASCII characters, not {key_id!r}")
            if len(secret) < 16:
                raise ValueError(f"the secret of key {key_id!r} must be 16 bytes or more")
            mail = _Mac(secret, "mail")
            for purpose in Purpose:
                mac = mail if purpose in _CUTS else _Mac(secret, purpose.name.lower())
                self._verifying[_head(purpose, key_id)] = (purpose, mac)
            self._installations.append(_text(_Mac(secret, "installation")(b"")[:6]))
        signing = next(iter(keys))
        self._heads = {purpose: _head(purpose, signing) for purpose in Purpose}
        self._macs = {purpose: self._verifying[head][1] for purpose, head in self._heads.items()}
        self._mail_mac = self._macs[Purpose.OPEN]
        self._mail_heads = tuple(_head_bytes(purpose, signing) for purpose in _CUTS)

    @classmethod
    def from_settings(cls) -> LinkSigner:
        """The signer of this installation. Raises ValueError when AIRFLOW_MA_SECRET_KEYS is malformed."""
        return cls(settings().signing_keys())

    def tokens(self, message_id: int) -> MailTokens:
        """The tokens of a mail: of its pixel, its links and its unsubscribe address."""
        return next(self.tokens_of([message_id]))

    def tokens_of(self, message_ids: Sequence[int]) -> Iterator[MailTokens]:
        """The tokens of many mails, in the same order: they are turned into text together."""
        size = 5 if max(message_ids, default=0) < _SHORT_ID else 8
        if size != 5 and len(message_ids) > 1:  # the short ones among them have shorter tokens
            yield from map(self.tokens, message_ids)
            return
        mac = self._mail_mac.__call__
        opened, clicked, left = self._mail_heads
        some: list[bytes] = []
        for message_id in message_ids:
            number = message_id.to_bytes(size, "big")
            digest = mac(number)
            some += (opened, number, digest[:10], clicked, number, digest[10:20], left, number, digest[20:30])
        text = _text(b"".join(some))
        one = (len(opened) + size + MAC_BYTES) // 3 * 4
        two, three = 2 * one, 3 * one
        for at in range(0, len(text), three):
            yield MailTokens(text[at : at + one], text[at + one : at + two], text[at + two : at + three])

    def visit_token(self, message_id: int, at: int) -> str:
        """What lets a web page say: this browser belongs to the contact of that message.

        ``at``: when it was made, ms.
        """
        return self._sign(Purpose.VISIT, message_id, at.to_bytes(_TIME_BYTES, "big"))

    def confirm_token(self, message_id: int, email: str) -> str:
        """What lets a person say: this address, to which that message went, is mine, and I want its mail."""
        return self._sign(Purpose.CONFIRM, message_id, bytes.fromhex(address_mark(email)))

    def link_token(self, link_id: int) -> str:
        """What stands for a destination (see ``link_ids``) in every mail that leads there."""
        return self._sign(Purpose.LINK, link_id)

    def read(self, purpose: Purpose, token: str) -> tuple[int]:
        """The id in ``token``: of the link for LINK, else of the message. Raises BadToken."""
        return (self._verified(purpose, token)[0],)

    def read_visit(self, token: str) -> tuple[int, int]:
        """The message, and when the token was made (ms). Raises BadToken."""
        message_id, at = self._verified(Purpose.VISIT, token)
        return message_id, int.from_bytes(at, "big")

    def read_confirm(self, token: str) -> tuple[int, str]:
        """The message, and the mark (see ``address_mark``) of where it went. Raises BadToken."""
        message_id, mark = self._verified(Purpose.CONFIRM, token)
        return message_id, mark.hex()

    def _verified(self, purpose: Purpose, token: str) -> tuple[int, bytes]:
        """The id in ``token`` and what else it says."""
        for size in _BODIES:
            found = self._verifying.get(token[:-size])
            if found is not None and len(token) > size:
                break
        else:
            raise BadToken("not a token of ours")
        made_for, mac = found
        try:
            body = b64decode(token[-size:], altchars="-_")
        except ValueError:
            raise BadToken("not a token") from None
        # The decoder skips strange characters: only the one true spelling is accepted.
        if _text(body) != token[-size:]:
            raise BadToken("not a token")
        said, signature = body[:-MAC_BYTES], body[-MAC_BYTES:]
        cut = _CUTS.get(made_for, 0)
        if not hmac.compare_digest(mac(said)[cut : cut + MAC_BYTES], signature):
            raise BadToken("the signature is not ours")
        if made_for is not purpose:
            raise BadToken("made for another purpose")
        size = len(said) - _MORE_BYTES.get(purpose, 0)
        if size not in _ID_BYTES:
            raise BadToken("of a form that is no longer good")
        return int.from_bytes(said[:size], "big"), said[size:]

    def read_link(self, token: str) -> int:
        """The id of the destination that ``token`` stands for. Raises BadToken."""
        return self.read(Purpose.LINK, token)[0]

    def message_tag(self, message_id: int) -> str:
        """The name of a message for a provider, who gives it back with what became of the mail.

        Not a secret, and no right comes with it: it only keeps installations apart that share an account.
        """
        digits = ""
        while message_id:
            message_id, rest = divmod(message_id, 1296)
            digits = _DIGIT_PAIRS[rest] + digits
        return f"{digits.lstrip('0') or '0'}.{self._installations[0]}"

    def read_tag(self, tag: str) -> int | None:
        """The message of a tag that this installation made, with whichever of its keys; else None."""
        digits, _, installation = tag.partition(".")
        if installation not in self._installations or not 1 <= len(digits) <= 13:
            return None
        if set(digits) - set(_DIGITS) or (digits[0] == "0" and digits != "0"):
            return None
        return int(digits, 36)

    def _sign(self, purpose: Purpose, number: int, more: bytes = b"") -> str:
        body = number.to_bytes(5 if number < _SHORT_ID else 8, "big") + more
        return self._heads[purpose] + _text(body + self._macs[purpose](body)[:MAC_BYTES])


def open_url(base: str, open_token: str) -> str:
    """Address of the pixel that says a message was opened. ``base`` is the collector's public URL."""
    return f"{base.rstrip('/')}/o/{open_token}.gif"


def click_url(base: str, click_token: str, link_token: str) -> str:
    """Address that leads to the link's destination and says it was clicked in that message."""
    return f"{base.rstrip('/')}/c/{click_token}/{link_token}"


def unsubscribe_url(base: str, unsubscribe_token: str) -> str:
    """Address of the unsubscribe page; a POST to it (RFC 8058) unsubscribes at once."""
    return f"{base.rstrip('/')}/u/{unsubscribe_token}"


def confirm_url(base: str, confirm_token: str) -> str:
    """Address of the page on which a person says: yes, send me your mails (double opt-in)."""
    return f"{base.rstrip('/')}/confirm/{confirm_token}"


def address_mark(email: str) -> str:
    """Stands for a mail address, in whatever case it is written, where the address itself has no business."""
    return hashlib.sha256(email.lower().encode()).digest()[:_MARK_BYTES].hex()


class _Mac:
    """HMAC-SHA256 with a key of its own for each use: ``hmac.digest`` sets up the key on each call anew."""

    def __init__(self, secret: bytes, use: str) -> None:
        # The same secret may sign other things; a key of our own keeps those from passing here.
        key = hmac.digest(secret, f"airflow_ma {use} 1".encode(), "sha256").ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def __call__(self, message: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


def _head(purpose: Purpose, key_id: str) -> str:
    return _text(_head_bytes(purpose, key_id))


def _head_bytes(purpose: Purpose, key_id: str) -> bytes:
    name = bytes((purpose << 4 | len(key_id),)) + key_id.encode()
    return name + bytes(-len(name) % 3)


def _text(some: bytes) -> str:
    """Whole groups of three bytes as text that is safe in URLs."""
    return b2a_base64(some, newline=False).translate(_URL_SAFE).decode()


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
