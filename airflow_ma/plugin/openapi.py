"""Writes the description of our API, of which the pages make their types.

``python -m airflow_ma.plugin.openapi`` writes ``ui/openapi.json``; ``npm run api`` in ``ui/`` then writes
``src/api/schema.ts``. Tests fail when either is out of date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "ui" / "openapi.json"


def description() -> dict[str, Any]:
    """The routes under /api and the models they use, as OpenAPI 3.1."""
    from airflow_ma.plugin.app import create_app

    found = create_app().openapi()
    found["paths"] = {path: what for path, what in found["paths"].items() if path.startswith("/api/")}
    return found


def as_text(found: dict[str, Any]) -> str:
    """How it is written to the file."""
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(description()), encoding="utf-8")
