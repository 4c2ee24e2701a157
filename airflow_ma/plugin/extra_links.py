"""From Airflow's page of a task to our canvas: the step there, and what the run did."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from airflow.configuration import conf
from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk.types import TaskInstanceKey

NAV_ROUTE = "airflow-ma-journeys"
log = logging.getLogger(__name__)


def base_path() -> str:
    """The path under which this Airflow is reached; empty for none."""
    return urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")


class JourneyLink(BaseOperatorLink):
    """A button on each task that is a step of a journey, whether it has run or not.

    As a link of the plugin it is made by Airflow's web server. Those of an operator itself are left behind by
    a worker when it has run the task: skipped and waiting tasks would have none.
    """

    name = "Journey / ジャーニー"
    """In both languages: Airflow cannot translate it."""

    @cached_property
    def operators(self) -> list[Any]:  # type: ignore[override]
        """The kinds of step. Looked up when the first DAG is read: every Airflow process imports plugins."""
        from airflow_ma.dag.catalogue import step_kinds

        try:
            return list(step_kinds().values())
        except Exception as error:  # a step of another package: no reason to show no DAG at all
            log.warning("tasks get no link to their journey: the kinds of step cannot be read (%s)", error)
            return []

    def get_link(self, operator: Any, *, ti_key: TaskInstanceKey) -> str:
        """The canvas with that step and run chosen, relative to the server."""
        chosen = urlencode({"step": ti_key.task_id, "run": ti_key.run_id}, quote_via=quote)
        return f"{base_path()}/plugin/{NAV_ROUTE}#/journeys/{quote(ti_key.dag_id, safe='')}?{chosen}"
