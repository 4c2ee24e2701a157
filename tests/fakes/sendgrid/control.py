"""The fake's own routes under ``/_fake``, by which other processes steer it and read what it accepted."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from tests.fakes.sendgrid.server import FakeSendGrid

_PAGE = 1_000


def routes(fake: FakeSendGrid) -> list[Route]:
    """The routes that steer this fake."""

    async def counts(_: Request) -> Response:
        """GET: requests, mails, messages, duplicates, unnamed, and how often each answer was given."""
        answers = dict(Counter(fake.answers))
        return _json({**fake.store.counts(), "sandboxed": fake.sandboxed, "answers": answers})

    async def messages(_: Request) -> Response:
        """GET: one line for each ``ma_message``: the value, a space, the mails accepted with it."""
        return PlainTextResponse("".join(f"{name} {count}\n" for name, count in fake.store.messages.items()))

    async def mails(request: Request) -> Response:
        """GET ?offset=&limit=: the mails as they would arrive."""
        offset, limit = (int(request.query_params.get(key, value)) for key, value in _WHOLE.items())
        return _json([mail.as_dict() for mail in fake.store.page(offset, min(limit, _PAGE))])

    async def fail(request: Request) -> Response:
        """POST {"name": ..., "times": 1, "on": "send", ...}: like FakeSendGrid.fail_next."""
        fake.fail_next(**await request.json())
        return _json({})

    async def plan(request: Request) -> Response:
        """POST {"seed": 1, "rates": {"429": 0.05}, ...}: like FakeSendGrid.plan."""
        fake.plan(**await request.json())
        return _json({})

    async def reset(_: Request) -> Response:
        """POST: forget mails, events, answers and faults."""
        fake.reset()
        return _json({})

    async def down(request: Request) -> Response:
        """POST {"seconds": 1.5}: answer, then refuse connections for so long."""
        seconds = float((await request.json())["seconds"])

        async def pause() -> None:
            await asyncio.sleep(0.05)  # lets this answer out
            fake.listener.close()
            await asyncio.sleep(seconds)
            await fake.listener.open()

        request.app.state.pause = asyncio.ensure_future(pause())
        return _json({})

    async def elsewhere(_: Request) -> Response:
        """Where a 302 leads: a success that means nothing."""
        return PlainTextResponse("ok")

    return [
        Route("/_fake/counts", counts),
        Route("/_fake/messages", messages),
        Route("/_fake/mails", mails),
        Route("/_fake/fail", fail, methods=["POST"]),
        Route("/_fake/plan", plan, methods=["POST"]),
        Route("/_fake/reset", reset, methods=["POST"]),
        Route("/_fake/down", down, methods=["POST"]),
        Route("/_fake/elsewhere", elsewhere, methods=["GET", "POST"]),
    ]


_WHOLE = {"offset": 0, "limit": _PAGE}


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
