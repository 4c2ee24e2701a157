"""What comes back from a mail: the pixel, the links and the unsubscribe button."""

from __future__ import annotations

import logging
from base64 import b64decode
from urllib.parse import quote, urlsplit, urlunsplit

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from airflow_ma.channels.links import BadToken, Purpose
from airflow_ma.collector.intake import Intake, explain, find_message
from airflow_ma.collector.machines import is_machine, is_too_soon
from airflow_ma.collector.pages import HEADERS, page, preferred_language, unknown_link
from airflow_ma.config import settings
from airflow_ma.engine.clock import SECOND
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events, wake_contacts
from airflow_ma.engine.tables import contact, event, message

log = logging.getLogger(__name__)

SAME_WITHIN = 10 * SECOND
"""The same open or click told again within this time (clock ms) is one."""

_GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def mail_routes(intake: Intake) -> list[Route]:
    """The routes that the links in mails lead to."""

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
            message_id, link_id = intake.signer.read(Purpose.CLICK, request.path_params["token"])
            url = intake.destination(link_id)
        except BadToken:
            return unknown_link()
        except sa.exc.SQLAlchemyError as error:
            log.warning("cannot look up a link: %s", explain(error))
            return page("unavailable", "en", "ja", status=503)
        if url is None:
            return unknown_link()
        # A scanner goes on to the page: without the token it is not taken for the contact there.
        machine = request.method != "GET" or _record(
            intake, request, "email.click", message_id, (link_id, url)
        )
        location = destination(url, None if machine else intake.signer.visit_token(message_id))
        return Response(status_code=302, headers=HEADERS | {"Location": location})

    def unsubscribe(request: Request) -> Response:
        try:
            (message_id,) = intake.signer.read(Purpose.UNSUBSCRIBE, request.path_params["token"])
        except BadToken:
            return unknown_link()
        language, already = _reader(intake, message_id)
        language = preferred_language(request.headers.get("accept-language")) or language
        if request.method != "POST":
            return page("unsubscribed" if already else "unsubscribe", language)
        # Every POST to this address means it, whatever the body: a form, or RFC 8058's one-click.
        at = intake.clock().now()
        if already or intake.store_or_keep(lambda connection: _unsubscribe(connection, message_id, at)):
            return page("unsubscribed", language)
        return page("unavailable", language, status=503)

    return [
        Route("/o/{token}.gif", pixel),
        Route("/c/{token}", click),
        Route("/u/{token}", unsubscribe, methods=["GET", "POST"]),
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
    """Store an open or a click, now or when the database is back; returns whether a machine did it."""
    clock = intake.clock()
    at = clock.now()
    link_id, url = link or (0, None)
    prefetched = "prefetch" in request.headers.get("sec-purpose", "")
    machine = prefetched or is_machine(request.headers.get("user-agent"))

    def job(connection: sa.Connection) -> None:
        nonlocal machine
        sent = find_message(connection, message_id)
        if sent is None:
            return
        machine = machine or is_too_soon(at, sent.sent_at, clock)
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
            return
        key = dedupe_key(at - at % SAME_WITHIN, kind, message_id, link_id, doer)
        new = NewEvent(kind, at, key, sent.contact_id, message_id=message_id, url=url, machine=machine)
        record_events(connection, [new], now=intake.clock().now())

    intake.store_or_keep(job)
    return machine


def _reader(intake: Intake, message_id: int) -> tuple[str, bool]:
    """The language of the contact, and whether it is unsubscribed already."""
    who = (
        sa.select(contact.c.language, contact.c.unsubscribed_at)
        .join(message, message.c.contact_id == contact.c.id)
        .where(message.c.id == message_id)
    )
    try:
        with intake.database.read() as connection:
            row = connection.execute(who).one_or_none()
    except sa.exc.SQLAlchemyError as error:
        log.warning("cannot look up a contact: %s", explain(error))
        row = None
    language = row.language if row is not None else settings().language
    return (
        language if language in ("en", "ja") else "en"
    ), row is not None and row.unsubscribed_at is not None


def _unsubscribe(connection: sa.Connection, message_id: int, at: int) -> None:
    sent = find_message(connection, message_id)
    if sent is None:
        return
    # First the enrollments, then the contact: the order in which a sweep locks them.
    wake_contacts(connection, [sent.contact_id], now=at)
    c = contact.c
    done = connection.execute(
        sa.update(contact)
        .where(c.id == sent.contact_id, c.unsubscribed_at.is_(None))
        .values(unsubscribed_at=at, updated_at=at)
    )
    if done.rowcount:
        key = dedupe_key(at, "email.unsubscribe", message_id)
        new = NewEvent("email.unsubscribe", at, key, sent.contact_id, message_id=message_id)
        record_events(connection, [new], now=at)
