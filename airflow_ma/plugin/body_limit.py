"""Refuses bodies that no page of ours would send, before they are read into memory.

FastAPI reads and parses a body before it asks who sends it: anybody who reaches the server could fill it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 2_000_000
"""Bytes. A journey of a thousand steps has about half a million, the longest YAML one million."""


class BodyLimit:
    """ASGI middleware; what is too large ends in an HTTPException where the body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if _declared(scope) > LARGEST_BODY:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


def _declared(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
