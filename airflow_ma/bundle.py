"""``JourneyBundle``: where Airflow finds the journeys that were published in the builder.

Every release of any journey is a version of the bundle, so a run that began before a release goes on with
the journeys as they were then.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle, get_bundle_tracking_dir

from airflow_ma.config import settings
from airflow_ma.engine.changes.releases import Release, current_state, published_at_state
from airflow_ma.engine.database import open_database

CLASSPATH = "airflow_ma.bundle.JourneyBundle"
LOADER = "published_journeys.py"
"""The DAG file of the bundle, the same in every version."""
FOLDER = "journeys"
KEEP_SECONDS = 24 * 3600
"""Versions that were written or used within this time stay on the disk; older ones are written again."""

_LOADER_TEXT = f'''"""Every journey that was published in the builder, as an Airflow DAG."""

from pathlib import Path

from airflow_ma.dag.published import load_published

globals().update(load_published(Path(__file__).parent / "{FOLDER}"))
'''
_COMPLETE = ".complete"


class JourneyBundle(BaseDagBundle):
    """Published journeys, from our own database. Raises DatabaseError while that cannot be used."""

    supports_versioning = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._state: str | None = self.version
        # Two installations on one machine may share Airflow's folder for bundles.
        whose = hashlib.sha256(settings().database.encode()).hexdigest()[:8]
        self._tracking = self.base_dir / f"tracking-{whose}"

    @property
    def path(self) -> Path:
        """Of a pinned version its own folder, else one that stays the same: a file that moved is another."""
        return self.versions_dir / self.version if self.version else self._tracking

    def initialize(self) -> None:
        if self.version:
            folder = self._written(self.version)
            with suppress(PermissionError):  # a task that runs as another user
                os.utime(folder)
        else:
            self._follow(_published_now())
        super().initialize()

    def refresh(self) -> None:
        if self.version:
            raise RuntimeError("a pinned version of the published journeys never changes")
        state = _published_now()
        if state != self._state or not self._tracking.exists():
            self._follow(state)

    def get_current_version(self) -> Any:
        state = self._state or _published_now()
        try:
            from airflow.dag_processing.bundles.base import BundleVersion
        except ImportError:  # Airflow 3.1
            return state
        return BundleVersion(version=state)

    def _follow(self, state: str) -> None:
        """Have the stable path lead to this version, in one step."""
        target = self._written(state)
        os.utime(target / LOADER)  # an older version must look newer, or Airflow does not read it again
        with self.lock():
            fresh = self.base_dir / f".{self._tracking.name}.{os.getpid()}"
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(target)
            fresh.replace(self._tracking)
            self._state = state
            self._tidy(keep=target)

    def _written(self, state: str) -> Path:
        """The folder of a version, written first if it is not there."""
        target = self.versions_dir / state
        if not (target / _COMPLETE).exists():
            with open_database().read() as connection:
                releases = published_at_state(connection, state)
            with self.lock():
                if not (target / _COMPLETE).exists():
                    _write(target, releases)
        return target

    def _tidy(self, *, keep: Path) -> None:
        """Delete versions that nobody has used for long. Airflow sees only to those that ran."""
        in_use = get_bundle_tracking_dir(self.name)
        for folder in self.versions_dir.iterdir():
            old = time.time() - folder.stat().st_mtime > KEEP_SECONDS
            if old and folder != keep and not (in_use / folder.name).exists():
                shutil.rmtree(folder, ignore_errors=True)


def _published_now() -> str:
    with open_database().read() as connection:
        return current_state(connection)


def _write(target: Path, releases: list[Release]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
    (fresh / FOLDER).mkdir()
    for release in releases:
        text = json.dumps(release.document, ensure_ascii=False, indent=1)
        (fresh / FOLDER / f"{release.key}.json").write_text(text, encoding="utf-8")
    (fresh / LOADER).write_text(_LOADER_TEXT, encoding="utf-8")
    (fresh / _COMPLETE).touch()
    fresh.chmod(0o755)  # tasks may run as another user
    fresh.rename(target)
