"""One demo per folder, and nothing left running after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from airflow_ma.demo.processes import AlreadyRunningError, Programs

# A parent with a child that is deaf to SIGINT and to SIGTERM: the worst a program can leave behind.
STUBBORN = """
import pathlib, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c",
    "import signal as s, time; s.signal(2, s.SIG_IGN); s.signal(15, s.SIG_IGN); time.sleep(300)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(300)
"""
HOLDER = """
import pathlib, sys, time
from airflow_ma.demo.processes import Programs
folder = pathlib.Path(sys.argv[1])
with Programs(folder) as programs:
    programs.start("sleeper", ["sleep", "300"], {"PATH": "/usr/bin:/bin"}, folder / "log")
    (folder / "ready").write_text("")
    time.sleep(300)
"""


def _wait(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def _holder(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)])
    _wait((folder / "ready").exists)
    return process


def test_everything_below_a_program_ends_with_it_even_what_is_deaf(tmp_path: Path) -> None:
    noted = tmp_path / "child"
    with Programs(tmp_path) as programs:
        programs.start("stubborn", [sys.executable, "-c", STUBBORN, str(noted)], os.environ, tmp_path / "log")
        _wait(lambda: noted.exists() and noted.read_text() != "")
        child = psutil.Process(int(noted.read_text()))
        parent = child.parent()
        assert parent is not None
        begin = time.monotonic()
    assert not child.is_running()
    assert not parent.is_running()
    assert time.monotonic() - begin < 15


def test_an_orphan_is_found_by_its_session(tmp_path: Path) -> None:
    noted = tmp_path / "child"
    with Programs(tmp_path) as programs:
        programs.start("stubborn", [sys.executable, "-c", STUBBORN, str(noted)], os.environ, tmp_path / "log")
        _wait(lambda: noted.exists() and noted.read_text() != "")
        child = psutil.Process(int(noted.read_text()))
        parent = child.parent()
        assert parent is not None
        parent.kill()
        _wait(lambda: programs.ended() == ("stubborn", -signal.SIGKILL))
    assert not child.is_running()


def test_a_second_demo_in_the_same_folder_says_who_is_first(tmp_path: Path) -> None:
    with _holder(tmp_path) as first:
        with pytest.raises(AlreadyRunningError) as refused, Programs(tmp_path):
            pytest.fail("two at once")
        assert refused.value.pid == first.pid
        first.send_signal(signal.SIGINT)
    with Programs(tmp_path):
        pass


def test_what_a_killed_demo_left_behind_is_ended_by_the_next(tmp_path: Path) -> None:
    with _holder(tmp_path) as first:
        (sleeper,) = psutil.Process(first.pid).children()
        first.kill()
    assert sleeper.is_running()
    with Programs(tmp_path):
        assert not sleeper.is_running()


def test_a_number_that_went_to_another_program_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "300"], start_new_session=True) as other:
        (tmp_path / "started.json").write_text(f"[[{other.pid}, 12345.0]]")
        with Programs(tmp_path):
            assert other.poll() is None
        assert other.poll() is None
        other.kill()


def test_a_program_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start("short", [sys.executable, "-c", "print('why'); exit(3)"], os.environ, tmp_path / "log")
        _wait(lambda: programs.ended() == ("short", 3))
        programs.forget("short")
        assert programs.ended() is None
    assert (tmp_path / "log").read_text() == "why\n"
