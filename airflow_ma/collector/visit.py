"""What a page may tell us, checked: the body of POST /v/page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from airflow_ma.engine.clock import DAY

URL_LENGTH = 2_000
_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


class VisitError(ValueError):
    """What is wrong with the body: a code for programs, a sentence for people in each language."""

    def __init__(self, code: str, en: str, ja: str) -> None:
        super().__init__(en)
        self.body = {"error": code, "message": en, "message_ja": ja}


@dataclass(frozen=True, slots=True)
class Visit:
    """One page view, or the time that a page was in sight."""

    visitor: str
    message_id: str
    kind: Literal["view", "dwell"]
    url: str
    title: str | None
    referrer: str | None
    visit_token: str | None
    age: int
    """Real ms between what happened and the sending of it, both by the browser's clock."""
    dwell_ms: int | None


def read_visit(body: bytes) -> Visit:
    """Read and check the JSON body. Raises VisitError."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise VisitError(
            "not_json", "The body must be one JSON object.", "本文は JSON オブジェクト 1 つにしてください。"
        )
    kind = data.get("kind", "view")
    if kind not in ("view", "dwell"):
        raise VisitError(
            "bad_kind",
            "'kind' must be 'view' or 'dwell'.",
            "kind には view か dwell を指定してください。",
        )
    return Visit(
        visitor=_id(
            data, "visitor", _VISITOR, "16 to 64 letters, digits, '-' or '_'", "16～64 文字の英数字・-・_"
        ),
        message_id=_id(
            data,
            "messageId",
            _MESSAGE_ID,
            "1 to 100 letters, digits or . _ : -",
            "1～100 文字の英数字・.・_・:・-",
        ),
        kind="dwell" if kind == "dwell" else "view",
        url=_url(data.get("url")),
        title=_text(data, "title", 500),
        referrer=without_token(_text(data, "referrer", URL_LENGTH) or "") or None,
        visit_token=_text(data, "ma", 200),
        age=_age(data),
        dwell_ms=_dwell(data.get("dwellMs")) if kind == "dwell" else None,
    )


def storable(text: str) -> str:
    """``text`` without what PostgreSQL refuses to store: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub(" ", text)


def without_token(url: str) -> str:
    """``url`` without its ``ma``: a token would let every reader of the event pass for the contact."""
    if "ma=" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    query = "&".join(pair for pair in parts.query.split("&") if not pair.startswith("ma="))
    return urlunsplit(parts._replace(query=query))


def _id(data: dict[str, Any], field: str, pattern: re.Pattern[str], en: str, ja: str) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        code = "bad_visitor" if field == "visitor" else "bad_message_id"
        raise VisitError(
            code, f"'{field}' must be {en}, made at random.", f"{field} は無作為に作った{ja}にしてください。"
        )
    return value


def _url(value: object) -> str:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        good = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or not isinstance(value, str) or len(value) > URL_LENGTH or not value.isprintable():
        raise VisitError(
            "bad_url",
            f"'url' must be a full http:// or https:// address of at most {URL_LENGTH} characters.",
            f"url は http:// または https:// で始まる {URL_LENGTH} 文字以内のアドレスにしてください。",
        )
    return without_token(value)


def _text(data: dict[str, Any], field: str, longest: int) -> str | None:
    value = data.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise VisitError(f"bad_{field}", f"'{field}' must be text.", f"{field} は文字列で指定してください。")
    return storable(value[:longest]).strip() or None


def _dwell(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= DAY:
        raise VisitError(
            "bad_dwell",
            "'dwellMs' must be a number of milliseconds from 0 to one day.",
            "dwellMs は 0 から 1 日までのミリ秒数にしてください。",
        )
    return round(value)


def _age(data: dict[str, Any]) -> int:
    """Segment's rule: both times are the browser's, so a wrong clock there cancels out."""
    sent, happened = (_time(data, field) for field in ("sentAt", "timestamp"))
    return 0 if sent is None or happened is None else min(max(sent - happened, 0), DAY)


def _time(data: dict[str, Any], field: str) -> int | None:
    value = data.get(field)
    try:
        if isinstance(value, str):
            return int(datetime.fromisoformat(value).timestamp() * 1000)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return None if value is None else int(value)
    except (ValueError, OverflowError, OSError):
        pass
    raise VisitError(
        "bad_time",
        f"'{field}' must be an ISO 8601 time or milliseconds since 1970.",
        f"{field} は ISO 8601 形式の日時か、1970 年からのミリ秒数にしてください。",
    )
