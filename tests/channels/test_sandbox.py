"""The sandbox mailbox: what a delivered mail holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import ChannelError, OutgoingMail, Recipient
from airflow_ma.channels.footer import check_footer
from airflow_ma.channels.links import LinkSigner, Purpose, open_url, unsubscribe_url
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.channels.templates import load_template, template_names
from airflow_ma.channels.variables import find_variable_problems
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
    clicks = re.findall(rf'href="{base}/c/([^"/]+)/([^"/]+)"', row.html)
    assert {signer.read(Purpose.CLICK, click) for click, _ in clicks} == {(42,)}
    assert [links[signer.read_link(token)] for _, token in clicks] == list(template.links)
    tokens = signer.tokens(42)
    assert open_url(base, tokens.open) in row.html
    assert row.headers["List-Unsubscribe"] == f"<{unsubscribe_url(base, tokens.unsubscribe)}>"
    assert (row.to_name, row.delivered_at, row.read_at) == ("山田 花子", clock.now(), None)
    assert "http://localhost:8091/" not in row.html + row.text


def test_who_may_not_be_tracked_gets_plain_links_and_no_pixel(sqlite_database: Database) -> None:
    template = load_template(EMAILS, "sale_announcement")
    to = [
        recipient("en")._replace(tracks_opens=opens, tracks_clicks=clicks)
        for opens in (True, False)
        for clicks in (True, False)
    ]
    mails = [OutgoingMail(number, one) for number, one in enumerate(to, 1)]
    SandboxChannel(sqlite_database).send(template, mails, now=0)
    with sqlite_database.read() as connection:
        rows = list(connection.execute(sa.select(mailbox).order_by(mailbox.c.message_id)))
    found = [("/o/" in row.html, "/c/" in row.html, "/c/" in row.text) for row in rows]
    assert found == [(True, True, True), (True, False, False), (False, True, True), (False, False, False)]
    for row in rows[1::2]:
        assert all(f'href="{url}"' in row.html and f"<{url}>" in row.text for url in template.links)


def test_transactional_mail_is_not_to_be_unsubscribed_from(sqlite_database: Database) -> None:
    channel, mails = SandboxChannel(sqlite_database), [OutgoingMail(1, recipient("en"))]
    channel.send(load_template(EMAILS, "sale_announcement"), mails, now=0, purpose="transactional")
    with sqlite_database.read() as connection:
        assert connection.scalar(sa.select(mailbox.c.headers)) == {}


def test_a_changed_template_counts_from_the_next_batch_on(sqlite_database: Database, tmp_path: Path) -> None:
    channel, english = SandboxChannel(sqlite_database), tmp_path / "hello/en"
    english.mkdir(parents=True)
    (english / "body.html").write_text("Hi")
    for number, subject in enumerate(["One", "Three"], 1):
        (english / "subject.txt").write_text(subject)
        channel.send(load_template(tmp_path, "hello"), [OutgoingMail(number, recipient("en"))], now=0)
    with sqlite_database.read() as connection:
        subjects = connection.scalars(sa.select(mailbox.c.subject).order_by(mailbox.c.message_id))
        assert list(subjects) == ["One", "Three"]


def test_a_template_that_the_provider_holds_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(ChannelError, match="the sandbox cannot fill it in"):
        SandboxChannel(sqlite_database).send(ProviderTemplate("d-" + "0" * 32), [], now=0)


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
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "news@yamanami.example")
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", "長野県松本市 1-2")
    settings.cache_clear()
    template = load_template(EMAILS, name)
    assert set(template.languages) == {"en", "ja"}
    assert find_variable_problems(template, ["company"]) == []
    is_marketing = name != "confirm_signup"
    assert not is_marketing or check_footer(template, "marketing") == []
    mails = [OutgoingMail(1, recipient("en")), OutgoingMail(2, recipient("ja", company="登山堂"))]
    SandboxChannel(sqlite_database).send(template, mails, now=0)
    with sqlite_database.read() as connection:
        english, japanese = connection.execute(sa.select(mailbox).order_by(mailbox.c.message_id))
    english_text = (english.subject + english.text).replace("山田 花子", "")
    assert re.search("[ぁ-ん]", japanese.subject + japanese.text)
    assert not re.search("[ぁ-ん]", english_text)
    for mail, language in ((english, "en"), (japanese, "ja")):
        unsubscribe = mail.headers["List-Unsubscribe"].strip("<>")
        assert f'<html lang="{language}">' in mail.html
        for part in (mail.html, mail.text):
            assert "Yamanami" in part
            assert "長野県松本市 1-2" in part
            assert unsubscribe in part or not is_marketing
            assert not re.search(r"\{\{|\{%|[\x00-\x08]|liquid\d", part)
