"""Bodies of mail/send requests: what all mails share is written once, each person's part once as bytes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

import orjson

from airflow_ma.channels.addresses import MOST_NAME
from airflow_ma.channels.channel import ChannelError
from airflow_ma.channels.sendgrid.access import Options
from airflow_ma.config import Settings

MOST_MAILS = 1_000
MOST_BYTES = 30_000_000
"""Of one request; SendGrid's limit for one mail, too."""
MOST_SUBSTITUTION_BYTES = 10_000
"""Names and values of one mail, in UTF-8."""
RESERVED_HEADERS = frozenset(
    (
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
        "to", "from", "subject", "reply-to", "cc", "bcc",
    )
)  # fmt: skip
_HOLE = b"\\u0000"
_HEAD = b'{"personalizations":['
_ODD_IN_NAME = re.compile(r'[(),:;<>@\[\]"\\\x00-\x1f\x7f-\x9f\u2028\u2029]+')


@dataclass
class Parcel:
    """Mails that can go out in one request."""

    tail: bytes
    """What all of them share."""
    numbers: list[int] = field(default_factory=list)
    """Which mails of the call they are."""
    parts: list[bytes] = field(default_factory=list)
    """The personalization of each."""

    def __len__(self) -> int:
        return len(self.numbers)

    def body(self) -> bytes:
        """The body of the request."""
        return b"".join((_HEAD, b",".join(self.parts), self.tail))

    def halves(self) -> tuple[Parcel, Parcel]:
        """Both halves; the first has the odd one."""
        middle = (len(self) + 1) // 2
        return (
            Parcel(self.tail, self.numbers[:middle], self.parts[:middle]),
            Parcel(self.tail, self.numbers[middle:], self.parts[middle:]),
        )

    def without(self, places: frozenset[int]) -> Parcel:
        """The others."""
        kept = [place for place in range(len(self)) if place not in places]
        return Parcel(self.tail, [self.numbers[i] for i in kept], [self.parts[i] for i in kept])


class Packer:
    """Puts mails of one kind into as few parcels as the limits allow."""

    def __init__(self, tail: bytes) -> None:
        self._tail = tail
        self._parcels: list[Parcel] = []
        self._again: list[tuple[int, str, bytes]] = []
        self._begin()

    def _begin(self) -> None:
        self._parcel = Parcel(self._tail)
        self._addresses: set[str] = set()
        self._room = MOST_BYTES - len(_HEAD) - len(self._tail)
        self._parcels.append(self._parcel)

    def add(self, number: int, address: str, part: bytes) -> None:
        """SendGrid takes an address once in a request: a second mail to it goes into another one."""
        size = len(part) + 1
        parcel = self._parcel
        if parcel.parts and (size > self._room or len(parcel.parts) == MOST_MAILS):
            self._begin()
            parcel = self._parcel
        address = address.lower()
        if address in self._addresses:
            self._again.append((number, address, part))
            return
        self._addresses.add(address)
        self._room -= size
        parcel.numbers.append(number)
        parcel.parts.append(part)

    def parcels(self) -> Iterator[Parcel]:
        """All parcels, those with second mails to an address last."""
        yield from (parcel for parcel in self._parcels if parcel.parts)
        left = self._again
        while left:
            again = Packer(self._tail)
            for mail in left:
                again.add(*mail)
            yield from again._parcels
            left = again._again


class Keys:
    """The tags that stand for a mail's fragments: nobody's text can contain them, none is part of another."""

    def __init__(self) -> None:
        self._start = f"-{secrets.token_hex(5)}-"
        self.names: list[str] = []

    def __call__(self, index: int) -> str:
        while len(self.names) <= index:
            self.names.append(f"{self._start}{len(self.names)}-")
        return self.names[index]


def fits(room: int, fragments: Sequence[str]) -> bool:
    """Whether the fragments may go as substitutions. ``room``: bytes that their names leave."""
    text = "".join(fragments)
    # Four bytes are the most that a character takes.
    return len(text) * 4 <= room or len(text.encode("utf-8", "replace")) <= room


def shown_name(name: str | None) -> str:
    """What of a name can stand beside an address; empty when nothing can.

    SendGrid refuses ';' and ',' in names, and has taken other signs for more addresses.
    """
    if not name:
        return ""
    if len(name) > MOST_NAME or _ODD_IN_NAME.search(name):
        return _ODD_IN_NAME.sub(" ", name).strip()[:MOST_NAME]
    return name


