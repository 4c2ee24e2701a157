"""The bare floors of the sending benchmark: ready-made requests posted, alone and with the ledger's rows."""

from __future__ import annotations

import gc
import uuid
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.list_headers import list_headers
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.sendgrid.http import Answer, Outcome
from airflow_ma.channels.templates import load_template
from airflow_ma.config import settings
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact
from bench import plan
from bench.floor import Mails, Statements
from bench.floor_postgresql import PostgresqlFloor
from bench.floor_sqlite import SqliteFloor
from bench.meter import Meter
from bench.sending_start import (
    CONN_ID,
    JOURNEY,
    KEY,
    PURPOSE,
    STEP,
    TEMPLATE,
    open_sendgrid,
    people_at_the_mail,
)

CHUNK = SendGridChannel.batch


def post_ready(
    way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, emails: Path, meter: Meter
) -> None:
    """The requests lie ready; they are only posted. No ledger, no database, nobody is looked up."""
    bodies = _bodies(kind, number, url, emails)
    post = _poster(server)
    gc.freeze()
    with meter.phase("sending"):
        for body in bodies:
            post(body)


def post_and_record(
    way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, emails: Path, meter: Meter
) -> None:
    """The same, and the ledger's rows by the least SQL, with a commit before each request and one after."""
    bodies = _bodies(kind, number, url, emails)
    post = _poster(server)
    _record(kind, warm_up_url, bodies[:1], post, Meter(None))
    gc.freeze()
    _record(kind, url, bodies, post, meter)


def _record(kind: str, url: str, bodies: list[bytes], post: Any, meter: Meter) -> None:
    database = Database(url)
    program = people_at_the_mail(database, kind)
    # A connection with the engine's own settings; what runs on it goes past SQLAlchemy.
    pooled = database.engine.raw_connection()
    bare: Any = pooled.driver_connection
    make = SqliteFloor if database.is_sqlite else PostgresqlFloor
    mails = Mails(SendGridChannel.name, CONN_ID, PURPOSE[kind])
    sql: Statements = make(bare, program.journey_id, program.version, mails)
    with meter.phase("sending"):
        for body in bodies:
            held = sql.claim(STEP, TEMPLATE, plan.START, CHUNK, uuid.uuid4().hex)
            sql.settle(STEP, plan.START, held, post(body))
    pooled.close()
    database.dispose()


def _poster(server: str) -> Any:
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}

    def post(body: bytes) -> str | None:
        answer = session.post(f"{server}/v3/mail/send", data=body, headers=headers, timeout=60)
        if answer.status_code != 202:
            raise RuntimeError(answer.text[:500])
        return answer.headers.get("X-Message-Id")

    return post


class _Collector:
    """Stands for SendGrid's API: keeps what is to be posted."""

    silent = 0

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def send_mail(self, body: bytes) -> Answer:
        self.bodies.append(body)
        return Answer(Outcome.ACCEPTED)


def _bodies(kind: str, number: int, url: str, emails: Path) -> list[bytes]:
    """The requests that the product would send, byte for byte."""
    database = Database(url)
    c = contact.c
    people = sa.select(c.id, c.key, c.email, c.name, c.language, c.timezone, sa.cast(c.attributes, sa.Text))
    with database.read() as connection:
        rows = connection.execute(people.order_by(c.id).limit(number)).all()
    tracked = kind == "personal"
    mails = [
        OutgoingMail(row.id, Recipient(*row)._replace(tracks_opens=tracked, tracks_clicks=tracked))
        for row in rows
    ]
    collector = _Collector()
    channel: Any = open_sendgrid("http://127.0.0.1:9", database)
    channel._api = collector
    template, purpose = load_template(emails, TEMPLATE), PURPOSE[kind]
    headers = list_headers(JOURNEY, STEP, purpose, settings())
    for start in range(0, number, CHUNK):
        channel.send(template, mails[start : start + CHUNK], now=plan.START, purpose=purpose, headers=headers)
    database.dispose()
    return collector.bodies
