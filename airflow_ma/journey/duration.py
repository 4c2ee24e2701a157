"""Lengths of time as people write them: "3 days", "2h", "90 minutes", "P3D", "3日", "２時間"."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from airflow_ma.journey.said import Said, SaidError

LONGEST = datetime.timedelta(days=36_500)
ALLOWED = "write it like '3 days', '2h', '90 minutes', '1 day 12 hours', 'P3D', '3日' or '2時間'"

NO_MONTHS = "months and years have no fixed length, write days"

_UNREADABLE = Said(
    en="write a length of time such as 3 days or 2 hours", ja="「3日」「2時間」のように期間を入力してください"
)
_TOO_SHORT = Said(en="the time must be longer than zero", ja="0より長い期間にしてください")
_TOO_LONG = Said(en="the time may be at most 36,500 days", ja="36,500日以内の期間にしてください")
_MONTHS = Said(
    en="months and years differ in length: write days instead",
    ja="月や年は長さが一定ではないため、日数で入力してください",
)

_MS = datetime.timedelta(milliseconds=1)
_UNITS: dict[str, tuple[datetime.timedelta, tuple[str, ...]]] = {
    "week": (datetime.timedelta(weeks=1), ("w", "wk", "wks", "week", "weeks", "週", "週間")),
    "day": (datetime.timedelta(days=1), ("d", "day", "days", "日", "日間")),
    "hour": (datetime.timedelta(hours=1), ("h", "hr", "hrs", "hour", "hours", "時間")),
    "minute": (datetime.timedelta(minutes=1), ("m", "min", "mins", "minute", "minutes", "分", "分間")),
    "second": (datetime.timedelta(seconds=1), ("s", "sec", "secs", "second", "seconds", "秒", "秒間")),
    "millisecond": (_MS, ("ms", "millisecond", "milliseconds", "ミリ秒")),
}
_UNIT_OF_WORD = {word: unit for unit, words in _UNITS.values() for word in words}
_NO_FIXED_LENGTH = ("month", "months", "year", "years", "か月", "ヶ月", "カ月", "ヵ月", "ケ月", "年", "年間")
_JAPANESE = {"day": "日", "hour": "時間", "minute": "分", "second": "秒", "millisecond": "ミリ秒"}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([^\d\s.,]+)[\s,]*", re.ASCII)
_ISO = re.compile(
    r"P(?:(?P<week>\d+(?:\.\d+)?)W)?(?:(?P<day>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hour>\d+(?:\.\d+)?)H)?(?:(?P<minute>\d+(?:\.\d+)?)M)?(?:(?P<second>\d+(?:\.\d+)?)S)?)?",
    re.ASCII | re.IGNORECASE,
)


def parse_duration(value: object) -> datetime.timedelta:
    """A length of time above zero, in whole milliseconds; raises ValueError that says what is allowed."""
    if isinstance(value, datetime.timedelta):
        length = value
    elif isinstance(value, str):
        length = _read(value)
    else:
        raise SaidError(f"a wait needs a unit, {value!r} has none; {ALLOWED}", _UNREADABLE)
    if length <= datetime.timedelta(0):
        raise SaidError(f"a wait must be longer than zero, not {_shown(value)}", _TOO_SHORT)
    if length < _MS:
        raise SaidError(f"a wait must be one millisecond or longer, not {_shown(value)}", _TOO_SHORT)
    if length > LONGEST:
        raise SaidError(f"a wait may last at most {LONGEST.days} days, not {_shown(value)}", _TOO_LONG)
    return datetime.timedelta(milliseconds=to_ms(length))


def format_duration(length: datetime.timedelta, language: str = "en") -> str:
    """The shortest readable text that parse_duration reads back: "3 days", "90 minutes", "3日"."""
    shown = [name for name in _UNITS if name != "week"]
    for name in shown:  # one unit when its number stays easy to read
        count, rest = divmod(length, _UNITS[name][0])
        if count and not rest and (name == "day" or count <= 120):
            return _say(count, name, language)
    parts = []
    for name in shown:
        count, length = divmod(length, _UNITS[name][0])
        if count:
            parts.append(_say(count, name, language))
    return (" " if language == "en" else "").join(parts)


def to_ms(length: datetime.timedelta) -> int:
    """Whole milliseconds."""
    return length // _MS


def days(number: float) -> datetime.timedelta:
    """That many days."""
    return datetime.timedelta(days=number)


def hours(number: float) -> datetime.timedelta:
    """That many hours."""
    return datetime.timedelta(hours=number)


def minutes(number: float) -> datetime.timedelta:
    """That many minutes."""
    return datetime.timedelta(minutes=number)


def _in_words(length: datetime.timedelta) -> str:  # pydantic applies it to defaults only with one argument
    return format_duration(length)


Duration = Annotated[
    datetime.timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(_in_words, return_type=str),
    WithJsonSchema({"type": "string", "widget": "duration", "examples": ["3 days", "2 hours", "30 minutes"]}),
]
"""A length of time as a pydantic field: takes what parse_duration takes, is written back as "3 days"."""


def _read(written: str) -> datetime.timedelta:
    # NFKC makes full-width digits and letters plain; a Japanese keyboard types them easily.
    text = unicodedata.normalize("NFKC", written).strip().lower().replace("\N{MINUS SIGN}", "-")
    if text.startswith("-") and len(text) > 1:
        _amount(text[1:].strip(), written)
        raise SaidError(f"a wait must be longer than zero, not {_shown(written)}", _TOO_SHORT)
    return _amount(text, written)


def _amount(text: str, written: str) -> datetime.timedelta:
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        pairs = [(number, _UNITS[name][0]) for name, number in iso.groupdict().items() if number]
    elif text.startswith("p") and re.fullmatch(r"p(\d+[ymwd])+(t.*)?", text):
        raise SaidError(f"{_shown(written)}: {NO_MONTHS}; {ALLOWED}", _MONTHS)
    else:
        pairs = _pairs(text, written)
    try:
        return sum((float(number) * unit for number, unit in pairs), datetime.timedelta())
    except OverflowError:
        raise SaidError(
            f"a wait may last at most {LONGEST.days} days, not {_shown(written)}", _TOO_LONG
        ) from None


def _pairs(text: str, written: str) -> list[tuple[str, datetime.timedelta]]:
    pairs: list[tuple[str, datetime.timedelta]] = []
    position = 0
    while position < len(text):
        part = _PART.match(text, position)
        if not part:
            pairs.clear()
            break
        number, word = part.groups()
        if word in _NO_FIXED_LENGTH:
            raise SaidError(f"{_shown(written)}: {NO_MONTHS}; {ALLOWED}", _MONTHS)
        if word not in _UNIT_OF_WORD:
            raise SaidError(f"unknown unit '{word}' in {_shown(written)}; {ALLOWED}", _UNREADABLE)
        pairs.append((number, _UNIT_OF_WORD[word]))
        position = part.end()
    if pairs:
        return pairs
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        raise SaidError(f"a wait needs a unit, {_shown(written)} has none; {ALLOWED}", _UNREADABLE)
    raise SaidError(f"cannot read {_shown(written)} as a length of time; {ALLOWED}", _UNREADABLE)


def _say(count: int, name: str, language: str) -> str:
    if language == "ja":
        return f"{count}{_JAPANESE[name]}"
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _shown(value: Any) -> str:
    return f"'{value[:60]}'" if isinstance(value, str) else f"'{value}'"
