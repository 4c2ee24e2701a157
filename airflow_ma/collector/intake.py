"""What all routes share: the database, its clock, the signer, and what to do when the database is away."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.channels.links import LinkSigner
from airflow_ma.collector.spool import Spool
from airflow_ma.config import settings
from airflow_ma.engine.clock import Clock, RealClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import link, message

log = logging.getLogger(__name__)

Handler = Callable[[sa.Connection, Mapping[str, Any]], object]
"""Stores something told in one write transaction. It must do no harm to do it again."""

LOCK_WAIT = 5
"""Seconds that a request waits for a lock or a connection: shorter than people and mail programs do."""

_CLOCK_KEPT = 1.0  # real seconds: the sandbox's clock is set once, asking for it at each request is waste
_BACKLOG_PAUSE = 2.0  # real seconds between tries
BACKLOG_LIMIT = 100_000
"""Most things of one kind that are kept: opens and clicks must not crowd out who unsubscribes."""
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
        self._handlers: dict[str, Handler] = {}
        self._backlog: deque[dict[str, Any]] = deque()
        self._kept: Counter[str] = Counter()  # how many of each kind are in the backlog
        self._spool: Spool | None = None
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

    def handles(self, kind: str, handler: Handler) -> None:
        """Say what stores things of this kind, those too that an earlier collector has kept."""
        self._handlers[kind] = handler

    def start(self) -> None:
        """Take over what collectors that are dead could not store."""
        with self._backlog_lock:
            self._open_spool()
            if self._backlog:
                self._start_working_off()

    def store_or_keep(self, kind: str, values: Mapping[str, Any]) -> Any:
        """Store it now, or as soon as the database is back: the asker will not come again.

        Returns what its handler says; None when it is kept, on disk, until then. ``values`` go into JSON.
        """
        try:
            with self.write() as connection:
                return self._handlers[kind](connection, values)
        except sa.exc.SQLAlchemyError as error:
            log.warning("the database did not take it: %s", explain(error))
            if not _is_hopeless(error):
                self._keep({"kind": kind, "values": dict(values)})
            return None

    def close(self) -> None:
        """Try once more to store what is kept."""
        self._drain()
        with self._backlog_lock:
            if self._backlog:
                log.warning("%d events are kept until the collector is started again", len(self._backlog))
            if self._spool is not None:
                self._spool.close(stored=not self._backlog)
                self._spool = None

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

    def _keep(self, record: dict[str, Any]) -> None:
        with self._backlog_lock:
            if self._kept[record["kind"]] >= BACKLOG_LIMIT:
                log.error("the database is away for too long: an event is lost")
                return
            try:
                self._open_spool().keep(record)
            except OSError as error:
                log.error("an event is kept in memory only, AIRFLOW_MA_HOME: %s", error.strerror or error)
            self._backlog.append(record)
            self._kept[record["kind"]] += 1
            self._start_working_off()

    def _open_spool(self) -> Spool:
        if self._spool is None:
            self._spool = Spool(settings().home / "collector")
            inherited = self._spool.inherit()
            self._backlog.extend(inherited)
            self._kept.update(record.get("kind", "") for record in inherited)
        return self._spool

    def _start_working_off(self) -> None:
        if self._backlog_thread is None:
            self._backlog_thread = threading.Thread(target=self._work_off, daemon=True)
            self._backlog_thread.start()

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
                record = self._backlog.popleft()
                if not self._stored(record):
                    # Each further try could wait as long; this goes to the end, it may be its own fault.
                    self._backlog.append(record)
                    return
                with self._backlog_lock:
                    self._kept[record.get("kind", "")] -= 1
            with self._backlog_lock:
                if not self._backlog and self._spool is not None:
                    self._spool.clear()

    def _stored(self, record: Mapping[str, Any]) -> bool:
        """False when it is worth another try."""
        handler = self._handlers.get(record.get("kind", ""))
        if handler is None:
            log.error("an event of a kind that this version does not know is lost")
            return True
        try:
            with self.write() as connection:
                handler(connection, record["values"])
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
