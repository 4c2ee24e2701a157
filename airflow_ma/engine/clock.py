"""The one source of time: UTC, milliseconds since 1970 in the database, pendulum for people.

Production uses real time, tests a clock that stands still until told, the sandbox a fast-forward one
whose setting lives in the database so that workers, collector and triggerer agree.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

import pendulum
import sqlalchemy as sa

from airflow_ma.engine.tables import clock as clock_table

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = 253_402_300_799_000
"""A wake-up time that never comes (the end of the year 9999), in ms."""


class Clock(Protocol):
    """What the engine asks of time. All values are ms."""

    @property
    def speed(self) -> float:
        """Clock milliseconds that pass per real millisecond; 1 outside the sandbox."""
        ...

    def now(self) -> int:
        """The current time, ms since 1970 UTC."""
        ...


@dataclass(frozen=True)
class RealClock:
    """The time on the wall."""

    speed: float = 1.0

    def now(self) -> int:
        return time.time_ns() // 1_000_000


@dataclass
class ManualClock:
    """Stands still until moved: for tests and the simulator."""

    at: int = field(default_factory=lambda: to_ms(pendulum.datetime(2026, 12, 1, 10, tz="Asia/Tokyo")))
    speed: float = 1.0

    def now(self) -> int:
        return self.at

    def advance(self, ms: int) -> None:
        """Let ``ms`` milliseconds pass."""
        if ms < 0:
            raise ValueError("time does not run backwards")
        self.at += ms


@dataclass(frozen=True)
class FastForwardClock:
    """Sandbox time: runs ``speed`` times as fast as the wall since ``real_at``."""

    real_at: int
    shown_at: int
    speed: float

    def now(self) -> int:
        elapsed = time.time_ns() // 1_000_000 - self.real_at
        return self.shown_at + int(elapsed * self.speed)


def read_clock(connection: sa.Connection) -> Clock:
    """The clock of this installation: fast-forward when the sandbox has set one, else real time."""
    row = connection.execute(sa.select(clock_table)).one_or_none()
    if row is None:
        return RealClock()
    return FastForwardClock(real_at=row.real_at, shown_at=row.shown_at, speed=row.speed)


def set_fast_forward(connection: sa.Connection, *, seconds_per_day: float, channel: str) -> Clock:
    """Make one day pass in ``seconds_per_day`` real seconds, from the time shown now.

    Raises ValueError outside the sandbox channel: real mail must never leave on made-up time.
    """
    if channel != "sandbox":
        raise ValueError(
            f"time runs fast only in the sandbox, and the channel is '{channel}'; "
            "set AIRFLOW_MA_CHANNEL=sandbox"
        )
    if not 0 < seconds_per_day <= 86_400:
        raise ValueError(f"seconds per day must be above 0 and at most 86400, not {seconds_per_day}")
    shown_at = read_clock(connection).now()
    speed = 86_400 / seconds_per_day
    real_at = RealClock().now()
    connection.execute(sa.delete(clock_table))
    connection.execute(sa.insert(clock_table).values(id=1, real_at=real_at, shown_at=shown_at, speed=speed))
    return FastForwardClock(real_at=real_at, shown_at=shown_at, speed=speed)


def to_ms(at: pendulum.DateTime) -> int:
    """ms since 1970 UTC."""
    return int(at.timestamp() * 1000)


def from_ms(ms: int, timezone: str = "UTC") -> pendulum.DateTime:
    """The moment ``ms`` as people in ``timezone`` see it."""
    return pendulum.from_timestamp(ms / 1000, tz=timezone)
