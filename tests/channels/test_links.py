"""Signed tokens cannot be made up, bent or used for something else; destinations are stored once."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from airflow_ma.channels.links import (
    BadToken,
    LinkSigner,
    Purpose,
    address_mark,
    click_url,
    link_ids,
    open_url,
    unsubscribe_url,
)
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import link

SECRET = b"a secret of many characters"
AT, EMAIL = 1_800_000_000_123, "Hanako@例え.jp"
SIGNER = LinkSigner({"k1": SECRET})
ids = st.integers(0, 2**63 - 1)
purposes = st.sampled_from(list(Purpose))
key_ids = st.text(st.characters(min_codepoint=0, max_codepoint=127), min_size=1, max_size=15)


def make(signer: LinkSigner, purpose: Purpose, number: int) -> str:
    """A token of that purpose for the message, contact or link ``number``."""
    opened, clicked, left = signer.tokens(number)
    return {
        Purpose.OPEN: opened,
        Purpose.CLICK: clicked,
        Purpose.UNSUBSCRIBE: left,
        Purpose.VISIT: signer.visit_token(number, AT),
        Purpose.CONFIRM: signer.confirm_token(number, EMAIL),
        Purpose.LINK: signer.link_token(number),
    }[purpose]


@given(purposes, ids, key_ids)
def test_what_was_signed_is_read_back(purpose: Purpose, number: int, key_id: str) -> None:
    signer = LinkSigner({key_id: SECRET, "other": b"another secret altogether"})
    token = make(signer, purpose, number)
    assert signer.read(purpose, token) == (number,)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.lists(st.one_of(ids, st.integers(0, 2**40), st.just(2**40 - 1)), max_size=6))
def test_tokens_of_many_are_the_tokens_of_each(numbers: list[int]) -> None:
    assert list(SIGNER.tokens_of(numbers)) == [SIGNER.tokens(number) for number in numbers]


@given(purposes, ids, st.data())
def test_any_flipped_bit_is_refused(purpose: Purpose, number: int, data: st.DataObject) -> None:
    token = make(SIGNER, purpose, number)
    raw = bytearray(urlsafe_b64decode(token))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    for other in Purpose:
        with pytest.raises(BadToken):
            SIGNER.read(other, urlsafe_b64encode(bytes(raw)).decode())


@given(purposes, ids, st.data())
def test_any_changed_character_is_refused(purpose: Purpose, number: int, data: st.DataObject) -> None:
    token = make(SIGNER, purpose, number)
    at = data.draw(st.integers(0, len(token)))
    character = data.draw(st.one_of(st.characters(), st.sampled_from("=+/-_A ")))
    for bent in (token[:at] + character + token[at:], token[:at] + character + token[at + 1 :], token[:at]):
        if bent != token:
            with pytest.raises(BadToken):
                SIGNER.read(purpose, bent)


@given(ids, st.integers(0, 2**48 - 1), st.emails())
def test_a_visit_says_when_and_a_confirmation_which_address(number: int, at: int, email: str) -> None:
    assert SIGNER.read_visit(SIGNER.visit_token(number, at)) == (number, at)
    token = SIGNER.confirm_token(number, email)
    assert SIGNER.read_confirm(token) == (number, address_mark(email.lower()))
    assert SIGNER.confirm_token(number, "x" + email) != token
    assert email not in token


@pytest.mark.parametrize("purpose", [Purpose.VISIT, Purpose.CONFIRM])
def test_a_token_that_says_too_little_is_no_longer_good(purpose: Purpose) -> None:
    for number in (7, 2**50):
        with pytest.raises(BadToken, match="no longer good"):
            SIGNER.read(purpose, SIGNER._sign(purpose, number))


@given(st.one_of(st.text(), st.text("AEIMQUYgkosxJ0-_", min_size=24, max_size=32)))
def test_text_that_is_no_token_is_refused(text: str) -> None:
    for purpose in Purpose:
        with pytest.raises(BadToken):
            SIGNER.read(purpose, text)


@given(purposes, purposes, ids)
def test_a_token_is_good_for_one_purpose(made: Purpose, used: Purpose, number: int) -> None:
    if made is not used:
        with pytest.raises(BadToken, match="another purpose"):
            SIGNER.read(used, make(SIGNER, made, number))


@given(purposes, purposes, ids)
def test_a_token_cannot_be_renamed_to_another_purpose(made: Purpose, used: Purpose, number: int) -> None:
    """The head says the purpose in plain text: the MAC must not fit another one."""
    if made is not used:
        token, other = make(SIGNER, made, number), make(SIGNER, used, number)
        with pytest.raises(BadToken, match="not ours"):
            SIGNER.read(used, other[:4] + token[4:])


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_one_token_tells_nothing_about_the_next(number: int, other: int) -> None:
    """Whoever walks the numbers with the MAC of a mail or a link that he has gets nowhere."""
    if number != other:
        for purpose in Purpose:
            mine, wanted = make(SIGNER, purpose, number), make(SIGNER, purpose, other)
            raw = urlsafe_b64decode(wanted)[:-10] + urlsafe_b64decode(mine)[-10:]
            with pytest.raises(BadToken):
                SIGNER.read(purpose, urlsafe_b64encode(raw).decode())


def test_the_macs_are_plain_hmac_sha256() -> None:
    key = hmac.digest(SECRET, b"airflow_ma mail 1", "sha256")
    number = (77).to_bytes(5, "big")
    digest = hmac.digest(key, number, "sha256")
    assert [urlsafe_b64decode(token)[3:] for token in SIGNER.tokens(77)] == [
        number + digest[start : start + 10] for start in (0, 10, 20)
    ]


def test_an_old_key_still_verifies_and_the_first_one_signs() -> None:
    old, new = {"old": b"the secret of last year"}, {"new": b"the secret of this year"}
    rotated = LinkSigner(new | old)
    for purpose in Purpose:
        before, after = make(LinkSigner(old), purpose, 5), make(rotated, purpose, 5)
        assert rotated.read(purpose, before) == (5,)
        assert LinkSigner(new).read(purpose, after) == (5,)
        with pytest.raises(BadToken, match="not a token of ours"):
            LinkSigner(old).read(purpose, after)
        with pytest.raises(BadToken, match="not ours"):
            LinkSigner({"new": b"another secret altogether"}).read(purpose, after)
    assert rotated.read_tag(LinkSigner(old).message_tag(5)) == 5
    assert LinkSigner(new).read_tag(rotated.message_tag(5)) == 5
    assert LinkSigner(old).read_tag(rotated.message_tag(5)) is None


@given(ids)
def test_a_message_tag_is_read_back_by_its_installation_only(number: int) -> None:
    tag = SIGNER.message_tag(number)
    digits, _, _ = tag.partition(".")
    assert int(digits, 36) == number
    assert SIGNER.read_tag(tag) == number
    assert LinkSigner({"k1": b"another secret altogether"}).read_tag(tag) is None


@pytest.mark.parametrize("tag", ["", ".", "a", "{}", ".{}", "-1.{}", "+1.{}", "01.{}", "1_0.{}", "A.{}", " 1.{}", "1.{}.{}", "١.{}", "z" * 14 + ".{}"])  # fmt: skip
def test_other_tags_are_nobodys(tag: str) -> None:
    installation = SIGNER.message_tag(1).partition(".")[2]
    assert SIGNER.read_tag(tag.format(installation, installation)) is None


def test_the_addresses_have_the_forms_that_the_collector_serves() -> None:
    opened, clicked, left = SIGNER.tokens(1)
    for base in ("https://m.example/ma", "https://m.example/ma/"):
        assert open_url(base, opened) == f"https://m.example/ma/o/{opened}.gif"
        assert click_url(base, clicked, "L") == f"https://m.example/ma/c/{clicked}/L"
        assert unsubscribe_url(base, left) == f"https://m.example/ma/u/{left}"


def test_the_key_of_the_installation_is_kept() -> None:
    assert LinkSigner.from_settings().read(Purpose.LINK, LinkSigner.from_settings().link_token(1)) == (1,)


@pytest.mark.parametrize("keys", [{}, {"": b"x" * 16}, {"a key id that is long": b"x" * 16}, {"k": b"short"}])
def test_unusable_keys_are_refused(keys: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="key"):
        LinkSigner(keys)


def test_the_same_destination_has_one_id(database: Database) -> None:
    urls = ["https://shop.example/", "https://shop.example/セール?a=1#top", "https://shop.example/"]
    with database.write() as connection:
        first = link_ids(connection, urls)
    with database.write() as connection:
        again = link_ids(connection, [*urls, "https://shop.example/new"])
    assert set(first) == set(urls)
    assert {url: again[url] for url in first} == first
    assert len(set(again.values())) == 3


def test_many_destinations_at_once(database: Database) -> None:
    with database.write() as connection:
        found = link_ids(connection, [f"https://shop.example/{n}" for n in range(1_234)])
        assert len(set(found.values())) == 1_234


def test_processes_that_store_the_same_destinations_agree(database: Database) -> None:
    together = Barrier(6)

    def store(first: int) -> dict[str, int]:
        together.wait()
        with database.write() as connection:
            return link_ids(connection, [f"https://shop.example/{n}" for n in range(first, first + 300)])

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(store, range(6)))
    with database.read() as connection:
        stored = {row.url: row.id for row in connection.execute(sa.select(link))}
    assert len(stored) == 305
    assert all(answer.items() <= stored.items() for answer in answers)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "javascript:alert(1)",
        "//shop.example/",
        "/sale",
        "https://",
        "https://shop.example:port/",
        "https://[half/",
        "https://shop.example/a b",
        "https://shop.example\\other",
        "https://shop.example/\nSet-Cookie: a",
        "https://shop.example/" + "x" * 2_000,
        "",
    ],
)
def test_other_destinations_are_refused_by_name(sqlite_database: Database, url: str) -> None:
    with sqlite_database.write() as connection, pytest.raises(ValueError, match="cannot link to") as caught:
        link_ids(connection, ["https://shop.example/", url])
    assert repr(url[:30])[1:-1] in str(caught.value)


@pytest.mark.parametrize("url", ["https://anna:hush@shop.example/", "https://:hush@shop.example:port/"])
def test_a_refused_password_is_not_shown(sqlite_database: Database, url: str) -> None:
    with (
        sqlite_database.write() as connection,
        pytest.raises(ValueError, match=r"\*\*\*@shop\.example") as caught,
    ):
        link_ids(connection, [url])
    assert "hush" not in str(caught.value)
