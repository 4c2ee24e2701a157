"""A journey's goal: the event condition that counts as a conversion."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from airflow_ma.contacts.condition_parts import EventCondition
from airflow_ma.journey.model import Source
from airflow_ma.journey.problem import JourneyError, Problem


def read_goal(written: Any, journey: str, source: Source | None) -> dict[str, Any] | None:
    """The goal as JSON, None where there is none; JourneyError says what is wrong with it."""
    if written is None:
        return None
    try:
        goal = EventCondition.model_validate(written)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        why = re.sub(r"^(Value error|Assertion failed), ", "", first["msg"])
        values = {"journey": journey, "why": f"{where}: {why}" if where else why}
        raise JourneyError(
            [Problem.told(rule="goal", source=source, setting="goal", values=values)]
        ) from None
    read: dict[str, Any] = goal.model_dump(mode="json", by_alias=True)
    return read
