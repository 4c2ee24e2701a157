"""Addresses on their way to a provider: odd but real ones get there, and nothing else gets through."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_ma.channels.addresses import provider_address


@pytest.mark.parametrize(
    ("stored", "given_out"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann.O'Hara+news@Sub.Example.co.jp", "Ann.O'Hara+news@Sub.Example.co.jp"),
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        (".a@ezweb.ne.jp", '".a"@ezweb.ne.jp'),
        ("a.@softbank.ne.jp", '"a."@softbank.ne.jp'),
        ("...@docomo.ne.jp", '"..."@docomo.ne.jp'),
        ('"a..b"@docomo.ne.jp', '"a..b"@docomo.ne.jp'),
        ('"a.b"@docomo.ne.jp', "a.b@docomo.ne.jp"),
        ("info@日本語.jp", "info@xn--wgv71a119e.jp"),
        ("a..b@日本語.jp", '"a..b"@xn--wgv71a119e.jp'),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_what_a_provider_is_given(stored: str, given_out: str) -> None:
    assert provider_address(stored) == given_out


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@example",
        "ann@localhost",
        "ann@-example.com",
        "ann@example..com",
        "ann@example.com.",
        "ann@127.0.0.1",
        "ann@[127.0.0.1]",
        "a b@example.com",
        "ann@example.com ",
        "ann@example.com\n",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "Ann <a@b.example>",
        "a@b@c.example",
        '"a b"@example.com',
        '"a\\"b"@example.com',
        '""@example.com',
        "山田@example.com",
        "ann@exam ple.jp",
        "ann@日本 語.jp",
        "ann@" + "あ" * 70 + ".jp",
        "a" * 65 + "@example.com",
        "ann@" + "a." * 130 + "jp",
        "a\x00b@example.com",
    ],
)
def test_what_is_not_one_address_is_refused(bad: str) -> None:
    assert provider_address(bad) is None


@given(
    st.text(st.sampled_from("ab.@\"' ,;<>()[]\\\r\n\x00あ｡．é-_+"), max_size=12),
    st.sampled_from(["@docomo.ne.jp", ""]),
)
def test_what_gets_through_is_one_mailbox_for_any_reader(text: str, domain: str) -> None:
    address = provider_address(text + domain)
    if address is None:
        return
    assert address.isascii()
    assert provider_address(address) == address
    mail = EmailMessage(policy=SMTP)
    mail["To"] = address
    (reader,) = mail["To"].addresses
    assert isinstance(reader, Address)
    local, _, host = address.rpartition("@")
    assert (reader.username, reader.domain) == (local.strip('"'), host)
    assert "\r\n" not in mail.as_string(policy=SMTP).split("\r\n\r\n")[0].removeprefix(f"To: {address}")
