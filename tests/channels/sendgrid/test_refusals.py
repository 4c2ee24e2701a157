"""SendGrid refuses a request: whose fault it is found out, and all the others are sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from airflow_ma.channels.channel import ChannelError, Delivery, SendingPausedError
from airflow_ma.channels.sendgrid import sending
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.templates import EmailTemplate
from tests.channels.sendgrid_kit import FOOTER, accepted_ids, fates, mail, send, write_template
from tests.fakes.sendgrid import FakeSendGrid, server
from tests.fakes.sendgrid.problems import Problem


def test_the_bad_one_is_rejected_and_the_others_are_sent(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.poison = {"p5@example.com", "p700@example.com"}
    receipts, error = send(channel, template, [mail(n) for n in range(1, 1_001)])
    assert error is None
    rejected = [n for n, receipt in enumerate(receipts, 1) if receipt.delivery is Delivery.REJECTED]
    assert rejected == [5, 700]
    assert fates(receipts) == {"accepted": 998, "rejected": 2}
    assert "p5@" not in (receipts[4].reason or "")
    assert len(fake_sendgrid.answers) < 50


def test_one_that_is_named_costs_one_request_more(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    with refusing(("personalizations.3.to.0.email", "Does not contain a valid address.")):
        receipts, error = send(channel, template, [mail(n) for n in range(10)])
    assert error is None
    assert [n for n, r in enumerate(receipts) if r.delivery is Delivery.REJECTED] == [3]
    assert fates(receipts)["accepted"] == 9
    assert fake_sendgrid.answers == ["400", "202"]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("from.email", "Does not contain a valid address."),
        ("template_id", "The template_id must be a valid GUID"),
        ("content.1.value", "The content value must be a string at least one character in length."),
        ("asm.group_id", "The ASM group ID must be a valid Group ID on your account."),
        (None, "The from address does not match a verified Sender Identity."),
    ],
)
def test_what_is_about_all_holds_all(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    field: str | None,
    message: str,
) -> None:
    with refusing((field, message), times=99) as asked:
        receipts, error = send(channel, template, [mail(n) for n in range(1_500)])
    assert fates(receipts) == {"retryable": 1_500}
    assert isinstance(error, ChannelError)
    assert not isinstance(error, SendingPausedError)
    assert message in str(error)
    assert len(asked) == 1


@pytest.mark.parametrize("size", [1, 2, 40, 1_000])
def test_a_refusal_of_everybody_that_does_not_say_why_rejects_nobody(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, size: int
) -> None:
    fake_sendgrid.poison = {f"p{n}@example.com" for n in range(size)}
    receipts, error = send(channel, template, [mail(n) for n in range(size)])
    assert fates(receipts) == {"retryable": size}
    assert isinstance(error, ChannelError)
    assert len(fake_sendgrid.answers) <= 25


def test_the_same_fault_in_everybody_s_part_rejects_nobody(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    named = [
        (f"personalizations.{n}.headers", "Header can not be one of the reserved keys.") for n in range(5)
    ]
    with refusing(*named):
        receipts, error = send(channel, template, [mail(n) for n in range(5)])
    assert fates(receipts) == {"retryable": 5}
    assert isinstance(error, ChannelError)


def test_a_template_refused_in_one_language_is_sent_in_the_other(
    channel: SendGridChannel, tmp_path: Path, fake_sendgrid: FakeSendGrid
) -> None:
    write_template(tmp_path, "two", language="en")
    template = write_template(tmp_path, "two", language="ja")
    with refusing(("content.1.value", "wrong")):
        receipts, error = send(channel, template, [mail(1), mail(2, language="ja"), mail(3)])
    assert [r.delivery.value for r in receipts] == ["retryable", "accepted", "retryable"]
    assert isinstance(error, ChannelError)


def test_a_limit_on_the_number_halves_the_request(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    with refusing(("personalizations.0.substitutions", "You are limited to 10,000 substitutions.")):
        receipts, error = send(channel, template, [mail(n) for n in range(10)])
    assert error is None
    assert fates(receipts) == {"accepted": 10}
    assert [accepted.size for accepted in fake_sendgrid.store.requests] == [5, 5]


def test_a_provider_that_refuses_nearly_all_is_not_asked_forever(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "_MOST_TRIES", 30)
    fake_sendgrid.poison = {f"p{n}@example.com" for n in range(400) if n % 3}
    receipts, error = send(channel, template, [mail(n) for n in range(400)])
    assert error is None
    assert len(fake_sendgrid.answers) == 30
    assert fates(receipts)["retryable"] > 300
    assert accepted_ids(fake_sendgrid, channel).keys() == {
        n for n, receipt in enumerate(receipts) if receipt.delivery is Delivery.ACCEPTED
    }


def test_too_large_is_halved_until_it_fits(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.max_bytes = 30_000
    receipts, error = send(channel, template, [mail(n) for n in range(200)])
    assert error is None
    assert fates(receipts) == {"accepted": 200}
    assert "413" in fake_sendgrid.answers


def test_a_mail_too_large_by_itself_is_rejected_when_others_fit(
    channel: SendGridChannel, tmp_path: Path, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.max_bytes = 30_000
    template = write_template(tmp_path, html="<p>{{ contact.story }}</p>" + FOOTER)
    mails = [mail(1, story="x"), mail(2, story="x" * 40_000), mail(3, story="y")]
    receipts, error = send(channel, template, mails)
    assert error is None
    assert [r.delivery.value for r in receipts] == ["accepted", "rejected", "accepted"]


@contextmanager
def refusing(*named: tuple[str | None, str], times: int = 1) -> Iterator[list[int]]:
    """For the next requests, SendGrid's rules find these problems (field, message); yields their sizes."""
    asked: list[int] = []

    def limit_problems(body: Any, account: object, *, now: int) -> list[Problem]:
        if len(asked) >= times:
            return []
        asked.append(len(body["personalizations"]))
        return [Problem(message, field) for field, message in named]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "limit_problems", limit_problems)
        yield asked
