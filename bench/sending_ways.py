"""The ways to send that the sending benchmark compares, each run in a process of its own."""

from __future__ import annotations

import gc
import smtplib
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import requests

from bench import plan
from bench.meter import Meter, peak_memory

KEY = "SG.fake.key"
FROM_NAME, FROM_ADDRESS = "Bench Shop", "shop@shop.example"
SUBJECT = {"constant": "The sale begins", "personal": "{{ contact.name }}, the sale begins"}
_FOOTER = "<p>{{ sender.name }}, {{ sender.postal_address }}</p>"
_PARAGRAPH = (
    "<p>From Friday to Sunday every coat, every pair of boots and every tent in the shop is a third off. "
    "Doors open at ten; the site is open all night.</p>"
)
BODY = {
    "constant": f'{_PARAGRAPH * 4}<p><a href="https://shop.example/sale">To the sale</a></p>{_FOOTER}',
    "personal": (
        "<p>Dear {{ contact.name }},</p>"
        f"{_PARAGRAPH * 4}"
        "{% if contact.plan == 'gold' %}<p>As a gold member you come in an hour early.</p>{% endif %}"
        "<p>In {{ contact.city | default: 'your town' }}: "
        '<a href="https://shop.example/sale">the sale</a>, <a href="https://shop.example/coats">coats</a>, '
        '<a href="https://shop.example/boots">boots</a></p>'
        f'{_FOOTER}<p><a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></p>'
    ),
}


def run(way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, **given: Any) -> Any:
    """Send ``number`` mails in one way; CPU seconds and wall seconds of the sending, and the peak of memory.

    ``server`` is where the mails go, ``url`` a database with that many contacts, ``warm_up_url`` a small one.
    """
    with tempfile.TemporaryDirectory() as folder:
        emails = Path(folder)
        home = emails / "mail" / "en"
        home.mkdir(parents=True)
        (home / "subject.txt").write_text(SUBJECT[kind])
        (home / "body.html").write_text(f"<html><body>{BODY[kind]}</body></html>")
        ways = {"ours": _ours, "floor": _floor, "plain": _plain, "smtp": _ours, "smtp_plain": _smtp_plain}
        meter = Meter(given.get("server_pid"))
        ways[way](way, kind, number, server, url, warm_up_url, emails, meter)
    cost = meter.phases["sending"]
    return {"wall": cost.wall, "client": cost.client, "server": cost.server, "memory": peak_memory()}


def _channel(way: str, database: Any, server: str) -> Any:
    from airflow_ma.channels.channel import Account
    from airflow_ma.channels.registry import open_channel

    if way == "smtp":
        host, port = server.split(":")
        account = Account(
            "bench", host=host, port=int(port), options={"disable_tls": True, "disable_ssl": True}
        )
        return open_channel("smtp", database, account)
    return open_channel("sendgrid", database, Account("bench", password=KEY, options={"api_url": server}))


def _ours(
    way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, emails: Path, meter: Meter
) -> None:
    """Everything that the product does: claim, ledger, consent, rendering, request, receipts, moving on."""
    _deliver_all(way, kind, server, warm_up_url, emails, Meter(None))
    gc.freeze()  # as every step does at its start
    sent = _deliver_all(way, kind, server, url, emails, meter)
    if sent != number:
        raise RuntimeError(f"{sent} of {number} mails were sent")


