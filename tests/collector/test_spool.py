"""What could not be stored yet outlives its process, and is inherited by one other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_ma.collector.spool import Spool

KEEP_AND_DIE = """
import os, sys
from pathlib import Path
from airflow_ma.collector.spool import Spool
spool = Spool(Path(sys.argv[1]))
for number in range(3):
    spool.keep({"number": number})
os.kill(os.getpid(), 9)
"""


def die(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KEEP_AND_DIE, str(folder)], check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == -9


def numbers(spool: Spool) -> list[int]:
    return [record["number"] for record in spool.inherit()]


def test_what_a_dead_process_kept_is_inherited_once(tmp_path: Path) -> None:
    die(tmp_path)
    first, second = Spool(tmp_path), Spool(tmp_path)
    assert numbers(first) == [0, 1, 2]
    assert numbers(first) == []
    assert numbers(second) == []
    first.close(stored=False)
    assert numbers(second) == [0, 1, 2]
    second.clear()
    assert list(tmp_path.iterdir()) == []
    assert numbers(Spool(tmp_path)) == []


def test_a_living_one_is_left_alone(tmp_path: Path) -> None:
    living = Spool(tmp_path)
    living.keep({"number": 1})
    other = Spool(tmp_path)
    assert numbers(other) == []
    living.clear()
    living.keep({"number": 2})
    living.close(stored=False)
    assert numbers(other) == [2]


def test_a_clean_end_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep({"number": 1})
    spool.close(stored=True)
    assert list(tmp_path.iterdir()) == []


def test_half_an_entry_was_never_answered(tmp_path: Path) -> None:
    die(tmp_path)
    [path] = tmp_path.iterdir()
    with path.open("ab") as file:
        file.write(b'{"number": 3')
    assert numbers(Spool(tmp_path)) == [0, 1, 2]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep({"number": 1})
    [path] = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    spool.close(stored=True)


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)
    spool.keep({"number": 1})
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:5]))
    with pytest.raises(OSError, match="full"):
        spool.keep({"number": 2})
    monkeypatch.undo()
    spool.keep({"number": 3})
    spool.close(stored=False)
    assert numbers(Spool(tmp_path)) == [1, 3]
