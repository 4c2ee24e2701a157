"""Site tracking: the script for the owner's pages and the address that it posts to."""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib.resources import files

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from airflow_ma.channels.links import BadToken
from airflow_ma.collector.forms import TooLargeError, objects_to_tracking, read_body
from airflow_ma.collector.intake import Intake, explain, find_message
from airflow_ma.collector.machines import is_machine
from airflow_ma.collector.page_texts import say
from airflow_ma.collector.pages import RETRY_AFTER
from airflow_ma.collector.visit import Visit, VisitError, read_visit
from airflow_ma.collector.visits import store_visit
from airflow_ma.engine.clock import MINUTE, Clock

log = logging.getLogger(__name__)

TOKEN_GOOD_FOR = 30 * MINUTE
"""How long after the click its token names the contact, ms."""
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
}


def site_routes(intake: Intake) -> list[Route]:
    """The script and the page-visit endpoint."""

    async def visit(request: Request) -> Response:
        if request.method == "OPTIONS" or objects_to_tracking(request):
            return Response(status_code=204, headers=CORS)
        try:
            told = read_visit(await _body(request))
        except VisitError as bad:
            status = 413 if bad.body["error"] == "too_large" else 400
            return JSONResponse(bad.body, status, CORS)
        try:
            who = await run_in_threadpool(_store, intake, told, request.headers.get("user-agent"))
            if who is None:
                return Response(status_code=204, headers=CORS)
        except sa.exc.SQLAlchemyError as error:
            log.warning("a visit was not stored, the browser is asked to try again: %s", explain(error))
            return _unavailable()
        return JSONResponse({"visitor": who}, 202, CORS)

    def script(request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
        return Response(_script(), media_type="text/javascript", headers=headers)

    return [
        Route("/ma.js", script),
        Route("/v/page", visit, methods=["POST", "OPTIONS"]),
    ]


@lru_cache(maxsize=1)
def _script() -> bytes:
    return files("airflow_ma.collector").joinpath("ma.js").read_bytes()


async def _body(request: Request) -> bytes:
    try:
        return await read_body(request)
    except TooLargeError:
        raise VisitError("too_large", say("too_large", "en"), say("too_large", "ja")) from None


def _store(intake: Intake, visit: Visit, user_agent: str | None) -> str | None:
    clock = intake.clock()
    now = clock.now()
    at = now - int(visit.age * clock.speed)
    with intake.write() as connection:
        contact_id = _contact(connection, intake, visit.visit_token, clock)
        return store_visit(connection, visit, contact_id, at=at, now=now, machine=is_machine(user_agent))


def _contact(connection: sa.Connection, intake: Intake, token: str | None, clock: Clock) -> int | None:
    """Whom the token names. A bad or old one names nobody; the visit itself is still worth keeping."""
    if token is None:
        return None
    try:
        message_id, made_at = intake.signer.read_visit(token)
    except BadToken:
        return None
    # Under fast-forward real minutes are meant: a browser is no faster there.
    if clock.now() - made_at > TOKEN_GOOD_FOR * max(clock.speed, 1):
        return None
    sent = find_message(connection, message_id)
    return None if sent is None else sent.contact_id


def _unavailable() -> Response:
    body = {
        "error": "unavailable",
        "message": "This cannot be stored just now. Send the same body again later.",
        "message_ja": "ただいま保存できません。しばらくしてから同じ内容をもう一度送ってください。",
    }
    return JSONResponse(body, 503, CORS | {"Retry-After": str(RETRY_AFTER)})
