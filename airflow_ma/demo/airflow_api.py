"""Airflow's public API and the sandbox mailbox, as the demo uses them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx

PAGE = 100
ATTEMPTS = 5


class AirflowApi:
    """A signed-in client of one Airflow. Raises httpx.HTTPError when a call fails."""

    def __init__(self, url: str, *, user: str = "admin", password: str = "admin") -> None:  # noqa: S107 - the demo's
        self._client = httpx.Client(base_url=url, timeout=30.0, trust_env=False)
        self._credentials = {"username": user, "password": password}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def is_healthy(self) -> bool:
        """Whether the API answers and scheduler, triggerer and dag processor have reported."""
        try:
            health = self._client.get("/api/v2/monitor/health").raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return False
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return all((health.get(part) or {}).get("status") == "healthy" for part in parts)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON answer to a question; asks again when a busy Airflow fails to answer."""
        for pause in (1.0, 2.0, 4.0):
            try:
                return self._call("GET", path, params=params)
            except httpx.TransportError:
                time.sleep(pause)
            except httpx.HTTPStatusError as error:
                if error.response.status_code < 500:
                    raise
                time.sleep(pause)
        return self._call("GET", path, params=params)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._client.request(method, path, **arguments)
        if response.status_code == 401:
            token = self._client.post("/auth/token", json=self._credentials).raise_for_status().json()
            self._client.headers["Authorization"] = f"Bearer {token['access_token']}"
            response = self._client.request(method, path, **arguments)
        return response.raise_for_status().json()

    def has_dag(self, dag_id: str) -> bool:
        """Whether Airflow has loaded this DAG."""
        try:
            self.get(f"/api/v2/dags/{dag_id}")
        except httpx.HTTPStatusError as error:
            if error.response.status_code == 404:
                return False
            raise
        return True

    def run_once(self, dag_id: str) -> bool:
        """Start a run of the DAG unless it has ever had one; whether one was started."""
        runs = f"/api/v2/dags/{dag_id}/dagRuns"
        for attempt in range(1, ATTEMPTS + 1):
            # Asked again each time: a failed answer does not mean that there is no run.
            if self.get(runs, limit=1)["total_entries"]:
                return attempt > 1
            try:
                self._call("POST", runs, json={"logical_date": None})
            except httpx.HTTPError as error:  # no answer in time, too: it may have been started all the same
                refused = isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500
                if refused or attempt == ATTEMPTS:
                    raise
                time.sleep(2.0)
            else:
                break
        return True

    def runs(self, dag_id: str = "~", **filters: Any) -> list[dict[str, Any]]:
        """Runs of one DAG or of all."""
        return list(self._all(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs", filters))

    def task_instances(self, **filters: Any) -> list[dict[str, Any]]:
        """Task instances of all runs."""
        return list(self._all("/api/v2/dags/~/dagRuns/~/taskInstances", "task_instances", filters))

    def import_errors(self) -> list[dict[str, Any]]:
        """Files in the dags folder that Airflow could not load."""
        return list(self._all("/api/v2/importErrors", "import_errors", {}))

    def _all(self, path: str, key: str, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            found = self.get(path, **filters, limit=PAGE, offset=offset, order_by="id")
            yield from found[key]
            offset += PAGE
            if offset >= found["total_entries"]:
                return

    def mails(self) -> Iterator[dict[str, Any]]:
        """Every mail in the sandbox mailbox, by message id."""
        after = 0
        while True:
            found = self.get("/airflow-ma/api/mailbox", after=after, limit=PAGE)
            yield from found["mails"]
            if len(found["mails"]) < PAGE:
                return
            after = found["next_after"]
