"""What several tests of the engine need around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_ma.config import settings


@pytest.fixture
def mails_at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example mails, and nothing that holds one back: what a test moves is moved."""
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(Path(__file__).parents[2] / "dags" / "emails"))
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "")
    monkeypatch.setenv("AIRFLOW_MA_FREQUENCY_CAPS", "")
    settings.cache_clear()
