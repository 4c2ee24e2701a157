"""Pages that list something list all of it and nothing else: steps, settings, Airflow's defaults, tables, layers."""

from __future__ import annotations

import re
import runpy
import sys
import tomllib
from pathlib import Path

import pytest
from airflow.configuration import conf

from airflow_ma.config import Settings
from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import settings_model
from airflow_ma.demo.environment import PORT_VARIABLES
from airflow_ma.engine.tables import metadata
from tests.docs.pages import PAGES, blocks, first_cells, rows, section, text_of

STEPS = {"en": text_of("docs/steps.md"), "ja": text_of("docs/steps.ja.md")}
REQUIRED = {"en": "required", "ja": "必須"}
OURS = {kind: step for kind, step in step_kinds().items() if step.__module__.startswith("airflow_ma.")}


def test_the_steps_pages_are_as_the_command_in_their_header_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_lines = [page.partition("\n")[0] for page in STEPS.values()]
    commands = {re.findall(r": (\S+/python -m (\S+) docs) -->$", line)[0] for line in first_lines}
    ((command, module),) = commands
    monkeypatch.setattr(sys, "argv", [module, str(tmp_path)])
    runpy.run_module(module, run_name="__main__")
    fresh = {"en": tmp_path / "steps.md", "ja": tmp_path / "steps.ja.md"}
    for language, file in fresh.items():
        assert file.read_text(encoding="utf-8") == STEPS[language], f"out of date, run: {command}"


def test_each_steps_page_speaks_its_own_language() -> None:
    assert not re.search(r"[ぁ-んァ-ヶ一-龠]", STEPS["en"].replace("[日本語]", ""))
    for line in STEPS["ja"].splitlines()[1:]:
        words = re.sub(r"`[^`]*`|\[[^]]*\]|\([a-z.#_]+\)|<br>|^## .*|^\[English\].*", "", line)
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", words), line


@pytest.mark.parametrize("language", STEPS)
@pytest.mark.parametrize("kind", sorted(OURS))
def test_every_setting_of_every_step_is_listed_with_its_default(kind: str, language: str) -> None:
    part = section(STEPS[language], kind)
    assert OURS[kind].title[language] in part
    assert all(titles[language] in part for titles in OURS[kind].outcome_titles.values())
    model = settings_model(OURS[kind])
    assert first_cells(part) == list(model.model_fields)
    plain = {row[0].strip("`"): row[2] for row in rows(part)}
    shown = model.model_json_schema(mode="serialization")["properties"]
    for name, field in model.model_fields.items():
        assert (REQUIRED[language] in plain[name]) == field.is_required()
        default = shown[name].get("default")
        if isinstance(default, str) and "widget" not in shown[name]:
            assert plain[name] == f"`{default}`"


@pytest.mark.parametrize(
    ("file", "home"), [("settings.md", "home folder"), ("settings.ja.md", "ホームフォルダー")]
)
def test_every_setting_is_on_the_settings_page_and_nothing_else(file: str, home: str) -> None:
    page = text_of(f"docs/{file}")
    names = {f"AIRFLOW_MA_{name.upper()}" for name in Settings.model_fields}
    assert sorted(first_cells(page)) == sorted(names)
    table = {row[0].strip("`"): row[1] for row in rows(page)}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str):
            said = table[f"AIRFLOW_MA_{name.upper()}"]
            assert f"`{field.default}`" == said if field.default else "`" not in said or home in said


def test_both_settings_pages_give_the_same_numbers() -> None:
    english, japanese = (
        {row[0]: row[1] for row in rows(text_of(f"docs/settings{of}.md"))[1:]} for of in ("", ".ja")
    )
    assert list(english) == list(japanese), "in the same order"
    assert {name: value for name, value in english.items() if value.isdecimal()} == {
        name: value for name, value in japanese.items() if value.isdecimal()
    }


def test_no_page_names_a_setting_that_is_not_there() -> None:
    known = {f"AIRFLOW_MA_{name.upper()}" for name in Settings.model_fields} | set(PORT_VARIABLES.values())
    for page in PAGES:
        named = set(re.findall(r"AIRFLOW_MA_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


@pytest.mark.parametrize(
    ("file", "heading"), [("operations.md", "Airflow's settings"), ("operations.ja.md", "Airflow の設定")]
)
def test_airflows_defaults_are_as_stated(file: str, heading: str) -> None:
    table = rows(section(text_of(f"docs/{file}"), heading))[1:]
    assert len(table) > 5
    for name, default, *_ in table:
        where = re.fullmatch(r"`\[(\w+)\] (\w+)`", name)
        assert where
        assert conf.get(where[1], where[2]) == default.replace(",", ""), name


def test_the_architecture_lists_every_table() -> None:
    listed = set(re.findall(r"`(ma_\w+)`", section(text_of("docs/architecture.md"), "The tables")))
    assert listed == set(metadata.tables)


def test_the_architecture_shows_the_layers_that_are_checked() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    enforced = [
        [name.strip().removeprefix("airflow_ma.") for name in layer.split("|")]
        for layer in contract["layers"]
    ]
    (shown,) = blocks(section(text_of("docs/architecture.md"), "Who may import whom"), "")
    assert [re.split(r" {3,}", line)[0].split() for line in shown.splitlines()] == enforced
