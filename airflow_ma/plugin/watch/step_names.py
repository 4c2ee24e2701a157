"""What the steps of a journey are called that it has or once had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from airflow_ma.dag.explain import step_title
from airflow_ma.engine.tables import journey, journey_step
from airflow_ma.journey.said import Said

j, s = journey.c, journey_step.c


class StepName(NamedTuple):
    """A step's title and kind, and whether the newest version has it."""

    title: Said
    kind: str | None
    in_newest: bool


def step_names(connection: sa.Connection, journey_id: int) -> Mapping[str, StepName]:
    """Step id -> what it is called, of every version that ran."""
    of_newest = s.version == sa.select(j.version).where(j.id == journey_id).scalar_subquery()
    query = sa.select(s.step, s.title, s.kind, of_newest.label("in_newest")).where(s.journey_id == journey_id)
    return {
        step: StepName(step_title(step, title, kind), kind, in_newest)
        for step, title, kind, in_newest in connection.execute(query)
    }


def name_of(names: Mapping[str, StepName], step: str) -> StepName:
    """Its id where nothing more is known of it."""
    return names.get(step) or StepName(Said(en=step, ja=step), None, in_newest=False)
