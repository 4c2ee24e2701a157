"""SendGrid is away, hangs up or does not come to an end: what certainly did not leave is tried again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from airflow_ma.channels.channel import Account, ChannelError, Receipt, SendingPausedError
from airflow_ma.channels.sendgrid import http, sending
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.channels.watch import share_of
from airflow_ma.engine.database import Database
from tests.channels.sendgrid_kit import FOOTER, fates, mail, send, set_sender, write_template
from tests.fakes.sendgrid import API_KEY, FakeSendGrid


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
