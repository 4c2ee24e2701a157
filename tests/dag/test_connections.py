"""Airflow connections become accounts, and what is wrong with one is said without its secrets."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from airflow_ma.channels.channel import Account, ChannelError, SendingPausedError
from airflow_ma.channels.smtp.connect import ServerOptions, open_session
from airflow_ma.channels.watch import Watch
from airflow_ma.dag.connections import account
from airflow_ma.dag.sendgrid_hook import SendGridHook
from tests.channels.smtp_script import MAIL, ScriptedServer
from tests.fakes.sendgrid import API_KEY, FakeSendGrid

PASSWORD = "correct-horse-battery"


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Add a connection to Airflow."""

    def add(conn_id: str, **fields: Any) -> str:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))
        return conn_id

    return add


def test_a_connection_becomes_an_account(add: Any) -> None:
    add("smtp_default", conn_type="smtp", host="mail.example", port=587, login="shop", password=PASSWORD,
        extra={"disable_ssl": True})  # fmt: skip
    assert account("smtp_default") == (
        "smtp",
        Account("smtp_default", "mail.example", 587, "shop", PASSWORD, {"disable_ssl": True}),
    )
    add("sendgrid_default", conn_type="sendgrid", password=PASSWORD)
    assert account("sendgrid_default") == ("sendgrid", Account("sendgrid_default", password=PASSWORD))


def test_a_connection_as_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_MAIL", "smtp://shop:pa%40ss@mail.example:25/?disable_ssl=true&disable_tls=false"
    )
    channel, found = account("mail")
    assert (channel, found.host, found.port, found.password) == ("smtp", "mail.example", 25, "pa@ss")
    options = ServerOptions.of(found)
    assert options.tls == "starttls"


def test_secrets_are_in_no_repr_and_no_log(add: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = "ya29.oauth-token"
    add("smtp_default", conn_type="smtp", host="mail.example", password=PASSWORD,
        extra={"auth_type": "oauth2", "access_token": token})  # fmt: skip
    _, found = account("smtp_default")
    assert found.password == PASSWORD
    assert found.connect is not None
    for secret in (PASSWORD, token):
        assert secret not in repr(found)
        assert secret not in caplog.text


@pytest.mark.usefixtures("airflow_metadata")
@pytest.mark.parametrize(
    ("conn_id", "command"),
    [
        ("sendgrid_default", "airflow connections add sendgrid_default --conn-type sendgrid --conn-password"),
        ("smtp_default", "airflow connections add smtp_default --conn-type smtp --conn-host"),
    ],
)
def test_a_missing_connection_names_the_command_that_adds_it(conn_id: str, command: str) -> None:
    with pytest.raises(ChannelError, match=f"there is no Airflow connection '{conn_id}'.*{command}"):
        account(conn_id)


def test_a_connection_that_sends_no_mail_names_those_that_do(add: Any) -> None:
    add("crm", conn_type="postgres", host="db")
    with pytest.raises(
        ChannelError, match=r"'crm' is of type 'postgres', which sends no mail.*sendgrid, smtp$"
    ):
        account("crm")


@pytest.mark.parametrize("extra", ["{broken " + PASSWORD, f'["{PASSWORD}"]'])
def test_broken_extra_fields_are_named_and_not_quoted(
    add: Any, extra: str, caplog: pytest.LogCaptureFixture
) -> None:
    add("smtp_default", conn_type="smtp", host="mail.example", extra=extra)
    with pytest.raises(ChannelError, match="extra fields of the Airflow connection 'smtp_default'") as caught:
        account("smtp_default")
    assert PASSWORD not in str(caught.value) + caplog.text
    assert caught.value.__context__ is None or PASSWORD not in repr(caught.value.__context__)


def test_oauth_logs_in_through_airflows_hook(add: Any) -> None:
    with ScriptedServer([[b"235 welcome", *MAIL]], [b"AUTH XOAUTH2"]) as server:
        add("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, login="shop@example.com",
            extra={"auth_type": "oauth2", "access_token": "token-1", "disable_ssl": True, "disable_tls": True})  # fmt: skip
        _, found = account("smtp_default")
        session = open_session(found, ServerOptions.of(found), Watch(60))
        answer = session.deliver(b"shop@example.com", b"a@b.example", b"Subject: x\r\n\r\ny\r\n")
        session.close()
    assert answer.code == 250
    assert sum(line.upper().startswith(b"AUTH XOAUTH2") for line in server.heard[0]) == 1


def test_a_refused_token_pauses_sending(add: Any) -> None:
    with ScriptedServer([[b"535 5.7.8 bad token"]], [b"AUTH XOAUTH2"]) as server:
        add("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, login="shop@example.com",
            extra={"auth_type": "oauth2", "access_token": "token-1", "disable_ssl": True, "disable_tls": True})  # fmt: skip
        _, found = account("smtp_default")
        with pytest.raises(SendingPausedError, match=r"refused the login \(535\)") as caught:
            open_session(found, ServerOptions.of(found), Watch(60))
    assert "token-1" not in str(caught.value)


def test_a_token_that_cannot_be_had_is_explained(add: Any) -> None:
    with ScriptedServer([[]]) as server:
        add("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, login="shop@example.com",
            extra={"auth_type": "oauth2", "disable_ssl": True, "disable_tls": True})  # fmt: skip
        _, found = account("smtp_default")
        with pytest.raises(ChannelError, match="press Test on the connection"):
            open_session(found, ServerOptions.of(found), Watch(60))


def test_the_test_button_asks_sendgrid(add: Any, fake_sendgrid: FakeSendGrid) -> None:
    add("x7f", conn_type="sendgrid", password=API_KEY, extra={"api_url": fake_sendgrid.url})
    works, says = SendGridHook("x7f").test_connection()
    assert works, says
    assert "メールを送信できます" in says
    add("x7f", conn_type="sendgrid", password="SG.wrong", extra={"api_url": fake_sendgrid.url})
    works, says = SendGridHook("x7f").test_connection()
    assert not works
    assert says.startswith("Mail cannot be sent / メールを送信できません: ")
    assert "x7f" not in says
    assert "SG.wrong" not in says
