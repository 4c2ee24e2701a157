"""Signing up for mails: the form that comes in, and the link in the mail that makes it good."""

from __future__ import annotations

import ipaddress
import logging
import re
from dataclasses import dataclass

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from airflow_ma.channels.links import BadToken
from airflow_ma.channels.trial_ids import is_trial
from airflow_ma.collector.forms import (
    TooLargeError,
    client_ip,
    form_fields,
    is_form,
    is_json,
    json_fields,
    read_body,
)
from airflow_ma.collector.intake import Intake, explain, find_message
from airflow_ma.collector.page_texts import LANGUAGES, say
from airflow_ma.collector.pages import (
    RETRY_AFTER,
    choose_language,
    page,
    preferred_language,
    render,
    trial_page,
    unknown_link,
)
from airflow_ma.collector.rate_limit import RateLimit
from airflow_ma.collector.site import CORS
from airflow_ma.contacts.signup import (
    confirm_consent,
    has_address,
    is_subscribed,
    open_request,
    request_consent,
)
from airflow_ma.engine.addresses import address_key, is_address
from airflow_ma.engine.tables import contact

log = logging.getLogger(__name__)

WORDING = "sign-up page 1"
"""The version of the text beside our own page's button: a new one whenever what it promises changes."""
PER_IP, PER_ADDRESS = (20, 600.0), (3, 3600.0)
"""Most requests, within so many real seconds."""
FIELDS = ("email", "name", "language", "wording", "website")
_WORDING = re.compile(r"[\w .:/-]{1,100}")
_WEB_ADDRESS = re.compile(r"://|www\.|[\w-]\.(?:com|net|org|jp|ru|cn|info|biz|xyz|top)\b", re.IGNORECASE)


class FormError(ValueError):
    """What is wrong with a form: the name of a text."""

    def __init__(self, name: str, status: int = 400, **values: object) -> None:
        super().__init__(say(name, "en", **values))
        self.name = name
        self.status = status
        self.values = values
        self.typed: dict[str, str] = {}
        """What was filled in, so that nobody has to type it again."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """A form that was filled in, checked."""

    email: str
    name: str | None
    language: str | None
    wording: str
    is_trapped: bool
    """Whether the field that people do not see was filled in: a program did it."""


def subscribe_routes(intake: Intake) -> list[Route]:
    """The sign-up form's address and the link that confirms."""
    by_ip, by_address = RateLimit(*PER_IP), RateLimit(*PER_ADDRESS)

    async def subscribe(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=CORS)
        browser = preferred_language(request.headers.get("accept-language"))
        if request.method != "POST":
            language = choose_language(request.query_params.get("lang"), browser)
            return _form(language)
        try:
            if not by_ip.allows(_network(client_ip(request))):
                raise FormError("too_often", 429)
            form = await _read_form(request)
        except FormError as problem:
            return _refused(request, problem, browser)
        language = choose_language(form.language, browser)
        if not form.is_trapped and by_address.allows(address_key(form.email)):
            try:
                await run_in_threadpool(_ask, intake, form, language, client_ip(request))
            except sa.exc.SQLAlchemyError as error:
                log.warning("a sign-up was not stored, the person is asked to try again: %s", explain(error))
                return _refused(request, FormError("unavailable", 503), browser)
        # The same answer to everybody: it must not tell whose address we know.
        if is_json(request):
            told = {"message": say("asked_text", "en"), "message_ja": say("asked_text", "ja")}
            return JSONResponse({"status": "asked"} | told, 202, CORS)
        return page("asked", language)

    def confirm(request: Request) -> Response:
        try:
            message_id, mark = intake.signer.read_confirm(request.path_params["token"])
        except BadToken:
            return unknown_link()
        browser = preferred_language(request.headers.get("accept-language"))
        if is_trial(message_id):
            return trial_page(browser)
        now = intake.clock().now()
        try:
            # Scanners open every link in a mail: only the button confirms.
            transaction = intake.write if request.method == "POST" else intake.database.read
            with transaction() as connection:
                mail = find_message(connection, message_id)
                if mail is None:
                    return unknown_link()
                who, sent_at = mail.contact_id, mail.created_at
                if request.method == "POST":
                    ip = client_ip(request)
                    name: str = confirm_consent(connection, who, mark, sent_at=sent_at, at=now, ip=ip)
                person = connection.execute(sa.select(contact).where(contact.c.id == who)).one_or_none()
                if person is None:
                    return unknown_link()
                if request.method != "POST":
                    is_open = open_request(connection, who, mark, sent_at=sent_at, now=now) is not None
                    done = is_subscribed(person) and has_address(person, mark)
                    name = "confirmed" if done else "confirm" if is_open else "expired"
        except sa.exc.SQLAlchemyError as error:
            log.warning("a confirmation was not stored, the person is asked to try again: %s", explain(error))
            return page("unavailable", choose_language(browser), status=503)
        language = choose_language(browser, person.language)
        button = "confirm_button" if name == "confirm" else None
        again = ("sign_up_again", "../subscribe") if name == "expired" else None
        return page(name, language, status=410 if name == "expired" else 200, button=button, link=again)

    return [
        Route("/subscribe", subscribe, methods=["GET", "POST", "OPTIONS"]),
        Route("/confirm/{token}", confirm, methods=["GET", "POST"]),
    ]


