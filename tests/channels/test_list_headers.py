"""The headers that say which list a mail belongs to."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default

import pytest

from airflow_ma.channels.list_headers import list_headers
from airflow_ma.channels.smtp.headers import ascii_header
from airflow_ma.config import Settings

DOT_ATOM = re.compile(r"<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+>")


def ours(name: str = "Test Shop", email: str = "news@shop.example") -> Settings:
    return Settings(sender_name=name, sender_email=email)


def headers(journey: str = "sale", step: str = "announce", **rules: str) -> dict[str, str]:
    return list_headers(journey, step, "marketing", ours(**rules))


def test_only_marketing_mail_is_of_a_list() -> None:
    assert list_headers("sale", "announce", "transactional", ours()) == {}
    assert headers(email="") == {}


@pytest.mark.parametrize("key", ["sale", "team.sale-2", "春のセール", "a..b", "with space", "x" * 250, ".x"])
def test_whatever_the_journey_is_called_its_list_id_can_be_read_and_is_its_own(key: str) -> None:
    found = headers(key)
    assert found == headers(key)
    assert DOT_ATOM.fullmatch(found["List-Id"].removeprefix("Test Shop "))
    assert len(found["List-Id"]) < 255
    assert found["List-Id"] != headers(key + "2")["List-Id"]
    fields = found["Feedback-ID"].split(":")
    assert len(set(fields)) == 4  # Gmail counts each by itself, whatever its place
    assert fields[1] == headers(key, "remind")["Feedback-ID"].split(":")[1]
    assert fields[0] != headers(key, "remind")["Feedback-ID"].split(":")[0]


@pytest.mark.parametrize(
    "domain", ["a.jp", "shop.example", "mail.a-very-long-name.shop.example", "SHOP.example", "店.jp"]
)
def test_the_sender_has_a_short_id_that_stays(domain: str) -> None:
    sender = headers(email=f"news@{domain}")["Feedback-ID"].rsplit(":", 1)[1]
    assert 5 <= len(sender) <= 15
    assert (
        sender == headers("other", "step", email=f"hello@{domain.lower()}")["Feedback-ID"].rsplit(":", 1)[1]
    )


@pytest.mark.parametrize(
    "name",
    ["", "Yamanami", 'A, "B" & Co.', "山並アウトドア", "株式会社" * 20, "A\r\nBcc: x@y.example", "=?x?="],
)
def test_the_phrase_is_the_senders_name_on_lines_that_mail_may_have(name: str) -> None:
    found = headers(name=name)
    written = b"".join(ascii_header(field, text) for field, text in found.items())
    assert max(map(len, written.split(b"\r\n"))) <= 78
    read = message_from_bytes(written + b"\r\n", policy=default)
    assert list(read.keys()) == ["List-Id", "Feedback-ID"]
    unquoted = re.sub(r'["\\\\]', "", str(read["List-Id"]))
    wanted = re.sub(r"[\r\n]+", " ", name).replace('"', "")
    assert unquoted == f"{wanted} <sale.shop.example>".strip()
