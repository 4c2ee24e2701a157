"""A further worker for a step with much to do: it serves the same people, and no one twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from airflow.sdk import BaseOperator, TriggerRule

from airflow_ma.dag.step import StepOperator

if TYPE_CHECKING:
    from airflow_ma.dag.journey import Journey


class ShardOperator(BaseOperator):
    """Does what another task of the DAG does, beside it; the engine hands each contact to one of them."""

    custom_operator_name = "Shares the work / 並行処理"

    def __init__(self, *, shard_of: str, **kwargs: Any) -> None:
        super().__init__(trigger_rule=TriggerRule.ALL_DONE, **kwargs)
        self.shard_of = shard_of

    def execute(self, context: Any) -> dict[str, int]:
        """Its own counts by outcome: what the other workers moved is in theirs."""
        return self.go_on(context, None, {})

    def go_on(self, context: Any, event: Any, so_far: Mapping[str, int]) -> dict[str, int]:
        """What the task had to wait for in the triggerer is over."""
        return StepOperator.serve(cast("StepOperator", self.dag.get_task(self.shard_of)), context, so_far)


def add_shards(journey: Journey) -> None:
    """Give every step that asks for several workers one task for each beyond the first."""
    for step in journey.steps.values():
        number = getattr(step, "shards", 1)
        for n in range(2, number + 1):
            shard = ShardOperator(
                task_id=f"{step.task_id}__shard_{n}",
                task_display_name=f"{step.task_display_name} ({n}/{number})",
                shard_of=step.task_id,
                pool=step.pool,
                queue=step.queue,
                retries=step.retries,
                retry_delay=step.retry_delay,
            )
            for before in step.upstream_task_ids:
                journey.get_task(before) >> shard
            for after in step.downstream_task_ids:
                shard >> journey.get_task(after)
