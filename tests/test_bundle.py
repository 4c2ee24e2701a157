"""The bundle of published journeys, as dag processor and workers use it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from airflow.dag_processing.bundles import base

from airflow_ma.bundle import KEEP_SECONDS, LOADER, JourneyBundle
from airflow_ma.config import settings
from airflow_ma.engine.changes.releases import UnknownReleaseError, add_release
from airflow_ma.engine.database import Database, DatabaseError, _opened


@pytest.fixture(autouse=True)
def storage(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for bundles, and our database as the installation's."""
    monkeypatch.setattr(base, "get_bundle_storage_root_path", lambda: tmp_path / "bundles")
    monkeypatch.setattr(base, "STALE_BUNDLE_TRACKING_FOLDER", tmp_path / "bundles" / "_tracking")
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", sqlite_database.url)
    settings.cache_clear()
    return tmp_path / "bundles"


def bundle(version: str | None = None) -> JourneyBundle:
    return JourneyBundle(name="journeys", version=version)


def publish(database: Database, key: str, score: int) -> None:
    leads = {"entered": "tag"}
    steps = [
        {"id": "people", "kind": "audience", "title": None, "settings": {}, "next": leads},
        {
            "id": "tag",
            "kind": "update_contact",
            "title": None,
            "settings": {"add_score": score},
            "next": {},
        },
    ]
    document = {"key": key, "title": key, "mode": "continuous", "tags": ["a"], "goal": None, "steps": steps}
    with database.write() as connection:
        add_release(connection, key, 1, document, {}, by="hanako", now=1)


def journeys(of: JourneyBundle) -> dict[str, int]:
    """Journey -> the setting by which its versions differ, as the loader file gives them."""
    file = of.path / LOADER
    found = {"__file__": str(file)}
    exec(file.read_text(), found)
    dags = {key: dag for key, dag in found.items() if hasattr(dag, "task_dict")}
    return {
        key: dag.get_task("tag").add_score if "tag" in dag.task_dict else -1  # type: ignore[attr-defined]
        for key, dag in dags.items()
    }


def test_nothing_published_is_no_error() -> None:
    ours = bundle()
    ours.initialize()
    assert journeys(ours) == {}
    assert ours.get_current_version().version == "r0"


def test_what_is_published_appears_at_the_same_path(sqlite_database: Database) -> None:
    ours = bundle()
    ours.initialize()
    path, before = ours.path, ours.get_current_version().version
    publish(sqlite_database, "sale", 1)
    assert ours.get_current_version().version == before  # as Airflow compares before and after a refresh
    ours.refresh()
    assert ours.get_current_version().version != before
    assert ours.path == path
    publish(sqlite_database, "news", 5)
    publish(sqlite_database, "sale", 2)
    ours.refresh()
    assert journeys(ours) == {"sale": 2, "news": 5}


def test_a_run_goes_on_with_the_journeys_as_they_were(sqlite_database: Database) -> None:
    publish(sqlite_database, "sale", 1)
    ours = bundle()
    ours.initialize()
    version = ours.get_current_version().version
    publish(sqlite_database, "sale", 2)
    pinned = bundle(version)  # on a worker that never saw that version
    pinned.initialize()
    assert journeys(pinned) == {"sale": 1}
    assert pinned.get_current_version().version == version
    with pytest.raises(RuntimeError):
        pinned.refresh()


def test_airflow_reads_the_file_again_after_every_change(sqlite_database: Database) -> None:
    ours = bundle()
    ours.initialize()
    os.utime(ours.path / LOADER, (1, 1))
    publish(sqlite_database, "sale", 1)
    ours.refresh()
    assert time.time() - (ours.path / LOADER).stat().st_mtime < 60


def test_a_broken_journey_takes_no_other_with_it(sqlite_database: Database) -> None:
    publish(sqlite_database, "sale", 1)
    with sqlite_database.write() as connection:
        add_release(connection, "broken", 1, {"key": "broken", "steps": 7}, {}, by="hanako", now=1)
    ours = bundle()
    ours.initialize()
    assert journeys(ours) == {"sale": 1, "broken": -1}


def test_a_folder_of_another_database_is_not_taken_for_ours(
    sqlite_database: Database, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(sqlite_database, "theirs", 1)
    theirs = bundle()
    theirs.initialize()
    (tmp_path / "other.db").write_bytes(sqlite_template.read_bytes())
    other = Database(f"sqlite:///{tmp_path}/other.db")
    publish(other, "ours", 2)
    other.dispose()
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    settings.cache_clear()
    ours = bundle()
    ours.initialize()
    assert journeys(ours) == {"ours": 2}
    assert journeys(theirs) == {"theirs": 1}
    with pytest.raises(UnknownReleaseError):
        bundle(theirs.get_current_version().version + "0").initialize()


def test_without_a_database_nothing_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", f"sqlite:///{tmp_path}/missing.db")
    settings.cache_clear()
    ours = bundle()  # Airflow makes one in every process
    with pytest.raises(DatabaseError):
        ours.initialize()


def test_what_nobody_used_for_long_is_deleted_and_can_be_had_again(
    sqlite_database: Database, storage: Path
) -> None:
    publish(sqlite_database, "sale", 1)
    ours = bundle()
    ours.initialize()
    old, ran = ours.get_current_version().version, "r0"
    bundle(ran).initialize()
    tracked = storage / "_tracking" / "journeys"
    tracked.mkdir(parents=True)
    (tracked / ran).touch()  # as Airflow notes that a task runs with it
    for name in (old, ran):
        long_ago = time.time() - KEEP_SECONDS - 60
        os.utime(storage / "journeys" / "versions" / name, (long_ago, long_ago))
    publish(sqlite_database, "sale", 2)
    ours.refresh()
    left = {folder.name for folder in (storage / "journeys" / "versions").iterdir()}
    assert left == {ran, ours.get_current_version().version}
    pinned = bundle(old)
    pinned.initialize()
    assert journeys(pinned) == {"sale": 1}


@pytest.fixture(autouse=True)
def _closed() -> None:
    _opened.cache_clear()
