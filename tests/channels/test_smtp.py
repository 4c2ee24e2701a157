"""The SMTP channel against a real server: what arrives, and what is said about what does not."""

from __future__ import annotations

import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from airflow_ma.channels import smtp
from airflow_ma.channels.channel import (
    Account,
    ChannelError,
    Delivery,
    OutgoingMail,
    Receipt,
    Recipient,
    SendingPausedError,
    SentMail,
)
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.links import Purpose as TokenPurpose
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.smtp import SmtpChannel
from airflow_ma.channels.templates import EmailTemplate, load_template
from airflow_ma.config import settings
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from tests.fakes.smtp import SmtpSink

FAULTS = ("mail_451", "rcpt_450", "rcpt_550", "cut_rcpt", "data_421", "cut_data", "message_451", "message_554",
          "cut_before", "cut_after")  # fmt: skip
Open = Callable[..., SmtpChannel]


@pytest.fixture(autouse=True)
def _sender(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", "山田商店")
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "news@shop.example")
    monkeypatch.setenv("AIRFLOW_MA_REPLY_TO", "help@shop.example")
    monkeypatch.setenv("AIRFLOW_MA_COLLECTOR_URL", "https://mail.shop.example")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def template(tmp_path: Path) -> EmailTemplate:
    for language, subject, body in (
        ("en", "Hello {{ contact.name }}", "Dear {{ contact.name | default: 'friend' }}, see"),
        ("ja", "{{ contact.name }}様への冬のお知らせ", "{{ contact.name }}様、冬のコートが入荷しました。"),
    ):
        folder = tmp_path / "emails/winter" / language
        folder.mkdir(parents=True)
        (folder / "subject.txt").write_text(subject)
        (folder / "body.html").write_text(
            f'<p>{body} <a href="https://shop.example/coats?a=1&amp;b=2">Coats</a></p>'
            '<p>{{ sender.postal_address }} <a href="{{ unsubscribe_url }}">x</a></p>'
        )
    return load_template(tmp_path / "emails", "winter")


@pytest.fixture
def open_smtp(sqlite_database: Database, smtp_sink: SmtpSink) -> Open:
    """A channel to the sink, or to another server."""

    def open_(**options: Any) -> SmtpChannel:
        fields = {"host": "127.0.0.1", "port": smtp_sink.port}
        fields |= {
            name: options.pop(name) for name in ("host", "port", "login", "password") if name in options
        }
        extra = {"disable_ssl": True, "disable_tls": True, "timeout": 2, **options}
        return SmtpChannel(sqlite_database, Account("smtp_test", options=extra, **fields))

    return open_


def mail(
    number: int, email: str = "taro@example.com", name: str | None = "太郎", **more: Any
) -> OutgoingMail:
    language = more.pop("language", "ja")
    to = Recipient(number, f"C{number}", email, name, language, "Asia/Tokyo", json.dumps(more))
    return OutgoingMail(number, to)


def send(channel: SmtpChannel, template: EmailTemplate, *mails: OutgoingMail, **more: Any) -> list[Receipt]:
    return channel.send(template, mails, now=ManualClock().now(), **more)