def person(address: str, name: str | None) -> dict[str, str]:
    """A mailbox."""
    shown = shown_name(name)
    return {"email": address, "name": shown} if shown else {"email": address}


class Form:
    """JSON that is the same for many but for the texts in its holes: what is the same is written once."""

    HOLE = "\0"

    def __init__(self, value: Any) -> None:
        """``value`` has a HOLE, at least one, wherever a text goes, which may be a part of a string."""
        self._pieces = dumps(value).split(_HOLE)

    def fill(self, texts: Sequence[str]) -> Iterator[bytes]:
        """The JSON again and again, with the next of the texts in its holes, in the order it is written."""
        escaped = _escaped(texts)
        holes = len(self._pieces) - 1
        first, *others = map(repeat, self._pieces)
        columns = [escaped[hole::holes] for hole in range(holes)]
        return map(
            b"".join, zip(first, *chain.from_iterable(zip(columns, others, strict=True)), strict=False)
        )


def _escaped(texts: Sequence[str]) -> list[bytes]:
    """Each as it stands between quotation marks in JSON; those of a whole call at once cost little."""
    try:
        together = orjson.dumps(Form.HOLE.join(texts))[1:-1].split(_HOLE)
    except TypeError:  # half a character: see dumps
        together = []
    if len(together) == len(texts):
        return together
    # Or somebody's text has the hole's own spelling in it.
    return [dumps(text)[1:-1] for text in texts]


def dumps(value: Any) -> bytes:
    """As JSON, in UTF-8. Half characters, which JSON can spell and UTF-8 cannot, become question marks."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return orjson.dumps(_whole(value), option=orjson.OPT_NON_STR_KEYS)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_whole(key): _whole(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(entry) for entry in value]
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        return float(value) if abs(value) < 1 << 1000 else str(value)
    return value


def check_headers(names: Mapping[str, str]) -> None:
    """Raises ChannelError for a header that SendGrid writes itself."""
    reserved = [name for name in names if name.lower() in RESERVED_HEADERS]
    if reserved:
        raise ChannelError(f"SendGrid does not let mails set the header '{reserved[0]}'; take it out")


def sender_of(rules: Settings) -> dict[str, Any]:
    """From and Reply-To of the installation. Raises ChannelError when they are missing or malformed."""
    shared: dict[str, Any] = {"from": _own_mailbox(rules.sender_email, rules.sender_name, "SENDER_EMAIL")}
    if rules.reply_to:
        shared["reply_to"] = _own_mailbox(rules.reply_to, "", "REPLY_TO")
    return shared


def _own_mailbox(address: str, name: str, setting: str) -> dict[str, str]:
    # SendGrid takes no other letters than ASCII in the sender's address.
    if not address.isascii() or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise ChannelError(
            f"mail needs a sender: set AIRFLOW_MA_{setting} to a mail address in plain letters that is "
            "verified in SendGrid"
        )
    return person(address, name)


def shared_settings(options: Options, *, opens: bool, clicks: bool) -> dict[str, Any]:
    """The request's settings. ``opens``, ``clicks``: what SendGrid itself tracks, which else nobody would."""
    settings: dict[str, Any] = {
        "tracking_settings": {
            "click_tracking": {"enable": clicks, "enable_text": clicks},
            "open_tracking": {"enable": opens},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        }
    }
    if options.sandbox_mode:
        settings["mail_settings"] = {"sandbox_mode": {"enable": True}}
    if options.ip_pool_name:
        settings["ip_pool_name"] = options.ip_pool_name
    if options.asm_group_id:
        settings["asm"] = {"group_id": options.asm_group_id}
    if options.categories:
        settings["categories"] = list(options.categories)
    return settings


def tail_of(shared: Mapping[str, Any], subject: str, html: str, text: str) -> bytes:
    """The end of the body of a request whose content we send."""
    content = [{"type": "text/plain", "value": text}] if text.strip() else []
    content.append({"type": "text/html", "value": html})
    return b"]," + dumps({**shared, "subject": subject, "content": content})[1:]


def template_tail(shared: Mapping[str, Any], template_id: str) -> bytes:
    """The end of the body of a request whose content SendGrid holds."""
    return b"]," + dumps({**shared, "template_id": template_id})[1:]
