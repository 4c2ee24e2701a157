"""Short addresses that mails, docs and the command line name: they lead to our pages in Airflow."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from airflow_ma.plugin.airflow_plugin import PREFIX
from airflow_ma.plugin.extra_links import NAV_ROUTE

router = APIRouter(include_in_schema=False)


@router.get("/")
def start(request: Request) -> Response:
    """The plugin's own address."""
    return _to(request, "journeys")


@router.get("/journeys/{key}")
def journey(request: Request, key: str, run: str | None = None) -> Response:
    """One journey, with the numbers of one run if it is named: from where its start is approved."""
    only = f"?{urlencode({'run': run}, quote_via=quote)}" if run is not None else ""
    return _to(request, f"journeys/{quote(key, safe='')}{only}")


@router.get("/mailbox")
def mailbox(request: Request) -> Response:
    """The sandbox mailbox."""
    return _to(request, "mailbox")


@router.get("/mailbox/{message_id}")
def mail(request: Request, message_id: int) -> Response:
    """One mail of it."""
    return _to(request, f"mailbox/{message_id}")


@router.get("/sending")
def sending(request: Request) -> Response:
    """How sending goes."""
    return _to(request, "sending")


@router.get("/health")
def health(request: Request) -> Response:
    """Whether all is well; alarms name it."""
    return _to(request, "health")


def _to(request: Request, page: str) -> Response:
    # Which of our pages it is stands behind the #: Airflow would mount them anew at every change of the path.
    base = request.scope["root_path"].removesuffix(PREFIX)
    return RedirectResponse(f"{base}/plugin/{NAV_ROUTE}#/{page}", status_code=307)
