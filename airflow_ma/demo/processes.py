"""The programs a demo runs, one demo per folder, and their end without orphans."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil

POLITE_SECONDS = 9.0
FIRM_SECONDS = 3.0


class AlreadyRunningError(RuntimeError):
    """Another demo uses this folder; ``pid`` is its process."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"a demo is already running here (process {pid or 'unknown'})")
        self.pid = pid


class Programs:
    """Starts programs, each in a session of its own, and ends them with all their children.

    Holds the folder's lock while it is entered. A file beside the lock names what was started, so that
    the next demo can end what a killed one left behind.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: IO[str] | None = None
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Programs:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = (self._folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip()
            lock.close()
            raise AlreadyRunningError(int(pid) if pid.isdigit() else None) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        end(_left_behind(self._register))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._lock is not None:
            self._lock.close()  # gives the lock back
            self._lock = None

    @property
    def _register(self) -> Path:
        return self._folder / "started.json"

    @property
    def any_started(self) -> bool:
        """Whether there is something to stop."""
        return bool(self._started)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Start a program whose output goes to the end of ``log``."""
        with log.open("ab") as output:
            self._started[name] = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
            )
        self._write_register()

    def ended(self) -> tuple[str, int] | None:
        """The name and exit code of a program that has ended by itself, if one has."""
        for name, process in self._started.items():
            code = process.poll()
            if code is not None:
                return name, code
        return None

    def forget(self, name: str) -> None:
        """Expect nothing more of a program that has ended."""
        self._started.pop(name, None)
        self._write_register()

    def stop(self, *names: str) -> None:
        """End the named programs, or all, the last started first, and whatever they started."""
        chosen = [name for name in reversed(list(self._started)) if not names or name in names]
        leaders = {name: self._started.pop(name) for name in chosen}
        end([process.pid for process in leaders.values()])
        for process in leaders.values():
            process.poll()
        self._write_register()

    def _write_register(self) -> None:
        if not self._folder.exists():  # it was removed by a reset
            return
        known = []
        for process in self._started.values():
            with suppress(psutil.NoSuchProcess):
                known.append([process.pid, psutil.Process(process.pid).create_time()])
        self._register.write_text(json.dumps(known))


def end(leaders: Sequence[int]) -> None:
    """End these sessions: first SIGINT to the leaders, then SIGTERM to the rest, at last by force."""
    family = _family(leaders)
    first = [process for process in family if process.pid in leaders]
    for process in first:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)  # Airflow's standalone ends its children on this one only
    psutil.wait_procs(first, timeout=POLITE_SECONDS)
    rest = [process for process in {*family, *_family(leaders)} if process.is_running()]
    for process in rest:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(rest, timeout=FIRM_SECONDS)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=FIRM_SECONDS)


def _family(leaders: Sequence[int]) -> list[psutil.Process]:
    """The leaders and all that belongs to them: by session, which finds orphans, and by descent."""
    family: set[psutil.Process] = set()
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if process.pid in leaders or os.getsid(process.pid) in leaders:
                family |= {process, *process.children(recursive=True)}
    return list(family)


def _left_behind(register: Path) -> list[int]:
    try:
        known = json.loads(register.read_text())
    except (FileNotFoundError, ValueError):
        return []
    left = []
    for pid, created in known:
        try:
            ours = abs(psutil.Process(pid).create_time() - created) < 1  # else the number is another's now
        except psutil.NoSuchProcess:
            ours = True  # its children may live on in its session
        if ours:
            left.append(pid)
    return left
