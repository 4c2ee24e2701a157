"""In a real Airflow a one-off journey starts only when a second person has said yes to Airflow's question."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from airflow_ma.dag.launch_approval import APPROVE, DECLINE
from airflow_ma.demo.airflow_api import AirflowApi
from airflow_ma.demo.campaigns import ONE_OFF, known_progress
from airflow_ma.demo.environment import Place, Ports
from airflow_ma.demo.run import Demo, running
from airflow_ma.engine.changes.audit import read_audit

ROOT = Path(__file__).parents[2]
RUNS = f"/api/v2/dags/{ONE_OFF}/dagRuns"
READING_SECONDS = 8.0
"""Nobody answers at once. Airflow would lose such an answer, and the task would ask again."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(840)]


class CarefulPlace(Place):
    """A demo of a company in which a second person approves every start."""

    def prepare(self) -> None:
        super().prepare()
        self._passwords.write_text(json.dumps({name: name for name in ("admin", "second", "viewer")}))

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        users = "admin:admin,second:admin,viewer:viewer"
        return super().environment(environ) | {
            "AIRFLOW_MA_APPROVAL": "always",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        }


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo has started its one-off campaign, as admin."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
            patch.delenv(name)
        with running(CarefulPlace(ROOT, tmp_path / "demo", Ports.free(), 20.0)) as demo:
            yield demo


def test_a_start_waits_for_a_second_person(demo: Demo) -> None:
    admin, second, viewer = (_client(demo, name) for name in ("admin", "second", "viewer"))
    (first,) = demo.api.runs(ONE_OFF)
    question = _question(admin, first["dag_run_id"])
    assert ONE_OFF in question["body"]
    assert "admin" in question["body"]
    assert _entered(demo) == 0

    with pytest.raises(httpx.HTTPStatusError) as refused:
        _answer(viewer, first["dag_run_id"], APPROVE)
    assert refused.value.response.status_code == 403

    _answer(admin, first["dag_run_id"], APPROVE)  # who started it
    _question(admin, first["dag_run_id"])
    assert admin.get(f"{RUNS}/{first['dag_run_id']}/taskInstances/approval")["try_number"] == 1
    assert _entered(demo) == 0

    _answer(second, first["dag_run_id"], DECLINE)
    _until(lambda: _state(admin, first["dag_run_id"]) == "success", "the declined run did not end")
    tasks = admin.get(f"{RUNS}/{first['dag_run_id']}/taskInstances")["task_instances"]
    assert {task["state"] for task in tasks if task["task_id"] != "approval"} == {"skipped"}
    assert _entered(demo) == 0

    again = admin._call("POST", RUNS, json={"logical_date": None})["dag_run_id"]
    _question(admin, again)
    _answer(second, again, APPROVE)
    _until(lambda: _entered(demo) > 0, "nobody entered after the approval")
    with demo.database.read() as connection:
        lines = read_audit(connection, ONE_OFF, limit=10)[::-1]
    assert [(line.action, line.by) for line in lines] == [
        ("start_asked", "admin"),
        ("start_declined", "second"),
        ("start_asked", "admin"),
        ("start_approved", "second"),
    ]
    assert lines[-1].people == _entered(demo)


def _client(demo: Demo, user: str) -> AirflowApi:
    return AirflowApi(demo.place.url("airflow"), user=user, password=user)


def _question(api: AirflowApi, run: str) -> Any:
    """What is asked of a second person, once the run waits for the answer."""
    task = f"{RUNS}/{run}/taskInstances/approval"
    _until(lambda: api.get(task)["state"] == "awaiting_input", "nobody was asked")
    question = api.get(f"{task}/-1/hitlDetails")
    assert question["response_received"] is False
    assert question["options"] == [APPROVE, DECLINE]
    return question


def _answer(api: AirflowApi, run: str, option: str) -> None:
    time.sleep(READING_SECONDS)
    path = f"{RUNS}/{run}/taskInstances/approval/-1/hitlDetails"
    api._call("PATCH", path, json={"chosen_options": [option], "params_input": {}})


def _state(api: AirflowApi, run: str) -> str:
    return str(api.get(f"{RUNS}/{run}")["state"])


def _entered(demo: Demo) -> int:
    with demo.database.read() as connection:
        progress = known_progress(connection).get(ONE_OFF)
    return progress.entered if progress else 0


def _until(holds: Callable[[], bool], complaint: str) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, complaint
        time.sleep(0.5)
