"""Lengths of time: what is read, what is refused, and that writing and reading agree."""

from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from airflow_ma.journey.duration import (
    LONGEST,
    Duration,
    days,
    format_duration,
    hours,
    minutes,
    parse_duration,
    to_ms,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3 days", days(3)),
        ("1 day", days(1)),
        ("90 minutes", minutes(90)),
        ("2h", hours(2)),
        ("1.5 hours", minutes(90)),
        ("1 day 12 hours", hours(36)),
        ("1h30m", minutes(90)),
        ("30s", datetime.timedelta(seconds=30)),
        ("2 weeks", days(14)),
        ("P3D", days(3)),
        ("PT90M", minutes(90)),
        ("P1DT12H", hours(36)),
        ("P2W", days(14)),
        ("3日", days(3)),
        ("3日間", days(3)),
        ("２時間", hours(2)),
        ("３０ 分", minutes(30)),
        ("1週間", days(7)),
        ("1日12時間", hours(36)),
        (days(3), days(3)),
    ],
)
def test_reads_what_people_write(written: object, meant: datetime.timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("-1 days", "a wait must be longer than zero, not '-1 days'"),
        ("－１日", "a wait must be longer than zero, not '－１日'"),
        ("0 days", "a wait must be longer than zero, not '0 days'"),
        (days(-1), "a wait must be longer than zero"),
        (datetime.timedelta(microseconds=3), "one millisecond or longer"),
        ("3", "a wait needs a unit, '3' has none; write it like '3 days'"),
        (3, "a wait needs a unit, 3 has none"),
        (True, "a wait needs a unit"),
        ("", "cannot read '' as a length of time; write it like '3 days'"),
        ("soon", "cannot read 'soon' as a length of time"),
        ("3 fortnights", "unknown unit 'fortnights' in '3 fortnights'; write it like"),
        ("1 month", "months and years have no fixed length, write days"),
        ("2か月", "months and years have no fixed length, write days"),
        ("P1M", "months and years have no fixed length"),
        ("P", "cannot read 'P' as a length of time"),
        ("PT", "cannot read 'PT' as a length of time"),
        ("99999999999999999999 days", "at most 36500 days"),
        ("101 years", "no fixed length"),
        ("36501 days", "at most 36500 days"),
    ],
)
def test_refuses_the_rest_and_says_what_is_allowed(written: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_duration(written)


@given(st.integers(min_value=1, max_value=to_ms(LONGEST)), st.sampled_from(["en", "ja"]))
def test_what_is_written_is_read_back(ms: int, language: str) -> None:
    length = datetime.timedelta(milliseconds=ms)
    assert parse_duration(format_duration(length, language)) == length


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_duration(text) > datetime.timedelta(0)


@pytest.mark.parametrize(
    ("length", "english", "japanese"),
    [
        (days(3), "3 days", "3日"),
        (days(1), "1 day", "1日"),
        (minutes(90), "90 minutes", "90分"),
        (hours(36), "36 hours", "36時間"),
        (days(1) + datetime.timedelta(seconds=1), "1 day 1 second", "1日1秒"),
    ],
)
def test_is_written_for_people(length: datetime.timedelta, english: str, japanese: str) -> None:
    assert format_duration(length) == english
    assert format_duration(length, "ja") == japanese


class Wait(BaseModel):
    within: Duration = days(3)


def test_is_a_pydantic_field() -> None:
    wait = Wait.model_validate({"within": "２日"})
    assert wait.within == days(2)
    assert wait.model_dump() == {"within": "2 days"}
    assert Wait.model_validate_json(wait.model_dump_json()) == wait
    field = Wait.model_json_schema(mode="serialization")["properties"]["within"]
    assert (field["type"], field["widget"], field["default"]) == ("string", "duration", "3 days")
    with pytest.raises(ValidationError, match="a wait must be longer than zero, not '-1 days'"):
        Wait.model_validate({"within": "-1 days"})
