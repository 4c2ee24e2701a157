"""Filling in our HTML pages, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from airflow_ma.config import settings
from airflow_ma.plugin.texts import LANGUAGES, text

COOKIE = "airflow_ma_language"
# Mails bring styles and pictures of their own; the frame they are shown in inherits this. No scripts.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page ``html/<template>`` with these values."""
    language = language_of(request)
    body = (
        _pages()
        .get_template(template)
        .render(
            t=partial(text, language),
            language=language,
            languages=LANGUAGES,
            root=request.scope["root_path"],
            here=request.url.path if request.method == "GET" else f"{request.scope['root_path']}/mailbox",
            moment=_moment,
            **values,
        )
    )
    response = HTMLResponse(body, status_code=status)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.query_params.get("lang") == language:
        path = request.scope["root_path"] or "/"
        response.set_cookie(COOKIE, language, max_age=365 * 86_400, path=path, samesite="lax", httponly=True)
    return response


def language_of(request: Request) -> str:
    """The language the reader has chosen, else the browser's, else the installation's."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    for wanted in request.headers.get("accept-language", "").split(","):
        if (short := wanted.strip()[:2].lower()) in LANGUAGES:
            return short
    return settings().language if settings().language in LANGUAGES else "en"


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
