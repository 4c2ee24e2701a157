"""Reading a journey's graph off its DAG: steps are tasks, outcomes are edge labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_ma.journey.model import Edge, JourneyGraph

if TYPE_CHECKING:
    from airflow_ma.dag.journey import Journey
    from airflow_ma.dag.step import StepOperator

SEPARATOR = "|"
"""Two outcomes that lead to the same step share one label: ``Label("opened | not_opened")``."""


def graph_of(journey: Journey) -> JourneyGraph:
    """The plain graph; Airflow tasks that are no steps of ours are left out."""
    steps = journey.steps
    edges: list[Edge] = []
    for task_id, task in steps.items():
        for target in sorted(task.downstream_task_ids):
            if target not in steps:
                continue
            label = journey.get_edge_info(task_id, target).get("label")
            for outcome in outcomes_in(label):
                edges.append(Edge(task_id, outcome or _usual(task), target, task.source))
    return JourneyGraph(
        key=journey.dag_id,
        title=journey.dag_display_name,
        mode=journey.mode,
        steps=tuple(task.node() for task in steps.values()),
        edges=tuple(edges),
        goal=journey.goal,
        source=journey.source,
    )


def _usual(step: StepOperator) -> str | None:
    """What an edge without a label stands for: the only outcome that must lead somewhere."""
    required = [outcome for outcome in step.outcomes if outcome not in step.optional_outcomes]
    return required[0] if len(required) == 1 else None


def outcomes_in(label: str | None) -> list[str | None]:
    """The outcomes an edge label names; ``[None]`` for an edge without a label."""
    names: list[str | None] = [name.strip() for name in (label or "").split(SEPARATOR) if name.strip()]
    return names or [None]
