"""Serves the built pages to Airflow's web page; they hold no data, so they need no login."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

FILE = Path(__file__).parent / "bundle" / "journeys.js"
ROUTE = "/journeys.js"

_NOT_BUILT = """\
globalThis.AirflowPlugin = () => globalThis.React.createElement(
  "p", { style: { padding: "2rem" } },
  "The pages of airflow_ma are not built. In a checkout: run make setup. / " +
  "airflow_ma の画面がビルドされていません。チェックアウトで make setup を実行してください。",
);
"""

router = APIRouter()


@router.get(ROUTE, response_class=Response)
def bundle() -> Response:
    """The pages as one script; a page that says so when they are not built."""
    if not FILE.exists():
        return Response(_NOT_BUILT, media_type="text/javascript", headers={"Cache-Control": "no-store"})
    # Its address carries its version: it can be kept for good.
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(FILE, media_type="text/javascript", headers=kept)


@lru_cache(maxsize=1)
def version() -> str:
    """Short digest of the built pages, for their address; "none" when they are not built."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:12] if FILE.exists() else "none"
