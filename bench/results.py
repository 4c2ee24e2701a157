"""Measurements and what follows from them: medians, shares of bare SQL, growth."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from bench import plan
from bench.meter import Cost

Measure = Callable[[Cost], float]
CPU: Measure = attrgetter("cpu")
WALL: Measure = attrgetter("wall")


@dataclass(frozen=True)
class Spread:
    """The median of some runs, and the lowest and highest of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Run:
    """One side going through the journey once."""

    phases: dict[str, Cost]
    memory_before: float
    memory_peak: float

    @classmethod
    def of(cls, measured: dict[str, Any]) -> Run:
        phases = {name: Cost(**cost) for name, cost in measured["phases"].items()}
        return cls(phases, measured["memory_before"], measured["memory_peak"])

    @property
    def total(self) -> Cost:
        whole = Cost()
        for cost in self.phases.values():
            whole.add(cost)
        return whole


@dataclass(frozen=True)
class Comparison:
    """Both sides on one database with one number of contacts; the runs are pairs, made in turn."""

    database: str
    size: int
    engine: list[Run]
    floor: list[Run]

    def share(self, of: Measure) -> Spread:
        """The speed of the engine as a share of bare SQL's (1: the same)."""
        pairs = zip(self.engine, self.floor, strict=True)
        return Spread.of([of(floor.total) / of(engine.total) for engine, floor in pairs])

    def cpu_per_thousand(self, runs: list[Run]) -> float:
        """CPU seconds per 1,000 contacts for the whole journey."""
        return statistics.median(run.total.cpu for run in runs) / self.size * 1000

    def contacts_per_second(self, runs: list[Run]) -> float:
        return self.size / statistics.median(run.total.wall for run in runs)

    def moves_per_second(self, runs: list[Run]) -> float:
        return plan.moves(self.size) / statistics.median(run.total.wall for run in runs)

    def phase(self, runs: list[Run], name: str) -> Cost:
        """The median cost of a phase."""
        costs = [run.phases.get(name, Cost()) for run in runs]
        return Cost(
            statistics.median(c.wall for c in costs),
            statistics.median(c.client for c in costs),
            statistics.median(c.server for c in costs),
        )

    @property
    def peak(self) -> float:
        """The most memory that any of our runs held, MB."""
        return max(run.memory_peak for run in self.engine)

    @property
    def at_start(self) -> float:
        """What a process of ours holds before the journey starts, MB."""
        return statistics.median(run.memory_before for run in self.engine)


def growth(comparisons: Sequence[Comparison]) -> tuple[float, float] | None:
    """CPU per contact with the most contacts, as a multiple of that with the fewest: ours, the floor's.

    None when only one number of contacts was measured.
    """
    ordered = sorted(comparisons, key=lambda one: one.size)
    if len(ordered) < 2:
        return None
    few, many = ordered[0], ordered[-1]
    return (
        many.cpu_per_thousand(many.engine) / few.cpu_per_thousand(few.engine),
        many.cpu_per_thousand(many.floor) / few.cpu_per_thousand(few.floor),
    )
