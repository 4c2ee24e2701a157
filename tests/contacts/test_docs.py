"""docs/contacts.md and its Japanese twin say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from airflow_ma.contacts.condition_parts import KINDS, OPERATORS
from airflow_ma.contacts.conditions import Condition
from airflow_ma.contacts.import_rows import ALIASES
from airflow_ma.journey.duration import parse_duration

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [(DOCS / name).read_text(encoding="utf-8") for name in ("contacts.md", "contacts.ja.md")]
LENGTHS = ("## Lengths of time", "## 期間の書き方")

each_page = pytest.mark.parametrize("page", PAGES, ids=("en", "ja"))


def _examples(page: str) -> list[str]:
    return re.findall(r"^\{.*\}$", page, re.MULTILINE)


@pytest.mark.parametrize("example", sorted({example for page in PAGES for example in _examples(page)}))
def test_every_condition_shown_is_one(example: str) -> None:
    Condition.model_validate(yaml.safe_load(example))


@each_page
def test_every_kind_and_operator_is_explained(page: str) -> None:
    assert {next(iter(yaml.safe_load(example))) for example in _examples(page)} == set(KINDS)
    first_cells = "\n".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| "))
    assert [name for name in OPERATORS if not re.search(rf"\b{name}\b", first_cells)] == []


@each_page
def test_every_column_name_is_listed(page: str) -> None:
    for column, others in ALIASES.items():
        assert f"| {column} | {others} |" in page


@pytest.mark.parametrize(("page", "heading"), list(zip(PAGES, LENGTHS, strict=True)), ids=("en", "ja"))
def test_every_length_shown_is_read(page: str, heading: str) -> None:
    shown = re.findall(r"`([^`]+)`", page.split(heading)[1].split("##")[0])
    assert len(shown) > 5
    for example in shown:
        parse_duration(example)
