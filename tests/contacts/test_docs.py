"""docs/contacts.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from airflow_ma.contacts.condition_parts import KINDS, OPERATORS
from airflow_ma.contacts.conditions import Condition
from airflow_ma.contacts.import_rows import ALIASES
from airflow_ma.journey.duration import parse_duration

PAGE = (Path(__file__).parents[2] / "docs" / "contacts.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\{.*\}$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_condition_shown_is_one(example: str) -> None:
    Condition.model_validate(yaml.safe_load(example))


def test_every_kind_and_operator_is_explained() -> None:
    assert {next(iter(yaml.safe_load(example))) for example in EXAMPLES} == set(KINDS)
    first_cells = "\n".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| "))
    assert [name for name in OPERATORS if not re.search(rf"\b{name}\b", first_cells)] == []


def test_every_column_name_is_listed() -> None:
    for column, others in ALIASES.items():
        assert f"| {column} | {others} |" in PAGE


def test_every_length_shown_is_read() -> None:
    shown = re.findall(r"`([^`]+)`", PAGE.split("## Lengths of time")[1].split("##")[0])
    assert len(shown) > 5
    for example in shown:
        parse_duration(example)