def test_a_mail_as_a_postmaster_wants_it(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink
) -> None:
    receipts = send(open_smtp(), template, mail(7), mail(8, "ann@example.com", "Ann", language="en"))
    assert [receipt.delivery for receipt in receipts] == [Delivery.ACCEPTED] * 2
    first, second = smtp_sink.mails
    assert (first.sender, first.recipients) == ("news@shop.example", ("taro@example.com",))
    message = first.message
    assert message.keys() == [
        "Date", "From", "Reply-To", "To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
        "Subject", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert message["From"] == "山田商店 <news@shop.example>"
    assert message["Reply-To"] == "help@shop.example"
    assert message["To"] == "太郎 <taro@example.com>"
    assert message["Subject"] == "太郎様への冬のお知らせ"
    assert parsedate_to_datetime(message["Date"]).timestamp() == ManualClock().now() // 1000
    signer = LinkSigner.from_settings()
    tag, domain = message["Message-ID"].strip("<>").split("@")
    assert (signer.read_tag(tag), domain) == (7, "shop.example")
    left = re.fullmatch(r"<https://mail\.shop\.example/u/([^>]+)>", message["List-Unsubscribe"])
    assert left
    assert signer.read(TokenPurpose.UNSUBSCRIBE, left[1]) == (7,)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (part.get_content() for part in message.iter_parts())
    assert "太郎様、冬のコートが入荷しました。" in text
    assert "<p>太郎様、冬のコートが入荷しました。" in html
    for part in (text, html):
        assert f"https://mail.shop.example/u/{left[1]}" in part
        clicked = re.search(r"https://mail\.shop\.example/c/([^/]+)/([\w-]+)", part)
        assert clicked
        assert signer.read(TokenPurpose.CLICK, clicked[1]) == (7,)
    assert signer.tokens(7).open in html
    assert second.message["Subject"] == "Hello Ann"
    assert "Dear Ann, see" in second.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for kept in smtp_sink.mails:
        assert kept.raw.isascii()
        assert not re.search(rb"(?<!\r)\n", kept.raw)
        assert max(map(len, kept.raw.split(b"\r\n"))) < 200


def test_a_transactional_mail_says_that_no_person_wrote_it(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink
) -> None:
    send(open_smtp(), template, mail(1), purpose="transactional")
    message = smtp_sink.mails[0].message
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message


def test_carrier_addresses_are_quoted(open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink) -> None:
    receipts = send(open_smtp(), template, mail(1, "a..b.@docomo.ne.jp"))
    assert receipts[0].delivery is Delivery.ACCEPTED
    assert smtp_sink.mails[0].recipients == ('"a..b."@docomo.ne.jp',)
    assert smtp_sink.mails[0].message["To"].addresses[0].username == "a..b."


def test_no_value_becomes_a_header(open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink) -> None:
    send(open_smtp(), template, mail(1, name="Eve\r\nBcc: all@example.com\r\n\r\nHello"))
    message = smtp_sink.mails[0].message
    assert message["Bcc"] is None
    assert message["Subject"].split() == ["Eve", "Bcc:", "all@example.com", "Hello様への冬のお知らせ"]
    assert smtp_sink.mails[0].recipients == ("taro@example.com",)


def test_all_mails_of_a_call_take_one_session(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink
) -> None:
    send(open_smtp(), template, *(mail(number) for number in range(1, 30)))
    counts = smtp_sink.counts()
    assert (counts["mails"], counts["duplicates"], counts["connections"]) == (29, 0, 1)


def test_the_same_message_keeps_its_message_id(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink
) -> None:
    smtp_sink.fail_next("message_451")
    channel = open_smtp()
    assert send(channel, template, mail(5))[0].delivery is Delivery.RETRYABLE
    send(channel, template, mail(5))
    send(channel, template, mail(5))
    assert smtp_sink.counts()["duplicated"] == [smtp_sink.mails[0].message["Message-ID"]]


def test_a_changed_template_is_used(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    channel = open_smtp()
    send(channel, template, mail(1))
    (tmp_path / "emails/winter/ja/subject.txt").write_text("新しい件名です")
    send(channel, load_template(tmp_path / "emails", "winter"), mail(2))
    assert [kept.message["Subject"] for kept in smtp_sink.mails] == [
        "太郎様への冬のお知らせ",
        "新しい件名です",
    ]


def test_starttls_with_a_login(
    template: EmailTemplate, open_smtp: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = SmtpSink(tls=tmp_path, users={"shop": "correct-horse"}).start()
    try:
        secure = {"port": sink.port, "disable_tls": False, "login": "shop"}
        with pytest.raises(ChannelError, match="certificate that cannot be trusted"):
            send(open_smtp(**secure, password="correct-horse"), template, mail(1))
        with pytest.raises(SendingPausedError, match=r"refused the login \(535\)") as caught:
            send(open_smtp(**secure, password="wrong-horse", ssl_context="none"), template, mail(1))
        assert "horse" not in str(caught.value)
        with pytest.raises(SendingPausedError, match="must be ASCII") as caught:
            send(open_smtp(**secure, password="秘密の馬", ssl_context="none"), template, mail(1))
        assert "馬" not in str(caught.value)
        with pytest.raises(ChannelError, match=r"530|does not offer a login"):
            send(open_smtp(**{**secure, "disable_tls": True}, password="correct-horse"), template, mail(1))
        assert sink.mails == []
        send(open_smtp(**secure, password="correct-horse", ssl_context="none"), template, mail(1))
        monkeypatch.setenv("SSL_CERT_FILE", str(sink.certificate))
        send(open_smtp(**secure, password="correct-horse"), template, mail(2))
        assert [(kept.tls, kept.login) for kept in sink.mails] == [(True, "shop")] * 2
    finally:
        sink.stop()


def test_tls_against_a_server_without_it_says_what_to_tick(open_smtp: Open, template: EmailTemplate) -> None:
    with pytest.raises(ChannelError, match="tick 'Disable SSL'"):
        send(open_smtp(disable_ssl=False), template, mail(1))
    with pytest.raises(ChannelError, match="does not offer STARTTLS: tick 'Disable TLS'"):
        send(open_smtp(disable_tls=False), template, mail(1))


def test_a_server_that_is_not_there(open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink) -> None:
    channel = open_smtp()
    with smtp_sink.down(), pytest.raises(ChannelError, match="cannot be reached") as caught:
        send(channel, template, mail(1), mail(2))
    assert [receipt.delivery for receipt in caught.value.receipts] == [Delivery.RETRYABLE] * 2
    assert type(caught.value) is ChannelError
    assert send(channel, template, mail(1))[0].delivery is Delivery.ACCEPTED


def test_a_server_that_does_not_answer(open_smtp: Open, template: EmailTemplate) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(ChannelError, match=r"in time|within"),
    ):
        send(open_smtp(port=silent.getsockname()[1], timeout=0.2), template, mail(1))


def test_when_the_server_goes_away_the_receipts_say_what_has_gone(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink
) -> None:
    smtp_sink.pass_next(2)
    smtp_sink.fail_next("data_421")
    smtp_sink.fail_next("connect_421", times=5)
    smtp_sink._next[True].appendleft(None)  # the first connection is served
    channel = open_smtp()
    with pytest.raises(ChannelError, match=r"does not serve us now \(421\)") as caught:
        send(channel, template, *(mail(number) for number in range(1, 6)))
    deliveries = [receipt.delivery for receipt in caught.value.receipts]
    assert deliveries == [Delivery.ACCEPTED] * 2 + [Delivery.RETRYABLE] * 3
    assert smtp_sink.counts()["mails"] == 2


def test_a_slow_server_leaves_the_rest_for_later(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp.courier, "SECONDS", 0.3)
    smtp_sink.fail_next("slow", times=3, delay=0.2)
    receipts = send(open_smtp(), template, *(mail(number) for number in range(1, 10)))
    accepted = [receipt.delivery for receipt in receipts].count(Delivery.ACCEPTED)
    assert 1 <= accepted <= 3
    assert {receipt.delivery for receipt in receipts[accepted:]} == {Delivery.RETRYABLE}
    assert smtp_sink.counts()["mails"] == accepted


def test_who_unsubscribes_meanwhile_gets_nothing(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes its time with the first two mails; then the others are asked about anew."""
    monkeypatch.setattr(smtp.channel, "_FRESH_SECONDS", 0.3)
    smtp_sink.fail_next("slow", times=2, delay=0.4)
    asked: list[list[int]] = []

    def withdrawn(ids: Sequence[int]) -> list[int]:
        asked.append(list(ids))
        return [1, 2, 4][: 2 * len(asked) - 1]  # the first after the first mail, the others after the second

    receipts = send(open_smtp(), template, *(mail(n) for n in range(6)), withdrawn=withdrawn)
    assert asked[:2] == [[1, 2, 3, 4, 5], [3, 4, 5]]
    gone = Receipt(Delivery.REJECTED, "unsubscribed")
    assert [receipt == gone for receipt in receipts] == [False, True, False, False, True, False]
    assert smtp_sink.counts()["mails"] == 4


def test_after_a_slow_greeting_it_is_asked_before_the_first_mail(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp.channel, "_FRESH_SECONDS", 0.2)
    smtp_sink.fail_next("connect_421", code=None, delay=0.4)
    receipts = send(open_smtp(), template, mail(1), mail(2), withdrawn=lambda ids: [1])
    assert receipts[0] == Receipt(Delivery.REJECTED, "unsubscribed")
    assert smtp_sink.counts()["mails"] == 1


def test_a_quick_server_costs_no_questions(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink
) -> None:
    """Each question costs as much as several mails; within the second since the claim none is due."""
    assert smtp.channel._FRESH_SECONDS <= 1.0  # nobody is left to wait longer for an unsubscribe
    asked: list[float] = []

    def withdrawn(_ids: Sequence[int]) -> list[int]:
        asked.append(time.monotonic())
        return []

    began = time.monotonic()
    send(open_smtp(), template, *(mail(n) for n in range(100)), withdrawn=withdrawn)
    assert len(asked) <= time.monotonic() - began
    assert smtp_sink.counts()["mails"] == 100


def test_an_unforeseen_error_before_the_first_mail_sends_nothing(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = open_smtp()
    compose = EmailTemplate.compose

    def broken(self: EmailTemplate, language: str, *given: Any, **more: Any) -> Any:
        if language == "en":
            raise OSError("taro@example.com")
        return compose(self, language, *given, **more)

    monkeypatch.setattr(EmailTemplate, "compose", broken)
    with pytest.raises(ChannelError, match="nothing was sent") as caught:
        send(channel, template, mail(1), mail(2), mail(3, language="en"))
    assert caught.value.receipts == []
    assert "taro" not in str(caught.value)
    assert smtp_sink.counts()["mails"] == 0


@pytest.mark.parametrize(("begun", "fate"), [(True, Delivery.UNKNOWN), (False, Delivery.RETRYABLE)])
def test_an_unforeseen_error_in_the_middle_keeps_the_receipts(
    open_smtp: Open, template: EmailTemplate, monkeypatch: pytest.MonkeyPatch, begun: bool, fate: Delivery
) -> None:
    channel, calls = open_smtp(), []
    name = "_last_word" if begun else "_envelope"
    real = getattr(smtp.session.Session, name)

    def odd(self: Any, *given: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise LookupError("taro@example.com")
        return real(self, *given)

    monkeypatch.setattr(smtp.session.Session, name, odd)
    with pytest.raises(ChannelError, match="LookupError") as caught:
        send(channel, template, *(mail(number) for number in range(1, 6)))
    expected = [Delivery.ACCEPTED] * 2 + [fate] + [Delivery.RETRYABLE] * 2
    assert [receipt.delivery for receipt in caught.value.receipts] == expected
    assert "taro" not in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value"),
    [("timeout", "soon"), ("timeout", -1), ("ssl_context", "maybe"), ("disable_ssl", "perhaps")],
)
def test_a_wrong_option_is_named(open_smtp: Open, option: str, value: object) -> None:
    with pytest.raises(ChannelError, match=f"connection 'smtp_test' has a wrong '{option}'"):
        open_smtp(**{option: value})


def test_what_is_missing_is_named(
    open_smtp: Open, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ChannelError, match="'smtp_default'"):
        SmtpChannel(sqlite_database, None)
    with pytest.raises(ChannelError, match="has no host"):
        open_smtp(host=None)
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "")
    settings.cache_clear()
    with pytest.raises(ChannelError, match="AIRFLOW_MA_SENDER_EMAIL"):
        open_smtp()
    assert open_smtp(
        from_email="shop@shop.example"
    )  # what the connection says, when the setting says nothing


def test_what_smtp_cannot_do_it_says(open_smtp: Open) -> None:
    channel = open_smtp()
    with pytest.raises(ChannelError, match="a template that SendGrid holds"):
        channel.send(ProviderTemplate("d-" + "0" * 32), [mail(1)], now=0)
    assert channel.trace([SentMail(1, "a@b.example", 0, None)]) == {1: Delivery.UNKNOWN}


@pytest.mark.parametrize("first_seed", range(0, 40, 10))
def test_under_fire_nothing_is_doubled_and_nothing_is_lost(
    open_smtp: Open, template: EmailTemplate, smtp_sink: SmtpSink, first_seed: int
) -> None:
    """As the ledger does it: certainly unsent mails again and again, unknown ones never."""
    signer = LinkSigner.from_settings()
    channel = open_smtp()
    kinds: Counter[str] = Counter()
    for seed in range(first_seed, first_seed + 10):
        smtp_sink.plan(seed, dict.fromkeys(FAULTS, 0.02 + seed % 5 * 0.01))
        numbers = range(seed * 1_000 + 1, seed * 1_000 + 61)
        fates = dict.fromkeys(numbers, Delivery.RETRYABLE)
        for _ in range(100):
            again = [number for number, fate in fates.items() if fate is Delivery.RETRYABLE]
            if not again:
                break
            mails = [mail(number) for number in again]
            try:
                receipts = send(channel, template, *mails)
            except ChannelError as error:
                receipts = error.receipts
            assert len(receipts) == len(again)
            fates |= {number: receipt.delivery for number, receipt in zip(again, receipts, strict=True)}
        arrived = {
            signer.read_tag(name.strip("<>").partition("@")[0]): count
            for name, count in smtp_sink.messages.items()
        }
        for number, fate in fates.items():
            allowed = {Delivery.ACCEPTED: {1}, Delivery.REJECTED: {0}, Delivery.UNKNOWN: {0, 1}}
            assert arrived.get(number, 0) in allowed[fate], (seed, number, fate)
        kinds.update(fates.values())
    assert smtp_sink.counts()["duplicates"] == 0
    faults = smtp_sink.faults_seen
    assert len(faults) == 8, "some kinds of fault never happened"
    assert kinds["unknown"] == faults["message_cut"] + faults["message_cut_kept"], "unknown without need"
    print(dict(kinds), smtp_sink.counts()["faults"])
