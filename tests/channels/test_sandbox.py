"""The sandbox mailbox: what a delivered mail holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import ChannelError, OutgoingMail, Recipient
from airflow_ma.channels.links import LinkSigner, Purpose
from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.channels.templates import load_template, template_names
from airflow_ma.config import settings
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import link, mailbox

EMAILS = Path(__file__).parents[2] / "dags/emails"


def recipient(language: str, **attributes: str) -> Recipient:
    return Recipient(
        1, "C1", "hanako@example.jp", "山田 花子", language, "Asia/Tokyo", json.dumps(attributes)
    )


def test_its_links_are_signed_for_this_message(database: Database, clock: ManualClock) -> None:
    template = load_template(EMAILS, "sale_announcement")
    SandboxChannel(database).send(template, [OutgoingMail(42, recipient("ja"))], now=clock.now())
    with database.read() as connection:
        row = connection.execute(sa.select(mailbox)).one()
        links = {r.id: r.url for r in connection.execute(sa.select(link))}
    signer, base = LinkSigner.from_settings(), settings().collector_url
    clicks = [
        signer.read(Purpose.CLICK, token) for token in re.findall(rf'href="{base}/c/([^"]+)"', row.html)
    ]
    assert [links[link_id] for message_id, link_id in clicks if message_id == 42] == list(template.links)
    assert signer.open_url(base, 42) in row.html
    assert row.headers["List-Unsubscribe"] == f"<{signer.unsubscribe_url(base, 42)}>"
    assert (row.to_name, row.delivered_at, row.read_at) == ("山田 花子", clock.now(), None)
    assert "http://localhost:8091/" not in row.html + row.text


def test_a_second_batch_uses_the_same_links(database: Database) -> None:
    template = load_template(EMAILS, "sale_ends_soon")
    for message_id in (1, 2):
        SandboxChannel(database).send(template, [OutgoingMail(message_id, recipient("en"))], now=0)
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(link)) == len(template.links)


def test_wrong_keys_are_a_channel_error(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SECRET_KEYS", "nonsense")
    settings.cache_clear()
    with pytest.raises(ChannelError, match="AIRFLOW_MA_SECRET_KEYS"):
        SandboxChannel(database)


@pytest.mark.parametrize("name", template_names(EMAILS))
def test_the_example_emails_keep_the_law_in_both_languages(
    name: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", "Yamanami")
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", "長野県松本市 1-2")
    settings.cache_clear()
    mails = [OutgoingMail(1, recipient("en")), OutgoingMail(2, recipient("ja", company="登山堂"))]
    SandboxChannel(sqlite_database).send(load_template(EMAILS, name), mails, now=0)
    with sqlite_database.read() as connection:
        english, japanese = connection.execute(sa.select(mailbox).order_by(mailbox.c.message_id))
    assert re.search("[ぁ-ん]", japanese.subject + japanese.text)
    assert not re.search("[ぁ-ん]", english.subject + english.text)
    for mail in (english, japanese):
        unsubscribe = mail.headers["List-Unsubscribe"].strip("<>")
        for part in (mail.html, mail.text):
            assert "Yamanami" in part
            assert "長野県松本市 1-2" in part
            assert unsubscribe in part
