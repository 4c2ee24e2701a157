"""What the receipts say when something goes wrong between us and SendGrid: nothing is sent twice, nothing lost."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from airflow_ma.channels.channel import Account, ChannelError, Delivery, Receipt, SendingPausedError
from airflow_ma.channels.sendgrid import http, sending
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.channels.watch import share_of
from airflow_ma.engine.database import Database
from tests.channels.sendgrid_kit import (
    FOOTER,
    accepted_ids,
    fates,
    mail,
    open_at,
    send,
    set_sender,
    write_template,
)
from tests.fakes.sendgrid import API_KEY, NAMED, FakeSendGrid, server
from tests.fakes.sendgrid.problems import Problem

UNKNOWN = {"unknown": 3}
ACCEPTED = {"accepted": 3}
RETRYABLE = {"retryable": 3}


@pytest.fixture(autouse=True)
def _settings(_own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    set_sender(monkeypatch)


@pytest.fixture
def channel(fake_sendgrid: FakeSendGrid, sqlite_database: Database) -> SendGridChannel:
    return open_at(fake_sendgrid, sqlite_database)


@pytest.fixture
def template(tmp_path: Path) -> EmailTemplate:
    return write_template(tmp_path)


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


class TestRefusals:
    def test_the_bad_one_is_rejected_and_the_others_are_sent(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
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
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
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
        self,
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
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, size: int
    ) -> None:
        fake_sendgrid.poison = {f"p{n}@example.com" for n in range(size)}
        receipts, error = send(channel, template, [mail(n) for n in range(size)])
        assert fates(receipts) == {"retryable": size}
        assert isinstance(error, ChannelError)
        assert len(fake_sendgrid.answers) <= 25

    def test_the_same_fault_in_everybody_s_part_rejects_nobody(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        named = [
            (f"personalizations.{n}.headers", "Header can not be one of the reserved keys.") for n in range(5)
        ]
        with refusing(*named):
            receipts, error = send(channel, template, [mail(n) for n in range(5)])
        assert fates(receipts) == {"retryable": 5}
        assert isinstance(error, ChannelError)

    def test_a_template_refused_in_one_language_is_sent_in_the_other(
        self, channel: SendGridChannel, tmp_path: Path, fake_sendgrid: FakeSendGrid
    ) -> None:
        write_template(tmp_path, "two", language="en")
        template = write_template(tmp_path, "two", language="ja")
        with refusing(("content.1.value", "wrong")):
            receipts, error = send(channel, template, [mail(1), mail(2, language="ja"), mail(3)])
        assert [r.delivery.value for r in receipts] == ["retryable", "accepted", "retryable"]
        assert isinstance(error, ChannelError)

    def test_a_limit_on_the_number_halves_the_request(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        with refusing(("personalizations.0.substitutions", "You are limited to 10,000 substitutions.")):
            receipts, error = send(channel, template, [mail(n) for n in range(10)])
        assert error is None
        assert fates(receipts) == {"accepted": 10}
        assert [accepted.size for accepted in fake_sendgrid.store.requests] == [5, 5]

    def test_a_provider_that_refuses_nearly_all_is_not_asked_forever(
        self,
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
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        fake_sendgrid.max_bytes = 30_000
        receipts, error = send(channel, template, [mail(n) for n in range(200)])
        assert error is None
        assert fates(receipts) == {"accepted": 200}
        assert "413" in fake_sendgrid.answers

    def test_a_mail_too_large_by_itself_is_rejected_when_others_fit(
        self, channel: SendGridChannel, tmp_path: Path, fake_sendgrid: FakeSendGrid
    ) -> None:
        fake_sendgrid.max_bytes = 30_000
        template = write_template(tmp_path, html="<p>{{ contact.story }}</p>" + FOOTER)
        mails = [mail(1, story="x"), mail(2, story="x" * 40_000), mail(3, story="y")]
        receipts, error = send(channel, template, mails)
        assert error is None
        assert [r.delivery.value for r in receipts] == ["accepted", "rejected", "accepted"]


class TestNotReached:
    def test_nobody_listens(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        with fake_sendgrid.down():
            receipts, _ = send(channel, template, [mail(1), mail(2)])
        assert fates(receipts) == {"retryable": 2}
        assert fates(send(channel, template, [mail(1), mail(2)])[0]) == {"accepted": 2}

    @pytest.mark.parametrize("url", ["https://nobody.invalid", "https://192.0.2.1"])
    def test_no_such_host_and_no_answer_to_connecting(
        self, url: str, template: EmailTemplate, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_sender(monkeypatch, sendgrid_url=url)
        account = Account("news", password=API_KEY, options={"connect_timeout": 0.2})
        receipts, _ = send(SendGridChannel(sqlite_database, account), template, [mail(1)])
        assert fates(receipts) == {"retryable": 1}

    def test_tls_that_cannot_be_trusted(
        self, template: EmailTemplate, fake_sendgrid: FakeSendGrid, sqlite_database: Database
    ) -> None:
        account = Account("news", password=API_KEY, host=fake_sendgrid.url.replace("http:", "https:"))
        receipts, _ = send(SendGridChannel(sqlite_database, account), template, [mail(1)])
        assert fates(receipts) == {"retryable": 1}
        assert "TLS" in (receipts[0].reason or "")

    def test_a_request_that_did_not_leave_in_full_was_not_taken(
        self, tmp_path: Path, sqlite_database: Database
    ) -> None:
        template = write_template(tmp_path, html="<p>{{ contact.story }}</p>" + FOOTER)
        with closing_early() as url:
            channel = SendGridChannel(sqlite_database, Account("news", host=url, password=API_KEY))
            receipts, _ = send(channel, template, [mail(n, story="x" * 4_000) for n in range(900)])
        assert fates(receipts) == {"retryable": 900}

    def test_a_connection_that_rested_is_not_trusted(
        self,
        channel: SendGridChannel,
        template: EmailTemplate,
        fake_sendgrid: FakeSendGrid,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        send(channel, template, [mail(1)])
        fake_sendgrid.stop()  # closes the connection that we hold, as an idle one is closed
        fake_sendgrid.start()
        monkeypatch.setattr(http, "IDLE_SECONDS", 0.0)
        assert fates(send(channel, template, [mail(2)])[0]) == {"accepted": 1}

    @pytest.mark.parametrize("fault", ["503", "cut_after", "302"])
    def test_a_provider_in_trouble_does_not_swallow_the_whole_audience(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid, fault: str
    ) -> None:
        fake_sendgrid.fail_next(fault, times=9)
        receipts, error = send(channel, template, [mail(n) for n in range(8_000)])
        assert isinstance(error, ChannelError)
        assert not isinstance(error, SendingPausedError)
        assert fates(receipts)["retryable"] == (8_000 if fault == "302" else 5_000)
        for _ in range(3):  # each call tries once, and ends there while it goes on
            receipts, error = send(channel, template, [mail(n) for n in range(2_000)])
            assert isinstance(error, ChannelError)
            assert fates(receipts)["retryable"] == (2_000 if fault == "302" else 1_000)
        fake_sendgrid.faults.clear()
        assert send(channel, template, [mail(1)])[1] is None
        fake_sendgrid.fail_next(fault)
        assert send(channel, template, [mail(2)])[1] is None

    def test_nothing_is_begun_when_the_time_is_up(
        self, channel: SendGridChannel, template: EmailTemplate, fake_sendgrid: FakeSendGrid
    ) -> None:
        ticks = iter([0.0, 50.0, 99.0, 101.0])
        receipts: list[Receipt | None] = [None] * 3_500
        kinds = channel._write(template, [mail(n) for n in range(3_500)], "marketing", receipts)
        going = sending.Sending(channel._api, receipts, clock=lambda: next(ticks))
        going.post(kinds[0].parcels())
        assert fates(going.finish()) == {"accepted": 2_000, "retryable": 1_500}


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


class TestDripping:
    """A server that always says a little more never runs into a read timeout."""

    @pytest.mark.parametrize(
        ("said", "fate"),
        [
            (b"HTTP/1.1 ", "unknown"),
            (b"HTTP/1.1 202 Accepted\r\nX-A: ", "accepted"),
            (b"HTTP/1.1 202 Accepted\r\n\r\n", "accepted"),
        ],
    )
    def test_it_is_cut_off(
        self,
        template: EmailTemplate,
        sqlite_database: Database,
        monkeypatch: pytest.MonkeyPatch,
        said: bytes,
        fate: str,
    ) -> None:
        monkeypatch.setattr(http, "REQUEST_SECONDS", 0.5)
        with dripping(said) as url:
            account = Account("news", host=url, password=API_KEY)
            began = time.monotonic()
            receipts, _ = send(SendGridChannel(sqlite_database, account), template, [mail(1)])
        assert time.monotonic() - began < 3
        assert fates(receipts) == {fate: 1}
        if fate == "unknown":
            assert receipts[0].reason == "SendGrid did not answer in time"

    def test_the_longest_call_ends_before_the_lease(self) -> None:
        # Two look-ups of the name take the system's resolver half a minute each at the very worst.
        connecting = 60 + 2 * http.CONNECT_SECONDS
        assert sending.TIME_SECONDS + max(http.REQUEST_SECONDS, connecting) <= 240

    def test_many_addresses_share_the_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [()] * 8)
        assert share_of("many.example", 443, 60, 40) == 5


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


@contextmanager
def dripping(said: bytes) -> Iterator[str]:
    """A server that begins an answer so and then says one letter after the other, for ever."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.recv(1_000_000)
            connection.sendall(said)
            while not over.wait(0.05):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join(5)


class closing_early:  # noqa: N801
    """A server that hangs up while the request is still being written."""

    def __enter__(self) -> str:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self) -> None:
        try:
            while True:
                connection, _ = self._server.accept()
                connection.recv(1_000)
                connection.close()
        except OSError:
            return

    def __exit__(self, *_: object) -> None:
        self._server.close()
