"""Running one measurement in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import discard

_CHECKOUT = Path(__file__).parent.parent
_home: list[str] = []


class MeasurementError(RuntimeError):
    """The measuring process failed; says what it said."""


def live_in(folder: Path) -> None:
    """Keep what Airflow and airflow_ma write at import out of the user's own homes."""
    _home[:] = [str(folder)]


def measure(task: str, *, database_url: str | None = None, **given: Any) -> Any:
    """The result of a task of ``bench.measure``. ``database_url``: the installation's, for that process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW_MA_", "AIRFLOW__"))}
    environment |= {"AIRFLOW_HOME": _home[0], "AIRFLOW_MA_HOME": f"{_home[0]}/airflow_ma"}
    environment["AIRFLOW__CORE__LOAD_EXAMPLES"] = "false"
    environment |= {
        "AIRFLOW_MA_CHANNEL": discard.NAME,
        "AIRFLOW_MA_COLLECTOR_URL": "https://mail.shop.example",
        "AIRFLOW_MA_SENDER_NAME": "Bench Shop",
        "AIRFLOW_MA_SENDER_EMAIL": "shop@shop.example",
        "AIRFLOW_MA_POSTAL_ADDRESS": "1-1 Chiyoda, Tokyo",
    }
    if database_url is not None:
        environment["AIRFLOW_MA_DATABASE_URL"] = database_url
    done = subprocess.run(
        [sys.executable, "-m", "bench.measure", json.dumps({"task": task, **given})],
        check=False,
        capture_output=True,
        text=True,
        cwd=_CHECKOUT,
        env=environment,
    )
    if done.returncode:
        raise MeasurementError(f"'{task}' failed ({given}):\n{done.stderr.strip()[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])
