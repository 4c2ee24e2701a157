"""Every text of the demo says the same in both languages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest

from airflow_ma.demo import messages

FOLDER = Path(messages.__file__).parent


def _fields(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("key", messages.TEXTS)
def test_both_languages_take_the_same_values(key: str) -> None:
    english, japanese = messages.TEXTS[key]
    assert _fields(english) == _fields(japanese)
    assert english
    assert japanese


def test_every_text_is_used_and_every_used_one_exists() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py") if path.name != "messages.py"
    )
    for key in messages.TEXTS:
        assert f'"{key}"' in sources, f"nobody says '{key}'"
    for key in re.findall(r'\b(?:say|text)\(\s*"(\w+)"', sources):
        assert key in messages.TEXTS


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LC_ALL": "", "LANG": "ja"}, "ja"),
        ({}, "en"),
    ],
)
def test_the_terminals_locale_decides(environ: dict[str, str], language: str) -> None:
    assert messages.language(environ) == language
