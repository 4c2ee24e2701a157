"""A page and its Japanese twin: neither has what the other one lacks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, commands, fences, headings, links, prose

TWINS = sorted((ROOT / "docs").glob("*.ja.md"))
FOR_DEVELOPERS = {"architecture.md", "benchmark.md"}
"""Pages for who works on the code: in English only."""
SAME_CODE = {"python", "yaml", "toml", "ini"}

Twins = tuple[str, str]


def twins_of(japanese: Path) -> Twins:
    english = japanese.with_name(japanese.name.replace(".ja.md", ".md"))
    return english.read_text(encoding="utf-8"), japanese.read_text(encoding="utf-8")


@pytest.fixture(params=TWINS, ids=lambda page: page.name.removesuffix(".ja.md"))
def twins(request: pytest.FixtureRequest) -> Twins:
    return twins_of(request.param)


def test_every_page_for_users_has_a_twin() -> None:
    japanese = {page.name.replace(".ja.md", ".md") for page in TWINS}
    english = {page.name for page in (ROOT / "docs").glob("*.md")} - {page.name for page in TWINS}
    assert english - FOR_DEVELOPERS == japanese


@pytest.mark.parametrize("page", TWINS, ids=lambda page: page.name)
def test_each_leads_to_the_other_at_its_top(page: Path) -> None:
    english, japanese = twins_of(page)
    top = slice(0, 8)
    assert page.name in links("\n".join(english.splitlines()[top]))
    assert page.name.replace(".ja.md", ".md") in links("\n".join(japanese.splitlines()[top]))


def test_the_headings_are_the_same_in_number_and_level(twins: Twins) -> None:
    english, japanese = ([level for level, _ in headings(text)] for text in twins)
    assert english == japanese


def test_tables_and_lists_have_as_many_lines(twins: Twins) -> None:
    english, japanese = (re.findall(r"^(?:\||- |\d+\. )", prose(text), re.MULTILINE) for text in twins)
    assert english == japanese


def test_both_lead_to_the_same_places(twins: Twins) -> None:
    english, japanese = (
        Counter(link.replace(".ja.", ".").partition("#")[0] for link in links(text)) for text in twins
    )
    assert english == japanese


def test_the_code_blocks_are_the_same_but_for_words(twins: Twins) -> None:
    english, japanese = (fences(text) for text in twins)
    assert [name for name, _ in english] == [name for name, _ in japanese]
    for (name, code), (_, in_japanese) in zip(english, japanese, strict=True):
        if name in SAME_CODE:
            assert len(code.splitlines()) == len(in_japanese.splitlines())
            for line, other in zip(code.splitlines(), in_japanese.splitlines(), strict=True):
                assert line == other or not other.isascii(), f"{other} is neither the same nor Japanese"


def test_the_same_commands_are_called_with_the_same_options(twins: Twins) -> None:
    english, japanese = (
        Counter(
            (program, len(arguments), *(one for one in arguments if one.startswith("-")))
            for program in ("airflow-ma", "airflow", "make")
            for arguments in commands(text, program)
        )
        for text in twins
    )
    assert english == japanese


def test_both_name_the_same_settings(twins: Twins) -> None:
    english, japanese = (set(re.findall(r"AIRFLOW_MA_[A-Z_]*[A-Z]", text)) for text in twins)
    assert english == japanese
