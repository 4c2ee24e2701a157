"""What all routes share: the database, its clock, the signer, and what to do when the database is away."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.channels.links import LinkSigner
from airflow_ma.engine.clock import Clock, RealClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import link, message

log = logging.getLogger(__name__)

Job = Callable[[sa.Connection], object]
"""Something to do in one write transaction; it may be done again from the start when that fails."""

LOCK_WAIT = 5
"""Seconds that a request waits for a lock or a connection: shorter than people and mail programs do."""

_CLOCK_KEPT = 1.0  # real seconds: the sandbox's clock is set once, asking for it at each request is waste
_BACKLOG_PAUSE = 2.0  # real seconds between tries
_BACKLOG_LIMIT = 10_000
_LINKS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What an event about a message needs of it. Times in ms."""

    contact_id: int
    sent_at: int
    created_at: int


class Intake:
    """One collector's way to its database. Used from many threads."""

    def __init__(self, database: Database, signer: LinkSigner) -> None:
        self.database = database
        self.signer = signer
        self._clock: Clock | None = None
        self._clock_read = 0.0
        self._links: dict[int, str] = {}
        self._backlog: deque[Job] = deque()
        self._backlog_lock = threading.Lock()
        self._draining = threading.Lock()
        self._turn = threading.Lock()
        self._backlog_thread: threading.Thread | None = None

    def clock(self) -> Clock:
        """The installation's clock; the last one known while the database is away."""
        if self._clock is None or time.monotonic() - self._clock_read > _CLOCK_KEPT:
            try:
                self._clock = self.database.clock()
            except sa.exc.SQLAlchemyError:
                self._clock = self._clock or RealClock()
            self._clock_read = time.monotonic()
        return self._clock

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction. Raises SQLAlchemyError when the database cannot."""
        if not self.database.is_sqlite:
            with self.database.write() as connection:
                yield connection
            return
        # SQLite lets one write and the others poll, unfairly: with 16 at once, some wait for seconds.
        if not self._turn.acquire(timeout=LOCK_WAIT):
            raise sa.exc.TimeoutError("database is locked: no turn to write within the time allowed")
        try:
            with self.database.write() as connection:
                yield connection
        finally:
            self._turn.release()

    def store_or_keep(self, job: Job) -> bool:
        """Do it now, or as soon as the database is back: the asker will not come again.

        Returns whether it is done. What is kept is in memory only, and the oldest 10,000 at most.
        """
        try:
            with self.write() as connection:
                job(connection)
        except sa.exc.SQLAlchemyError as error:
            log.warning("the database did not take it: %s", explain(error))
            if _is_hopeless(error):
                return False
            with self._backlog_lock:
                if len(self._backlog) >= _BACKLOG_LIMIT:
                    log.error("the database is away for too long: an event is lost")
                    return False
                self._backlog.append(job)
                if self._backlog_thread is None:
                    self._backlog_thread = threading.Thread(target=self._work_off, daemon=True)
                    self._backlog_thread.start()
            return False
        return True

    def close(self) -> None:
        """Try once more to store what is kept."""
        self._drain()
        if self._backlog:
            log.error("%d events could not be stored before the end and are lost", len(self._backlog))

    def destination(self, link_id: int) -> str | None:
        """Where a link leads. Raises SQLAlchemyError when it is not known and cannot be asked for."""
        url = self._links.get(link_id)
        if url is None:
            with self.database.read() as connection:
                url = connection.scalar(sa.select(link.c.url).where(link.c.id == link_id))
            if url is not None:
                if len(self._links) >= _LINKS_KEPT:
                    self._links.clear()
                self._links[link_id] = url  # rows of ma_link never change
        return url

    def _work_off(self) -> None:
        while True:
            time.sleep(_BACKLOG_PAUSE)
            self._drain()
            with self._backlog_lock:
                if not self._backlog:
                    self._backlog_thread = None
                    return

    def _drain(self) -> None:
        with self._draining:
            for _ in range(len(self._backlog)):
                job = self._backlog.popleft()
                if not self._stored(job):
                    # Each further try could wait as long; this one goes to the end, it may be its own fault.
                    self._backlog.append(job)
                    return

    def _stored(self, job: Job) -> bool:
        """False when it is worth another try."""
        try:
            with self.write() as connection:
                job(connection)
        except sa.exc.SQLAlchemyError as error:
            if not _is_hopeless(error):
                return False
            log.error("an event is lost: %s", explain(error))
        return True


def find_message(connection: sa.Connection, message_id: int) -> SentMessage | None:
    """What is known of it; None when it was erased since."""
    m = message.c
    row = connection.execute(
        sa.select(m.contact_id, m.sent_at, m.created_at).where(m.id == message_id)
    ).one_or_none()
    if row is None:
        return None
    # A sender may have died before it noted the time.
    return SentMessage(row.contact_id, row.created_at if row.sent_at is None else row.sent_at, row.created_at)


def explain(error: sa.exc.SQLAlchemyError) -> str:
    """What went wrong in one line without the values: those are people's data."""
    cause = getattr(error, "orig", None)
    first = str(cause).strip().partition("\n")[0] if cause is not None else ""
    return f"{type(error).__name__}: {first}".rstrip(": ")


def _is_hopeless(error: sa.exc.SQLAlchemyError) -> bool:
    return isinstance(error, sa.exc.DataError | sa.exc.IntegrityError)
