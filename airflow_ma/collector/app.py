"""The collector: a public web app of its own that takes in what people do with mails and pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from airflow_ma.channels.links import LinkSigner
from airflow_ma.collector.intake import LOCK_WAIT, Intake
from airflow_ma.collector.mail import mail_routes
from airflow_ma.collector.pages import RETRY_AFTER, unknown_link
from airflow_ma.collector.preferences import preference_routes
from airflow_ma.collector.site import site_routes
from airflow_ma.collector.subscribe import subscribe_routes
from airflow_ma.collector.webhook import webhook_routes
from airflow_ma.config import settings
from airflow_ma.engine.database import Database, DatabaseError

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 900
"""Beyond these it answers 503 at once: a process may usually have 1,024 files open, and memory has an end."""


def create_app(database: Database | None = None) -> Starlette:
    """The ASGI app. Without ``database`` it opens the installation's own, which may come up later."""
    intake = Intake(database or collector_database(settings().database), LinkSigner.from_settings())

    def health(request: Request) -> Response:
        try:
            intake.database.check_schema()
        except DatabaseError as error:
            log.warning("not healthy: %s", error)
            body = {"status": "unavailable", "reason": _public_reason(intake.database, error)}
            return JSONResponse(body, 503, {"Cache-Control": "no-store", "Retry-After": str(RETRY_AFTER)})
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(intake.start)
        yield
        await run_in_threadpool(intake.close)

    routes = [
        *mail_routes(intake),
        *preference_routes(intake),
        *subscribe_routes(intake),
        *site_routes(intake),
        *webhook_routes(intake),
        Route("/healthz", health),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: lambda *_: unknown_link()})
    app.router.redirect_slashes = (
        False  # a bad link leads nowhere, and an unsubscribe POST must not be sent on
    )
    return app


def serve(host: str, port: int) -> None:
    """Run the collector until it is told to end. Raises DatabaseError when the database is not ready."""
    database = collector_database(settings().database)
    database.check_schema()
    # No access log: it would hold tokens, and each of those stands for a person.
    uvicorn.run(
        create_app(database),
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        forwarded_allow_ips=settings().trusted_proxies,
    )
    database.dispose()


def collector_database(url: str) -> Database:
    """A database that says so within seconds when it is locked or away."""
    database = Database(url)
    sa.event.listen(database.engine, "connect", _wait_briefly_sqlite if database.is_sqlite else _wait_briefly)
    if not database.is_sqlite:
        sa.event.listen(database.engine, "do_connect", _connect_briefly)
    return database


def _wait_briefly_sqlite(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={LOCK_WAIT * 1000}")
    connection.execute("PRAGMA synchronous=FULL")  # what was answered "taken" survives a power cut, too


def _wait_briefly(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = '{LOCK_WAIT}s'")
    connection.commit()


def _connect_briefly(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
    parameters.setdefault("connect_timeout", LOCK_WAIT)


def _public_reason(database: Database, error: DatabaseError) -> str:
    """Everybody can read this, so it names no host and no folder; the log does."""
    if error.__cause__ is not None:
        return "the database cannot be used; the collector's log says why"
    path = database.engine.url.database or ""
    return str(error).replace(path, Path(path).name) if database.is_sqlite and path else str(error)
