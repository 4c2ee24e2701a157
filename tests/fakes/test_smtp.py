"""The SMTP sink keeps what it takes and fails as it is told."""

from __future__ import annotations

import smtplib
import ssl
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from tests.fakes.smtp import SmtpSink


def mail(number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "news@example.co.jp", "taro@example.com"
    message["Subject"], message["Message-ID"] = "お知らせ", f"<{number}@example.co.jp>"
    message.set_content("こんにちは\n.dot\n")
    return message


def send(port: int, *numbers: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        for number in numbers or (1,):
            client.send_message(mail(number))


def test_mails_are_kept_as_they_came(smtp_sink: SmtpSink) -> None:
    send(smtp_sink.port, 1, 2, 2)
    kept = smtp_sink.mails[0]
    assert (kept.sender, kept.recipients) == ("news@example.co.jp", ("taro@example.com",))
    assert kept.message["Subject"] == "お知らせ"
    assert kept.message.get_content() == "こんにちは\r\n.dot\r\n"
    assert kept.at == smtp_sink.now()
    counts = smtp_sink.counts()
    assert (counts["mails"], counts["messages"], counts["duplicates"]) == (3, 2, 1)
    assert (counts["duplicated"], counts["connections"]) == (["<2@example.co.jp>"], 1)


def test_quoted_local_parts_arrive(smtp_sink: SmtpSink) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_sink.port, timeout=10) as client:
        client.sendmail("news@example.co.jp", ['"a..b"@docomo.ne.jp'], b"Subject: x\r\n\r\ny\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("news@example.co.jp", ["a..b@docomo.ne.jp"], b"Subject: x\r\n\r\ny\r\n")
    assert [kept.recipients for kept in smtp_sink.mails] == [('"a..b"@docomo.ne.jp',)]


@pytest.mark.parametrize(
    ("name", "code"),
    [("mail_451", 451), ("rcpt_450", 450), ("rcpt_550", 550), ("data_421", 421), ("message_451", 451),
     ("message_554", 554), ("connect_421", 421)],
)  # fmt: skip
def test_a_refused_mail_is_not_kept(smtp_sink: SmtpSink, name: str, code: int) -> None:
    smtp_sink.fail_next(name)
    with pytest.raises(smtplib.SMTPException) as caught:
        send(smtp_sink.port)
    assert str(code) in str(caught.value)
    assert smtp_sink.mails == []
    send(smtp_sink.port)
    assert len(smtp_sink.mails) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [("cut_connect", 0), ("cut_rcpt", 0), ("cut_data", 0), ("cut_before", 0), ("cut_after", 1)],
)
def test_a_cut_connection_gives_no_answer(smtp_sink: SmtpSink, name: str, kept: int) -> None:
    smtp_sink.fail_next(name)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(smtp_sink.port)
    assert len(smtp_sink.mails) == kept
    send(smtp_sink.port, 2)
    assert len(smtp_sink.mails) == kept + 1


def test_slow_answers_come_after_the_mail_was_kept(smtp_sink: SmtpSink) -> None:
    smtp_sink.fail_next("slow", delay=1.5)
    with (
        pytest.raises(smtplib.SMTPServerDisconnected),
        smtplib.SMTP("127.0.0.1", smtp_sink.port, timeout=0.3) as client,
    ):
        client.send_message(mail())
    assert len(smtp_sink.mails) == 1


def test_an_address_can_be_refused_for_good(smtp_sink: SmtpSink) -> None:
    smtp_sink.refused["taro@example.com"] = 550
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(smtp_sink.port)


def test_a_plan_is_the_same_for_the_same_seed(smtp_sink: SmtpSink) -> None:
    runs = []
    for _ in range(2):
        smtp_sink.plan(3, {"rcpt_450": 0.3, "cut_after": 0.3})
        before = len(smtp_sink.mails)
        run = []
        for number in range(20):
            try:
                send(smtp_sink.port, number)
                run.append("ok")
            except (smtplib.SMTPException, ConnectionError) as error:
                run.append(type(error).__name__)
        runs.append((run, len(smtp_sink.mails) - before))
    assert runs[0] == runs[1]
    assert 0 < runs[0][0].count("ok") < runs[0][1] < 20


def test_a_stopped_sink_refuses_connections_and_comes_back(smtp_sink: SmtpSink) -> None:
    with smtp_sink.down(), pytest.raises(ConnectionRefusedError):
        send(smtp_sink.port)
    send(smtp_sink.port)


def test_starttls_and_login(tmp_path: Path) -> None:
    sink = SmtpSink(tls=tmp_path, require_tls=True, users={"me": "secret"}).start()
    try:
        context = ssl.create_default_context(cafile=str(sink.certificate))
        with smtplib.SMTP("localhost", sink.port, timeout=10) as client:
            client.starttls(context=context)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("me", "wrong")
        with smtplib.SMTP("localhost", sink.port, timeout=10) as client:
            client.starttls(context=context)
            client.login("me", "secret")
            client.send_message(mail())
        with pytest.raises(smtplib.SMTPException):
            send(sink.port)
        assert [(kept.tls, kept.login) for kept in sink.mails] == [(True, "me")]
    finally:
        sink.stop()


def test_it_runs_as_a_process_of_its_own() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.smtp_process"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        port, url = process.stdout.readline().split()
        requests.post(f"{url}/_fake/fail", json={"name": "rcpt_550"}, timeout=10)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(int(port))
        send(int(port), 1, 2)
        assert requests.get(f"{url}/_fake/counts", timeout=10).json()["mails"] == 2
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0
