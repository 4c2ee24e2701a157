"""What is done once to the HTML of an email template: find its links, add the open pixel, derive the text.

Works on the source, before Liquid fills it in, so that nothing of it is paid per mail. Places where a
URL of the mail goes are marked with NUL characters, which no template file and no value may contain.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser

MARK = re.compile(r"\x00(\d+|pixel)\x00")
PIXEL = "\x00pixel\x00"

_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PIECE = re.compile(r"\x01(\d+)\x01")
_LINK = re.compile(
    r"""<!--.*?-->|(<a\s(?:[^>]*?[\s"'])?href\s*=\s*)(?:"([^"\x01]*)"|'([^'\x01]*)')""",
    re.DOTALL | re.IGNORECASE,
)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_SKIPPED = {"head", "script", "style", "title"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_PARAGRAPHS = {"blockquote", "footer", "header", "main", "ol", "p", "section", "table", "ul"}
_PARAGRAPHS |= {f"h{level}" for level in range(1, 7)}
_LINES = {"div", "li", "tr", "hr"}


def link_mark(number: int) -> str:
    """Stands for the tracked link ``number`` until a mail is filled in."""
    return f"\x00{number}\x00"


def mark_links(source: str, number_of: Callable[[str, int], int]) -> str:
    """The source with the destination of every static web link replaced by its mark.

    ``number_of(url, line)`` gives the link's number. Links that contain Liquid, lead elsewhere than to
    http(s) or stand in a comment stay as they are. The number of lines does not change.
    """
    covered, pieces = _cover_liquid(source)

    def mark(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        url = html.unescape(found[2] if found[2] is not None else found[3]).strip()
        if not url.lower().startswith(("http://", "https://")):
            return found[0]
        before = _uncover(covered[: found.start()], pieces)
        number = number_of(url, before.count("\n") + found[1].count("\n") + 1)
        return f'{found[1]}"{link_mark(number)}"'

    return _uncover(_LINK.sub(mark, covered), pieces)


def add_pixel(source: str) -> str:
    """The source with the mark of the open pixel before ``</body>``, or at the end."""
    ends = list(_BODY_END.finditer(source))
    at = ends[-1].start() if ends else len(source)
    return source[:at] + PIXEL + source[at:]


def text_of(source: str) -> str:
    """A Liquid template of the text part: what the HTML says, each link followed by ``<its address>``."""
    covered, pieces = _cover_liquid(source)
    reader = _TextReader()
    reader.feed(covered)
    reader.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.parts))
    text = tidy(text)
    text = re.sub(r"\{(?=[{%])", '{{ "{" }}', text)  # braces that were written as HTML entities
    return _uncover(text, pieces)


def tidy(text: str) -> str:
    """The text with at most one empty line at a time and one line feed at its end."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip() + "\n"


def _cover_liquid(source: str) -> tuple[str, list[str]]:
    pieces: list[str] = []

    def cover(found: re.Match[str]) -> str:
        pieces.append(found[0])
        return f"\x01{len(pieces) - 1}\x01"

    return _LIQUID.sub(cover, source), pieces


def _uncover(covered: str, pieces: list[str]) -> str:
    return _PIECE.sub(lambda found: pieces[int(found[1])], covered)


class _TextReader(HTMLParser):
    """Collects what a reader of the HTML would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._due = 0  # line feeds before whatever comes next
        self._skipping: list[str] = []
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._skipping:
            if tag not in _VOID:
                self._skipping.append(tag)
            return
        hidden = _HIDDEN.search(values.get("style") or "") or "hidden" in values
        self._break(tag)
        if tag in _SKIPPED or (hidden and tag not in _VOID):
            self._skipping.append(tag)
        elif tag == "br":
            self._add("\n")
        elif tag == "img":
            self._add(values.get("alt") or "")
        elif tag == "li":
            self._add("- ")
        elif tag == "a":
            self._link = (values.get("href") or "", len(self.parts))

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag in self._skipping:
                while self._skipping.pop() != tag:
                    pass
        elif tag == "a" and self._link is not None:
            href, start = self._link
            self._link = None
            label = "".join(self.parts[start:]).strip()
            if href.startswith(("http://", "https://", "\x00", "\x01")) and href != label:
                self._add(f" <{href}>" if label else href)
        else:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._add(re.sub(r"[ \t\r\n]+", " ", data))

    def _break(self, tag: str) -> None:
        self._due = max(self._due, 2 if tag in _PARAGRAPHS else tag in _LINES)

    def _add(self, text: str) -> None:
        if self._due and text.strip(" "):
            self.parts.append("\n" * self._due)
            self._due = 0
        self.parts.append(text)
