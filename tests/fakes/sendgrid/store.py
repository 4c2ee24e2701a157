"""What the fake has accepted: whole requests, from which mails are read back, and counts that stay small."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from tests.fakes.sendgrid.mails import Mail, read_mails

Keep = Literal["mails", "counts"]


@dataclass(frozen=True)
class Accepted:
    """One accepted request."""

    number: int
    message_id: str
    at: int
    raw: bytes
    size: int
    """Mails in it."""


class Store:
    """Accepted requests. ``keep="counts"`` forgets the mails and keeps only their ``ma_message``."""

    def __init__(self, *, keep: Keep, templates: Mapping[str, Mapping[str, str]]) -> None:
        self.keep = keep
        self._templates = templates
        self._read: dict[int, list[Mail]] = {}
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.requests: list[Accepted] = []
        self.messages: Counter[str] = Counter()
        """``ma_message`` -> mails accepted with it."""
        self.mail_count = 0
        self.unnamed = 0
        """Mails without ``ma_message``."""
        self._read.clear()

    def accept(self, raw: bytes, body: Mapping[str, Any], *, at: int) -> str:
        """Keep the request; what its ``X-Message-Id`` says."""
        message_id = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        shared = body.get("custom_args")
        default = shared.get("ma_message") if isinstance(shared, dict) else None
        names: list[str] = []
        size = 0
        for each in body["personalizations"]:
            recipients = len(each["to"]) + len(each.get("cc", ())) + len(each.get("bcc", ()))
            size += recipients
            name = each.get("custom_args", {}).get("ma_message", default)
            if name is None:
                self.unnamed += recipients
            else:
                names.extend([name] * recipients)
        self.messages.update(names)
        self.mail_count += size
        raw = raw if self.keep == "mails" else b""
        self.requests.append(Accepted(len(self.requests), message_id, at, raw, size))
        return message_id

    @property
    def mails(self) -> list[Mail]:
        """Every accepted mail, in the order of acceptance."""
        return [mail for request in list(self.requests) for mail in self.mails_of(request)]

    def page(self, offset: int, limit: int) -> list[Mail]:
        """Some of the mails, without reading all the others."""
        found: list[Mail] = []
        for request in list(self.requests):
            if offset < request.size and len(found) < limit:
                found.extend(self.mails_of(request)[offset : offset + limit - len(found)])
            offset = max(0, offset - request.size)
        return found

    def mails_of(self, request: Accepted) -> Sequence[Mail]:
        """The mails of one accepted request. Raises RuntimeError where only counts are kept."""
        if self.keep != "mails":
            raise RuntimeError("this fake keeps counts only; start it with keep='mails' to read mails")
        if request.number not in self._read:
            self._read[request.number] = list(
                read_mails(
                    orjson.loads(request.raw),
                    at=request.at,
                    message_id=request.message_id,
                    request=request.number,
                    templates=self._templates,
                )
            )
        return self._read[request.number]

    def counts(self) -> dict[str, Any]:
        """The state in a few numbers; ``duplicates`` are mails beyond the first with the same ``ma_message``."""
        twice = [name for name, count in self.messages.items() if count > 1]
        return {
            "requests": len(self.requests),
            "mails": self.mail_count,
            "messages": len(self.messages),
            "duplicates": self.messages.total() - len(self.messages),
            "duplicated": twice[:20],
            "unnamed": self.unnamed,
        }
