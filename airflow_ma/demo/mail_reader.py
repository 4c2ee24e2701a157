"""A mail from the sandbox mailbox, as the person who gets it sees it."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader finds in an open mail. ``pixel`` and ``unsubscribe`` are None when it has none."""

    language: str
    pixel: str | None
    links: tuple[str, ...]
    unsubscribe: str | None


def read_content(html: str) -> Content:
    """Find the pictures and links of a mail."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return Content(
        language=finder.language or "en",
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
