"""A journey with a mail, waits and two ends, for tests that pause it, move its people and count them."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.dag.stored import stored_program
from airflow_ma.engine.control.lifecycle import pause_journey, resume_journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.flow import FlowRow, flow_totals
from airflow_ma.engine.tables import enrollment, journey, move
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor

EMAILS = Path(__file__).parents[2] / "dags" / "emails"


def make(key: str, *, tag: str = "in", mode: Any = "continuous", later: Any = None) -> Journey:
    """people -> mail -> opened -> reader | (not_opened) later -> other. ``later``: the wait's settings."""
    with Journey(key, mode=mode, default_args={"retries": 0}) as made:
        people = AudienceOperator(task_id="people", where={"tag": tag})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement", purpose="transactional")
        opened = WaitForOpenSensor(task_id="opened", mail="mail", within=days(3))
        wait = WaitSensor(task_id="later", **(later or {"duration": days(1)}))
        people >> mail >> opened
        opened >> Label("opened") >> EndOperator(task_id="reader", reason="read it")
        opened >> Label("not_opened") >> wait >> EndOperator(task_id="other", reason="did not")
    return made


def pause(database: Database, key: str) -> bool:
    return pause_journey(database, key, by="ann", reason="a mistake in the mail")


def resume(database: Database, key: str, deadlines: Any = "stood_still") -> bool:
    programs = partial(stored_program, database, key)
    return resume_journey(database, key, programs, deadlines=deadlines, by="ann", reason="corrected")


def row(database: Database, contact_id: int) -> Any:
    """The contact's one passage."""
    with database.read() as connection:
        return connection.execute(sa.select(enrollment).where(enrollment.c.contact_id == contact_id)).one()


def journey_row(database: Database, key: str) -> Any:
    with database.read() as connection:
        return connection.execute(sa.select(journey).where(journey.c.key == key)).one()


def totals(database: Database, journey_id: int, **only: Any) -> list[FlowRow]:
    with database.read() as connection:
        return flow_totals(connection, journey_id, **only)


def counted(database: Database, journey_id: int) -> list[FlowRow]:
    """The same from the moves themselves: somebody stayed at a step since the move before."""
    m = move.c
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    since: dict[int, int] = {}
    with database.read() as connection:
        for one in connection.execute(sa.select(move).where(m.journey_id == journey_id).order_by(m.id)):
            way = sums[one.version, one.from_step, one.outcome, one.to_step]
            way[0] += 1
            way[1] += one.at - since.get(one.enrollment_id, one.at)
            since[one.enrollment_id] = one.at
    found = [FlowRow(*way, number, stayed) for way, (number, stayed) in sums.items()]
    return sorted(found, key=lambda one: (*one[:3], one.to_step or ""))
