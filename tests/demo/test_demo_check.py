"""The whole product at once: `make demo-check` in real Airflow, with real requests, to its verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(540)
def test_every_contact_gets_through_both_campaigns_and_the_numbers_add_up() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-m", "airflow_ma.demo", "check"],
        cwd=ROOT,
        env=environment | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything adds up" in done.stdout
