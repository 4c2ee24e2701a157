"""What the steps of a journey are called that it has or once had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from airflow_ma.dag.explain import step_title
from airflow_ma.engine.tables import journey_step
from airflow_ma.journey.said import Said

s = journey_step.c


class StepName(NamedTuple):
    """A step's title and kind."""

    title: Said
    kind: str | None


def step_names(connection: sa.Connection, journey_id: int) -> Mapping[str, StepName]:
    """Step id -> what it is called, of every version that ran."""
    rows = connection.execute(sa.select(s.step, s.title, s.kind).where(s.journey_id == journey_id))
    return {row.step: StepName(step_title(*row), row.kind) for row in rows}


def name_of(names: Mapping[str, StepName], step: str) -> StepName:
    """Its id where nothing more is known of it."""
    return names.get(step) or StepName(Said(en=step, ja=step), None)
