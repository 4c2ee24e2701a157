"""A journey that people are in, in the database of the running web server and by its clock."""

from __future__ import annotations

from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import RealClock
from airflow_ma.engine.database import Database
from airflow_ma.operators import AudienceOperator, EndOperator
from airflow_ma.sensors import WaitSensor
from tests.journeys import add_contacts, sweep
from tests.plugin.conftest import Airflow

HANAKO = {"name": "山田 花子"}


def waiting(key: str) -> Journey:
    """People enter, wait for a day, wait for another one, and leave."""
    with Journey(key) as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        first = WaitSensor(task_id="first", duration=days(1))
        people >> first >> WaitSensor(task_id="second", duration=days(1)) >> EndOperator(task_id="end")
    return made


def put_live(airflow: Airflow, key: str, number: int = 3) -> tuple[Journey, Database]:
    """That journey with so many people at its first wait. The caller disposes of the database."""
    database = Database(airflow.database.url, clock=RealClock())
    add_contacts(database, number, tag="in", **HANAKO)
    journey = waiting(key)
    sweep(journey, database)
    return journey, database
