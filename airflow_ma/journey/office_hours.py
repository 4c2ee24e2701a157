"""The next moment on certain days and hours, as a clock on the wall shows them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Annotated, Any, Literal

import pendulum
from pydantic import BeforeValidator, PlainSerializer

from airflow_ma.journey.said import Said, SaidError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BUSINESS_DAYS = frozenset(WEEKDAYS[:5])
_LOOKS_LIKE = Said(en="write a time of day such as 09:30", ja="「09:30」のように時刻を入力してください")


def _time_of_day(value: Any) -> datetime.time:
    if isinstance(value, datetime.time):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return datetime.time(value // 60, value % 60)  # YAML 1.1 reads an unquoted 10:30 as 630
    try:
        return datetime.time.fromisoformat(str(value).strip().zfill(5))
    except ValueError:
        raise SaidError(f"a time of day looks like 09:30, not '{value}'", _LOOKS_LIKE) from None


TimeOfDay = Annotated[
    datetime.time, BeforeValidator(_time_of_day), PlainSerializer(lambda value: value.strftime("%H:%M"))
]


def next_moment(
    start: pendulum.DateTime,
    *,
    at: datetime.time | None = None,
    between: tuple[datetime.time, datetime.time] | None = None,
    on: Literal["business_days"] | Collection[Weekday] | None = None,
) -> pendulum.DateTime:
    """The first moment from ``start`` on that is on one of the days, at or between the times.

    In the time zone of ``start``. An hour that the clocks skip in spring is read as the one after it.
    """
    days = BUSINESS_DAYS if on == "business_days" else frozenset(on or WEEKDAYS)
    opening, closing = between or ((at, at) if at else (datetime.time(0), datetime.time.max))
    for ahead in range(9):
        day = start.date().add(days=ahead)
        if WEEKDAYS[day.weekday()] not in days:
            continue
        opens, closes = _on(day, opening, start), _on(day, closing, start)
        if ahead == 0 and start > opens:
            # Within the window (its end excluded) any moment will do; `at` has no width.
            if start < closes:
                return start
            continue
        return opens
    raise ValueError("no day of the week is left to wait for")


def _on(day: pendulum.Date, time: datetime.time, like: pendulum.DateTime) -> pendulum.DateTime:
    return pendulum.datetime(
        day.year, day.month, day.day, time.hour, time.minute, time.second, time.microsecond, tz=like.timezone
    )
