"""What a collector could not store yet, on disk: it outlives the process, however that ends."""

from __future__ import annotations

import fcntl
import logging
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

log = logging.getLogger(__name__)


class Spool:
    """A file of its own for each collector, in a folder that they share. Not for several threads at once.

    A file is only ever added to, and emptied once everything in it is stored. It is locked for as long as its
    process lives: an unlocked one was left by a process that is dead.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None
        self._path: Path | None = None
        self._left: dict[Path, int] = {}

    def keep(self, record: dict[str, Any]) -> None:
        """Write it down; it is on the disk when this returns. Raises OSError when that cannot be done."""
        line = orjson.dumps(record) + b"\n"
        if self._file is None:
            self._create()
        assert self._file is not None  # noqa: S101
        end = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) < len(line):
                raise OSError("the disk is full")
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, end)
            raise

    def inherit(self) -> list[dict[str, Any]]:
        """What dead processes have left, oldest first; it is this one's to store from now on."""
        found: list[dict[str, Any]] = []
        for path in sorted(self._folder.glob("*.jsonl"), key=_age):
            if path == self._path or path in self._left:
                continue
            with suppress(OSError):
                file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:  # its process is alive
                    os.close(file)
                    continue
                self._left[path] = file
                found += _records(path)
        return found

    def clear(self) -> None:
        """Everything that was kept or inherited is stored."""
        for path, file in self._left.items():
            _remove(path, file)
        self._left.clear()
        if self._file is not None:
            os.ftruncate(self._file, 0)

    def close(self, *, stored: bool) -> None:
        """Leave the files to the next process, or none if everything is ``stored``."""
        if stored:
            self.clear()
            if self._file is not None and self._path is not None:
                _remove(self._path, self._file)
        else:
            for file in (self._file, *self._left.values()):
                if file is not None:
                    os.close(file)
        self._file, self._path = None, None
        self._left.clear()

    def _create(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{uuid.uuid4().hex}.jsonl"
        unlocked = path.with_suffix(".new")  # nobody may find it before it is locked
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(unlocked, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.rename(unlocked, path)
        self._path = path
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)  # the name, too, must be on the disk
        os.close(folder)


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _records(path: Path) -> list[dict[str, Any]]:
    records = []
    for line in path.read_bytes().split(b"\n"):
        try:
            record = orjson.loads(line) if line else None
        except orjson.JSONDecodeError:  # the process died while it wrote: nobody was given an answer
            log.warning("%s ends in the middle of an entry", path)
            record = None
        if isinstance(record, dict):
            records.append(record)
    return records


def _remove(path: Path, file: int) -> None:
    os.ftruncate(file, 0)  # whoever opens it just now finds nothing
    path.unlink(missing_ok=True)
    os.close(file)
