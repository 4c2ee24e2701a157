"""What gets installed: one top-level name, every file the program reads, and no second copy of anything."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
        return wheel.namelist()


def test_the_wheel_takes_one_name_only(wheel_files: list[str]) -> None:
    """A package that ships a top-level `operators` breaks its users' own plugins/operators."""
    names = {name.split("/")[0] for name in wheel_files}
    assert {name for name in names if not name.endswith(".dist-info")} == {"airflow_ma"}


def test_the_wheel_has_every_file_of_the_package(wheel_files: list[str]) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "airflow_ma"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    files = {name for name in tracked.stdout.splitlines() if not (ROOT / name).is_symlink()}
    linked = {
        f"airflow_ma/{p.parent.name}/{p.name}"
        for d in ("operators", "sensors")
        for p in (ROOT / d).glob("*.py")
    }
    assert len(files) > 40
    assert files | linked <= set(wheel_files)
    assert len(wheel_files) == len(set(wheel_files))


def test_the_links_are_relative_and_lead_to_the_real_folders() -> None:
    for name in ("operators", "sensors"):
        link = ROOT / "airflow_ma" / name
        assert link.is_symlink()
        assert str(link.readlink()) == f"../{name}"