async def _read_form(request: Request) -> SignUp:
    try:
        body = await read_body(request)
    except TooLargeError:
        raise FormError("too_large", 413) from None
    fields: dict[str, str] | None
    if is_json(request):
        fields = json_fields(body)
    elif is_form(request):
        several = form_fields(body)
        fields = {name: values[0] for name, values in several.items() if len(values) == 1}
        fields = fields if len(fields) == len(several) else None
    else:
        raise FormError("bad_body", 415)
    if fields is None:
        raise FormError("bad_body")
    fields = {name: value.strip() for name, value in fields.items()}
    try:
        return read_sign_up(fields)
    except FormError as problem:
        problem.typed = fields
        raise


def read_sign_up(fields: dict[str, str]) -> SignUp:
    """Check what was filled in. Raises FormError."""
    for field in fields:
        if field not in FIELDS:
            raise FormError("bad_field", field=field[:40])
    email, name = fields.get("email", ""), fields.get("name", "")
    if not is_address(email):
        raise FormError("bad_email")
    # The name stands in mails to an address that somebody else may have typed in: no place for adverts.
    if len(name) > 100 or not name.isprintable() or _WEB_ADDRESS.search(name):
        raise FormError("bad_name")
    language = fields.get("language") or None
    if language is not None and language not in LANGUAGES:
        raise FormError("bad_language")
    wording = fields.get("wording", "")
    if not _WORDING.fullmatch(wording):
        raise FormError("bad_wording")
    return SignUp(email, name or None, language, wording, bool(fields.get("website")))


def _ask(intake: Intake, form: SignUp, language: str, ip: str | None) -> None:
    at = intake.clock().now()
    with intake.write() as connection:
        request_consent(
            connection, form.email, at=at, wording=form.wording, name=form.name, language=language, ip=ip
        )


def _form(language: str, problem: FormError | None = None) -> Response:
    told = None
    if problem is not None:
        key = "unavailable_text" if problem.name == "unavailable" else problem.name
        told = say(key, language, **problem.values)
    typed = problem.typed if problem is not None else {}
    return render(
        "subscribe.html",
        language,
        "subscribe",
        status=problem.status if problem is not None else 200,
        switch=True,
        wording=WORDING,
        problem=told,
        problem_field=problem.name.removeprefix("bad_") if problem is not None else "",
        email=typed.get("email", "")[:254],
        name=typed.get("name", "")[:100],
    )


def _refused(request: Request, problem: FormError, browser: str | None) -> Response:
    language = choose_language(browser)
    key = "unavailable_text" if problem.name == "unavailable" else problem.name
    if not is_json(request):
        return _form(language, problem)
    body = {
        "error": problem.name,
        "message": say(key, "en", **problem.values),
        "message_ja": say(key, "ja", **problem.values),
    }
    retry = {"Retry-After": str(RETRY_AFTER)} if problem.status in (429, 503) else {}
    return JSONResponse(body, problem.status, CORS | retry)


def _network(ip: str | None) -> str:
    """What counts as one place: an IPv4 address, or the /64 that one IPv6 customer has to himself."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return ip or ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
