"""What the receipts say when something goes wrong between us and SendGrid: nothing is sent twice, nothing lost."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from airflow_ma.channels.channel import Account, ChannelError, Delivery, Receipt, SendingPausedError
from airflow_ma.channels.sendgrid import http, sending
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.engine.database import Database
from tests.channels.sendgrid_kit import accepted_ids, fates, mail, open_at, send
from tests.fakes.sendgrid import API_KEY, NAMED, FakeSendGrid

UNKNOWN = {"unknown": 3}
ACCEPTED = {"accepted": 3}
RETRYABLE = {"retryable": 3}

FATES = {
    **dict.fromkeys(["400", "400_html", "413", "413_html", "429"], ACCEPTED),
    **dict.fromkeys(["401", "403", "403_html", "451", "302", "429_bare", "429_html"], RETRYABLE),
}
"""What becomes of three mails after one fault; of all others nobody knows."""


@pytest.mark.parametrize("name", NAMED)
def test_each_fault_has_its_receipts(
    template: EmailTemplate, fake_sendgrid: FakeSendGrid, sqlite_database: Database, name: str
) -> None:
    slow = name.startswith("slow")
    channel = open_at(fake_sendgrid, sqlite_database, read_timeout=1 if slow else 30)
    fake_sendgrid.fail_next(name, **({"delay": 3} if slow else {}))
    receipts, error = send(channel, template, [mail(n) for n in (1, 2, 3)])
    if name == "cut_early" and fates(receipts) == RETRYABLE:
        return  # the cut came before all of it had left: it certainly was not taken
    assert fates(receipts) == FATES.get(name, UNKNOWN)
    assert isinstance(error, SendingPausedError) == (name in {"401", "403", "403_html", "451"})
    kept = 3 if FATES.get(name) == ACCEPTED or NAMED[name].kept else 0
    assert fake_sendgrid.store.mail_count == kept
    assert fake_sendgrid.store.counts()["duplicates"] == 0


def test_the_next_call_works_after_a_cut_connection(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.fail_next("cut_after")
    assert fates(send(channel, template, [mail(1)])[0]) == {"unknown": 1}
    assert fates(send(channel, template, [mail(2)])[0]) == {"accepted": 1}


def test_one_request_s_fault_does_not_touch_the_others(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.pass_next()
    fake_sendgrid.fail_next("503")
    receipts, error = send(channel, template, [mail(n) for n in range(1, 2_501)])
    assert error is None
    assert fates(receipts) == {"accepted": 1_500, "unknown": 1_000}
    assert {r.delivery for r in receipts[1_000:2_000]} == {Delivery.UNKNOWN}


def test_a_refused_account_stops_the_rest_and_keeps_what_was_accepted(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.pass_next()
    fake_sendgrid.fail_next("401")
    receipts, error = send(channel, template, [mail(n) for n in range(1, 3_001)])
    assert isinstance(error, SendingPausedError)
    assert "'news'" in str(error)
    assert "valid API key" in str(error)
    assert fates(receipts) == {"accepted": 1_000, "retryable": 2_000}
    assert len(fake_sendgrid.answers) == 2


@pytest.mark.parametrize(
    ("status", "message", "says"),
    [
        (401, "Maximum credits exceeded", "raise the plan"),
        (401, "The provided authorization grant is invalid, expired, or revoked", "valid API key"),
        (403, "access forbidden", "'Mail Send'"),
        (451, "Authentication failed: You have exceeded your messaging limits", "raise the plan"),
        (451, "unavailable", "region"),
    ],
)
def test_a_pause_says_what_to_do(
    channel: SendGridChannel,
    template: EmailTemplate,
    fake_sendgrid: FakeSendGrid,
    status: int,
    message: str,
    says: str,
) -> None:
    fake_sendgrid.fail_next(status, message=message)
    _, error = send(channel, template, [mail(1)])
    assert isinstance(error, SendingPausedError)
    assert says in str(error)


def test_an_unverified_sender_pauses(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    fake_sendgrid.account.verified_domains = {"other.example"}
    receipts, error = send(channel, template, [mail(1), mail(2)])
    assert isinstance(error, SendingPausedError)
    assert "AIRFLOW_MA_SENDER_EMAIL" in str(error)
    assert fates(receipts) == {"retryable": 2}
    assert len(fake_sendgrid.answers) == 1


class TestRateLimit:
    def test_a_near_end_is_waited_for(
        self, template: EmailTemplate, fake_sendgrid: FakeSendGrid, sqlite_database: Database
    ) -> None:
        slept: list[float] = []
        account = Account("news", host=fake_sendgrid.url, password=API_KEY)
        channel = SendGridChannel(sqlite_database, account, sleep=slept.append)
        fake_sendgrid.fail_next("429", reset_in=20)
        assert fates(send(channel, template, [mail(1)])[0]) == {"accepted": 1}
        assert len(slept) == 1
        assert 19 <= slept[0] <= 21.5

    def test_a_far_end_holds_all_that_are_left(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        fake_sendgrid.pass_next()
        fake_sendgrid.fail_next("429", reset_in=300)
        receipts, error = send(channel, template, [mail(n) for n in range(1, 3_001)])
        assert error is None
        assert fates(receipts) == {"accepted": 1_000, "retryable": 2_000}
        assert {298 < (r.retry_after or 0) < 302 for r in receipts[1_000:]} == {True}
        assert len(fake_sendgrid.answers) == 2

    def test_waiting_has_an_end(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        fake_sendgrid.fail_next("429", reset_in=25, times=10)
        assert fates(send(channel, template, [mail(1)])[0]) == {"retryable": 1}
        assert len(fake_sendgrid.answers) == 3


class TestUnforeseen:
    def test_before_anything_is_sent_nothing_is_unknown(
        self,
        channel: SendGridChannel,
        template: EmailTemplate,
        fake_sendgrid: FakeSendGrid,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def broken(links: object) -> None:
            raise OSError("the database of p1@example.com is away")

        monkeypatch.setattr(channel._links, "of", broken)
        with pytest.raises(ChannelError, match="nothing was sent") as caught:
            channel.send(template, [mail(1), mail(2, language="ja")], now=0)
        assert caught.value.receipts == []
        assert "p1@" not in str(caught.value)
        assert fake_sendgrid.answers == []

    def test_in_the_middle_only_the_request_under_way_is_unknown(
        self, template: EmailTemplate, channel: SendGridChannel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge, asked = channel._api._judge, []

        def odd(*given: Any) -> http.Answer:
            asked.append(1)
            if len(asked) == 2:
                raise RuntimeError("p1@example.com")
            return judge(*given)

        monkeypatch.setattr(channel._api, "_judge", odd)
        receipts, error = send(channel, template, [mail(n) for n in range(2_500)])
        assert fates(receipts) == {"accepted": 1_000, "unknown": 1_000, "retryable": 500}
        assert "p1@" not in str(error)
        assert "RuntimeError" in str(error)


class TestWithdrawn:
    def test_after_a_pause_they_are_asked_for_again(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        asked: list[list[int]] = []

        def withdrawn(ids: Sequence[int]) -> set[int]:
            asked.append(list(ids))
            return {101, 102}

        fake_sendgrid.fail_next("429", reset_in=5)
        mails = [mail(n) for n in range(100, 104)]
        receipts, error = send(channel, template, mails, withdrawn=withdrawn)
        assert error is None
        assert asked == [[100, 101, 102, 103]]  # not before the first request: it was a moment ago
        gone = Receipt(Delivery.REJECTED, "unsubscribed")
        assert [r if r == gone else r.delivery for r in receipts] == [
            Delivery.ACCEPTED, gone, gone, Delivery.ACCEPTED
        ]  # fmt: skip
        assert accepted_ids(fake_sendgrid, channel) == {100: 1, 103: 1}

    def test_in_a_long_call_before_each_request(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        ticks = iter([0.0, *[1.0] * 2, *[3.0] * 9])
        receipts: list[Receipt | None] = [None] * 2_500
        mails = [mail(n) for n in range(2_500)]
        kinds = channel._write(template, mails, "marketing", receipts)
        going = sending.Sending(
            channel._api,
            receipts,
            ids=range(2_500),
            withdrawn=lambda ids: range(5, 2_100),
            clock=lambda: next(ticks),
        )
        going.post(kinds[0].parcels())
        assert fates(going.finish()) == {"accepted": 1_000 + 400, "rejected": 1_100}
        assert [accepted.size for accepted in fake_sendgrid.store.requests] == [1_000, 400]


def test_no_mail_is_doubled_or_lost_over_many_seeds(
    channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
) -> None:
    """Whoever sends again what certainly was not sent, and nothing else, sends everything at most once."""
    names = [name for name in NAMED if not name.startswith(("slow", "down"))]
    unknown = accepted = rejected = 0
    for seed in range(40):
        rng = random.Random(seed)
        fake_sendgrid.reset()
        fake_sendgrid.poison = {f"p{rng.randrange(60)}@example.com" for _ in range(rng.randrange(3))}
        fake_sendgrid.plan(seed, {name: 0.4 / len(names) for name in names})
        todo = [mail(n, opens=bool(rng.getrandbits(1))) for n in range(60)]
        fate: dict[int, Receipt] = {}
        for _ in range(60):
            batch = rng.sample(todo, min(len(todo), rng.randrange(1, 61)))
            receipts, _ = send(channel, template, batch)
            for each, receipt in zip(batch, receipts, strict=True):
                if receipt.delivery is not Delivery.RETRYABLE:
                    assert each.message_id not in fate
                    fate[each.message_id] = receipt
            todo = [each for each in todo if each.message_id not in fate]
            if not todo:
                break
        arrived = accepted_ids(fake_sendgrid, channel)
        assert set(arrived.values()) <= {1}, seed
        told = {n for n, receipt in fate.items() if receipt.delivery is Delivery.ACCEPTED}
        doubtful = {n for n, receipt in fate.items() if receipt.delivery is Delivery.UNKNOWN}
        assert told <= arrived.keys() <= told | doubtful, seed
        unknown, accepted = unknown + len(doubtful), accepted + len(told)
        rejected += sum(receipt.delivery is Delivery.REJECTED for receipt in fate.values())
    print(f"{accepted} accepted, {unknown} unknown, {rejected} rejected, 0 doubled, 0 lost")
    assert accepted > unknown > 0
