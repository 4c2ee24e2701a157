"""Every journey, rule and class on docs/journeys.md and its Japanese twin is real."""

from __future__ import annotations

import ast
import importlib.util
import re
import runpy
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.cli.check import check_file
from airflow_ma.config import settings
from airflow_ma.dag import Journey, StepOperator
from airflow_ma.dag.catalogue import GROUP
from airflow_ma.dag.load import load_journey
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.tables import event
from airflow_ma.operators import AudienceOperator, EndOperator
from tests.docs.pages import ROOT, blocks, first_cells, section, text_of
from tests.journeys import add_contacts, assert_sound, places, sweep

PAGES = {"en": text_of("docs/journeys.md"), "ja": text_of("docs/journeys.ja.md")}
PYTHON = {
    language: [code for code in blocks(page, "python") if "with Journey(" in code]
    for language, page in PAGES.items()
}
YAML = {language: blocks(page, "yaml") for language, page in PAGES.items()}
CHECKING = {"en": "Checking", "ja": "検査する"}

each_language = pytest.mark.parametrize("language", PAGES)


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(ROOT / "dags" / "emails"))
    settings.cache_clear()


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        *((".py", code) for language in PAGES for code in PYTHON[language]),
        *((".yaml", code) for language in PAGES for code in YAML[language]),
    ],
)
def test_every_journey_shown_passes_the_check(suffix: str, code: str, tmp_path: Path) -> None:
    file = tmp_path / f"shown{suffix}"
    file.write_text(code, encoding="utf-8")
    (tmp_path / "guests.csv").write_text("key\n", encoding="utf-8")
    problems, keys = check_file(file)
    assert problems == []
    assert len(keys) == 1


@each_language
def test_the_yaml_is_the_python_above_it(language: str, tmp_path: Path) -> None:
    (tmp_path / "shown.py").write_text(PYTHON[language][0], encoding="utf-8")
    (tmp_path / "shown.yaml").write_text(YAML[language][0], encoding="utf-8")
    built = runpy.run_path(str(tmp_path / "shown.py"))["journey"]
    written = load_journey(tmp_path / "shown.yaml")
    assert written.graph.definition() == built.graph.definition()
    assert written.tags == built.tags


@each_language
def test_a_scheduled_one_off_campaign_can_be_written_as_shown(language: str) -> None:
    (shown,) = re.findall(r"`(Journey\([^`]+schedule=[^`]+\))`", PAGES[language])
    with eval(shown, {"Journey": Journey}) as journey:
        AudienceOperator(task_id="people")
    assert (journey.mode, journey.schedule) == ("one_off", "0 9 * * MON")


def _rules_in(file: Path) -> Iterator[str]:
    """The rule of every Problem that the file makes: by position, by keyword or as a parameter's default."""
    places = {"Problem": 0, "_at": 1, "_problem": 2}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        found: list[ast.expr | None] = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found += node.args[places[name] : places[name] + 1] if name in places else []
            found += [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
        elif isinstance(node, ast.FunctionDef):
            by_position = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            pairs = [
                *zip(by_position, node.args.defaults, strict=True),
                *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
            ]
            found += [default for argument, default in pairs if argument.arg == "rule"]
        yield from (
            one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)
        )


@each_language
def test_every_rule_of_the_check_is_in_the_table(language: str) -> None:
    sources = [
        file for folder in ("airflow_ma", "operators", "sensors") for file in (ROOT / folder).rglob("*.py")
    ]
    rules = {rule for file in sources for rule in _rules_in(file)}
    assert len(rules) > 15
    listed = first_cells(section(PAGES[language], CHECKING[language]))
    assert sorted(listed) == sorted(rules)


@pytest.fixture(params=PAGES)
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModuleType]:
    """The module that the last section makes."""
    page = PAGES[request.param]
    step, event_code = (code for code in blocks(page, "python") if "with Journey(" not in code)
    file = tmp_path / "own_steps.py"
    file.write_text(f"{step}\n{event_code}", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("own_steps", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["own_steps"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["own_steps"]


def test_the_step_of_ones_own_runs(
    own: ModuleType, sqlite_database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", sqlite_database.url)
    settings.cache_clear()
    monkeypatch.setattr(open_database(), "_fixed_clock", clock)
    with Journey("own") as journey:
        people = AudienceOperator(task_id="people")
        ordered = own.WaitForOrderSensor(task_id="ordered")
        people >> ordered
        ordered >> Label("ordered") >> EndOperator(task_id="customer", reason="ordered")
        ordered >> Label("not_ordered") >> EndOperator(task_id="stranger", reason="did not order")
    buyer, other = add_contacts(sqlite_database, 2)
    sweep(journey, sqlite_database)
    for _ in range(2):
        own.order_came_in(buyer, "A-1", clock.now())
    with sqlite_database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(event)) == 1
    sweep(journey, sqlite_database)
    assert places(sqlite_database) == {buyer: "left: ordered", other: "ordered"}
    clock.advance(7 * DAY)
    sweep(journey, sqlite_database)
    assert places(sqlite_database)[other] == "left: did not order"
    assert_sound(sqlite_database)


def test_the_entry_point_names_the_class_by_its_kind(own: ModuleType) -> None:
    (toml,) = {toml for page in PAGES.values() for toml in blocks(page, "toml")}
    points = tomllib.loads(toml)["project"]["entry-points"]
    assert points.keys() == {GROUP}
    ((kind, place),) = points[GROUP].items()
    step = getattr(own, place.partition(":")[2])
    assert issubclass(step, StepOperator)
    assert step.kind == kind
