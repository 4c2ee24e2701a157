"""What is done once to the HTML of an email template: find its links, add the open pixel, derive the text.

Works on covered text (see ``covered``), so that nothing of it is paid per mail. Places where a URL of the
mail goes are marked with NUL characters, which no template file and no value may contain.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser

from airflow_ma.channels.covered import COVER, Piece

MARK = re.compile(r"\x00(\d+|pixel)\x00")
PIXEL = "\x00pixel\x00"

_LINK = re.compile(
    r"""<!--.*?-->|(<a\s(?:[^>]*?[\s"'])?href\s*=\s*)(?:"([^"\x01]*)"|'([^'\x01]*)')""",
    re.DOTALL | re.IGNORECASE,
)
_ANY_LINK = re.compile(
    r"""<!--.*?-->|<a\s(?:[^>]*?[\s"'])?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.DOTALL | re.IGNORECASE,
)
_COMPLETE = re.compile(r"https?://|#|(?!https?:)[a-z][a-z0-9+-]*:", re.IGNORECASE)
"""How an address begins that a mail program understands: a web page, a place in the mail, mailto: ..."""
_WEB = ("http://", "https://")
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_RUN = re.compile(r"(?:\x01\d+\x01)+")  # Liquid with nothing in between
_BREAK_AND_RUN = re.compile(r"(?<=.)(\n+)((?:\x01\d+\x01)+)")
_TAG_NAME = re.compile(r"\{%-?\s*(\w+)")

_SKIPPED = {"head", "script", "style", "title"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_PARAGRAPHS = {"blockquote", "footer", "header", "main", "ol", "p", "section", "table", "ul"}
_PARAGRAPHS |= {f"h{level}" for level in range(1, 7)}
_LINES = {"div", "li", "tr", "hr"}
_OPENING, _BETWEEN = {"if", "unless", "case", "for", "tablerow"}, {"else", "elsif", "when"}


def mark_links(covered: str, number_of: Callable[[str], int]) -> str:
    """The HTML with the destination of every static web link replaced by its mark.

    ``number_of(url)`` gives the link's number. Links that contain Liquid, lead elsewhere than to http(s) or
    stand in a comment stay as they are.
    """

    def mark(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        url = html.unescape(found[2] if found[2] is not None else found[3]).strip()
        if not url.lower().startswith(_WEB):
            return found[0]
        return f'{found[1]}"\x00{number_of(url)}\x00"'

    return _LINK.sub(mark, covered)


def dead_link(covered: str) -> str | None:
    """The first link, as it is written, that leads nowhere in a mail: there is no page that it belongs to.

    Where Liquid begins the address, Liquid decides.
    """
    for found in _ANY_LINK.finditer(covered):
        written = next((address for address in found.groups() if address is not None), None)
        if written is None:
            continue
        begins = COVER.split(html.unescape(written).strip(), maxsplit=1)[0]
        undecided = COVER.search(written) and any(web.startswith(begins.lower()) for web in _WEB)
        if not (undecided or _COMPLETE.match(begins)):
            return written
    return None


def add_pixel(covered: str) -> str:
    """The HTML with the mark of the open pixel before ``</body>``, or at the end."""
    ends = list(_BODY_END.finditer(covered))
    at = ends[-1].start() if ends else len(covered)
    return covered[:at] + PIXEL + covered[at:]


def text_of(covered: str, pieces: Sequence[Piece]) -> str:
    """The text part: what the HTML says, each link followed by ``<its address>``."""
    reader = _TextReader()
    reader.feed(covered)
    reader.close()
    text = tidy(re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.parts)))
    text = re.sub(r"\{(?=[{%])", '{{ "{" }}', text)  # braces that were written as HTML entities
    return _move_breaks(text, pieces)


def tidy(text: str) -> str:
    """The text with at most one empty line at a time and one line feed at its end."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip() + "\n"


def _move_breaks(text: str, pieces: Sequence[Piece]) -> str:
    """Move the empty lines before a block into it, so that none are left where it says nothing."""
    movable: set[int] = set()
    groups: list[tuple[list[int], bool]] = []
    for found in _RUN.finditer(text):
        followed = text[found.end() : found.end() + 1] in ("", "\n")
        for number in map(int, COVER.findall(found[0])):
            tag = _TAG_NAME.match(pieces[number].text)
            name = tag[1] if tag else ""
            if name == "assign" and followed:
                movable.add(number)
            elif name in _OPENING:
                groups.append(([number], followed))
            elif groups and (name in _BETWEEN or name.removeprefix("end") in _OPENING):
                tags, all_followed = groups.pop()
                tags.append(number)
                if name in _BETWEEN:
                    groups.append((tags, all_followed and followed))
                elif all_followed and followed:
                    movable.update(tags)

    def move(found: re.Match[str]) -> str:
        numbers = map(int, COVER.findall(found[2]))
        return found[2] if all(number in movable for number in numbers) else found[0]

    return _BREAK_AND_RUN.sub(move, text)


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
            if href.startswith((*_WEB, "\x00", "\x01")) and href != label:
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
