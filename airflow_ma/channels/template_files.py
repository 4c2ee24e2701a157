"""The files of an email template in one language, and the frame around them, read and parsed.

``_layout/<language>.html`` (or ``.mjml``, and ``.txt`` for text parts) in the folder of templates is the
frame of every mail whose body is not a whole document itself: ``{{ content }}``, ``{{ subject }}``,
``{{ preview }}`` and ``{{ reason }}`` in it are put in here, once, and not for each mail.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from airflow_ma.channels import markup
from airflow_ma.channels.covered import Cover
from airflow_ma.channels.inline_css import inline_css
from airflow_ma.channels.links import check_url
from airflow_ma.channels.mjml import check_mjml, compile_mjml
from airflow_ma.channels.template_language import Flavour, Part, TemplateError, parse_part

SUBJECT, HTML, MJML, TEXT = "subject.txt", "body.html", "body.mjml", "body.txt"
PREVIEW, REASON = "preview.txt", "reason.txt"
LAYOUT = "_layout"

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LINE_END = re.compile(r"\s*[\t\r\n\x7f\x85\u2028\u2029]+\s*")
_SLOT = re.compile(
    r"""\{\{-?\s*(content|subject|preview|reason)\s*(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)')\s*)?-?\}\}"""
)
_WHOLE = {
    HTML: re.compile(r"<!doctype|<html\b|<body\b", re.IGNORECASE),
    MJML: re.compile(r"<mjml\b"),
}


@dataclass(frozen=True, slots=True)
class Language:
    """A template in one language, parsed."""

    folder: Path
    parts: Mapping[Flavour, Part]


def languages_of(home: Path) -> list[Path]:
    """The folders of a template's languages, in order."""
    if not home.is_dir():
        return []
    return sorted(
        folder
        for folder in home.iterdir()
        if _LANGUAGE.fullmatch(folder.name)
        and any((folder / name).is_file() for name in (SUBJECT, HTML, MJML, TEXT))
    )


def files_of(folder: Path) -> list[Path]:
    """The files that one language of a template is made of, its frame included."""
    frames = folder.parent.parent / LAYOUT
    files = [folder / name for name in (SUBJECT, PREVIEW, REASON, HTML, MJML, TEXT)]
    files += [frames / f"{folder.name}{Path(name).suffix}" for name in (HTML, MJML, TEXT)]
    return [file for file in files if file.is_file()]


def read_language(folder: Path, links: dict[str, int]) -> Language:
    """Parse one language; ``links`` (destination -> number) gets what is new. Raises TemplateError."""
    return _Reader(folder, links).read()


class _Reader:
    def __init__(self, folder: Path, links: dict[str, int]) -> None:
        self._folder = folder
        self._links = links
        self._cover = Cover()
        self._read: dict[Path, str] = {}

    def read(self) -> Language:
        folder = self._folder
        subject = self._text(SUBJECT)
        if not subject.strip():
            raise TemplateError(f"{folder / SUBJECT} is empty; write the subject of the mail into it")
        body = self._body_file()
        content = self._text(body.name)
        is_whole = bool(_WHOLE[body.name].search(content))
        page = self._cover.cover(content, body)
        if body.name == MJML:
            check_mjml(page, body)
        if not is_whole:
            page = self._framed(page, body.suffix, html.escape)
        if body.name == MJML:
            page = compile_mjml(page, self._cover.pieces, body, folder.name)
        else:
            page = inline_css(page, self._cover.pieces, body)
        self._refuse_dead_link(page)
        page = markup.mark_links(page, self._number_of)
        if (folder / TEXT).is_file():
            written = self._cover.cover(self._text(TEXT), folder / TEXT)
            text = markup.tidy(written if is_whole else self._framed(written, ".txt", str))
        else:
            text = markup.text_of(page, self._cover.pieces)
        line = _LINE_END.sub(" ", self._cover.cover(subject, folder / SUBJECT).strip())
        sources = {
            Flavour.SUBJECT: (line, folder / SUBJECT),
            Flavour.HTML: (markup.add_pixel(page), body),
            Flavour.TEXT: (text, folder / TEXT if (folder / TEXT).is_file() else body),
        }
        return Language(
            folder,
            {
                flavour: parse_part(flavour, self._cover.uncover(covered, file))
                for flavour, (covered, file) in sources.items()
            },
        )

    def _body_file(self) -> Path:
        found = [self._folder / name for name in (HTML, MJML) if (self._folder / name).is_file()]
        if len(found) > 1:
            raise TemplateError(f"{self._folder} has both {HTML} and {MJML}; delete one of them")
        return found[0] if found else self._folder / HTML

    def _framed(self, content: str, suffix: str, escape: Callable[[str], str]) -> str:
        file = self._folder.parent.parent / LAYOUT / f"{self._folder.name}{suffix}"
        if not file.is_file():
            return content
        frame = self._file(file, Flavour.TEXT if suffix == ".txt" else Flavour.HTML)
        if suffix == ".mjml":
            check_mjml(self._cover.cover(frame, file), file)
        put = {"content": content.strip("\n")}
        for name in (SUBJECT, PREVIEW, REASON):
            if (self._folder / name).is_file():
                covered = self._cover.cover(self._text(name).strip(), self._folder / name)
                put[name.removesuffix(".txt")] = escape(covered)
        used: set[str] = set()

        def fill(piece: str) -> str | None:
            slot = _SLOT.fullmatch(piece)
            if slot is None:
                return None
            used.add(slot[1])
            return put.get(slot[1], slot[2] or slot[3] or "")

        whole = self._cover.cover(frame, file, fill)
        if "content" not in used:
            raise TemplateError(f"{file}: write {{{{ content }}}} where the mail itself goes")
        return whole

    def _number_of(self, url: str) -> int:
        try:
            check_url(url)
        except ValueError as error:
            raise TemplateError(f"{self._place_of(url)}: {error}") from error
        return self._links.setdefault(url, len(self._links))

    def _refuse_dead_link(self, page: str) -> None:
        written = markup.dead_link(page)
        if written is None:
            return
        shown = self._cover.uncover(written, self._folder).text
        address = html.unescape(shown).strip()
        raise TemplateError(
            f"{self._place_of(shown)}: the link to '{address[:200]}' leads nowhere in a mail; "
            "write the whole address, beginning with https://"
        )

    def _place_of(self, url: str) -> str:
        """Where the link is written."""
        spelled = "|".join(map(re.escape, {url, html.escape(url), html.unescape(url)}))
        link = rf"""href\s*=\s*(?:(["'])\s*(?:{spelled})\s*\1|(?:{spelled})(?=[\s>]))"""
        for file, text in self._read.items():
            if found := re.search(link, text, re.IGNORECASE):
                return f"{file}, line {text.count(chr(10), 0, found.start()) + 1}"
        return f"{self._folder}"

    def _text(self, name: str) -> str:
        flavour = Flavour.HTML if name in (HTML, MJML) else Flavour.TEXT
        return self._file(self._folder / name, flavour)

    def _file(self, file: Path, flavour: Flavour) -> str:
        """The text of a file whose Liquid is right: told here, where lines are still those of the file."""
        if file not in self._read:
            self._read[file] = _read(file)
            alone = Cover()
            parse_part(flavour, alone.uncover(alone.cover(self._read[file], file), file))
        return self._read[file]


def _read(file: Path) -> str:
    try:
        content = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise TemplateError(
            f"{file} is missing; a template needs {SUBJECT} and {HTML} (or {MJML}) in each language"
        ) from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"{file} is not UTF-8 (byte {error.start}); save it again as UTF-8") from error
    if found := _UNWANTED.search(content):
        line = content.count("\n", 0, found.start()) + 1
        raise TemplateError(f"{file}, line {line}: a control character (code {ord(found[0])}); delete it")
    return content
