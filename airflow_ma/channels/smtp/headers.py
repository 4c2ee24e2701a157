"""Header lines of a mail: ASCII where that is enough, else encoded words (RFC 2047); always folded."""

from __future__ import annotations

import re
from binascii import b2a_base64

from airflow_ma.channels.addresses import MOST_NAME

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LINE = 78
"""Longest line that RFC 5322 asks for."""
_ENCODED_LINE = 76
"""Longest line with an encoded word in it (RFC 2047)."""
_HEAD, _TAIL = b"=?utf-8?b?", b"?="
_WORD_BYTES = 45
"""Bytes of text in one encoded word; it may have 75 characters."""


def one_line(text: str) -> str:
    """The text without line breaks and control characters: it can never become a header of its own."""
    return _CONTROL.sub(" ", text).strip()


def text_header(field: str, text: str) -> bytes:
    """A header for people to read, such as the subject, with its line end."""
    text = one_line(text)
    if text.isascii() and "=?" not in text:
        folded = _fold(f"{field}: {text}")
        if folded is not None:
            return folded.encode() + b"\r\n"
    return b"%s: %s\r\n" % (field.encode(), _encoded_words(text, len(field) + 2))


def address_header(field: str, name: str | None, address: str) -> bytes:
    """A header with one mailbox, with its line end. ``address`` must be ASCII and checked."""
    name = one_line(name or "")[:MOST_NAME].strip()
    if not name:
        return f"{field}: {address}\r\n".encode("ascii")
    if name.isascii() and "=?" not in name and len(name) + len(field) < _LINE - 10:
        quoted = name.replace("\\", r"\\").replace('"', r"\"")
        shown = f"{field}: {name}" if _ATOMS.fullmatch(name) else f'{field}: "{quoted}"'
        phrase, limit = shown.encode(), _LINE
    else:
        phrase = b"%s: %s" % (field.encode(), _encoded_words(name, len(field) + 2))
        limit = _ENCODED_LINE
    mailbox = f"<{address}>\r\n".encode("ascii")
    last = len(phrase) - phrase.rfind(b"\n") - 1
    return phrase + (b" " if last + len(mailbox) - 1 <= limit else b"\r\n ") + mailbox


def ascii_header(field: str, text: str) -> bytes:
    """A header whose text is ASCII and needs no encoding, with its line end."""
    line = f"{field}: {text}"
    return (_fold(line) or line).encode("ascii") + b"\r\n"


def _fold(line: str) -> str | None:
    """The line broken at its spaces; None when it cannot be."""
    if len(line) <= _LINE:
        return line
    words = line.split(" ")
    if not all(words) or len(words[0]) + len(words[1]) >= _LINE or max(map(len, words)) >= _LINE:
        return None
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines)


def _encoded_words(text: str, taken: int) -> bytes:
    """Encoded words, one a line; ``taken`` is how much of the first line has been written already."""
    data = text.encode("utf-8", "replace")
    room = (_ENCODED_LINE - taken - len(_HEAD) - len(_TAIL)) // 4 * 3
    words: list[bytes] = []
    at = 0
    while at < len(data):
        end = min(at + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1  # a character stays whole
        words.append(_HEAD + b2a_base64(data[at:end], newline=False) + _TAIL)
        at, room = end, _WORD_BYTES
    return b"\r\n ".join(words)
