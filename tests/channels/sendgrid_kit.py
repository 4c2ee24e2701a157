"""What the tests of the SendGrid channel share: settings, an account on the fake, templates, mails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from airflow_ma.channels.channel import Account, ChannelError, OutgoingMail, Receipt, Recipient
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.templates import EmailTemplate, load_template
from airflow_ma.config import settings
from airflow_ma.engine.database import Database
from tests.fakes.sendgrid import API_KEY, FakeSendGrid

FOOTER = "<p>{{ sender.name }}, {{ sender.postal_address }} <a href='{{ unsubscribe_url }}'>Leave</a></p>"
HELLO = f"<p>Hi {{{{ contact.name }}}} <a href='https://shop.example/a?x=1'>Shop</a></p>{FOOTER}"


def set_sender(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """The installation's settings, as a company would have them."""
    values = {
        "sender_email": "news@shop.example",
        "sender_name": "お店",
        "postal_address": "東京都千代田区1-1",
        "collector_url": "https://mail.shop.example",
        **more,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"AIRFLOW_MA_{name.upper()}", value)
    settings.cache_clear()


def open_at(fake: FakeSendGrid, database: Database, **options: Any) -> SendGridChannel:
    """A channel that sends to the fake and never sleeps."""
    account = Account("news", host=fake.url, password=API_KEY, options=options)
    return SendGridChannel(database, account, sleep=lambda _: None)


def write_template(
    folder: Path,
    name: str = "hello",
    *,
    subject: str = "Hello {{ contact.name }}",
    html: str = HELLO,
    text: str | None = None,
    language: str = "en",
) -> EmailTemplate:
    home = folder / name / language
    home.mkdir(parents=True, exist_ok=True)
    (home / "subject.txt").write_text(subject)
    (home / "body.html").write_text(html)
    if text is not None:
        (home / "body.txt").write_text(text)
    return load_template(folder, name)


def mail(
    number: int,
    email: str | None = None,
    *,
    name: str | None = "Ann",
    language: str = "en",
    opens: bool = True,
    clicks: bool = True,
    **attributes: Any,
) -> OutgoingMail:
    to = Recipient(
        contact_id=number + 1_000,
        key=f"C{number}",
        email=f"p{number}@example.com" if email is None else email,
        name=name,
        language=language,
        timezone="Asia/Tokyo",
        stored_attributes=json.dumps(attributes),
        tracks_opens=opens,
        tracks_clicks=clicks,
    )
    return OutgoingMail(number, to)


def send(
    channel: SendGridChannel, template: Any, mails: Sequence[OutgoingMail], **more: Any
) -> tuple[list[Receipt], ChannelError | None]:
    """The receipts, and what the channel raised with them."""
    failure: ChannelError | None = None
    try:
        receipts = channel.send(template, mails, now=0, **more)
    except ChannelError as error:
        receipts, failure = error.receipts, error
    assert len(receipts) == len(mails)
    return receipts, failure


def fates(receipts: Sequence[Receipt]) -> Counter[str]:
    """How many of each."""
    return Counter(receipt.delivery.value for receipt in receipts)


def accepted_ids(fake: FakeSendGrid, channel: SendGridChannel) -> Counter[int]:
    """Our message ids in what the fake accepted, each with how often."""
    found: Counter[int] = Counter()
    for tag, times in fake.store.messages.items():
        number = channel._signer.read_tag(tag)
        assert number is not None, tag
        found[number] += times
    return found
