"""Unsubscribing, and the preference centre: what the link at the end of every mail leads to."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from airflow_ma.channels import links
from airflow_ma.channels.trial_ids import is_trial
from airflow_ma.collector.forms import TooLargeError, client_ip, form_fields, is_form, read_body
from airflow_ma.collector.intake import Intake, explain, find_message
from airflow_ma.collector.pages import (
    choose_language,
    page,
    preferred_language,
    render,
    trial_page,
    unknown_link,
)
from airflow_ma.config import settings
from airflow_ma.contacts.consent import PURPOSES, TRACKING, Purpose, record_consent, tracks_unasked
from airflow_ma.engine.addresses import masked
from airflow_ma.engine.tables import contact, message, suppression

log = logging.getLogger(__name__)

_TOLD = "preferences"
WORDING = "preference centre 1"
"""The version of the texts beside the switches: a new one whenever what they promise changes."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a POST asks for."""

    source: str
    changes: Mapping[Purpose, bool]
    ip: str | None
    language: str | None
    switches: bool = False
    """Whether it was said with the switches."""
    undoes: bool = False


def preference_routes(intake: Intake) -> list[Route]:
    """The address that a mail's unsubscribe link and its List-Unsubscribe header name."""
    intake.handles(_TOLD, _store)

    async def preferences(request: Request) -> Response:
        try:
            (message_id,) = intake.signer.read(links.Purpose.UNSUBSCRIBE, request.path_params["token"])
        except links.BadToken:
            return unknown_link()
        browser = preferred_language(request.headers.get("accept-language"))
        if is_trial(message_id):
            return trial_page(browser)
        if request.method != "POST":
            asked = (request.query_params.get("lang"), browser)
            return await run_in_threadpool(_show, intake, message_id, asked)
        wish = await _read_wish(request)
        return await run_in_threadpool(_fulfil, intake, message_id, wish, browser)

    return [Route("/u/{token}", preferences, methods=["GET", "POST"])]


async def _read_wish(request: Request) -> _Wish:
    """Every POST means it: unless it is our form with the switches, it unsubscribes, whatever its body.

    So does RFC 8058's one-click, which mail programs send as a form of one kind or another.
    """
    fields: Mapping[str, list[str]] = {}
    try:
        body = await read_body(request)
        if is_form(request):
            fields = form_fields(body)
    except TooLargeError:
        pass
    ip = client_ip(request)
    language = next(iter(fields.get("lang", ())), None)
    if fields.get("form") != ["preferences"]:
        source = "unsubscribe page" if "lang" in fields else "one-click unsubscribe"
        return _Wish(source, {"email": False}, ip, language)
    was, on = fields.get("was", []), fields.get("on", [])
    # Only what was switched counts: a switch that stands as it stood says nothing, and is no consent.
    changes = {purpose: purpose in on for purpose in PURPOSES if (purpose in on) != (purpose in was)}
    return _Wish("preference centre", changes, ip, language, switches=True, undoes="undo" in fields)


def _show(intake: Intake, message_id: int, wanted: Sequence[str | None]) -> Response:
    try:
        with intake.database.read() as connection:
            person = _find(connection, message_id)
    except sa.exc.SQLAlchemyError as error:
        log.warning("cannot look up a contact: %s", explain(error))
        return page("unsubscribe", choose_language(*wanted), button="unsubscribe_button")
    if person is None:
        return unknown_link()
    return _centre(person, choose_language(*wanted, person.language))


def _fulfil(intake: Intake, message_id: int, wish: _Wish, browser: str | None) -> Response:
    told = {
        "at": intake.clock().now(),
        "message_id": message_id,
        "changes": dict(wish.changes),
        "source": wish.source,
        "ip": wish.ip,
        "undoes": wish.undoes,
    }
    done = intake.store_or_keep(_TOLD, told)
    if done is None:
        return page("unavailable", choose_language(wish.language, browser), status=503)
    before, changed = done
    try:
        with intake.database.read() as connection:
            person = _find(connection, message_id)
    except sa.exc.SQLAlchemyError as error:
        log.warning("cannot look up a contact: %s", explain(error))
        return page("unavailable", choose_language(wish.language, browser), status=503)
    language = choose_language(wish.language, browser, None if person is None else person.language)
    if person is None:
        return page("unsubscribed", language)
    if wish.undoes:
        return _centre(person, language, "banner_undone")
    if not changed:
        return _centre(person, language, "banner_same" if wish.switches else "banner_unsubscribed")
    banner = "banner_unsubscribed" if "email" in changed and not wish.changes["email"] else "banner_saved"
    return _centre(person, language, banner, before)


def _store(connection: sa.Connection, told: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """Do what was asked for; what was on before, and what was changed."""
    sent = find_message(connection, told["message_id"])
    if sent is None:
        return (), []
    before = _on(_find(connection, told["message_id"]))
    changes: Mapping[str, bool] = told["changes"]
    changed = [
        purpose
        for purpose in PURPOSES
        if purpose in changes
        and record_consent(
            connection,
            sent.contact_id,
            purpose,
            changes[purpose],
            at=told["at"],
            source=told["source"],
            wording=WORDING if changes[purpose] else None,
            ip=told["ip"],
            detail="undone" if told["undoes"] else None,
            message_id=told["message_id"],
        )
    ]
    return before, list(changed)


def _find(connection: sa.Connection, message_id: int) -> sa.Row[Any] | None:
    """The contact of the message, and why its address is suppressed, if it is."""
    return connection.execute(
        sa.select(contact, suppression.c.reason)
        .join(message, message.c.contact_id == contact.c.id)
        .outerjoin(suppression, suppression.c.email_key == contact.c.email_key)
        .where(message.c.id == message_id)
    ).one_or_none()


def _on(person: sa.Row[Any] | None) -> tuple[str, ...]:
    """The purposes that are in force, said or not."""
    if person is None:
        return ()
    unasked = settings().consent == "opt_out"
    mail = person.unsubscribed_at is None and (unasked or person.consented_at is not None)
    flags = [getattr(person, purpose) for purpose in TRACKING]
    tracked = [tracks_unasked() if flag is None else flag for flag in flags]
    return tuple(purpose for purpose, on in zip(PURPOSES, [mail, *tracked], strict=True) if on)


def _centre(
    person: sa.Row[Any], language: str, banner: str | None = None, before: Collection[str] | None = None
) -> Response:
    on = _on(person)
    return render(
        "preferences.html",
        language,
        "preferences",
        switch=True,
        email=masked(person.email),
        on=on,
        before=before,
        banner=banner,
        purposes=PURPOSES,
        suppressed=person.reason not in (None, "unsubscribe"),
    )
