"""Moves those who finish on an earlier version of a continuous journey, by the ways of that version."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from airflow.sdk import BaseOperator, TriggerRule

from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.program import Program, pinned_program
from airflow_ma.engine.tables import journey_version
from airflow_ma.engine.work import versions_with_work
from airflow_ma.journey.document import document_from_definition
from airflow_ma.journey.problem import JourneyError

if TYPE_CHECKING:
    from airflow_ma.dag.journey import Journey

TASK_ID = "earlier_versions"


class EarlierVersionError(RuntimeError):
    """Some who finish on an earlier version could not go on; everybody else has."""


class EarlierVersionsOperator(BaseOperator):
    """Does for the people of each earlier version what its own steps did when it was the newest one.

    What cannot be done holds back only those it concerns: the others, and the steps of the newest version,
    go on.
    """

    custom_operator_name = "People who finish on an earlier version / 以前のバージョンで完了する人"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trigger_rule=TriggerRule.ALL_DONE, **kwargs)

    def execute(self, context: Any) -> dict[str, dict[str, int]]:
        """Version -> outcome -> people."""
        journey = cast("Journey", self.dag)
        database = open_database()
        newest = journey.program(database)
        with database.read() as connection:
            versions = versions_with_work(connection, newest, now=database.clock().now())
        done: dict[str, dict[str, int]] = {}
        wrong: list[str] = []
        for version in versions:
            moved: Counter[str] = Counter()
            try:
                steps, program = rebuilt(database, newest, version, _file(journey))
            except Exception as error:  # whatever its steps' code says by now
                wrong.append(
                    f"version {version} cannot be built any more: {_why(error)}. "
                    "Install again what its steps need, or move those who finish on it to another step, "
                    "on the journey's page"
                )
                self.log.exception("version %d cannot be built any more", version)
                continue
            for step in steps:
                try:
                    if context["ti"].try_number > 1:
                        step.before_retry(database, program)
                    left = step.move_contacts(database, program, cohort=None, run_id=context["run_id"])
                except Exception as error:  # its people are held there, as at a step of the newest version
                    wrong.append(f"version {version}, step '{step.task_id}': {error}")
                    self.log.exception("version %d, step '%s'", version, step.task_id)
                    continue
                for outcome, people in left.items():
                    self.log.info("version %d, %s: %d %s", version, step.task_id, people, outcome)
                moved.update(left)
            done[str(version)] = dict(moved)
        if wrong:
            raise EarlierVersionError(
                "some who finish on an earlier version are held; everybody else has gone on. "
                + "; ".join(wrong)
            )
        return done


def rebuilt(
    database: Database, newest: Program, version: int, file: Path | None
) -> tuple[list[StepOperator], Program]:
    """The steps of an earlier version in their order, without those that let people in, and its program.

    Raises JourneyError when what it consists of is not installed any more.
    """
    from airflow_ma.dag.load import journey_from_document

    v = journey_version.c
    with database.read() as connection:
        definition = connection.execute(
            sa.select(v.definition).where(v.journey_id == newest.journey_id, v.version == version)
        ).scalar_one()
    journey = journey_from_document(document_from_definition(definition), file)
    steps = [journey.steps[step.id] for step in journey.graph.ordered() if not step.is_entry]
    return steps, pinned_program(newest.journey_id, version, journey.graph, journey.steps)


def _why(error: Exception) -> str:
    if isinstance(error, JourneyError):  # without places: nobody can correct a version that has been
        return "; ".join(problem.message for problem in error.problems)
    return str(error)


def _file(journey: Journey) -> Path | None:
    """Where the journey stands now: templates are beside it."""
    return Path(journey.source.file) if journey.source is not None else None
