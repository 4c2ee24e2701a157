"""Lets Airflow's Test button work for mail connections that have no port.

The UI sends port 0 for "no port", and Airflow 3.3.1 and 3.3.2 take that for another server than the stored
one and refuse (apache/airflow pull request 73298). Here 0 becomes null, which is what it means.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PATH = "/api/v2/connections/test"
_LONGEST = 65_536
"""Bytes. Nobody is signed in yet at this point: what is longer than any connection is not kept here."""
_OURS = ("sendgrid", "smtp")


class PortlessConnectionTest:
    """ASGI middleware; every other request passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_test(scope):
            await self._app(scope, receive, send)
            return
        held: deque[Message] = deque()
        size, more = 0, True
        while more and size <= _LONGEST:
            message = await receive()
            held.append(message)
            if message["type"] != "http.request":  # the client has gone
                break
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        if not more and size <= _LONGEST:
            body = _without_port_zero(b"".join([message.get("body", b"") for message in held]))
            others = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
            scope = {**scope, "headers": [*others, (b"content-length", str(len(body)).encode())]}
            held = deque([{"type": "http.request", "body": body, "more_body": False}])

        async def replay() -> Message:
            return held.popleft() if held else await receive()

        await self._app(scope, replay, send)


def _is_test(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    # Behind a base URL with a path, that path may be in front or not, as the server is set up.
    return scope["path"] in (_PATH, scope.get("root_path", "").rstrip("/") + _PATH)


def _without_port_zero(body: bytes) -> bytes:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return body  # Airflow says what is wrong with it
    if not isinstance(asked, dict) or asked.get("conn_type") not in _OURS or asked.get("port") != 0:
        return body
    return json.dumps({**asked, "port": None}).encode()
