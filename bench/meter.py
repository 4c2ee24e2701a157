"""What a phase costs: wall clock, CPU of this process, CPU of the database server, peak memory."""

from __future__ import annotations

import contextlib
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil


@dataclass
class Cost:
    """Seconds."""

    wall: float = 0.0
    client: float = 0.0
    server: float = 0.0

    @property
    def cpu(self) -> float:
        return self.client + self.server

    def add(self, other: Cost) -> None:
        self.wall += other.wall
        self.client += other.client
        self.server += other.server


@dataclass
class Meter:
    """Adds up the costs of phases. ``server_pid``: PostgreSQL's first process, if there is a server."""

    server_pid: int | None
    phases: dict[str, Cost] = field(default_factory=dict)

    @contextlib.contextmanager
    def cost(self) -> Iterator[Cost]:
        """What happens inside, measured but not yet booked on a phase."""
        spent = Cost()
        server, wall, client = server_cpu(self.server_pid), time.perf_counter(), time.process_time()
        yield spent
        spent.client = time.process_time() - client
        spent.wall = time.perf_counter() - wall
        spent.server = server_cpu(self.server_pid) - server

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        with self.cost() as spent:
            yield
        self.book(name, spent)

    def book(self, name: str, spent: Cost) -> None:
        self.phases.setdefault(name, Cost()).add(spent)

    def as_data(self) -> dict[str, dict[str, float]]:
        return {name: asdict(cost) for name, cost in self.phases.items()}


def server_cpu(pid: int | None) -> float:
    """CPU seconds of the server so far: its living processes, and those that have ended."""
    if pid is None:
        return 0.0
    first = psutil.Process(pid)
    own = first.cpu_times()
    total = float(own.user + own.system + own.children_user + own.children_system)
    for child in first.children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended: the first process counts it
            times = child.cpu_times()
            total += times.user + times.system
    return total


def peak_memory() -> float:
    """The most memory (resident, MB) this process has held. Kept by the kernel, so no peak is missed."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent's memory from before exec, too
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
