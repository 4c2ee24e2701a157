"""What we write is what a mail reader reads: our mail text against the standard library's parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_ma.channels.addresses import MOST_NAME
from airflow_ma.channels.composition import Skeleton
from airflow_ma.channels.smtp.headers import address_header, one_line, text_header
from airflow_ma.channels.smtp.mime import MailForm, fragment_key

# No lone surrogates, no NUL: neither is in a template, and a value's NUL is taken out before.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))
JAPANESE = st.text(st.sampled_from("あいう漢字カナ、。「」 \n😀ａA.=-"), max_size=400)
PIECES = st.lists(
    TEXT | JAPANESE | st.just("\n.\n") | st.just("= \n") | st.just("x" * 200), min_size=1, max_size=8
)


def parsed(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def header(line: bytes) -> EmailMessage:
    return parsed(line + b"\r\n")


def lines(text: str) -> list[str]:
    """The text's lines, as mail has them: one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def check_wire(content: bytes) -> None:
    assert content.isascii()
    assert content.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998


def with_fragments(pieces: Sequence[str], every: int = 2) -> tuple[str, list[str], str]:
    """A skeleton text in which every so many a piece is a fragment; the fragments; and the whole text."""
    fragments = [piece for at, piece in enumerate(pieces) if at % every == 1]
    skeleton = "".join(
        fragment_key(at // every) if at % every == 1 else piece for at, piece in enumerate(pieces)
    )
    # Each piece has its line ends made even on its own.
    whole = "".join("\n".join(lines(piece)) for piece in pieces)
    return skeleton, fragments, whole


@given(PIECES)
def test_a_body_reads_as_it_was_written(pieces: list[str]) -> None:
    skeleton, fragments, whole = with_fragments(pieces)
    content = MailForm(Skeleton("Hello", skeleton, skeleton)).fill(b"From: a@b.example\r\n", fragments)
    check_wire(content)
    message = parsed(content)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part in (text, html):
        assert part.get_content_charset() == "utf-8"
        decoded = part.get_payload(decode=True)
        assert isinstance(decoded, bytes)
        assert decoded.decode() == whole.replace("\n", "\r\n")
    for encoded in content.split(b"--=_alternative_airflow_ma")[1:-1]:
        assert max(map(len, encoded.split(b"\r\n"))) <= 76


@pytest.mark.parametrize("length", range(70, 80))
@pytest.mark.parametrize("end", ["", "=", "\n", " "])
def test_a_soft_line_break_has_its_place_in_the_line(length: int, end: str) -> None:
    whole = "x" * length + end
    skeleton = whole + fragment_key(0) + "tail"
    content = MailForm(Skeleton("Hello", skeleton, skeleton)).fill(b"", [whole])
    assert max(map(len, content.split(b"\r\n"))) <= 76
    text, _ = parsed(content).iter_parts()
    assert text["Content-Transfer-Encoding"] == "quoted-printable"
    assert text.get_payload(decode=True) == (whole * 2 + "tail").replace("\n", "\r\n").encode()


def test_english_stays_readable_and_japanese_stays_short() -> None:
    content = MailForm(Skeleton("Hello", "<p>冬のコート</p>" * 50, "Winter coats = warm\n" * 9)).fill(b"", [])
    text, html = parsed(content).iter_parts()
    assert text["Content-Transfer-Encoding"] == "quoted-printable"
    assert html["Content-Transfer-Encoding"] == "base64"
    assert b"Winter coats =3D warm\r\nWinter" in content


@given(LINE)
def test_a_subject_reads_as_it_was_written(subject: str) -> None:
    line = text_header("Subject", subject)
    check_wire(line)
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert header(line)["Subject"].strip(" ") == subject.strip()


def test_a_subject_with_fragments() -> None:
    skeleton = Skeleton(f"{fragment_key(1)}様、お知らせです {fragment_key(0)}", "<p>", "text")
    message = parsed(MailForm(skeleton).fill(b"", ["冬", "山田\r\nBcc: x@y.example"]))
    assert message["Subject"] == "山田 Bcc: x@y.example様、お知らせです 冬"
    assert message["Bcc"] is None


def test_a_long_english_subject_is_folded_and_not_encoded() -> None:
    subject = "Winter coats, boots and gloves for everybody who likes to be warm, " * 3
    line = text_header("Subject", subject)
    assert b"=?" not in line
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert header(line)["Subject"] == subject.strip()


@pytest.mark.parametrize(
    "subject", ["=?utf-8?b?eA==?=", "x" * 3_000, "あ" * 1_000, "x " * 40 + " " * 200 + "y", "\ud800"]
)
def test_odd_subjects(subject: str) -> None:
    line = text_header("Subject", subject)
    check_wire(line)
    assert header(line)["Subject"] == subject.strip().replace("\ud800", "?")


@given(LINE)
def test_a_name_reads_as_it_was_written(name: str) -> None:
    line = address_header("To", name, '"a..b"@docomo.ne.jp')
    check_wire(line)
    assert max(map(len, line.split(b"\r\n"))) <= 78
    (found,) = header(line)["To"].addresses
    assert (found.username, found.domain) == ("a..b", "docomo.ne.jp")
    # Not found.display_name: Python before 3.13 reads a space between encoded words, against RFC 2047.
    phrase, _ = parseaddr(line.decode().removeprefix("To: ").replace("\r\n", ""))
    shown = str(make_header(decode_header(phrase)))
    assert shown.split() == one_line(name)[:MOST_NAME].split()  # readers make one space of many


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann Smith", b"To: Ann Smith <a@b.example>\r\n"),
        ("Smith, Ann", b'To: "Smith, Ann" <a@b.example>\r\n'),
        ('A "B" \\', b'To: "A \\"B\\" \\\\" <a@b.example>\r\n'),
        ("山田", b"To: =?utf-8?b?5bGx55Sw?= <a@b.example>\r\n"),
        (None, b"To: a@b.example\r\n"),
        ("Ann\r\nBcc: x@y.example", b'To: "Ann Bcc: x@y.example" <a@b.example>\r\n'),
    ],
)
def test_names(name: str | None, shown: bytes) -> None:
    assert address_header("To", name, "a@b.example") == shown
