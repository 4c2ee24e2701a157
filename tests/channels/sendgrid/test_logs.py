"""Finding out from SendGrid's Email Logs what became of mails of unknown fate."""

from __future__ import annotations

import pytest

from airflow_ma.channels.channel import Delivery, SentMail
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.sendgrid.logs import REQUESTS_A_MINUTE, Logs
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.engine.clock import ManualClock
from tests.channels.sendgrid_kit import fates, mail, send
from tests.fakes.sendgrid import FakeSendGrid


def sent(number: int, at: int, email: str | None = None) -> SentMail:
    return SentMail(number, email or f"p{number}@example.com", at, None)


def asked(fake: FakeSendGrid, channel: SendGridChannel) -> int:
    return len(channel._logs._asked)


def test_a_whole_request_of_unknown_fate_is_found_with_two_look_ups(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    fake_sendgrid.fail_next("cut_after")
    receipts, _ = send(channel, template, [mail(n) for n in range(1, 301)])
    assert fates(receipts) == {"unknown": 300}
    clock.advance(120_000)
    at = clock.now()
    found = channel.trace([sent(n, at) for n in range(1, 101)])
    assert found == dict.fromkeys(range(1, 101), Delivery.ACCEPTED)
    assert asked(fake_sendgrid, channel) == 2


def test_what_did_not_go_out_is_not_found(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    fake_sendgrid.fail_next("503")
    send(channel, template, [mail(1)])
    assert channel.trace([sent(1, clock.now())]) == {1: Delivery.UNKNOWN}


def test_another_mail_to_the_same_person_is_not_taken_for_it(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    send(channel, template, [mail(7, "ann@example.com")])
    fake_sendgrid.fail_next("503")
    send(channel, template, [mail(8, "ann@example.com")])
    assert channel.trace([sent(8, clock.now(), "ann@example.com")]) == {8: Delivery.UNKNOWN}


def test_a_dropped_mail_was_never_sent(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    fake_sendgrid.fail_next("500_kept")
    send(channel, template, [mail(1), mail(2)])
    first, second = fake_sendgrid.mails
    fake_sendgrid.events.add("dropped", first)
    fake_sendgrid.events.add("delivered", second)
    found = channel.trace([sent(1, clock.now()), sent(2, clock.now())])
    assert found == {1: Delivery.REJECTED, 2: Delivery.ACCEPTED}


def test_a_carrier_s_odd_address_is_found(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(1, "a..b@docomo.ne.jp")])
    assert channel.trace([sent(1, clock.now(), "a..b@docomo.ne.jp")]) == {1: Delivery.ACCEPTED}


def test_mails_of_another_time_are_not_looked_at(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(1)])
    clock.advance(3_600_000)
    assert channel.trace([sent(1, clock.now())]) == {1: Delivery.UNKNOWN}


def test_one_who_is_not_among_the_newest_is_looked_for_by_address(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("airflow_ma.channels.sendgrid.logs._MOST_ROWS", 5)
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(1)])
    send(channel, template, [mail(n) for n in range(2, 20)])
    assert channel.trace([sent(1, clock.now())]) == {1: Delivery.ACCEPTED}


def test_in_the_middle_of_a_big_send_a_whole_request_is_found_with_four_look_ups(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The newest rows are all of others: one mail is found by address, the rest by its second."""
    monkeypatch.setattr("airflow_ma.channels.sendgrid.logs._MOST_ROWS", 60)
    send(channel, template, [mail(n) for n in range(500, 600)])
    clock.advance(5_400)
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(n) for n in range(1, 51)])
    clock.advance(4_000)
    send(channel, template, [mail(n) for n in range(600, 700)])
    found = channel.trace([sent(n, clock.now()) for n in range(1, 51)])
    assert found == dict.fromkeys(range(1, 51), Delivery.ACCEPTED)
    assert asked(fake_sendgrid, channel) == 4


def test_a_request_that_is_shown_in_part_needs_no_look_up_by_address(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("airflow_ma.channels.sendgrid.logs._MOST_ROWS", 60)
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(n) for n in range(1, 51)])
    clock.advance(4_000)
    send(channel, template, [mail(n) for n in range(600, 640)])
    found = channel.trace([sent(n, clock.now()) for n in range(1, 51)])
    assert found == dict.fromkeys(range(1, 51), Delivery.ACCEPTED)
    assert asked(fake_sendgrid, channel) == 3


def test_in_a_second_of_too_many_mails_nobody_is_guessed(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even the second can be shown whole: what was found by address counts, the others wait."""
    monkeypatch.setattr("airflow_ma.channels.sendgrid.logs._MOST_ROWS", 20)
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(n) for n in range(1, 31)])
    send(channel, template, [mail(n) for n in range(600, 640)])
    found = channel.trace([sent(n, clock.now()) for n in range(1, 31)])
    # All, one by address, which it is, two for its second, one more by address: that was a minute's worth.
    assert found == dict.fromkeys([1, 2], Delivery.ACCEPTED)
    assert asked(fake_sendgrid, channel) == REQUESTS_A_MINUTE


@pytest.mark.parametrize("fault", ["401", "429", "500", "503_html", "302", "cut_before"])
def test_logs_that_do_not_answer_tell_nothing_and_pause_nothing(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    clock: ManualClock,
    fault: str,
) -> None:
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(1)])
    fake_sendgrid.fail_next(fault, on="logs")
    assert channel.trace([sent(1, clock.now())]) == {}
    assert channel.trace([sent(1, clock.now())]) == {1: Delivery.ACCEPTED}


def test_an_account_without_logs_will_never_tell(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    fake_sendgrid.fail_next("cut_after")
    send(channel, template, [mail(1)])
    fake_sendgrid.fail_next("403", on="logs")
    assert channel.trace([sent(1, clock.now())]) == {1: Delivery.UNKNOWN}


def test_it_asks_no_more_often_than_sendgrid_allows(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, clock: ManualClock
) -> None:
    seconds = 1_000.0
    logs = Logs(channel._api, channel._signer, clock=lambda: seconds)
    queries: list[str] = []
    real = logs._rows
    logs._rows = lambda query: (queries.append(query), real(query))[1]  # type: ignore[method-assign]
    mails = [sent(n, clock.now() + n) for n in range(20)]
    for _ in range(3):
        assert set(logs.find(mails).values()) <= {Delivery.UNKNOWN}
    assert len(logs._asked) == REQUESTS_A_MINUTE
    before = len(queries)
    seconds += 61
    logs.find(mails)
    assert len(queries) > before


def test_nothing_to_look_for(channel: SendGridChannel) -> None:
    assert channel.trace([]) == {}
