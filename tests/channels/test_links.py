"""Signed tokens cannot be made up, bent or used for something else; destinations are stored once."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from airflow_ma.channels.links import BadToken, LinkSigner, Purpose, link_ids
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import link

SIGNER = LinkSigner({"k1": b"a secret of many characters"})
ids = st.integers(0, 2**63 - 1)
purposes = st.sampled_from(list(Purpose))


def make(signer: LinkSigner, purpose: Purpose, number: int) -> str:
    """A token for the message ``number`` as it stands in the URL."""
    if purpose is Purpose.OPEN:
        return (
            signer.open_url("https://m.example/", number)
            .removeprefix("https://m.example/o/")
            .removesuffix(".gif")
        )
    if purpose is Purpose.CLICK:
        return signer.click_url("https://m.example", number, 7).removeprefix("https://m.example/c/")
    if purpose is Purpose.UNSUBSCRIBE:
        return signer.unsubscribe_url("https://m.example", number).removeprefix("https://m.example/u/")
    return signer.visit_token(number)


@given(purposes, ids)
def test_what_was_signed_is_read_back(purpose: Purpose, number: int) -> None:
    token = make(SIGNER, purpose, number)
    assert SIGNER.read(purpose, token) == ((number, 7) if purpose is Purpose.CLICK else (number,))
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(purposes, ids, st.data())
def test_any_flipped_bit_is_refused(purpose: Purpose, number: int, data: st.DataObject) -> None:
    token = make(SIGNER, purpose, number)
    raw = bytearray(urlsafe_b64decode(token + "=="))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    for other in Purpose:
        with pytest.raises(BadToken):
            SIGNER.read(other, urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode())


@given(purposes, ids, st.data())
def test_any_changed_character_is_refused(purpose: Purpose, number: int, data: st.DataObject) -> None:
    token = make(SIGNER, purpose, number)
    at = data.draw(st.integers(0, len(token)))
    character = data.draw(st.characters())
    for bent in (token[:at] + character + token[at:], token[:at] + character + token[at + 1 :], token[:at]):
        if bent != token:
            with pytest.raises(BadToken):
                SIGNER.read(purpose, bent)


@given(st.text())
def test_text_that_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        SIGNER.read(Purpose.OPEN, text)


@given(purposes, purposes, ids)
def test_a_token_is_good_for_one_purpose(made: Purpose, used: Purpose, number: int) -> None:
    if made is not used:
        with pytest.raises(BadToken, match="another purpose"):
            SIGNER.read(used, make(SIGNER, made, number))


def test_an_old_key_still_verifies_and_the_first_one_signs() -> None:
    old, new = {"old": b"the secret of last year"}, {"new": b"the secret of this year"}
    rotated = LinkSigner(new | old)
    assert rotated.read(Purpose.VISIT, LinkSigner(old).visit_token(5)) == (5,)
    assert LinkSigner(new).read(Purpose.VISIT, rotated.visit_token(5)) == (5,)
    for signer in (LinkSigner(old), LinkSigner({"new": b"another secret altogether"})):
        with pytest.raises(BadToken, match="not ours"):
            signer.read(Purpose.VISIT, rotated.visit_token(5))


def test_the_key_of_the_installation_is_kept() -> None:
    assert LinkSigner.from_settings().read(Purpose.VISIT, LinkSigner.from_settings().visit_token(1)) == (1,)


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
