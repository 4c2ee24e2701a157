"""The plugin that Airflow loads. Every Airflow process imports this, so the web app is built on first use."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from airflow_ma.plugin.connection_test import PortlessConnectionTest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

PREFIX = "/airflow-ma"

_ENVELOPE = '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3 7 9 6 9-6"/>'
_PAPER_PLANE = '<path d="M21 3 3 10.5l7 3.5 3.5 7z"/><path d="M21 3 10 14"/>'


class _WebApp:
    """The web app, built when the first request comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _built()(scope, receive, send)


@lru_cache(maxsize=1)
def _built() -> FastAPI:
    from airflow_ma.plugin.app import create_app

    return create_app()


def _icon(drawing: str, colour: str) -> str:
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
        f'stroke-width="2" stroke-linejoin="round">{drawing}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _door(name: str, page: str, drawing: str) -> dict[str, Any]:
    """One entry of the navigation, which leads to a page of ours: see doors.js."""
    asked = urlencode({"page": page, "name": name})
    return {
        "name": name,
        "bundle_url": f"{_base_path()}{PREFIX}/doors.js?{asked}",
        "url_route": f"airflow-ma-{page}",
        "destination": "nav",
        "nav_top_level": True,
        "icon": _icon(drawing, "#4a5568"),
        "icon_dark_mode": _icon(drawing, "#cbd5e0"),
    }


def _base_path() -> str:
    return urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")


class MarketingAutomationPlugin(AirflowPlugin):
    """Adds the sandbox mailbox and the state of sending to Airflow's web server and to its navigation."""

    name = "airflow_ma"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - as Airflow declares it
        {"app": _WebApp(), "url_prefix": PREFIX, "name": "Marketing automation"}
    ]
    fastapi_root_middlewares: list[Any] = [  # noqa: RUF012
        {"middleware": PortlessConnectionTest, "name": "Test button of connections without a port"}
    ]
    react_apps: list[Any] = [  # noqa: RUF012
        # Airflow cannot translate these names, and cuts long ones off.
        _door("Mail 受信箱", "mailbox", _ENVELOPE),
        _door("Send 配信", "sending", _PAPER_PLANE),
    ]
