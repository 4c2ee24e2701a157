"""The web app that Airflow's web server mounts: routes, and what a caller is told when something is wrong."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy import exc
from starlette.exceptions import HTTPException

from airflow_ma.channels.explained.sentences import explained
from airflow_ma.engine.database import DatabaseError
from airflow_ma.journey.said import Said
from airflow_ma.plugin import addresses, me_api, ui_bundle
from airflow_ma.plugin.access import Refused
from airflow_ma.plugin.api_errors import ERRORS, ApiError, answer_api_error
from airflow_ma.plugin.body_limit import BodyLimit
from airflow_ma.plugin.canvas import (
    catalogue_api,
    check_api,
    contacts_api,
    gallery_api,
    templates_api,
    text_api,
    trial_mail_api,
    try_api,
    vocabulary_api,
)
from airflow_ma.plugin.journeys import api as journeys_api
from airflow_ma.plugin.mail import mailbox_api, sending_api
from airflow_ma.plugin.publish import api as changes_api
from airflow_ma.plugin.texts import (
    FAILED,
    INVALID,
    NO_DATABASE,
    NO_DATABASE_BECAUSE,
    NO_LOGIN,
    NOT_FOUND,
    OTHER,
    REFUSED,
    TOO_LARGE,
)
from airflow_ma.plugin.watch import api as watch_api
from airflow_ma.plugin.watch import by_hand_api, health_api, life_api

MOST_FAULTS = 3
"""Faults of one request that are told."""
log = logging.getLogger(__name__)


def create_app() -> FastAPI:
    """The app. Its documentation pages are off: they would be open to everybody."""
    app = FastAPI(title="Marketing automation", docs_url=None, redoc_url=None, openapi_url=None)
    for part in (
        me_api,
        catalogue_api,
        journeys_api,
        changes_api,
        life_api,
        watch_api,
        by_hand_api,
        gallery_api,
        check_api,
        text_api,
        try_api,
        vocabulary_api,
        templates_api,
        trial_mail_api,
        contacts_api,
        mailbox_api,
        sending_api,
        health_api,
        addresses,
        ui_bundle,
    ):
        app.include_router(part.router, responses=ERRORS)
    app.add_exception_handler(ApiError, answer_api_error)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DatabaseError, _no_database)
    # It is gone, it is without tables, it has no connection left.
    for unusable in (
        exc.OperationalError,
        exc.ProgrammingError,
        exc.TimeoutError,
    ):
        app.add_exception_handler(unusable, _no_database)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(BodyLimit)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    if isinstance(error, Refused):
        return await _answer(request, 403, "refused", REFUSED[error.message])
    # Airflow answers 403 to a login that has expired: to the reader that is the same as none.
    if error.status_code in (401, 403):
        return await _answer(request, 401, "no_login", NO_LOGIN)
    if error.status_code == 404:
        return await _answer(request, 404, "not_found", NOT_FOUND)
    if error.status_code == 413:
        return await _answer(request, 413, "invalid", TOO_LARGE)
    return await _answer(request, error.status_code, "invalid", OTHER.filled(told=error.detail))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    # Without the values: they may be names and addresses.
    faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:MOST_FAULTS]]
    return await _answer(request, 422, "invalid", INVALID.filled(where="; ".join(faults)))


async def _no_database(request: Request, error: Exception) -> Response:
    told = str(error) if isinstance(error, DatabaseError) else None
    # The text of any other error would quote the values of the statement: names and addresses.
    log.error("the API cannot use the database of airflow_ma: %s", told or getattr(error, "orig", ""))
    said = NO_DATABASE_BECAUSE.filled(told=explained(told)) if told else NO_DATABASE
    return await _answer(request, 503, "no_database", said)


async def _failed(request: Request, error: Exception) -> Response:
    # The web server logs the error itself.
    return await _answer(request, 500, "failed", FAILED)


async def _answer(request: Request, status: int, code: str, said: Said) -> Response:
    return await answer_api_error(request, ApiError(status, code, said.en, said.ja))
