"""What a SendGrid connection may say, and what 'Test connection' answers."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_ma.channels.channel import Account, ChannelError
from airflow_ma.channels.sendgrid import check_account
from airflow_ma.channels.sendgrid.access import read_access
from airflow_ma.config import settings
from tests.fakes.sendgrid import API_KEY, FakeSendGrid

KEY = "SG.secret.key"


def account(password: str | None = KEY, *, host: str | None = None, **options: Any) -> Account:
    return Account("news", host=host, password=password, options=options)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (account(), "https://api.sendgrid.com"),
        (account(region="eu"), "https://api.eu.sendgrid.com"),
        (account(region="", api_url=None), "https://api.sendgrid.com"),
        (account(host="api.eu.sendgrid.com"), "https://api.eu.sendgrid.com"),
        (account(host="https://api.sendgrid.com/"), "https://api.sendgrid.com"),
        (account(host="https://api.sendgrid.com/v3/"), "https://api.sendgrid.com"),
        (account(host="http://127.0.0.1:8085"), "http://127.0.0.1:8085"),
        (Account("news", host="http://localhost", port=8085, password=KEY), "http://localhost:8085"),
        (account(api_url="https://127.0.0.1:8443/"), "https://127.0.0.1:8443"),
        (account(region="eu", api_url="http://[::1]:9"), "http://[::1]:9"),
    ],
)
def test_where_requests_go(given: Account, url: str) -> None:
    assert read_access(given).url == url


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "needs an Airflow connection"),
        (account(None), "connection 'news': no API key"),
        (Account("news", login="SG.secret.key"), "it is in the login now"),
        (account("Bearer SG.secret.key"), "paste only the key"),
        (account('"SG.secret.key"'), "paste only the key"),
        (account("SG.secret\nX-Evil: 1"), "paste only the key"),
        (account("SG.secret.キー"), "paste only the key"),
        (account(region="us"), "field 'region' is wrong"),
        (account(sandboxmode=True), "no field 'sandboxmode'; known: region"),
        (account(sandbox_mode="perhaps"), "field 'sandbox_mode' is wrong"),
        (account(ip_pool_name="x"), "field 'ip_pool_name' is wrong"),
        (account(asm_group_id="ten"), "field 'asm_group_id' is wrong"),
        (account(categories="a,b,a"), "names a category twice"),
        (account(categories="ニュース"), "field 'categories"),
        (account(categories=",".join("abcdefghijk")), "field 'categories' is wrong"),
        (account(read_timeout=0), "field 'read_timeout' is wrong"),
        (account(host="evil.example"), "host is not SendGrid's"),
        (account(host="http://169.254.169.254"), "only for a server on this machine"),
        (account(host="api.sendgrid.com.evil.example"), "host is not SendGrid's"),
        (account(host="https://api.sendgrid.com@evil.example"), "must look like"),
        (account(api_url="http://gateway.example"), "only for a server on this machine"),
        (account(api_url="https://gateway.example"), "may only be a server on this machine"),
        (account(api_url="https://localhost.evil.example"), "may only be a server on this machine"),
        (account(api_url="https://localhost@evil.example"), "must look like"),
        (account(api_url="https://gateway.example/other/path"), "must look like"),
        (account(api_url="ftp://gateway.example"), "only for a server on this machine"),
        (account(api_url="https://gateway.example:port"), "must look like"),
    ],
)
def test_what_is_wrong_is_said_without_the_key(given: Account | None, says: str) -> None:
    with pytest.raises(ChannelError) as error:
        read_access(given)
    assert says in str(error.value)
    assert "secret" not in str(error.value)


def test_another_address_is_the_installations_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SENDGRID_URL", "https://gateway.example:8443/")
    settings.cache_clear()
    assert read_access(account(region="eu")).url == "https://gateway.example:8443"
    assert read_access(account(api_url="http://localhost:9")).url == "http://localhost:9"
    monkeypatch.setenv("AIRFLOW_MA_SENDGRID_URL", "http://gateway.example")
    settings.cache_clear()
    with pytest.raises(ChannelError, match="AIRFLOW_MA_SENDGRID_URL must look like"):
        read_access(account())


def test_form_fields_are_text() -> None:
    options = read_access(
        account(sandbox_mode="true", asm_group_id="12", categories=" news, spring ,", ip_pool_name="")
    ).options
    assert options.sandbox_mode
    assert options.asm_group_id == 12
    assert options.categories == ("news", "spring")
    assert options.ip_pool_name is None


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(read_access(account())) + repr(account())


def test_a_key_that_may_send(fake_sendgrid: FakeSendGrid) -> None:
    found = check_account(account(f" {API_KEY}\n", host=fake_sendgrid.url))
    assert found == [f"The API key is valid and may send mail (mail.send) at {fake_sendgrid.url}."]


def test_what_else_a_person_should_know(fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.keys["SG.plain"] = ("mail.send",)
    found = check_account(account("SG.plain", host=fake_sendgrid.url, sandbox_mode=True))
    assert [line.split(":")[0] for line in found[1:]] == ["Sandbox mode is on", "Email Logs cannot be read"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("401", "does not know this API key"),
        ("429", "try again in a minute"),
        ("500", "HTTP 500"),
        ("503_html", "HTTP 503: it does not say why"),
        ("302", "HTTP 302"),
        ("cut_before", "cannot be reached"),
    ],
)
def test_an_account_that_does_not_answer_well(fake_sendgrid: FakeSendGrid, fault: str, says: str) -> None:
    fake_sendgrid.fail_next(fault, on="scopes")
    with pytest.raises(ChannelError, match=says) as error:
        check_account(account(API_KEY, host=fake_sendgrid.url))
    assert API_KEY not in str(error.value)


def test_a_key_that_may_not_send(fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.keys["SG.reader"] = ("messages.read",)
    with pytest.raises(ChannelError, match="'news': the API key is valid but may not send mail"):
        check_account(account("SG.reader", host=fake_sendgrid.url))
    with pytest.raises(ChannelError, match="does not know this API key"):
        check_account(account("SG.nobody", host=fake_sendgrid.url))


def test_nobody_there(fake_sendgrid: FakeSendGrid) -> None:
    with fake_sendgrid.down(), pytest.raises(ChannelError, match="cannot be reached"):
        check_account(account(host=fake_sendgrid.url))
