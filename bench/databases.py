"""Databases to measure on: both sides start from copies of one, made by the product's own migration."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from bench.process import measure

POSTGRESQL_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "jit": "on",
}
"""Durable, as in production; memory and log size as for a small server; the rest as installed."""

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size}) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, {size})) ",
}
_CONTACTS = """
    INSERT INTO ma_contact (id, key, email, email_key, name, language, timezone, attributes,
        consented_at, created_at, updated_at)
    SELECT i, 'C' || i, 'Customer' || i || '@example.com', 'customer' || i || '@example.com',
        'Customer ' || i, 'en', 'Asia/Tokyo', '{"city": "Tokyo", "plan": "basic", "orders": 3}', 0, 0, 0
    FROM n
"""


def numbers(kind: str, size: int) -> str:
    """SQL that makes ``n(i)``: the numbers from 1 to ``size``."""
    return _NUMBERS[kind].format(size=size)


class Store(Protocol):
    """Makes databases of one kind."""

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    @property
    def server_pid(self) -> int | None:
        """The server's first process, if there is a server."""
        ...

    def template(self, size: int) -> str:
        """A migrated database with ``size`` contacts; returns its URL. Made once."""
        ...

    def copy(self, size: int) -> AbstractContextManager[str]:
        """A copy of that template, dropped at the end."""
        ...


class SqliteStore:
    """Files in a folder."""

    kind = "sqlite"
    server_pid: int | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = itertools.count()

    def template(self, size: int) -> str:
        path = self._folder / f"template_{size}.db"
        if not path.exists():
            _prepare(self.kind, f"sqlite:///{path}", size)
        return f"sqlite:///{path}"

    @contextmanager
    def copy(self, size: int) -> Iterator[str]:
        path = self._folder / f"run_{next(self._names)}.db"
        shutil.copy(self.template(size).removeprefix("sqlite:///"), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for file in self._folder.glob(f"{path.name}*"):
                file.unlink()


class PostgresqlStore:
    """A server of our own, on a free port of this machine. ``stop`` it."""

    kind = "postgresql"
    server_pid: int | None

    def __init__(self, folder: Path) -> None:
        self._programs = _programs()
        self._folder = folder / "postgresql"
        self._folder.mkdir()
        if os.geteuid() == 0:  # the server refuses to run as root
            folder.chmod(0o711)
            shutil.chown(self._folder, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._data = self._folder / "data"
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = [f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"]
        options += [f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items()]
        self._run(
            "pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "-o", " ".join(options), "start"
        )
        self._server = f"postgresql://postgres@127.0.0.1:{port}"
        self.server_pid = int((self._data / "postmaster.pid").read_text().split()[0])
        self._made: set[str] = set()
        self._names = itertools.count()

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def template(self, size: int) -> str:
        name = f"template_{size}"
        if name not in self._made:
            self._admin(f"CREATE DATABASE {name}")
            _prepare(self.kind, f"{self._server}/{name}", size)
            self._made.add(name)
        return f"{self._server}/{name}"

    @contextmanager
    def copy(self, size: int) -> Iterator[str]:
        self.template(size)
        name = f"run_{next(self._names)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE template_{size}")
        self._admin("CHECKPOINT")  # so that nobody pays for writing the copy
        try:
            yield f"{self._server}/{name}"
        finally:
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    def _admin(self, statement: str) -> None:
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: object) -> None:
        options: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        command = [str(self._programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **options)


class NoServerError(RuntimeError):
    """PostgreSQL's server is not installed here."""


def _programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = shutil.which("initdb")
    if installed:
        return installed[0].parent
    if found:
        return Path(found).parent
    raise NoServerError(
        "PostgreSQL's server is not installed; install it (Debian and Ubuntu: apt-get install postgresql), "
        "or measure SQLite alone: --databases sqlite"
    )


def _prepare(kind: str, url: str, size: int) -> None:
    measure("prepare", url=url, contacts=numbers(kind, size) + _CONTACTS)
