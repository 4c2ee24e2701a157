"""Importing contacts from a CSV file: good rows are stored, bad ones written beside it with the reason."""

from __future__ import annotations

import csv
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import sqlalchemy as sa

from airflow_ma.contacts.import_file import ContactsFileError, Records, check_file, find_encoding
from airflow_ma.contacts.import_rows import REJECT_COLUMNS, ContactRow, Header
from airflow_ma.contacts.import_store import Stored, store
from airflow_ma.contacts.import_texts import RowError
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import journey_step

__all__ = ["ContactsFileError", "ImportResult", "Progress", "import_contacts"]

BATCH = 2_000
ATTEMPTS = 3

Progress = Callable[[int, int], None]
"""Told after each batch: bytes done, bytes in all."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows; ``read`` is the sum of the other four."""

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejects_path: Path | None
    """Where the rejected rows are, with line and reason; None when there are none."""
    encoding: str
    delimiter: str


@dataclass(slots=True)
class _Batch:
    rows: list[ContactRow] = field(default_factory=list)
    bad: list[tuple[int, list[str], RowError]] = field(default_factory=list)
    last: bool = False

    def __len__(self) -> int:
        return len(self.rows) + len(self.bad)


def import_contacts(
    database: Database,
    path: Path | str,
    *,
    encoding: str | None = None,
    language: str = "en",
    progress: Progress | None = None,
) -> ImportResult:
    """Create or update one contact per row, by key; what a row leaves empty stays as it is.

    Stored in batches of their own transactions: after an interruption, import the file again. Reasons
    in the rejects file are in ``language`` (en or ja). Raises ContactsFileError when the file as a
    whole cannot be imported.
    """
    path = Path(path)
    size = check_file(path)
    encoding = find_encoding(path, encoding)
    clock = database.clock()
    total = Stored()
    read = 0
    with path.open("rb") as file, _Seen() as seen, _Rejects(path, language) as rejects:
        records = Records(file, encoding)
        parsed = iter(records)
        header = _header(parsed, path)
        rejects.start(header.names, records.delimiter)
        try:
            for batch in _batches(parsed, header):
                stored, bad = _store(database, batch, seen, clock.now(), total.changed)
                total += stored
                read += len(batch)
                rejects.write(bad)
                if progress:
                    progress(size if batch.last else min(file.tell(), size), size)
        except BaseException:
            if total.changed:  # what is stored must not wait for the second try
                with database.write() as connection:
                    _wake_audiences(connection, clock.now())
            raise
    return ImportResult(
        read,
        total.created,
        total.updated,
        total.unchanged,
        rejects.count,
        rejects.path if rejects.count else None,
        encoding,
        records.delimiter,
    )


def _header(parsed: Iterator[tuple[int, list[str], bool]], path: Path) -> Header:
    line, names, readable = next(parsed, (1, [], True))
    if not names:
        raise ContactsFileError(f"{path} is empty; its first line must name the columns: key,email,name")
    if line != 1 or not readable:
        raise ContactsFileError(f"{path}, line {line}: the column names must be on one line, the first")
    try:
        return Header(names)
    except ContactsFileError as error:
        raise ContactsFileError(f"{path}, {error}") from None


def _batches(parsed: Iterator[tuple[int, list[str], bool]], header: Header) -> Iterator[_Batch]:
    """At least one batch, the last one marked."""
    records = itertools.batched(parsed, BATCH) if hasattr(itertools, "batched") else _batched(parsed)
    return records


def _store(
    database: Database, batch: _Batch, seen: _Seen, now: int, changed_before: bool
) -> tuple[Stored, list[tuple[int, list[str], RowError]]]:
    earlier = seen.lines([row.key for row in batch.rows])
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with database.write() as connection:
                stored = store(connection, batch.rows, earlier, now)
                if batch.last and (changed_before or stored.changed):
                    _wake_audiences(connection, now)
            break
        except sa.exc.IntegrityError:  # another program stored one of these people meanwhile: look again
            if attempt == ATTEMPTS:
                raise
    seen.add(stored.lines)
    return stored, sorted(batch.bad + stored.bad, key=lambda bad: bad[0])
