"""Where every way of the sending benchmark that keeps a ledger starts: everybody is due at the mail."""

from __future__ import annotations

from airflow_ma.channels.channel import Account, Channel
from airflow_ma.channels.registry import open_channel
from airflow_ma.dag import Journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.operators import AudienceOperator, SendEmailOperator
from bench import plan

KEY = "SG.fake.key"
JOURNEY, STEP, TEMPLATE, CONN_ID = "bench_sending", "mail", "mail", "bench"
PURPOSE = {"constant": "transactional", "personal": "marketing"}


def people_at_the_mail(database: Database, kind: str) -> Program:
    """Have all contacts enter a journey of one mail."""
    if kind == "constant":  # nothing differs: no pixel, no tracked links
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE ma_contact SET open_tracking = false, click_tracking = false")
    with Journey(JOURNEY) as journey:
        mail = SendEmailOperator(task_id=STEP, template=TEMPLATE)
        AudienceOperator(task_id="all") >> mail
    program = journey.program(database)
    journey.steps["all"].move_contacts(database, program, cohort=None, run_id=plan.RUN_ID)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return program


def open_sendgrid(server: str, database: Database) -> Channel:
    """Our SendGrid channel, with ``server`` (``http://...``) in place of SendGrid."""
    return open_channel("sendgrid", database, Account(CONN_ID, password=KEY, options={"api_url": server}))


def open_smtp(server: str, database: Database) -> Channel:
    """Our SMTP channel to ``server`` (``host:port``)."""
    host, port = server.split(":")
    plain = {"disable_tls": True, "disable_ssl": True}
    return open_channel("smtp", database, Account(CONN_ID, host=host, port=int(port), options=plain))
