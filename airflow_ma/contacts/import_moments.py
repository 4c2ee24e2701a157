"""Dates as people and spreadsheets write them: 2026-04-01, 2026/4/1, 2026年4月1日, with or without a time."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from airflow_ma.contacts.import_texts import RowError

_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


@lru_cache(maxsize=4096)
def read_moment(written: str, timezone: str, now: int) -> int:
    """The moment in ms; what names no offset is local time of ``timezone``, a day without a time begins it.

    Raises RowError for what is no date or lies in the future (``now`` in ms).
    """
    found = _MOMENT.fullmatch(written)
    if found is None:
        raise RowError("consent_date", value=written[:50])
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(timezone))
        if offset := found[7]:
            zone = datetime.strptime(offset.replace(":", ""), "%z").tzinfo
            moment = moment.replace(tzinfo=zone)
    except ValueError:
        raise RowError("consent_date", value=written[:50]) from None
    ms = int(moment.timestamp() * 1000)
    if ms > now:
        raise RowError("consent_future", value=written[:50])
    return ms
