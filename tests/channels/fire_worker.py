"""A sending worker for the tests under fire: delivers for ever, until somebody kills it."""

from __future__ import annotations

import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from airflow_ma.channels.channel import Account, Channel
from airflow_ma.channels.delivery import deliver, terms_of
from airflow_ma.channels.registry import open_channel
from airflow_ma.channels.templates import load_template
from airflow_ma.dag import Journey
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from tests.fakes.sendgrid import API_KEY

EMAILS = Path(__file__).parents[2] / "dags" / "emails"
BATCH = 10


def journey(purpose: str) -> Journey:
    with Journey("under_fire") as built:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement", purpose=purpose)
        people >> mail >> EndOperator(task_id="end", reason="through")
    return built


def channel_to(server: str, database: Database) -> Channel:
    """A SendGrid channel for ``http://...``, an SMTP one for ``host:port``."""
    if server.startswith("http"):
        options: dict[str, Any] = {"api_url": server, "connect_timeout": 2, "read_timeout": 0.5}
        return open_channel("sendgrid", database, Account("fire", password=API_KEY, options=options))
    host, port = server.split(":")
    plain = {"disable_tls": True, "disable_ssl": True, "timeout": 1}
    return open_channel("smtp", database, Account("fire", host=host, port=int(port), options=plain))


def send(database: Database, server: str, purpose: str) -> None:
    """Deliver once to everybody who is due, and bring those who got through to the end."""
    built = journey(purpose)
    program = built.program(database)
    channel = channel_to(server, database)
    terms = terms_of(channel, "sale_announcement", conn_id="fire", purpose=purpose)
    template = load_template(EMAILS, "sale_announcement")
    built.steps["people"].move_contacts(database, program, cohort=None, run_id=None)
    deliver(database, program, "mail", channel, template, terms, batch=BATCH)
    built.steps["end"].move_contacts(database, program, cohort=None, run_id=None)


def work(url: str, now: int, server: str, purpose: str, ready: Event) -> None:
    """Deliver again and again."""
    database = Database(url, clock=ManualClock(at=now))
    ready.set()
    while True:
        send(database, server, purpose)
        time.sleep(0.02)
