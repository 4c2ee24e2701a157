"""Opening, migrating and refusing databases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from airflow_ma.engine.database import VERSION_TABLE, Database, DatabaseError
from airflow_ma.engine.tables import metadata


def test_migrations_build_exactly_the_declared_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert database.migrate() == database.migrate()


def test_a_missing_database_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"no database at .*missing\.db; run: airflow-ma db migrate"):
        Database(f"sqlite:///{tmp_path}/missing.db").check_schema()


def test_a_database_without_our_tables_says_so(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE theirs (id INTEGER)").connection.close()
    with pytest.raises(DatabaseError, match="has no airflow_ma tables"):
        Database(f"sqlite:///{tmp_path}/other.db").check_schema()


def test_a_newer_schema_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for use in (database.check_schema, database.migrate):
        with pytest.raises(DatabaseError, match=r"version 9999.*newer airflow_ma"):
            use()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("this is a shopping list, not a database" * 50)
    with pytest.raises(DatabaseError, match="not a database"):
        Database(f"sqlite:///{tmp_path}/notes.db").check_schema()


def test_a_locked_database_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_ma.engine.database.BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseError, match=r"busy\.db is locked by another program for 0\.2 seconds; close"):
        Database(f"sqlite:///{tmp_path}/busy.db").migrate()
    holder.execute("COMMIT")
    holder.close()
    Database(f"sqlite:///{tmp_path}/busy.db").migrate()


def test_an_unreachable_server_says_where_without_the_password() -> None:
    with pytest.raises(DatabaseError, match="cannot use the database") as caught:
        Database("postgresql://someone:hush@127.0.0.1:1/ma").check_schema()
    assert "hush" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)
