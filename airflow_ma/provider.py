"""Tells Airflow that this package is installed."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Provider information as ``provider_info.schema.json`` of Airflow wants it."""
    return {
        "package-name": "airflow-ma",
        "name": "Marketing automation",
        "description": "Journeys of contacts as DAGs: emails, waits for reactions, splits and sales alerts.",
        "versions": [version("airflow-ma")],
    }
