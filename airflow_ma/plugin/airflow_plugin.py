"""The plugin that Airflow loads. Every Airflow process imports this, so the web app is built on first use."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

PREFIX = "/airflow-ma"

_ENVELOPE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{}" stroke-width="2">'
    '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3 7 9 6 9-6"/></svg>'
)


class _WebApp:
    """The web app, built when the first request comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _built()(scope, receive, send)


@lru_cache(maxsize=1)
def _built() -> FastAPI:
    from airflow_ma.plugin.app import create_app

    return create_app()


def _icon(colour: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(_ENVELOPE.format(colour).encode()).decode()


def _base_path() -> str:
    return urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")


class MarketingAutomationPlugin(AirflowPlugin):
    """Adds the sandbox mailbox to Airflow's web server and to its navigation."""

    name = "airflow_ma"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - as Airflow declares it
        {"app": _WebApp(), "url_prefix": PREFIX, "name": "Marketing automation"}
    ]
    # Without url_route this is a plain link to a tab of its own: inside Airflow's frame, links in mails
    # could not open.
    external_views: list[Any] = [  # noqa: RUF012
        {
            "name": "Mailbox",
            "href": f"{_base_path()}{PREFIX}/mailbox",
            "destination": "nav",
            "nav_top_level": True,
            "icon": _icon("#4a5568"),
            "icon_dark_mode": _icon("#cbd5e0"),
        }
    ]
