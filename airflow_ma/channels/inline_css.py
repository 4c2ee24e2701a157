"""CSS rules written onto the elements they are for, because many mail programs read no ``<style>``.

What cannot be written onto an element (``@media``, ``a:hover``) stays in ``<style>``. The Liquid in the HTML
is put where an HTML parser does not move it, and afterwards it is looked whether everything is in its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from css_inline import InlineError, inline

from airflow_ma.channels.covered import COVER, Piece
from airflow_ma.channels.template_language import TemplateError

_STYLE = re.compile(r"<style\b([^>]*)>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_CONTEXT = re.compile(
    r"""<!--.*?-->|<(style|script|title|textarea|mj-style|mj-title|mj-preview)\b[^>]*>.*?</\1\s*>"""
    r"""|(?P<tag></?[a-z!](?:"[^"]*"|'[^']*'|[^'">])*>)""",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""")
_NAME = "liquid%dz"  # stands anywhere: in text, in an attribute, in a style
_NAMES = re.compile(r"(?:<!--)?liquid(\d+)z(?:-->)?")
_ROWS = re.compile(
    r"<!--(?!liquid\d+z-->).*?-->|(<table\b[^>]*>)((?:\s|<!--liquid\d+z-->)*)(?=<tr\b)",
    re.DOTALL | re.IGNORECASE,
)
_SHAPE = re.compile(r"<(/?)([a-z][a-z0-9]*)|\x01(\d+)\x01", re.IGNORECASE)
_IMPLIED = {"html", "head", "body", "tbody", "style"}
_OPTIONAL_END = {"p", "li", "td", "tr", "th", "thead", "tfoot", "dt", "dd", "option", "colgroup"}


def inline_css(covered: str, pieces: Sequence[Piece], file: Path, extra: str = "") -> str:
    """The HTML with the rules of its ``<style>`` elements, or those of ``extra`` alone, on its elements.

    Raises TemplateError when the HTML is such that its Liquid would not stay where it is.
    """
    if not extra and not any(_has_rules(*found.groups()) for found in _STYLE.finditer(covered)):
        return covered
    # An HTML parser would add the <tbody> behind an {% if %} or {% for %} that begins the table.
    safe = _ROWS.sub(
        lambda found: f"{found[1]}<tbody>{found[2]}" if found[1] else found[0], protect(covered, pieces)
    )
    try:
        done = inline(
            safe,
            inline_style_tags=not extra,
            keep_style_tags=True,
            keep_link_tags=True,
            remove_inlined_selectors=True,
            load_remote_stylesheets=False,
            extra_css=extra or None,
        )
    except InlineError as error:
        raise TemplateError(f"{file}: the CSS in <style> cannot be read: {error}") from error
    done = unprotect(re.sub(r"<style>\s*</style>\n?", "", done))
    _check_shape(covered, done, pieces, file)
    return done


def protect(covered: str, pieces: Sequence[Piece]) -> str:
    """The covers as something that an HTML or MJML parser leaves alone: comments in text, names elsewhere."""
    if found := _NAMES.search(covered):
        raise TemplateError(f"the text '{found[0]}' has a meaning of its own here; write something else")
    parts: list[str] = []
    done = 0
    for found in _CONTEXT.finditer(covered):
        if found["tag"]:
            _check_tag(found["tag"], pieces)
        parts.append(COVER.sub(lambda c: f"<!--{_NAME % int(c[1])}-->", covered[done : found.start()]))
        parts.append(COVER.sub(lambda c: _NAME % int(c[1]), found[0]))
        done = found.end()
    parts.append(COVER.sub(lambda c: f"<!--{_NAME % int(c[1])}-->", covered[done:]))
    return "".join(parts)


def unprotect(text: str) -> str:
    """Covered text again. Braces that were HTML entities must not become Liquid."""
    return _NAMES.sub(lambda name: f"\x01{name[1]}\x01", re.sub(r"\{(?=[{%])", "&#123;", text))


def lost_piece(before: str, after: str, pieces: Sequence[Piece]) -> Piece | None:
    """The first piece that is gone, or a tag that is not where it was among the tags."""
    found = [int(number) for number in COVER.findall(after)]
    there = set(found)
    tags = iter([number for number in found if pieces[number].is_tag])
    for number in map(int, COVER.findall(before)):
        if number not in there or (pieces[number].is_tag and next(tags, None) != number):
            return pieces[number]
    return None


def _has_rules(attributes: str, css: str) -> bool:
    """Whether there is anything that can stand on an element."""
    return "data-css-inline" not in attributes and "{" in _AT_RULE.sub("", _COMMENT.sub("", css))


def _check_tag(tag: str, pieces: Sequence[Piece]) -> None:
    if bare := COVER.search(_QUOTED.sub("", tag)):
        piece = pieces[int(bare[1])]
        raise TemplateError(
            f"{piece.place}: {piece.text} stands between the attributes of a tag; put it into the quotes "
            'of one, as in class="{% if contact.vip %}gold{% endif %}"'
        )


def _check_shape(before: str, after: str, pieces: Sequence[Piece], file: Path) -> None:
    piece = lost_piece(before, after, pieces)
    if piece is None:
        was, now = _shape(before, pieces), _shape(after, pieces)
        at = next((i for i, pair in enumerate(zip(was, now, strict=False)) if pair[0] != pair[1]), None)
        if at is None and len(was) == len(now):
            return
        rest = was[at:] if at is not None else was
        piece = next((pieces[int(one)] for one in rest if one.isdigit()), None)
    near = f"{piece.place}: near {piece.text}" if piece else f"{file}:"
    raise TemplateError(
        f"{near} the HTML is not well nested, so that the CSS in <style> cannot be put on its elements; "
        "close every element where it was opened (in the same branch of an {% if %}), or write "
        '<style data-css-inline="ignore">'
    )


def _shape(covered: str, pieces: Sequence[Piece]) -> list[str]:
    """Its elements and Liquid tags in order, without those that an HTML parser adds or leaves out."""
    shape: list[str] = []
    for end, name, number in _SHAPE.findall(covered):
        if number:
            if pieces[int(number)].is_tag:
                shape.append(number)
        elif name.lower() not in _IMPLIED and not (end and name.lower() in _OPTIONAL_END):
            shape.append(end + name.lower())
    return shape
