"""Opening the database: SQLite by default, PostgreSQL by URL, and its schema version."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from airflow_ma.config import settings
from airflow_ma.engine.clock import Clock, read_clock

VERSION_TABLE = "ma_alembic_version"
MIGRATE = "run: airflow-ma db migrate"
BUSY_SECONDS: float = 60
"""How long a SQLite writer waits for another one before it gives up."""


class DatabaseError(RuntimeError):
    """The database cannot be used; the message says why and what to do."""


class Database:
    """One database with read and write transactions and the clock that belongs to it."""

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self.url = _with_driver(url)
        self._fixed_clock = clock
        # An error that quotes the values of its statement would put names and addresses into logs.
        self.engine = sa.create_engine(
            self.url, json_serializer=_json, hide_parameters=True, **_engine_options(self.url)
        )
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        else:
            sa.event.listen(self.engine, "connect", _prepare_postgresql)
        self._writer = self.engine.execution_options(ma_write=True)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction with a steady view (SQLite) or one view a statement (PostgreSQL)."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction. On SQLite it holds the single write lock from its first statement."""
        with self._writer.begin() as connection:
            yield connection

    def clock(self) -> Clock:
        """The installation's clock; a fixed one in tests."""
        if self._fixed_clock is not None:
            return self._fixed_clock
        with self.read() as connection:
            return read_clock(connection)

    def migrate(self) -> str:
        """Create the tables or bring them to this program's version; returns that version."""
        if self.is_sqlite and self.engine.url.database not in (None, "", ":memory:"):
            Path(self.engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        with _explained(self.engine.url), self._writer.begin() as connection:
            _refuse_newer(connection)
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return _head()

    def check_schema(self) -> None:
        """Raise DatabaseError unless the database is there and of this program's version."""
        database = self.engine.url.database
        if self.is_sqlite and database not in (None, "", ":memory:") and not Path(database or "").exists():
            raise DatabaseError(f"there is no database at {database}; {MIGRATE}")
        with _explained(self.engine.url), self.read() as connection:
            found = _refuse_newer(connection)
        if found != _head():
            have = f"is at version {found}" if found else "has no airflow_ma tables"
            raise DatabaseError(f"the database {have}, this program needs {_head()}; {MIGRATE}")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(url: str | None = None) -> Database:
    """The installation's database, checked and kept open for this process."""
    return _opened(url or settings().database, os.getpid())


@lru_cache(maxsize=8)
def _opened(url: str, _process: int) -> Database:  # per process: connections do not survive a fork
    database = Database(url)
    database.check_schema()
    return database


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # SQLite finds a Japanese key only as it was written


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        if ":memory:" in url or url == "sqlite://":
            return {"poolclass": sa.pool.StaticPool, "connect_args": {"check_same_thread": False}}
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "wal_autocheckpoint=8000",  # pages: a checkpoint costs, and this many are 32 MB
        "temp_store=MEMORY",
        "cache_size=-49152",  # KiB of the file that each connection keeps in memory
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # Compiling our statements to machine code takes longer than running them on one chunk.
    connection.execute("SET jit = off")
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("ma_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@lru_cache(maxsize=1)
def _head() -> str:
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def _refuse_newer(connection: sa.Connection) -> str | None:
    found: str | None = None
    if sa.inspect(connection).has_table(VERSION_TABLE):
        found = connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE)))
    known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    if found and found not in known:
        raise DatabaseError(
            f"the database is at version {found}, which this program does not know: it was written by a "
            "newer airflow_ma. Install that version, or restore a backup made before the upgrade"
        )
    return found


@contextmanager
def _explained(url: sa.URL) -> Iterator[None]:
    where = url.render_as_string(hide_password=True)
    try:
        yield
    except sa.exc.OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if "locked" in reason:
            raise DatabaseError(
                f"the database {where} is locked by another program for {BUSY_SECONDS:g} seconds; "
                "close what holds it open for writing, or use PostgreSQL when many programs write at once"
            ) from error
        raise DatabaseError(
            f"cannot use the database {where}: {reason}. Is it running, and is AIRFLOW_MA_DATABASE_URL right?"
        ) from error
    except sa.exc.DatabaseError as error:
        if "not a database" not in str(error.orig):
            raise
        raise DatabaseError(
            f"{where} is not a database that airflow_ma can read: {str(error.orig).strip().splitlines()[0]}"
        ) from error
