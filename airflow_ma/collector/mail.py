"""What comes back from a mail: the pixel and the links."""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from airflow_ma.channels.links import BadToken, Purpose
from airflow_ma.collector.forms import objects_to_tracking
from airflow_ma.collector.intake import Intake, explain, find_message
from airflow_ma.collector.machines import is_machine, is_too_soon
from airflow_ma.collector.pages import HEADERS, page, unknown_link
from airflow_ma.config import settings
from airflow_ma.contacts.consent import Tracking, tracks
from airflow_ma.engine.clock import SECOND, Clock
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events
from airflow_ma.engine.tables import event

log = logging.getLogger(__name__)

SAME_WITHIN = 10 * SECOND
"""The same open or click told again within this time (clock ms) is one."""

_TOLD = "mail"
_PURPOSES: dict[str, Tracking] = {"email.open": "open_tracking", "email.click": "click_tracking"}
_GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def mail_routes(intake: Intake) -> list[Route]:
    """The routes that the links in mails lead to."""
    intake.handles(_TOLD, lambda connection, told: _store(connection, told, intake.clock()))

    def pixel(request: Request) -> Response:
        try:
            (message_id,) = intake.signer.read(Purpose.OPEN, request.path_params["token"])
        except BadToken:
            pass  # the reader of the mail must not see a broken image
        else:
            if request.method == "GET":
                _record(intake, request, "email.open", message_id)
        return Response(_GIF, media_type="image/gif", headers={"Cache-Control": "no-store, private"})

    def click(request: Request) -> Response:
        try:
            (message_id,) = intake.signer.read(Purpose.CLICK, request.path_params["token"])
            link_id = intake.signer.read_link(request.path_params["link"])
            url = intake.destination(link_id)
        except BadToken:
            return unknown_link()
        except sa.exc.SQLAlchemyError as error:
            log.warning("cannot look up a link: %s", explain(error))
            return page("unavailable", "en", "ja", status=503)
        if url is None:
            return unknown_link()
        named = request.method == "GET" and _record(
            intake, request, "email.click", message_id, (link_id, url)
        )
        # Another's site must not get it: whoever has the token passes for the contact.
        named = named and settings().is_own_site(urlsplit(url).hostname)
        token = intake.signer.visit_token(message_id, intake.clock().now()) if named else None
        location = destination(url, token)
        return Response(status_code=302, headers=HEADERS | {"Location": location})

    return [
        Route("/o/{token}.gif", pixel),
        Route("/c/{token}/{link}", click),
    ]


def destination(url: str, visit_token: str | None) -> str:
    """``url`` as a Location header takes it, with the visit token as its ``ma``, the rest as it was."""
    parts = urlsplit(url)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    query = [pair for pair in parts.query.split("&") if pair and not pair.startswith("ma=")]
    if visit_token:
        query.append(f"ma={visit_token}")
    whole = urlunsplit((parts.scheme, host, parts.path, "&".join(query), parts.fragment))
    return quote(whole, safe=":/?#[]@!$&'()*+,;=%~")


def _record(
    intake: Intake, request: Request, kind: str, message_id: int, link: tuple[int, str] | None = None
) -> bool:
    """Store an open or a click, now or when the database is back, if the contact lets us.

    Returns whether the visit that follows may be taken for the contact's. A scanner goes on to the page,
    too: it is not to pass for the contact there.
    """
    link_id, url = link or (0, None)
    prefetched = "prefetch" in request.headers.get("sec-purpose", "")
    machine = prefetched or is_machine(request.headers.get("user-agent"))
    told = {
        "kind": kind,
        "at": intake.clock().now(),
        "message_id": message_id,
        "link_id": link_id,
        "url": url,
        "machine": machine,
    }
    known = intake.store_or_keep(_TOLD, told)
    named = not objects_to_tracking(request)
    return named and not machine if known is None else named and bool(known)


def _store(connection: sa.Connection, told: Mapping[str, Any], clock: Clock) -> bool:
    """Store it, if the contact lets us; whether the visit that follows may be taken for the contact's."""
    kind, at, message_id, url = told["kind"], told["at"], told["message_id"], told["url"]
    sent = find_message(connection, message_id)
    if sent is None:
        return not told["machine"]
    machine = told["machine"] or is_too_soon(at, sent.sent_at, clock)
    named = not machine and tracks(connection, sent.contact_id, "web_tracking")
    if not tracks(connection, sent.contact_id, _PURPOSES[kind]):
        return named
    # A scanner's visit must not swallow the person who comes a moment later.
    doer = "machine" if machine else "human"
    e = event.c
    same = sa.select(e.id).where(
        e.message_id == message_id,
        e.type == kind,
        e.machine == machine,
        e.at.between(at - SAME_WITHIN + 1, at + SAME_WITHIN - 1),
    )
    if url is not None:
        same = same.where(e.url == url)
    if connection.execute(same.limit(1)).first():
        return named
    key = dedupe_key(at - at % SAME_WITHIN, kind, message_id, told["link_id"], doer)
    new = NewEvent(kind, at, key, sent.contact_id, message_id=message_id, url=url, machine=machine)
    record_events(connection, [new], now=clock.now())
    return named
