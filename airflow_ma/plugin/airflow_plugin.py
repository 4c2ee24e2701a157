"""The plugin that Airflow loads. Every Airflow process imports this, so the web app is built on first use."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from airflow_ma.plugin import ui_bundle
from airflow_ma.plugin.connection_test import PortlessConnectionTest
from airflow_ma.plugin.extra_links import NAV_ROUTE, JourneyLink, base_path

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

PREFIX = "/airflow-ma"

NAME = "Journeys"
"""In Airflow's navigation and tabs, which cut long names off and cannot translate them."""
_FLOW = (
    '<circle cx="5" cy="12" r="2.5"/><circle cx="19" cy="6" r="2.5"/><circle cx="19" cy="18" r="2.5"/>'
    '<path d="M7.5 12h3c2 0 2-6 6-6M10.5 12c2 0 2 6 6 6"/>'
)


class _WebApp:
    """The web app, built when the first request comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _built()(scope, receive, send)


@lru_cache(maxsize=1)
def _built() -> FastAPI:
    from airflow_ma.plugin.app import create_app

    return create_app()


def _icon(line: str, rim: str) -> str:
    # The rim keeps the lines visible on the entry that is chosen, whose ground Airflow changes.
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-linejoin="round">'
        f'<g stroke="{rim}" stroke-width="4.5">{_FLOW}</g>'
        f'<g stroke="{line}" stroke-width="2">{_FLOW}</g></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _page(destination: str, url_route: str) -> dict[str, Any]:
    """One place of Airflow's pages where ours are shown; all of them come from the same script."""
    return {
        # The same name everywhere: Airflow finds the component of a script that is loaded by it.
        "name": NAME,
        "bundle_url": f"{base_path()}{PREFIX}{ui_bundle.ROUTE}?v={ui_bundle.version()}",
        "url_route": url_route,
        "destination": destination,
        "nav_top_level": destination == "nav",
        "icon": _icon("#4a5568", rim="#dbe7f5"),
        "icon_dark_mode": _icon("#e2e8f0", rim="#22345c"),
    }


class MarketingAutomationPlugin(AirflowPlugin):
    """Adds our pages to Airflow's navigation, DAGs, runs and tasks, and their API to its web server."""

    name = "airflow_ma"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - as Airflow declares it
        {"app": _WebApp(), "url_prefix": PREFIX, "name": "Marketing automation"}
    ]
    fastapi_root_middlewares: list[Any] = [  # noqa: RUF012
        {"middleware": PortlessConnectionTest, "name": "Test button of connections without a port"}
    ]
    operator_extra_links: list[Any] = [JourneyLink()]  # noqa: RUF012
    react_apps: list[Any] = [  # noqa: RUF012
        _page("nav", NAV_ROUTE),
        # Airflow drops a second entry of the same route.
        _page("dag", "airflow-ma-journey"),
        _page("dag_run", "airflow-ma-journey-run"),
        _page("task_instance", "airflow-ma-journey-step"),
    ]
