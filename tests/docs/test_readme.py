"""What the README says can be done: done here as a newcomer would."""

from __future__ import annotations

import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from airflow_ma.cli import main
from airflow_ma.dag import Journey
from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.load import load_journey
from airflow_ma.demo.campaigns import audience
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from tests.docs.pages import ROOT, blocks, headings, links, text_of
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

ENGLISH, JAPANESE = text_of("README.md"), text_of("README.ja.md")
(PYTHON,) = blocks(ENGLISH, "python")
(YAML,) = blocks(ENGLISH, "yaml")


@pytest.fixture
def dags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout after a newcomer has typed in the journey and called the README's mail commands."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "dags" / "emails" / "_layout", tmp_path / "dags" / "emails" / "_layout")
    (make_mails,) = [block for block in blocks(ENGLISH, "sh") if "subject.txt" in block]
    subprocess.run(["bash", "-euc", make_mails], check=True)
    (tmp_path / "dags" / "welcome.py").write_text(PYTHON, encoding="utf-8")
    return tmp_path / "dags"


def python_journey(dags: Path) -> Journey:
    return runpy.run_path(str(dags / "welcome.py"))["journey"]


def test_the_journey_passes_the_check(dags: Path) -> None:
    result = CliRunner().invoke(main, ["check", "dags"])
    assert result.exit_code == 0, result.output
    assert "1 journeys, 0 errors" in result.stderr


def test_a_campaign_has_20_lines_or_fewer() -> None:
    assert len([line for line in PYTHON.splitlines() if line]) <= 20


def test_the_yaml_is_the_same_journey(dags: Path) -> None:
    file = dags / "journeys" / "welcome.yaml"
    file.parent.mkdir()
    file.write_text(YAML, encoding="utf-8")
    written, built = load_journey(file), python_journey(dags)
    assert written.graph.definition() == built.graph.definition()
    result = CliRunner().invoke(main, ["check", "dags"])
    assert "[duplicate-journey]" in result.stdout, "both at once, as the README warns"


def test_the_journey_does_what_the_readme_says(dags: Path, database: Database, clock: ManualClock) -> None:
    journey = python_journey(dags)
    clicker, silent = add_contacts(database, 2, tag="newsletter")
    add_contacts(database, 1)
    sweep(journey, database)
    assert mails(database) == {(clicker, "hello"): 1, (silent, "hello"): 1}
    happen(database, "email.click", clicker, "hello", url="http://localhost:8091/")
    sweep(journey, database)
    assert places(database) == {clicker: "left: completed", silent: "clicked"}
    clock.advance(3 * DAY)  # from Tuesday to Friday, 10:00 in Tokyo: within the hours
    sweep(journey, database)
    assert mails(database)[silent, "again"] == 1
    assert set(places(database).values()) == {"left: completed"}
    assert_sound(database)


def test_both_languages_say_the_same() -> None:
    levels = [[level for level, _ in headings(text)] for text in (ENGLISH, JAPANESE)]
    assert levels[0] == levels[1]
    for language in ("sh", "python", "yaml"):
        assert blocks(ENGLISH, language) == blocks(JAPANESE, language)
    plain = [link.replace(".ja.", ".") for link in links(ENGLISH)]
    assert set(plain) == {link.replace(".ja.", ".") for link in links(JAPANESE)}
    lists = [
        [line[:2] for line in text.splitlines() if line[:2] in ("- ", "1.")] for text in (ENGLISH, JAPANESE)
    ]
    assert lists[0] == lists[1]


def test_the_numbers_are_right() -> None:
    assert len(step_kinds()) == 13, "the READMEs and the changelog say thirteen"
    for text in (ENGLISH, text_of("CHANGELOG.md").lower()):
        assert "thirteen kinds of step" in text
    assert "13種類のステップ" in JAPANESE
    people = (str(len(audience("customer"))), str(len(audience(None))))
    assert all(number in text for number in people for text in (ENGLISH, JAPANESE))
    assert any("slindqvist@example.net" in address for address in audience("newsletter"))
