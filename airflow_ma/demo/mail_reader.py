"""A mail from the sandbox mailbox, as the person who gets it sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

LETTER_SIGNATURES = ("wholesale desk", "卸売担当")
"""Who signs the mails that ask for an answer rather than a visit."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What a reader finds in a mail. ``pixel`` and ``unsubscribe`` are None when it has none."""

    message_id: int
    address: str
    subject: str
    language: str
    is_letter: bool
    pixel: str | None
    links: tuple[str, ...]
    unsubscribe: str | None


def read_mail(mail: Mapping[str, Any]) -> ReadMail:
    """Read one entry of the mailbox API: its pictures, its links and who signed it."""
    finder = _Finder()
    finder.feed(mail["html"])
    finder.close()
    return ReadMail(
        message_id=mail["message_id"],
        address=mail["to_address"],
        subject=mail["subject"],
        language=finder.language or "en",
        is_letter=any(signature in mail["text"] for signature in LETTER_SIGNATURES),
        pixel=next((url for url in finder.pictures if "/o/" in urlsplit(url).path), None),
        links=tuple(url for url in finder.links if "/c/" in urlsplit(url).path),
        unsubscribe=next((url for url in finder.links if "/u/" in urlsplit(url).path), None),
    )


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language: str | None = None
        self.pictures: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang")
        elif tag == "img" and values.get("src"):
            self.pictures.append(values["src"] or "")
        elif tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")
