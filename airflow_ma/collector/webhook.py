"""The address that SendGrid posts its events to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

BODY_SECONDS = 20.0
"""Real seconds that a body may take to come."""
HELD_BYTES = 64 * 1024 * 1024
"""Most bytes of bodies that are held at once: anybody can send what looks signed until it is all there."""

_NOT_SET_UP = (
    "Set AIRFLOW_MA_WEBHOOK_KEYS to the verification key that SendGrid shows for its signed event webhook. "
    "Unsigned events are never taken.",
    "SendGrid の署名付きイベント Webhook の検証キーを AIRFLOW_MA_WEBHOOK_KEYS に設定してください。"
    "署名のないイベントは受け付けません。",
)
_UNAVAILABLE = (
    "This cannot be stored just now. Send the same body again later.",
    "ただいま保存できません。しばらくしてから同じ内容をもう一度送ってください。",
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

    room = Room(HELD_BYTES)

    async def sendgrid(request: Request) -> Response:
        if problem is not None:
            return _answer(503, "not_set_up", *problem)
        timestamp = request.headers.get(TIMESTAMP_HEADER)
        signature = request.headers.get(SIGNATURE_HEADER)
        if not looks_signed(timestamp, signature):
            return _forbidden()
        with room.body() as body:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    fits = await _read(request, body)
            except (NoRoomError, TimeoutError):
                return _answer(503, "unavailable", *_UNAVAILABLE)
            if not fits:
                return _answer(
                    413, "too_large", "The body must be 8 MB at most.", "本文は 8 MB 以内にしてください。"
                )
            return await run_in_threadpool(_take, intake, keys, timestamp, signature, body.bytes)

    return [Route(PATH, sendgrid, methods=["POST"])]


class NoRoomError(Exception):
    """Too many bytes are held already."""


class Room:
    """How many bytes all the bodies that are on their way may hold together. For one event loop."""

    def __init__(self, size: int) -> None:
        self._left = size

    @contextmanager
    def body(self) -> Iterator[Body]:
        """A body that takes up room until the end of the block."""
        body = Body(self)
        try:
            yield body
        finally:
            self._left += len(body.bytes)

    def take(self, count: int) -> None:
        """Raises NoRoomError."""
        if count > self._left:
            raise NoRoomError
        self._left -= count


class Body:
    """What has come of a body."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.bytes = bytearray()

    def add(self, chunk: bytes) -> None:
        """Raises NoRoomError."""
        self._room.take(len(chunk))
        self.bytes += chunk


async def _read(request: Request, body: Body) -> bool:
    """Read it; False when it is too large, as soon as that is known. Raises NoRoomError."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > BODY_BYTES:
        return False
    with suppress(ClientDisconnect):  # nobody is there for an answer, and half a body has no signature
        async for chunk in request.stream():
            body.add(chunk)
            if len(body.bytes) > BODY_BYTES:
                return False
    return True


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
            return _answer(503, "unavailable", *_UNAVAILABLE)
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
