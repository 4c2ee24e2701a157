"""A migrated database for each test: who asks for ``database`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest

from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database, open_database
from tests.postgres_server import PostgresServer

pytest_plugins = ["tests.fakes.fixtures"]

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# Before anything imports Airflow: no test touches the developer's own installation.
os.environ["AIRFLOW_HOME"] = os.environ.get("AIRFLOW_MA_TEST_HOME") or tempfile.mkdtemp(
    prefix="airflow_ma_home_"
)
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

EMAILS = Path(__file__).parents[1] / "dags" / "emails"
SERVER_URL = "AIRFLOW_MA_TEST_POSTGRES"
_server: PostgresServer | None = None
_names = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all test processes, unless AIRFLOW_MA_TEST_POSTGRES names one."""
    global _server  # noqa: PLW0603
    if SERVER_URL not in os.environ and not hasattr(config, "workerinput"):
        _server = PostgresServer.start()
        os.environ[SERVER_URL] = _server.url


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)
    if _server is not None:
        _server.stop()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own installation; all have a sender, as the law wants."""
    from airflow_ma.config import settings

    for name in [name for name in os.environ if name.startswith("AIRFLOW_MA_")]:
        if not name.startswith("AIRFLOW_MA_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW_MA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", "Test Shop")
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "shop@example.com")
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", "1-1 Test, Tokyo")
    monkeypatch.setenv("AIRFLOW_MA_COLLECTOR_URL", "https://mail.shop.example.com")
    settings.cache_clear()


@pytest.fixture
def emails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example mails are the installation's."""
    from airflow_ma.config import settings

    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))
    settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> str:
    name = f"template_{os.getpid()}"
    _admin(f"CREATE DATABASE {name}")
    database = Database(f"{os.environ[SERVER_URL]}/{name}")
    database.migrate()
    database.dispose()
    return name


def _admin(statement: str) -> None:
    with psycopg.connect(f"{os.environ[SERVER_URL]}/postgres", autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def clock() -> ManualClock:
    """Stands at 2026-12-01 10:00 in Tokyo until a test moves it."""
    return ManualClock()


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path, clock: ManualClock) -> Iterator[Database]:
    path = tmp_path / "airflow_ma.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", clock=clock)
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(postgres_template: str, clock: ManualClock) -> Iterator[Database]:
    name = f"test_{os.getpid()}_{next(_names)}"
    _admin(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    database = Database(f"{os.environ[SERVER_URL]}/{name}", clock=clock)
    yield database
    database.dispose()
    _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty database with the standing clock, once of each kind."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    return request.getfixturevalue(name)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Database], None]:
    """Makes a database the one that commands and tasks open by themselves."""
    from airflow_ma.config import settings

    def install(database: Database) -> None:
        monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", database.url)
        settings.cache_clear()

    return install


@pytest.fixture
def installed(sqlite_database: Database, install: Callable[[Database], None]) -> Iterator[Database]:
    """The database that commands and tasks open by themselves, as they open it; with the standing clock."""
    install(sqlite_database)
    opened = open_database()
    opened._fixed_clock = sqlite_database.clock()
    yield opened
    opened.dispose()
