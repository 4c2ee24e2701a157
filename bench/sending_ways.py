"""The ways to send that the sending benchmark compares, each run in a process of its own."""

from __future__ import annotations

import gc
import smtplib
import tempfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from airflow_ma.channels.delivery import deliver, terms_of
from airflow_ma.channels.templates import load_template
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from bench import plan
from bench.meter import Meter, peak_memory
from bench.outcome import outcome, written
from bench.sending_floors import post_and_record, post_ready
from bench.sending_start import (
    CONN_ID,
    KEY,
    PURPOSE,
    STEP,
    TEMPLATE,
    open_sendgrid,
    open_smtp,
    people_at_the_mail,
)

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
        home = emails / TEMPLATE / "en"
        home.mkdir(parents=True)
        (home / "subject.txt").write_text(SUBJECT[kind])
        (home / "body.html").write_text(f"<html><body>{BODY[kind]}</body></html>")
        meter = Meter(given.get("server_pid"))
        WAYS[way](way, kind, number, server, url, warm_up_url, emails, meter)
    cost = meter.phases["sending"]
    peak, left = peak_memory(), Database(url)
    return {
        **{"wall": cost.wall, "client": cost.client, "server": cost.server, "memory": peak},
        "outcome": outcome(left),
        "written": {} if left.is_sqlite else written(left),
    }


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
    database = Database(url, clock=ManualClock(plan.START))
    program = people_at_the_mail(database, kind)
    channel = open_smtp(server, database) if way == "smtp" else open_sendgrid(server, database)
    terms = terms_of(channel, TEMPLATE, conn_id=CONN_ID, purpose=PURPOSE[kind])
    template = load_template(emails, TEMPLATE)
    with meter.phase("sending"):
        done = deliver(database, program, STEP, channel, template, terms, run_id=plan.RUN_ID)
    database.dispose()
    return done.moved["sent"]


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


WAYS = {
    "ours": _ours,
    "ledger": post_and_record,
    "floor": post_ready,
    "plain": _plain,
    "smtp": _ours,
    "smtp_plain": _smtp_plain,
}
