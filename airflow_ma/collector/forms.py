"""What a request says: its form or JSON, no more than it may be, who sends it, and what he wants not."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from starlette.requests import Request

BODY_BYTES = 16 * 1024


class TooLargeError(ValueError):
    """The body is larger than BODY_BYTES."""


async def read_body(request: Request) -> bytes:
    """The whole body. Raises TooLargeError."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise TooLargeError
    return body


def is_form(request: Request) -> bool:
    """Whether the body is what a plain HTML form sends."""
    return _media_type(request) == "application/x-www-form-urlencoded"


def is_json(request: Request) -> bool:
    """Whether the body claims to be JSON."""
    return _media_type(request) == "application/json"


def form_fields(body: bytes) -> dict[str, list[str]]:
    """The fields of an HTML form; what cannot be read is no field."""
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return {}


def json_fields(body: bytes) -> dict[str, str] | None:
    """The fields of a JSON object of texts; None when it is something else."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        return None
    return data


def objects_to_tracking(request: Request) -> bool:
    """Whether the browser says that its user wants no tracking: Global Privacy Control, or Do Not Track."""
    return request.headers.get("sec-gpc") == "1" or request.headers.get("dnt") == "1"


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def client_ip(request: Request) -> str | None:
    """Where the request comes from; behind a proxy that is trusted (see docs/settings.md), its client."""
    return request.client.host if request.client else None
