"""The next moment in office hours, in the time zone of the person."""

from __future__ import annotations

import datetime

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_ma.journey.office_hours import WEEKDAYS, next_moment

NINE, SIX = datetime.time(9), datetime.time(18)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20T10:00", "2026-11-20T10:00"),  # a Friday, within the hours: now
        ("2026-11-20T08:59", "2026-11-20T09:00"),
        ("2026-11-20T18:00", "2026-11-23T09:00"),  # Friday at closing time: Monday
        ("2026-11-21T12:00", "2026-11-23T09:00"),  # Saturday: Monday
    ],
)
def test_office_hours(start: str, expected: str) -> None:
    tz = "Asia/Tokyo"
    found = next_moment(pendulum.parse(start, tz=tz), between=(NINE, SIX), on="business_days")
    assert found == pendulum.parse(expected, tz=tz)


def test_a_time_of_day_that_has_passed_is_tomorrow() -> None:
    start = pendulum.datetime(2026, 11, 20, 10, 0, 1, tz="Europe/Berlin")
    assert next_moment(start, at=datetime.time(10)) == start.set(day=21, second=0)


def test_an_hour_that_the_clocks_skip_is_the_next_one() -> None:
    start = pendulum.datetime(2026, 3, 29, 0, 30, tz="Europe/Berlin")
    found = next_moment(start, at=datetime.time(2, 30))
    assert found > start
    assert found.format("YYYY-MM-DD HH:mm") == "2026-03-29 03:30"


@given(
    st.integers(0, 2 * 366 * 24 * 60),
    st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.integers(0, 22),
    st.integers(1, 23),
)
def test_the_moment_is_never_before_and_always_allowed(
    minutes: int, zone: str, on: set, opens: int, length: int
) -> None:
    window = (datetime.time(opens), datetime.time(min(opens + length, 23), 59))
    start = pendulum.datetime(2026, 1, 1, tz=zone).add(minutes=minutes)
    found = next_moment(start, between=window, on=on)
    assert start <= found <= start.add(days=9)
    assert WEEKDAYS[found.weekday()] in on
    skipped = datetime.timedelta(hours=1)  # a window that opens in the hour the clocks skip opens after it
    assert found.time() >= window[0] or start.utcoffset() != found.utcoffset()
    assert found.naive() <= found.naive().replace(hour=window[1].hour, minute=59, second=59) + skipped