def _deliver_all(way: str, kind: str, server: str, url: str, emails: Path, meter: Meter) -> int:
    from airflow_ma.channels.delivery import deliver, terms_of
    from airflow_ma.channels.templates import load_template
    from airflow_ma.dag import Journey
    from airflow_ma.engine.clock import ManualClock
    from airflow_ma.engine.database import Database
    from airflow_ma.operators import AudienceOperator, SendEmailOperator

    database = Database(url, clock=ManualClock(plan.START))
    if kind == "constant":  # nothing differs: no pixel, no tracked links
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE ma_contact SET open_tracking = false, click_tracking = false")
    with Journey("bench_sending") as journey:
        mail = SendEmailOperator(task_id="mail", template="mail")
        AudienceOperator(task_id="all") >> mail
    program = journey.program(database)
    journey.steps["all"].move_contacts(database, program, cohort=None, run_id="bench")
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    channel = _channel(way, database, server)
    purpose = "marketing" if kind == "personal" else "transactional"
    terms = terms_of(channel, "mail", conn_id="bench", purpose=purpose)
    template = load_template(emails, "mail")
    with meter.phase("sending"):
        done = deliver(database, program, "mail", channel, template, terms, run_id="bench")
    database.dispose()
    return done.moved["sent"]


def _bodies(kind: str, number: int, server: str, url: str, emails: Path) -> Iterator[bytes]:
    """The requests that the product would send, byte for byte."""
    import sqlalchemy as sa

    from airflow_ma.channels.channel import OutgoingMail, Recipient
    from airflow_ma.channels.templates import load_template
    from airflow_ma.engine.database import Database
    from airflow_ma.engine.tables import contact

    database = Database(url)
    c = contact.c
    with database.read() as connection:
        rows = connection.execute(
            sa.select(c.id, c.key, c.email, c.name, c.language, c.timezone, sa.cast(c.attributes, sa.Text))
            .order_by(c.id)
            .limit(number)
        ).all()
    tracked = kind == "personal"
    mails = [
        OutgoingMail(row.id, Recipient(*row)._replace(tracks_opens=tracked, tracks_clicks=tracked))
        for row in rows
    ]
    channel = _channel("ours", database, server)
    template = load_template(emails, "mail")
    purpose = "marketing" if tracked else "transactional"
    for start in range(0, number, 1000):
        receipts: list[Any] = [None] * 1000
        for written in channel._write(template, mails[start : start + 1000], purpose, receipts):
            for parcel in written.parcels():
                yield parcel.body()


def _floor(
    way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, emails: Path, meter: Meter
) -> None:
    """The requests lie ready; they are only posted. No ledger, no database, nobody is looked up."""
    bodies = list(_bodies(kind, number, server, url, emails))
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    gc.freeze()
    with meter.phase("sending"):
        for body in bodies:
            answer = session.post(f"{server}/v3/mail/send", data=body, headers=headers, timeout=60)
            if answer.status_code != 202:
                raise RuntimeError(answer.text[:500])


def _plain(
    way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, emails: Path, meter: Meter
) -> None:
    """As the package's README shows it: one Mail for each person. No ledger."""
    from sendgrid import SendGridAPIClient
    from sendgrid.helpers.mail import Mail

    client = SendGridAPIClient(KEY, host=server)
    with meter.phase("sending"):
        for n in range(1, number + 1):
            html = BODY[kind].replace("{{ contact.name }}", f"Customer {n}")
            mail = Mail(
                (FROM_ADDRESS, FROM_NAME), f"customer{n}@example.com", SUBJECT[kind], html_content=html
            )
            if client.send(mail).status_code != 202:
                raise RuntimeError("not accepted")


def _smtp_plain(
    way: str, kind: str, number: int, server: str, url: str, warm_up_url: str, emails: Path, meter: Meter
) -> None:
    """The standard library: an EmailMessage for each person over one session. No ledger."""
    host, port = server.split(":")
    with smtplib.SMTP(host, int(port)) as session, meter.phase("sending"):
        for n in range(1, number + 1):
            html = BODY[kind].replace("{{ contact.name }}", f"Customer {n}")
            mail = EmailMessage()
            mail["Subject"], mail["From"], mail["To"] = (
                SUBJECT[kind],
                FROM_ADDRESS,
                f"customer{n}@example.com",
            )
            mail.set_content("The sale begins")
            mail.add_alternative(html, subtype="html")
            session.send_message(mail)
