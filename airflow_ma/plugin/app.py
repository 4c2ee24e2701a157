"""The web app that Airflow's web server mounts: routes, and what a caller sees when something is wrong."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from airflow_ma.engine.database import DatabaseError
from airflow_ma.plugin import mailbox_api, mailbox_pages, sending_api, sending_pages, ui_bundle
from airflow_ma.plugin.access import Refused, login_url
from airflow_ma.plugin.page import page

log = logging.getLogger(__name__)


def create_app() -> FastAPI:
    """The app. Its documentation pages are off: they would be open to everybody."""
    app = FastAPI(title="Marketing automation", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(mailbox_api.router)
    app.include_router(mailbox_pages.router)
    app.include_router(sending_api.router)
    app.include_router(sending_pages.router)
    app.include_router(ui_bundle.router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DatabaseError, _no_database)
    app.add_exception_handler(OperationalError, _no_database)
    return app


def _for_program(request: Request) -> bool:
    return request.url.path.removeprefix(request.scope["root_path"]).startswith("/api/")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    if _for_program(request):
        return await http_exception_handler(request, error)
    if error.status_code == 401 or (error.status_code == 403 and not isinstance(error, Refused)):
        return RedirectResponse(
            login_url(request), status_code=303
        )  # no login, or one that is not valid any more
    if isinstance(error, Refused):
        return page(request, "message.html", status=403, message=error.message)
    return page(request, "message.html", status=error.status_code, message=str(error.detail))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    if _for_program(request):
        return await request_validation_exception_handler(request, error)
    return page(request, "message.html", status=400, message="invalid")


async def _no_database(request: Request, error: Exception) -> Response:
    told = str(error) if isinstance(error, DatabaseError) else None
    # The text of any other error would quote the values of the statement: names and addresses.
    reason = told or str(getattr(error, "orig", ""))
    log.error("the web pages cannot use the database of airflow_ma: %s", reason)
    if _for_program(request):
        return JSONResponse({"detail": told or "the database does not answer; try again"}, status_code=503)
    return page(request, "message.html", status=503, message="no_database", detail=told)
