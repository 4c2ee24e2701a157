"""Writing a mail as the text that goes over the wire: what all mails share is encoded only once."""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Callable, Sequence

from airflow_ma.channels.composition import Skeleton
from airflow_ma.channels.smtp.headers import text_header

_KEY = re.compile("\x00([0-9]+)\x00")
# Neither encoding ever writes "=_", so the boundary can never be part of a body.
_BOUNDARY = b"=_alternative_airflow_ma"
_BASE64_BYTES = 57
_QP_LINE = 76
"""Longest line of quoted-printable, with the sign of a soft line break at its end."""
_OPENING = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="%s"\r\n\r\n' % _BOUNDARY
_PART = b"--%s\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n"
_CLOSING = b"\r\n--%s--\r\n" % _BOUNDARY


def fragment_key(index: int) -> str:
    """What stands in the skeleton for a fragment; NUL is in no template and in no value."""
    return f"\x00{index}\x00"


class MailForm:
    """One composition as mail text, ready to be filled in."""

    def __init__(self, skeleton: Skeleton) -> None:
        """``skeleton`` must be made with ``fragment_key``."""
        self._subject = _subject(skeleton.subject)
        self._text_part, self._text = _part(b"plain", skeleton.text)
        self._html_part, self._html = _part(b"html", skeleton.html)

    def fill(self, headers: bytes, fragments: Sequence[str]) -> bytes:
        """The whole mail, all lines ended by CRLF and none longer than 998 bytes.

        ``headers`` are all but the subject and what MIME needs, as whole lines.
        """
        return b"".join(
            (
                headers,
                self._subject(fragments),
                self._text_part,
                self._text(fragments),
                self._html_part,
                self._html(fragments),
                _CLOSING,
            )
        )


_Fill = Callable[[Sequence[str]], bytes]


def _subject(skeleton: str) -> _Fill:
    pieces = _KEY.split(skeleton)
    if len(pieces) == 1:
        constant = text_header("Subject", skeleton)
        return lambda fragments: constant
    slots = [(at, int(pieces[at])) for at in range(1, len(pieces), 2)]

    def fill(fragments: Sequence[str]) -> bytes:
        filled = pieces.copy()
        for at, index in slots:
            filled[at] = fragments[index]
        return text_header("Subject", "".join(filled))

    return fill


def _part(subtype: bytes, skeleton: str) -> tuple[bytes, _Fill]:
    """A part's header lines, with what goes before them, and its body."""
    pieces = _KEY.split(skeleton)
    constants = [_newlines(piece) for piece in pieces[::2]]
    indexes = [int(index) for index in pieces[1::2]]
    constant = "".join(constants).encode("utf-8", "replace")
    # The shorter one: quoted-printable for English, base64 for Japanese.
    readable = len(b2a_qp(constant)) <= len(constant) * 4 // 3
    encoding, fill = (
        (b"quoted-printable", _quoted_printable(constants, indexes))
        if readable
        else (b"base64", _base64(constants, indexes))
    )
    before = _OPENING if subtype == b"plain" else b"\r\n"
    return before + _PART % (_BOUNDARY, subtype, encoding), fill


def _quoted_printable(constants: list[str], indexes: list[int]) -> _Fill:
    # Each piece is encoded on its own and ends with a soft line break: the pieces still read as one line.
    pieces = [b""] * (len(constants) + len(indexes))
    pieces[::2] = map(_qp, constants)
    slots = [(2 * number + 1, index) for number, index in enumerate(indexes)]

    def fill(fragments: Sequence[str]) -> bytes:
        filled = pieces.copy()
        for at, index in slots:
            filled[at] = _qp(_newlines(fragments[index]))
        return b"=\r\n".join(filter(None, filled))

    return fill


def _base64(constants: list[str], indexes: list[int]) -> _Fill:
    pieces = [b""] * (len(constants) + len(indexes))
    pieces[::2] = [_canonical(constant) for constant in constants]
    slots = [(2 * number + 1, index) for number, index in enumerate(indexes)]

    def fill(fragments: Sequence[str]) -> bytes:
        filled = pieces.copy()
        for at, index in slots:
            filled[at] = _canonical(_newlines(fragments[index]))
        data = b"".join(filled)
        starts = range(0, len(data), _BASE64_BYTES)
        return b"\r\n".join([b2a_base64(data[at : at + _BASE64_BYTES], newline=False) for at in starts])

    return fill


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _canonical(text: str) -> bytes:
    return text.encode("utf-8", "replace").replace(b"\n", b"\r\n")


def _qp(text: str) -> bytes:
    encoded = b2a_qp(text.encode("utf-8", "replace"))
    if len(encoded) - encoded.rfind(b"\n") > _QP_LINE:  # the soft line break behind it takes one more
        last = 3 if encoded[-3:-2] == b"=" else 1
        encoded = encoded[:-last] + b"=\n" + encoded[-last:]
    return encoded.replace(b"\n", b"\r\n")
