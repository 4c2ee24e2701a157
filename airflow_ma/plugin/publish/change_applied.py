"""Following the rules of a change right after it was published, and writing down what came of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from airflow_ma.dag.journey import Journey
from airflow_ma.engine.changes.applying import apply_rules, concerned
from airflow_ma.engine.changes.audit import correct_audit
from airflow_ma.engine.changes.rules import open_rules
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import enrollment
from airflow_ma.plugin.publish.models import Relocated

APPLY_SECONDS = 5.0
"""Of a request, for those whom the change is about; hundreds of thousands need longer."""
NOBODY = Relocated(moved=0, left=0, finish=0, adopted=0, rest=0)
log = logging.getLogger(__name__)


def apply_change(database: Database, journey: Journey, people: int) -> Relocated:
    """Follow the rules at once; the next run, which they start, does the same with whoever is left.

    ``people``: whom they are about, as far as is known.
    """
    try:
        program = journey.program(database)
        done = apply_rules(database, program, patience=APPLY_SECONDS)
        moved = Relocated(
            moved=done["moved"],
            left=done["left"],
            finish=done["finish"],
            adopted=done["adopted"],
            rest=_rest(database, program),
        )
    except sa.exc.OperationalError as error:
        log.warning("the next run applies the rules of the change (%s)", type(error).__name__)
        moved = NOBODY.model_copy(update={"rest": people})
    return moved


def record_result(database: Database, line: int, detail: Mapping[str, Any], moved: Relocated) -> None:
    """Complete the log's line of the publication, whose ``detail`` it has already."""
    people = moved.moved + moved.left + moved.finish + moved.adopted
    try:
        with database.write() as connection:
            correct_audit(connection, line, people=people, detail={**detail, "result": moved.model_dump()})
    except sa.exc.OperationalError as error:
        log.warning("the log does not say what came of the change (%s)", type(error).__name__)


def _rest(database: Database, program: Program) -> int:
    """How many the rules are still about."""
    count = sa.select(sa.func.count()).select_from(enrollment)
    with database.read() as connection:
        return sum(
            connection.scalar(count.where(*concerned(program.journey_id, stored.rule, stored.version))) or 0
            for stored in open_rules(connection, program.journey_id, program.version)
        )
