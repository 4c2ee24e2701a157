"""Reading a CSV file as people have it: any usual encoding and delimiter, broken rows among good ones."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from airflow_ma.contacts.import_texts import ContactsFileError

CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t")
ENOUGH = 8
"""Characters beyond ASCII that are valid UTF-8: no Shift_JIS text gets that far by accident."""
LONGEST_RECORD = 1_000
"""Lines that one row may span; a longer one is taken for a quote that was never closed."""
_NO_SHIFT_JIS = re.compile("[\x80\uf8f0-\uf8f3]")
"""What Python makes of bytes that Shift_JIS has no characters for, instead of an error."""
_NOT_CSV = {b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"SQLi": "SQLite"}
_EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def check_file(path: Path) -> int:
    """The size of the file in bytes. Raises ContactsFileError when there is nothing to read."""
    if path.is_dir():
        raise ContactsFileError("folder", path=path)
    if not path.exists():
        raise ContactsFileError("missing", path=path)
    if not path.is_file():
        raise ContactsFileError("strange", path=path)
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except PermissionError:
        raise ContactsFileError("forbidden", path=path) from None
    if head.startswith(_EXCEL):
        raise ContactsFileError("excel", path=path)
    for magic, what in _NOT_CSV.items():
        if head.startswith(magic):
            raise ContactsFileError("not_csv", path=path, what=what)
    if not head:
        raise ContactsFileError("empty", path=path)
    return path.stat().st_size


def find_encoding(path: Path, forced: str | None = None) -> str:
    """The encoding in which the whole file can be read: UTF-8 or UTF-16, else cp932 (Shift_JIS).

    Raises ContactsFileError that names the first bad line when there is none, or when it would be a guess.
    """
    if forced is not None:
        encoding = _known_encoding(forced)
        if (line := _first_bad_line(path, encoding)[0]) is not None:
            raise ContactsFileError("not_encoding", path=path, line=line, encoding=forced)
        return encoding
    with path.open("rb") as file:
        head = file.read(3)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return find_encoding(path, "utf-16")
    if head == codecs.BOM_UTF8:
        return find_encoding(path, "utf-8-sig")
    line, characters = _first_bad_line(path, "utf-8")
    if line is None:
        return "utf-8"
    if characters >= ENOUGH:
        raise ContactsFileError("damaged", path=path, line=line)
    if _first_bad_line(path, "cp932")[0] is not None:
        raise ContactsFileError("no_encoding", path=path, line=line)
    if _first_bad_line(path, "euc_jp")[0] is None:
        raise ContactsFileError("two_encodings", path=path, line=line)
    return "cp932"


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)  # raises for those codecs, too, that are not about text
        found = codecs.lookup(name).name
    except (LookupError, UnicodeError):
        raise ContactsFileError("unknown_encoding", encoding=name) from None
    # Windows writes more characters as Shift_JIS than the standard has; a BOM belongs to no value.
    return {"shift_jis": "cp932", "utf-8": "utf-8-sig"}.get(found, found)


def _first_bad_line(path: Path, encoding: str) -> tuple[int | None, int]:
    """The first line that is not valid, and how many characters beyond ASCII came before it (or ENOUGH)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    characters = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                if isinstance(error, UnicodeDecodeError):
                    good = error.object[: error.start]
                    lines += good.count(b"\n")
                    characters += sum(byte >= 0xC0 for byte in good)
                return lines, characters
            if encoding == "cp932" and (stray := _NO_SHIFT_JIS.search(text)):
                return lines + text.count("\n", 0, stray.start()), characters
            lines += chunk.count(b"\n")
            if characters < ENOUGH:
                characters += len(text) - len(text.encode("ascii", "ignore"))
            if not chunk:
                return None, characters


def find_delimiter(header: str) -> str:
    """Comma, semicolon or tab: the one that the header has most of outside quotes."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


class Records:
    """The rows of a CSV file with their line numbers; a row that cannot be read is given as its first line.

    After such a row reading goes on with the next *line*, so that one stray quote costs one row.
    """

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="")
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._next_line = 1
        header = self._text.readline()
        self._again.append(header)
        self.delimiter = find_delimiter(header)
        self._reader = csv.reader(_Lines(self._take), delimiter=self.delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str], str | None]]:
        """First line, fields, and what is wrong with them (a name in REASONS); blank lines are left out."""
        while True:
            self._taken.clear()
            line = self._next_line
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, _TooLongError):
                first, *rest = self._taken
                self._again.extendleft(reversed(rest))
                self._next_line = line + 1
                yield line, [first.rstrip("\r\n")], "quotes"
                continue
            if any(field and not field.isspace() for field in fields):
                yield line, fields, "nul" if any("\0" in text for text in self._taken) else None

    def _take(self) -> str:
        if len(self._taken) >= LONGEST_RECORD:
            raise _TooLongError
        text = self._again.popleft() if self._again else self._text.readline()
        if not text:
            raise StopIteration
        self._taken.append(text)
        self._next_line += 1
        return text


class _TooLongError(Exception):
    pass


class _Lines:
    """An iterator that may raise and still go on, which a generator may not."""

    def __init__(self, take: Callable[[], str]) -> None:
        self._take = take

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        return self._take()
