"""What the tests of changes do again and again: publish, run, and look at who stands where."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.dag.earlier_versions import rebuilt
from airflow_ma.engine.changes.applying import Rule, check_rules, settle_rules
from airflow_ma.engine.changes.rules import store_rules
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.database import Database
from airflow_ma.engine.flow import flow_totals
from airflow_ma.engine.program import Program, publish_program
from airflow_ma.engine.tables import change_rule, enrollment, journey, move
from airflow_ma.engine.work import journeys_with_work, versions_with_work
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor
from tests.journeys import sweep

e = enrollment.c
HOUR_LONG = days(1) / 24


def sale(within: Any = None, *, wait: Any = None, drop_opened: bool = False) -> Journey:
    """people, a mail, a wait for its open (or a plain wait of the same name, or of another), a mail, an end."""
    with Journey("sale") as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        first = SendEmailOperator(task_id="first", template="sale_announcement")
        second = SendEmailOperator(task_id="second", template="sale_ends_soon")
        end = EndOperator(task_id="end", reason="through")
        people >> first
        if drop_opened:
            pause = WaitSensor(task_id="pause", duration=days(10))
            first >> pause >> second >> end
        elif wait is not None:
            first >> WaitSensor(task_id="opened", **wait) >> second >> end
        else:
            opened = WaitForOpenSensor(task_id="opened", mail="first", within=within or days(3))
            first >> opened
            opened >> Label("opened") >> end
            opened >> Label("not_opened") >> second >> end
    return made


def counted(database: Database) -> None:
    """What was counted is what was moved."""
    m = move.c
    with database.read() as connection:
        flow = {(r.version, r.from_step, r.outcome, r.to_step): r.number for r in flow_totals(connection, 1)}
        columns = (m.version, m.from_step, m.outcome, m.to_step)
        moves = {
            tuple(row[:4]): row[4]
            for row in connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
        }
    assert flow == moves


def publish(database: Database, made: Journey, *rules: Rule) -> Program:
    with database.write() as connection:
        version = publish_program(connection, made.graph, made.steps, now=database.clock().now())
        check_rules(made.graph, rules)
        found = connection.scalar(sa.select(journey.c.id).where(journey.c.key == made.dag_id))
        store_rules(connection, found, version, rules)
    program = made.program(database)
    assert program.version == version
    return program


def run(database: Database, made: Journey) -> None:
    """What a DAG run does: plan, the steps, and those on earlier versions."""
    program = made.program(database)
    settle_rules(database, program)
    sweep(made, database)
    with database.read() as connection:
        versions = versions_with_work(connection, program, now=database.clock().now())
    for version in versions:
        steps, pinned = rebuilt(database, program, version, None)
        for step in steps:
            step.move_contacts(database, pinned, cohort=None, run_id="test")


def row_of(database: Database, contact: int) -> Any:
    with database.read() as connection:
        return connection.execute(sa.select(enrollment).where(e.contact_id == contact)).one()


def open_rules(database: Database) -> dict[str, str]:
    r = change_rule.c
    with database.read() as connection:
        rows = connection.execute(sa.select(r.step, r.action).where(r.done_at.is_(None)))
        return {row.step: row.action for row in rows}


def ready(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return journeys_with_work(connection, now=database.clock().now())


def add_claim(database: Database, contact: int, *, lease: int = HOUR) -> int:
    """A worker has that contact in hand."""
    with database.write() as connection:
        found = connection.scalar(sa.select(e.id).where(e.contact_id == contact))
        values = {"claim": "worker", "wake_at": database.clock().now() + lease}
        connection.execute(sa.update(enrollment).where(e.id == found).values(**values))
    assert found is not None
    return found
