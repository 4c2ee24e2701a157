"""The address that SendGrid posts its events to."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from airflow_ma.collector.intake import Intake, explain
from airflow_ma.collector.pages import RETRY_AFTER
from airflow_ma.collector.reports import Written, write_reports
from airflow_ma.collector.sendgrid_events import NotEventsError, read_events
from airflow_ma.collector.signature import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    PublicKey,
    is_genuine,
    looks_signed,
    read_keys,
)
from airflow_ma.config import settings

log = logging.getLogger(__name__)

PATH = "/webhooks/sendgrid"
BODY_BYTES = 8 * 1024 * 1024
"""SendGrid posts 768 kB at most; what is refused here is told again and again, and lost in the end."""

_NOT_SET_UP = (
    "Set AIRFLOW_MA_WEBHOOK_KEYS to the verification key that SendGrid shows for its signed event webhook. "
    "Unsigned events are never taken.",
    "SendGrid の署名付きイベント Webhook の検証キーを AIRFLOW_MA_WEBHOOK_KEYS に設定してください。"
    "署名のないイベントは受け付けません。",
)
_WRONG_KEY = (
    "AIRFLOW_MA_WEBHOOK_KEYS に使えない鍵があります。"
    "SendGrid の署名付きイベント Webhook に表示される検証キーを設定してください。"
)


def webhook_routes(intake: Intake) -> list[Route]:
    """SendGrid's Event Webhook. Whatever it is answered 2xx for is stored."""
    try:
        keys = read_keys(settings().webhook_keys)
        problem = None if keys else _NOT_SET_UP
    except ValueError as error:
        log.error("SendGrid's webhook is refused: %s", error)
        problem = (f"{error}.", _WRONG_KEY)

    async def sendgrid(request: Request) -> Response:
        if problem is not None:
            return _answer(503, "not_set_up", *problem)
        timestamp = request.headers.get(TIMESTAMP_HEADER)
        signature = request.headers.get(SIGNATURE_HEADER)
        if not looks_signed(timestamp, signature):
            return _forbidden()
        body = await _body(request)
        if body is None:
            return _answer(
                413, "too_large", "The body must be 8 MB at most.", "本文は 8 MB 以内にしてください。"
            )
        return await run_in_threadpool(_take, intake, keys, timestamp, signature, body)

    return [Route(PATH, sendgrid, methods=["POST"])]


async def _body(request: Request) -> bytearray | None:
    """The body; None when it is too large, as soon as that is known."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > BODY_BYTES:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES:
                return None
    except ClientDisconnect:
        body.clear()  # nobody is there for an answer, and half a body has no signature
    return body


def _take(
    intake: Intake,
    keys: tuple[PublicKey, ...],
    timestamp: str | None,
    signature: str | None,
    body: bytearray,
) -> Response:
    if not is_genuine(keys, timestamp, signature, body):
        return _forbidden()
    try:
        reading = read_events(body, intake.signer.read_tag)
    except NotEventsError:
        return _answer(
            400,
            "not_events",
            "The body must be a JSON list of events.",
            "本文はイベントの JSON 配列にしてください。",
        )
    if reading.malformed:
        what = ", ".join(f"{why}: {count}" for why, count in reading.malformed.items())
        log.warning("events of SendGrid that cannot be read: %s", what)
    if reading.foreign:
        log.info("events of SendGrid about another installation's mails: %d", reading.foreign)
    written = Written(0, 0)
    if reading.reports:
        clock = intake.clock()
        try:
            with intake.write() as connection:
                written = write_reports(connection, reading.reports, clock)
        except sa.exc.SQLAlchemyError as error:
            log.warning("a delivery of SendGrid was not stored, it will come again: %s", explain(error))
            return _answer(
                503,
                "unavailable",
                "This cannot be stored just now. Send the same body again later.",
                "ただいま保存できません。しばらくしてから同じ内容をもう一度送ってください。",
            )
    return JSONResponse(
        {
            "stored": written.stored,
            "known": len(reading.reports) - written.stored - written.refused,
            "refused": written.refused,
            "foreign": reading.foreign,
            "malformed": reading.malformed.total(),
        },
        headers={"Cache-Control": "no-store"},
    )


def _forbidden() -> Response:
    return _answer(403, "forbidden", "Not signed by us.", "署名を確認できません。")


def _answer(status: int, code: str, en: str, ja: str) -> Response:
    headers: dict[str, Any] = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER)
    return JSONResponse({"error": code, "message": en, "message_ja": ja}, status, headers)
