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

STEPS = text_of("docs/steps.md")
OURS = {kind: step for kind, step in step_kinds().items() if step.__module__.startswith("airflow_ma.")}


def test_the_steps_page_is_as_the_command_in_its_header_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = re.search(r"To renew it: (\S+/python -m (\S+) docs/steps\.md) -->", STEPS)
    assert command
    fresh = tmp_path / "steps.md"
    monkeypatch.setattr(sys, "argv", [command[2], str(fresh)])
    runpy.run_module(command[2], run_name="__main__")
    assert fresh.read_text(encoding="utf-8") == STEPS, f"out of date, run: {command[1]}"


@pytest.mark.parametrize("kind", sorted(OURS))
def test_every_setting_of_every_step_is_listed_with_its_default(kind: str) -> None:
    part = section(STEPS, kind)
    assert all(title in part for title in OURS[kind].title.values())
    model = settings_model(OURS[kind])
    assert first_cells(part) == list(model.model_fields)
    plain = {row[0].strip("`"): row[2] for row in rows(part)}
    shown = model.model_json_schema(mode="serialization")["properties"]
    for name, field in model.model_fields.items():
        assert ("required" in plain[name]) == field.is_required()
        default = shown[name].get("default")
        if isinstance(default, str) and "widget" not in shown[name]:
            assert plain[name] == f"`{default}`"


def test_every_setting_is_on_the_settings_page_and_nothing_else() -> None:
    page = text_of("docs/settings.md")
    names = {f"AIRFLOW_MA_{name.upper()}" for name in Settings.model_fields}
    assert sorted(first_cells(page)) == sorted(names)
    table = {row[0].strip("`"): row[1] for row in rows(page)}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str):
            said = table[f"AIRFLOW_MA_{name.upper()}"]
            assert f"`{field.default}`" == said if field.default else "`" not in said or "home folder" in said


def test_no_page_names_a_setting_that_is_not_there() -> None:
    known = {f"AIRFLOW_MA_{name.upper()}" for name in Settings.model_fields} | set(PORT_VARIABLES.values())
    for page in PAGES:
        named = set(re.findall(r"AIRFLOW_MA_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


def test_airflows_defaults_are_as_stated() -> None:
    table = rows(section(text_of("docs/operations.md"), "Airflow's settings"))[1:]
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
