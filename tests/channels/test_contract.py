"""What every channel promises, asked of each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.header import decode_header, make_header
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import (
    Account,
    Channel,
    ChannelError,
    Delivery,
    OutgoingMail,
    Recipient,
    SentMail,
)
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.list_headers import list_headers
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.registry import NEED_CONNECTION, channel_names, open_channel
from airflow_ma.channels.templates import EmailTemplate, load_template
from airflow_ma.config import settings
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import mailbox
from tests.fakes.sendgrid import API_KEY, FakeSendGrid
from tests.fakes.smtp import SmtpSink

Arrived = Callable[[], list[int]]


@pytest.fixture(params=channel_names())
def channel(request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "news@shop.example")
    settings.cache_clear()
    account = None
    if request.param in NEED_CONNECTION:
        account = request.getfixturevalue(f"{request.param}_account")
    return open_channel(request.param, database, account)


@pytest.fixture
def smtp_account(smtp_sink: SmtpSink) -> Account:
    no_tls = {"disable_ssl": True, "disable_tls": True}
    return Account("smtp_default", host="127.0.0.1", port=smtp_sink.port, options=no_tls)


@pytest.fixture
def sendgrid_account(fake_sendgrid: FakeSendGrid) -> Account:
    return Account("sendgrid_default", host=fake_sendgrid.url, password=API_KEY)


@pytest.fixture
def arrived(channel: Channel, request: pytest.FixtureRequest) -> Arrived:
    """Reads the ids of the messages that the channel has delivered, in their order."""
    read: Arrived = request.getfixturevalue(f"arrived_by_{channel.name}")
    return lambda: sorted(read())


@pytest.fixture
def arrived_by_sandbox(database: Database) -> Arrived:
    def read() -> list[int]:
        with database.read() as connection:
            return list(connection.scalars(sa.select(mailbox.c.message_id)))

    return read


@pytest.fixture
def arrived_by_smtp(smtp_sink: SmtpSink) -> Arrived:
    def read() -> list[int]:
        signer = LinkSigner.from_settings()
        names = [kept.message["Message-ID"] for kept in smtp_sink.mails]
        return [signer.read_tag(name.strip("<>").partition("@")[0]) or 0 for name in names]

    return read


@pytest.fixture
def arrived_by_sendgrid(fake_sendgrid: FakeSendGrid) -> Arrived:
    def read() -> list[int]:
        signer = LinkSigner.from_settings()
        return [signer.read_tag(kept.message or "") or 0 for kept in fake_sendgrid.mails]

    return read


@pytest.fixture
def headers_of(channel: Channel, request: pytest.FixtureRequest) -> Callable[[], list[Mapping[str, str]]]:
    """Reads the headers of the mails that the channel has delivered."""

    def read() -> list[Mapping[str, str]]:
        if channel.name == "sandbox":
            with request.getfixturevalue("database").read() as connection:
                return list(connection.scalars(sa.select(mailbox.c.headers)))
        if channel.name == "smtp":
            return [kept.message for kept in request.getfixturevalue("smtp_sink").mails]
        return [kept.headers for kept in request.getfixturevalue("fake_sendgrid").mails]

    return read


@pytest.fixture
def template(tmp_path: Path) -> EmailTemplate:
    folder = tmp_path / "emails/hello/en"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Hello {{ contact.name }}")
    (folder / "body.html").write_text(
        '{{ 10 | divided_by: contact.divisor }} <a href="https://shop.example/">Go</a>'
    )
    return load_template(tmp_path / "emails", "hello")


def mail(message_id: int, email: str = "ann@example.com", divisor: int = 1) -> OutgoingMail:
    to = Recipient(1, "C1", email, "Ann", "en", "Asia/Tokyo", json.dumps({"divisor": divisor}))
    return OutgoingMail(message_id, to)


def test_each_mail_gets_its_receipt_in_order(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock
) -> None:
    receipts = channel.send(template, [mail(3), mail(1, "no address"), mail(2)], now=clock.now())
    assert [r.delivery for r in receipts] == [Delivery.ACCEPTED, Delivery.REJECTED, Delivery.ACCEPTED]
    assert arrived() == [2, 3]


def test_the_same_message_arrives_once_where_the_channel_says_so(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock
) -> None:
    for _ in range(2):
        assert channel.send(template, [mail(1)], now=clock.now())[0].delivery is Delivery.ACCEPTED
        clock.advance(1_000)
    assert len(arrived()) == (1 if channel.idempotent else 2)


@pytest.mark.parametrize("address", ["", "ann", "a@b\r\nBcc: c@d", "a@b, c@d", "Ann <a@b>", "a b@c"])
def test_a_bad_address_is_rejected_and_not_repeated(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock, address: str
) -> None:
    receipt, good = channel.send(template, [mail(1, address), mail(2)], now=clock.now())
    assert receipt.delivery is Delivery.REJECTED
    assert not address or address not in (receipt.reason or "")
    assert good.delivery is Delivery.ACCEPTED
    assert arrived() == [2]


def test_a_mail_that_cannot_be_filled_in_does_not_stop_the_others(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock
) -> None:
    bad, good = channel.send(template, [mail(1, divisor=0), mail(2)], now=clock.now())
    assert bad.delivery is Delivery.RETRYABLE
    assert "body.html, line 1" in (bad.reason or "")
    assert good.delivery is Delivery.ACCEPTED
    assert arrived() == [2]


@pytest.mark.parametrize("name", ["Test Shop", "山並アウトドア株式会社オンラインストア"])
def test_every_mail_has_the_headers_of_its_list_besides_its_own(
    channel: Channel,
    template: EmailTemplate,
    headers_of: Callable[[], list[Mapping[str, str]]],
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", name)
    settings.cache_clear()
    headers = list_headers("winter_sale", "announce", "marketing", settings())
    receipts = channel.send(template, [mail(1), mail(2, "bob@example.com")], now=clock.now(), headers=headers)
    assert {r.delivery for r in receipts} == {Delivery.ACCEPTED}
    found = headers_of()
    assert len(found) == 2
    for each in found:
        phrase, list_id = " ".join(each["List-Id"].split()).rsplit(" ", 1)
        assert str(make_header(decode_header(phrase))) == name
        assert list_id == "<winter_sale.shop.example>"
        assert each["Feedback-ID"] == "winter_sale.announce:winter_sale:marketing:shop-example"
        assert each["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found[0]["List-Unsubscribe"] != found[1]["List-Unsubscribe"]


def test_nothing_to_send_is_fine(channel: Channel, template: EmailTemplate, arrived: Arrived) -> None:
    assert channel.send(template, [], now=0) == []
    assert arrived() == []


def test_a_template_that_sendgrid_holds_goes_by_sendgrid_only(channel: Channel, arrived: Arrived) -> None:
    held_there = ProviderTemplate("d-" + "0" * 32)
    if channel.name == "sendgrid":
        assert channel.send(held_there, [mail(1)], now=0)[0].delivery is Delivery.ACCEPTED
        assert arrived() == [1]
    else:
        with pytest.raises(ChannelError, match="a template that SendGrid holds"):
            channel.send(held_there, [mail(1)], now=0)
        assert arrived() == []


def test_of_a_mail_it_never_saw_the_channel_claims_nothing(channel: Channel) -> None:
    assert channel.trace([]) == {}
    assert set(channel.trace([SentMail(99, "nobody@example.com", 0, None)]).values()) <= {Delivery.UNKNOWN}


def test_an_unknown_channel_names_the_known_ones(database: Database) -> None:
    with pytest.raises(ChannelError, match=r"there is no channel 'pigeon'.*one of: sandbox"):
        open_channel("pigeon", database)
