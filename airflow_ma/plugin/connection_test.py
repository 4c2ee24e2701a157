"""Lets Airflow's Test button work for mail connections that have no port.

The UI sends port 0 for "no port", and Airflow 3.3.1 and 3.3.2 take that for another server than the stored
one and refuse (apache/airflow pull request 73298). Here 0 becomes null, which is what it means.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PATH = "/api/v2/connections/test"
_OURS = ("sendgrid", "smtp")


class PortlessConnectionTest:
    """ASGI middleware; every other request passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(_PATH):
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] != "http.request":  # the client has gone
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        body = _without_port_zero(body)
        others = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        headers = [*others, (b"content-length", str(len(body)).encode())]
        rest = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return rest.pop() if rest else await receive()

        await self._app({**scope, "headers": headers}, replay, send)


def _without_port_zero(body: bytes) -> bytes:
    try:
        asked = json.loads(body)
    except ValueError:
        return body  # Airflow says what is wrong with it
    if not isinstance(asked, dict) or asked.get("conn_type") not in _OURS or asked.get("port") != 0:
        return body
    return json.dumps({**asked, "port": None}).encode()
