"""What every channel promises, asked of each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Channel, ChannelError, Delivery, OutgoingMail, Recipient
from airflow_ma.channels.registry import channel_names, open_channel
from airflow_ma.channels.templates import EmailTemplate, load_template
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import mailbox

Arrived = Callable[[], list[sa.Row[Any]]]


@pytest.fixture(params=channel_names())
def channel(request: pytest.FixtureRequest, database: Database) -> Channel:
    return open_channel(request.param, database)


@pytest.fixture
def arrived(channel: Channel, database: Database) -> Arrived:
    """Reads what the channel has delivered, in the order of the message ids."""
    assert channel.name == "sandbox", "say here how mails of this channel are read back"

    def read() -> list[sa.Row[Any]]:
        with database.read() as connection:
            return list(connection.execute(sa.select(mailbox).order_by(mailbox.c.message_id)))

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
    assert [row.message_id for row in arrived()] == [2, 3]


def test_the_same_message_arrives_once(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock
) -> None:
    if not channel.idempotent:
        pytest.skip("this channel cannot recognise a message it has seen")
    for _ in range(2):
        assert channel.send(template, [mail(1)], now=clock.now())[0].delivery is Delivery.ACCEPTED
        clock.advance(1_000)
    assert len(arrived()) == 1


@pytest.mark.parametrize("address", ["", "ann", "a@b\r\nBcc: c@d", "a@b, c@d", "Ann <a@b>", "a b@c"])
def test_a_bad_address_is_rejected_and_not_repeated(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock, address: str
) -> None:
    receipt, good = channel.send(template, [mail(1, address), mail(2)], now=clock.now())
    assert receipt.delivery is Delivery.REJECTED
    assert not address or address not in (receipt.reason or "")
    assert good.delivery is Delivery.ACCEPTED
    assert [row.message_id for row in arrived()] == [2]


def test_a_mail_that_cannot_be_filled_in_does_not_stop_the_others(
    channel: Channel, template: EmailTemplate, arrived: Arrived, clock: ManualClock
) -> None:
    bad, good = channel.send(template, [mail(1, divisor=0), mail(2)], now=clock.now())
    assert bad.delivery is Delivery.RETRYABLE
    assert "body.html, line 1" in (bad.reason or "")
    assert good.delivery is Delivery.ACCEPTED
    assert [row.message_id for row in arrived()] == [2]


def test_nothing_to_send_is_fine(channel: Channel, template: EmailTemplate, arrived: Arrived) -> None:
    assert channel.send(template, [], now=0) == []
    assert arrived() == []


def test_an_unknown_channel_names_the_known_ones(database: Database) -> None:
    with pytest.raises(ChannelError, match=r"there is no channel 'pigeon'.*one of: sandbox"):
        open_channel("pigeon", database)
