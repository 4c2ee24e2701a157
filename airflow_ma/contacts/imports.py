"""Importing contacts from a CSV file: good rows are stored, bad ones written beside it with the reason."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import sqlalchemy as sa

from airflow_ma.contacts.import_file import Records, check_file, find_encoding
from airflow_ma.contacts.import_rows import REJECT_COLUMNS, ContactRow, GivenConsent, Header
from airflow_ma.contacts.import_store import SeenKeys, Stored, store
from airflow_ma.contacts.import_texts import ContactsFileError, RowError
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import journey_step

__all__ = ["ContactsFileError", "GivenConsent", "ImportResult", "Progress", "import_contacts"]

BATCH = 2_000
ATTEMPTS = 3

Bad = tuple[int, list[str], RowError]
Progress = Callable[[int, int], None]
"""Told after each batch: bytes done, bytes in all."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows; ``read`` is the sum of the other four counts."""

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejects_path: Path | None
    """Where the rejected rows are, with line and reason; None when there are none."""
    encoding: str
    delimiter: str
    unasked: int
    """People of the file with an address whose consent to marketing mail is not on record."""
    withheld: int
    """People whose consent was not taken over: they unsubscribed, or their address is suppressed."""


@dataclass(slots=True)
class _Batch:
    rows: list[ContactRow] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    last: bool = False


def import_contacts(
    database: Database,
    path: Path | str,
    *,
    encoding: str | None = None,
    language: str = "en",
    consent: GivenConsent | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Create or update one contact per row, by key; what a row leaves empty stays as it is.

    ``consent`` is that of all people whose row names no date of consent of its own. It never brings
    back who has unsubscribed.
    Each batch is a transaction of its own: after an interruption, import the file again. The reasons
    in the rejects file are in ``language`` (en or ja). Raises ContactsFileError when the file as a
    whole cannot be imported.
    """
    path = Path(path)
    size = check_file(path)
    encoding = find_encoding(path, encoding)
    clock = database.clock()
    created = updated = unchanged = unasked = withheld = 0
    with path.open("rb") as file, SeenKeys() as seen, _Rejects(path, language) as rejects:
        records = Records(file, encoding)
        header = _header(records, path, clock.now(), consent)
        rejects.start(header.names, records.delimiter)
        try:
            for batch in _batches(records, header):
                stored = _store(database, batch, seen, clock.now(), changed=bool(created or updated))
                created += stored.created
                updated += stored.updated
                unchanged += stored.unchanged
                unasked += stored.unasked
                withheld += stored.withheld
                rejects.write(sorted(batch.bad + stored.bad, key=lambda bad: bad[0]))
                if progress:
                    progress(size if batch.last else min(file.tell(), size), size)
        except BaseException:
            if created or updated:  # those who are stored must not wait for a second try
                with database.write() as connection:
                    _wake_audiences(connection, clock.now())
            raise
        rejects_path = rejects.keep()
    read = created + updated + unchanged + rejects.count
    return ImportResult(
        read,
        created,
        updated,
        unchanged,
        rejects.count,
        rejects_path,
        encoding,
        records.delimiter,
        unasked,
        withheld,
    )


def _header(records: Records, path: Path, now: int, consent: GivenConsent | None) -> Header:
    line, names, problem = next(iter(records), (0, [], None))
    if not names:
        raise ContactsFileError("empty", path=path)
    if line != 1 or problem:
        raise ContactsFileError("no_header", path=path, line=line)
    return Header(names, path, now, consent)


def _batches(records: Records, header: Header) -> Iterator[_Batch]:
    """One batch or more; the last one is marked."""
    batch = _Batch()
    for line, fields, problem in records:
        if len(batch.rows) + len(batch.bad) >= BATCH:
            yield batch
            batch = _Batch()
        try:
            if problem:
                raise RowError(problem)
            batch.rows.append(header.read(line, fields))
        except RowError as error:
            batch.bad.append((line, fields, error))
    batch.last = True
    yield batch


def _store(database: Database, batch: _Batch, seen: SeenKeys, now: int, *, changed: bool) -> Stored:
    earlier = seen.lines(row.key for row in batch.rows)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with database.write() as connection:
                stored = store(connection, batch.rows, earlier, now)
                if batch.last and (changed or stored.created or stored.updated):
                    _wake_audiences(connection, now)
            break
        except sa.exc.IntegrityError:  # another program stored one of these people meanwhile: look again
            if attempt == ATTEMPTS:
                raise
    seen.add(stored.lines)
    return stored


def _wake_audiences(connection: sa.Connection, now: int) -> None:
    s = journey_step.c
    connection.execute(sa.update(journey_step).where(s.kind == "audience").values(wake_at=now))


class _Rejects:
    """The rejected rows, in a CSV file beside the import that can be corrected and imported."""

    def __init__(self, path: Path, language: str) -> None:
        self.count = 0
        self._path = path.with_name(f"{path.stem}.rejects.csv")
        self._unfinished = self._path.with_name(self._path.name + ".unfinished")
        self._language = language
        self._file: IO[str] | None = None

    def start(self, names: list[str], delimiter: str) -> None:
        self._names, self._delimiter = [name for name in names if name not in REJECT_COLUMNS], delimiter
        self._kept = [n for n, name in enumerate(names) if name not in REJECT_COLUMNS]
        self._width = len(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)

    def write(self, bad: list[Bad]) -> None:
        if bad and not self._file:
            try:  # the BOM makes Excel read it as UTF-8
                self._file = self._unfinished.open("w", encoding="utf-8-sig", newline="")
            except OSError as error:
                raise ContactsFileError(
                    "rejects", number=len(bad), path=self._path, reason=error.strerror
                ) from error
            self._rows = csv.writer(self._file, delimiter=self._delimiter)
            self._rows.writerow([*REJECT_COLUMNS, *self._names])
        for line, fields, problem in bad:
            kept = [fields[n] for n in self._kept] if len(fields) == self._width else fields
            self._rows.writerow([line, problem.say(self._language), *kept])
        self.count += len(bad)

    def keep(self) -> Path | None:
        """Put the finished file in its place; None when nothing was rejected."""
        if not self._file:
            return None
        self._file.close()
        os.replace(self._unfinished, self._path)
        return self._path
