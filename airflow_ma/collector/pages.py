"""The few pages that people see here, in English and Japanese. They work without scripts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from airflow_ma.collector.page_texts import LANGUAGES, say
from airflow_ma.config import settings

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
RETRY_AFTER = 10
"""Seconds after which to ask again when the database is away."""


def page(
    name: str,
    *languages: str,
    status: int = 200,
    button: str | None = None,
    link: tuple[str, str] | None = None,
) -> Response:
    """The page that says ``name`` in these languages, one below the other.

    ``button``: the text of one to post by. ``link``: text and address of what leads on.
    """
    values = {"name": name, "languages": languages, "button": button, "link": link}
    return render("message.html", languages[0], name, status=status, **values)


def render(template: str, language: str, title: str, *, status: int = 200, **values: Any) -> Response:
    """The page ``html/<template>``, whose title is the text of that name."""

    def in_language(key: str, code: str = language, **fields: object) -> str:
        return say(key, code, **fields)

    told = settings()
    body = (
        _templates()
        .get_template(template)
        .render(
            language=language,
            title=say(title, language),
            say=in_language,
            style=_style(),
            sender=told.sender_name or say("us", language),
            named=bool(told.sender_name),
            address=told.postal_address,
            **{"switch": False} | values,
        )
    )
    headers = HEADERS | ({"Retry-After": str(RETRY_AFTER)} if status in (429, 503) else {})
    return HTMLResponse(body, status, headers)


def unknown_link() -> Response:
    """404, for a token that is not ours; nobody knows the reader's language then."""
    first = choose_language()
    return page("unknown", first, *(code for code in LANGUAGES if code != first), status=404)


def trial_page(browser: str | None) -> Response:
    """Where the links of a test mail lead; nothing is done, whatever is asked. ``browser``: its language."""
    return page("test_mail", choose_language(browser))


def choose_language(*wanted: str | None) -> str:
    """The first of these that we speak, else the installation's language."""
    return next((str(code) for code in (*wanted, settings().language) if code in LANGUAGES), "en")


def preferred_language(accept_language: str | None) -> str | None:
    """``en`` or ``ja``, whichever the browser asks for first; None when it asks for neither."""
    best: tuple[float, str] | None = None
    for entry in (accept_language or "").split(","):
        tag, _, quality = entry.strip().lower().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        language = tag.partition("-")[0]
        if language in LANGUAGES and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return best[1] if best else None


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup((Path(__file__).parent / "html" / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - ours
