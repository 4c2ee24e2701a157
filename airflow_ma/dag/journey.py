"""``Journey``: an Airflow DAG whose tasks are the steps of a journey."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self, cast

import pendulum
from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable

from airflow_ma.config import settings
from airflow_ma.dag.declaration import caller
from airflow_ma.dag.earlier_versions import TASK_ID as EARLIER_VERSIONS
from airflow_ma.dag.earlier_versions import EarlierVersionsOperator
from airflow_ma.dag.goal import read_goal
from airflow_ma.dag.graph import graph_of
from airflow_ma.dag.launch_approval import ask_before_entries
from airflow_ma.dag.run_tasks import FailureWatch, PlanOperator
from airflow_ma.dag.shard import ShardOperator, add_shards
from airflow_ma.dag.step import StepOperator, StepSensor
from airflow_ma.dag.work_trigger import WorkTrigger
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program, load_program
from airflow_ma.engine.steps import EnteringStep
from airflow_ma.journey.checks import find_problems
from airflow_ma.journey.model import JourneyGraph, Mode, Source
from airflow_ma.journey.problem import JourneyError, Problem

SAFETY_NET = "7 * * * *"
"""Work starts runs by itself within seconds; this cron is there for the day the triggerer is down."""


building = threading.RLock()
"""Held while steps are made. Airflow keeps the DAG whose ``with`` block is open in one place for all threads:
steps that another one makes meanwhile would end up in it."""

_collected: ContextVar[list[Journey] | None] = ContextVar("collected", default=None)


@contextmanager
def collecting() -> Iterator[list[Journey]]:
    """The journeys that are completed meanwhile, whatever name a file gives them."""
    found: list[Journey] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


class Journey(DAG):
    """A campaign. Use it like a DAG: ``with Journey("sale", title="Sale") as journey: ...``.

    ``continuous``: people enter all the time, and short runs move those who are ready. ``one_off``: each
    run carries one cohort from start to end, and its sensors wait in the triggerer. ``goal`` says what counts
    as a conversion: an event condition such as ``{"event": "order.completed", "within": "14 days"}``. Leaving
    the ``with`` block checks the journey and raises JourneyError with every problem found.
    """

    mode: Mode
    source: Source | None
    goal: dict[str, Any] | None
    """The event condition that counts as a conversion, as JSON."""

    def __init__(
        self,
        key: str,
        *,
        title: str | None = None,
        mode: Mode = "continuous",
        start_date: datetime | None = None,
        safety_net: str = SAFETY_NET,
        goal: Mapping[str, Any] | None = None,
        tags: Collection[str] = (),
        default_args: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if mode not in ("continuous", "one_off"):
            values = {"mode": mode}
            raise JourneyError(
                [Problem.told(rule="invalid", case="invalid-mode", source=caller(), values=values)]
            )
        read = read_goal(goal, key, caller())
        if mode == "continuous":
            kwargs.setdefault("schedule", _when_there_is_work(key, safety_net))
        else:
            kwargs.setdefault("schedule", None)
        super().__init__(
            dag_id=key,
            dag_display_name=title or key,
            start_date=start_date or pendulum.datetime(2026, 1, 1, tz="UTC"),
            catchup=False,
            max_active_runs=1,
            tags={"journey", mode, *tags},
            default_args={"retries": 2, "retry_delay": timedelta(seconds=15), **(default_args or {})},
            **kwargs,
        )
        self.mode = mode
        self.goal = read
        self.source = caller()

    @property
    def steps(self) -> dict[str, StepOperator]:
        """The steps by task id, without Airflow tasks of other kinds."""
        return {task.task_id: task for task in self.tasks if isinstance(task, StepOperator)}

    @property
    def entries(self) -> dict[str, EnteringStep]:
        """The steps that bring people in, by task id."""
        return {key: cast("EnteringStep", step) for key, step in self.steps.items() if step.is_entry}

    @cached_property
    def graph(self) -> JourneyGraph:
        """The journey as plain data."""
        return graph_of(self)

    def program(self, database: Database) -> Program:
        """The journey ready to run on this database."""
        return load_program(database, self.graph, self.steps)

    def cohort(self, context: Any) -> str | None:
        """Whom this run is about: its own cohort in a one-off campaign, everybody in a continuous one."""
        return str(context["run_id"]) if self.mode == "one_off" else None

    def __enter__(self) -> Self:
        building.acquire()
        super().__enter__()
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        try:
            if error is None:
                self._complete()
        finally:
            super().__exit__(kind, error, traceback)  # type: ignore[no-untyped-call]
            building.release()

    def _complete(self) -> None:
        problems = [p for p in find_problems(self.graph) if p.severity == "error"]
        if problems:
            raise JourneyError(problems)
        if self.mode == "one_off" and settings().approval_above is not None:
            ask_before_entries(self)
        add_shards(self)
        steps = list(self.steps.values())
        if self.mode == "one_off":
            for step in steps:
                if isinstance(step, StepSensor):
                    step.wait_in_triggerer()
        else:
            plan = PlanOperator(task_id="plan", task_display_name="Plan / 準備")
            shards = [task for task in self.tasks if isinstance(task, ShardOperator)]
            for first in (*steps, *shards):
                if not any(t in self.steps for t in first.upstream_task_ids):
                    plan >> first
            plan >> EarlierVersionsOperator(
                task_id=EARLIER_VERSIONS, task_display_name="Earlier versions / 以前のバージョン"
            )
        watch = FailureWatch(task_id="watch", task_display_name="All well? / 失敗の確認")
        for task in self.leaves:
            if task is not watch:
                task >> watch
        found = _collected.get()
        if found is not None:
            found.append(self)


def _when_there_is_work(key: str, safety_net: str) -> AssetOrTimeSchedule:
    watcher = AssetWatcher(name=f"airflow_ma_work_{key}", trigger=WorkTrigger(journey=key))
    return AssetOrTimeSchedule(
        timetable=CronTriggerTimetable(safety_net, timezone="UTC"),
        assets=[Asset(name=f"airflow_ma_work_{key}", watchers=[watcher])],
    )
