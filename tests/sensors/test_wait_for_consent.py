"""Waiting for consent, and the sign-up journey from the request to the welcome mail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.channels.links import LinkSigner, address_mark
from airflow_ma.config import settings
from airflow_ma.contacts.consent import record_consent
from airflow_ma.contacts.signup import confirm_consent, request_consent
from airflow_ma.dag import Journey, days
from airflow_ma.dag.load import load_journey
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, mailbox, message
from airflow_ma.operators import AudienceOperator, EndOperator
from airflow_ma.sensors import WaitForConsentSensor
from tests.journeys import add_contacts, assert_sound, mails, places, sweep

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(ROOT / "dags" / "emails"))
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", "Yamanami")
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "news@yamanami.example.com")
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", "1-2-3 Mihon")
    settings.cache_clear()


def say(database: Database, person: int, granted: bool) -> None:
    with database.write() as connection:
        record_consent(connection, person, "email", granted, at=database.clock().now(), source="test")


def test_who_agrees_goes_on_and_who_does_not_leaves_in_time(database: Database, clock: ManualClock) -> None:
    with Journey("ask") as journey:
        wait = WaitForConsentSensor(task_id="wait", within=days(2))
        AudienceOperator(task_id="people") >> wait
        for outcome in wait.outcomes:
            wait >> Label(outcome) >> EndOperator(task_id=f"end_{outcome}", reason=outcome)
    silent, agrees, gone, back = add_contacts(database, 4, consented_at=None)
    (already,) = add_contacts(database, 1, consented_at=1)
    for person in (gone, back):
        say(database, person, False)
    sweep(journey, database)
    assert places(database) == {
        silent: "wait", agrees: "wait", gone: "wait", back: "wait", already: "left: confirmed"
    }  # fmt: skip
    clock.advance(2 * DAY - 1)
    for person in (agrees, back):
        say(database, person, True)
    sweep(journey, database)
    clock.advance(1)
    sweep(journey, database)
    assert places(database) == dict.fromkeys((silent, gone), "left: not_confirmed") | dict.fromkeys(
        (agrees, back, already), "left: confirmed"
    )
    assert_sound(database)


def ask(database: Database, email: str, language: str = "en") -> int:
    with database.write() as connection:
        at = database.clock().now()
        request_consent(connection, email, at=at, wording="v1", name="Ann", language=language)
        return int(
            connection.execute(sa.select(contact.c.id).where(contact.c.email_key == email)).scalar_one()
        )


def test_the_sign_up_journey(database: Database, clock: ManualClock) -> None:
    journey = load_journey(ROOT / "dags" / "journeys" / "newsletter_signup.yaml")
    journey.program(database)
    ann, bob = ask(database, "ann@x.jp"), ask(database, "bob@x.jp", "ja")
    sweep(journey, database)
    assert mails(database) == {(ann, "ask"): 1, (bob, "ask"): 1}
    with database.read() as connection:
        mail = connection.execute(sa.select(mailbox).where(mailbox.c.to_address == "ann@x.jp")).one()
    for part in (mail.html, mail.text):
        (token,) = re.findall(r"/confirm/([\w-]+)", part)
        message_id, mark = LinkSigner.from_settings().read_confirm(token)
        assert mark == address_mark("ann@x.jp")
    assert "List-Unsubscribe" not in mail.headers
    assert "Ann" not in mail.html + mail.subject, "a stranger may have typed in that name"
    clock.advance(HOUR)
    with database.write() as connection:
        sent = connection.execute(sa.select(message).where(message.c.id == message_id)).one()
        assert sent.contact_id == ann
        done = confirm_consent(connection, ann, mark, sent_at=sent.created_at, at=clock.now(), ip="192.0.2.1")
        assert done == "confirmed"
    sweep(journey, database)
    assert mails(database) == {(ann, "ask"): 1, (bob, "ask"): 1, (ann, "welcome"): 1}
    assert places(database) == {ann: "left: confirmed", bob: "confirmed"}
    ask(database, "bob@x.jp")
    sweep(journey, database)
    assert mails(database)[bob, "ask"] == 1, "one mail for as long as its link is good"
    clock.advance(7 * DAY)
    sweep(journey, database)
    assert places(database)[bob] == "left: did not confirm"
    ask(database, "bob@x.jp")
    sweep(journey, database)
    assert mails(database).total() == 4
    assert_sound(database)
