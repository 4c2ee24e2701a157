"""Filling in our HTML pages, in the reader's language."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from airflow_ma.config import settings
from airflow_ma.plugin.access import SECTIONS, section_of
from airflow_ma.plugin.texts import LANGUAGES, text

COOKIE = "airflow_ma_language"
FOLLOWS = "airflow_ma_follows"
"""Cookie with Airflow's own language and colours: it keeps them where only a script can read them."""
# Mails bring styles and pictures of their own; the frame they are shown in inherits this. No scripts.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def page(
    request: Request, template: str, *, status: int = 200, follow: bool = False, **values: Any
) -> HTMLResponse:
    """The page ``html/<template>`` with these values.

    With ``follow`` it carries the one script we have, which looks up Airflow's language and colours; never
    on a page that shows a mail.
    """
    language = language_of(request)
    root = request.scope["root_path"]
    body = (
        _pages()
        .get_template(template)
        .render(
            t=partial(text, language),
            language=language,
            languages=LANGUAGES,
            theme=_airflows_own(request)[1],
            root=root,
            here=request.url.path if request.method == "GET" else f"{root}/{section_of(request)}",
            section=section_of(request),
            sections=SECTIONS,
            script=_script()[0] if follow else "",
            moment=_moment,
            **values,
        )
    )
    response = HTMLResponse(body, status_code=status)
    response.headers["Content-Security-Policy"] = (
        f"{_POLICY}; script-src {_script()[1]}" if follow else _POLICY
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.query_params.get("lang") == language:
        path = request.scope["root_path"] or "/"
        response.set_cookie(COOKIE, language, max_age=365 * 86_400, path=path, samesite="lax", httponly=True)
    return response


def language_of(request: Request) -> str:
    """The language the reader has chosen, here or in Airflow, else the browser's, else the installation's."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(COOKIE), _airflows_own(request)[0]):
        if chosen in LANGUAGES:
            return chosen
    for wanted in request.headers.get("accept-language", "").split(","):
        if (short := wanted.strip()[:2].lower()) in LANGUAGES:
            return short
    return settings().language if settings().language in LANGUAGES else "en"


def _airflows_own(request: Request) -> tuple[str, str]:
    """Language and colours (light or dark), each empty when it is not known or not ours."""
    language, _, theme = request.cookies.get(FOLLOWS, "").partition(".")
    return language if language in LANGUAGES else "", theme if theme in {"light", "dark"} else ""


@lru_cache(maxsize=1)
def _script() -> tuple[Markup, str]:
    """The script, and its name in the page's policy."""
    code = (Path(__file__).parent / "html" / "follow.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return Markup(code), f"'sha256-{digest}'"  # noqa: S704 - ours


def _moment(at: datetime) -> str:
    return at.astimezone(ZoneInfo(settings().timezone)).strftime("%Y-%m-%d %H:%M")


@lru_cache(maxsize=1)
def _pages() -> Environment:
    folder = Path(__file__).parent / "html"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
