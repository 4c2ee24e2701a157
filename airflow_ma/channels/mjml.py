"""MJML made into HTML, once, when a template is loaded.

The compiler drops without a word what it does not know, so that is looked for first.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path

from mjml import mjml2html

from airflow_ma.channels.covered import COVER, Piece
from airflow_ma.channels.inline_css import inline_css, lost_piece, protect, unprotect
from airflow_ma.channels.template_language import TemplateError

# Elements whose content is not MJML again, but HTML or text.
_HTML_INSIDE = {
    "mj-accordion-text", "mj-accordion-title", "mj-button", "mj-navbar-link", "mj-preview", "mj-raw",
    "mj-social-element", "mj-style", "mj-table", "mj-text", "mj-title",
}  # fmt: skip
_ELEMENTS = _HTML_INSIDE | {
    "mjml", "mj-accordion", "mj-accordion-element", "mj-all", "mj-attributes", "mj-body", "mj-breakpoint",
    "mj-carousel", "mj-carousel-image", "mj-class", "mj-column", "mj-divider", "mj-font", "mj-group",
    "mj-head", "mj-hero", "mj-image", "mj-navbar", "mj-section", "mj-social", "mj-spacer", "mj-wrapper",
}  # fmt: skip
_TAG = re.compile(r"""<!--.*?-->|<(/?)([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^'">])*?)(/?)>""", re.DOTALL)
_POSITION = re.compile(r" in root template at position (\d+):\d+$")
_INLINE = re.compile(
    r"""<mj-style\b[^>]*\binline\s*=\s*["']inline["'][^>]*>(.*?)</mj-style\s*>""", re.DOTALL | re.IGNORECASE
)
_WITHOUT_LANGUAGE = re.compile(r"<mjml(?![^>]*\slang\s*=)")


def check_mjml(text: str, file: Path) -> None:
    """Raise TemplateError with file and line for an element that is unknown, not closed, or out of place."""
    open_elements: list[tuple[str, int]] = []
    done = 0
    for found in _TAG.finditer(text):
        closing, name, _, alone = found.groups()
        inside = open_elements[-1][0] if open_elements else "mjml"
        if inside in _HTML_INSIDE and not (closing and name == inside):
            continue
        before = text[done : found.start()]
        done = found.end()
        line = text.count("\n", 0, found.start()) + 1
        if inside not in _HTML_INSIDE and (loose := COVER.sub("", before).strip()):
            at = line - before.lstrip().count("\n")
            raise TemplateError(f"{file}, line {at}: the text '{loose[:40]}' stands in no <mj-text>")
        if name is None:
            continue  # a comment
        if name == "mj-include":
            raise TemplateError(f"{file}, line {line}: mails include no files; a frame goes into _layout")
        if closing:
            if name != inside or not open_elements:
                raise TemplateError(f"{file}, line {line}: </{name}> closes nothing; <{inside}> is open here")
            open_elements.pop()
        elif name not in _ELEMENTS and inside != "mj-attributes":
            near = difflib.get_close_matches(name, _ELEMENTS, n=1)
            guess = f"; did you mean '{near[0]}'?" if near else "; HTML goes into mj-text, mj-table or mj-raw"
            raise TemplateError(f"{file}, line {line}: MJML has no element '{name}'{guess}")
        elif not alone:
            open_elements.append((name, line))
    if open_elements:
        name, line = open_elements[-1]
        raise TemplateError(f"{file}, line {line}: <{name}> is not closed")


def compile_mjml(covered: str, pieces: Sequence[Piece], file: Path, language: str) -> str:
    """The HTML of a whole MJML document; no fonts are loaded from elsewhere unless mj-font says so.

    Raises TemplateError.
    """
    css = "\n".join(_INLINE.findall(covered))
    whole = _WITHOUT_LANGUAGE.sub(f'<mjml lang="{language}"', _INLINE.sub("", covered), count=1)
    safe = protect(whole, pieces)
    try:
        html = mjml2html(safe, fonts={})
    except ValueError as error:
        raise TemplateError(_explain(str(error), whole, file)) from error
    done = unprotect(html)
    if piece := lost_piece(whole, done, pieces):
        raise TemplateError(
            f"{piece.place}: MJML has no room for {piece.text} here; put it into <mj-raw> or into a text"
        )
    return inline_css(done, pieces, file, css) if css.strip() else done


def _explain(message: str, whole: str, file: Path) -> str:
    """The compiler's message; its position is that in the protected text, near enough for a line."""
    at = _POSITION.search(message)
    line = f", line {whole.count(chr(10), 0, int(at[1])) + 1}" if at else ""
    if not COVER.sub("", whole).strip():
        return f"{file} is empty"
    what = message.partition(" in root template")[0]
    return f"{file}{line}: this is not MJML ({what}); it begins with <mjml> and every element is closed"
