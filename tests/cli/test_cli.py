"""The command line as people call it: output, exit codes, languages, errors without a traceback."""

from __future__ import annotations

import json
import runpy
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from airflow_ma.cli import COMMANDS, main
from airflow_ma.cli.texts import LANGUAGES, TEXTS, language_of_environment
from airflow_ma.collector import app
from airflow_ma.config import settings
from airflow_ma.contacts.import_texts import FILE_PROBLEMS, REASONS
from airflow_ma.engine.clock import DAY
from airflow_ma.engine.control.by_hand import People, remove_people
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import clock as clock_table
from airflow_ma.engine.tables import enrollment, move
from tests.journeys import add_contacts, happen, sweep

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(database: Database, install: Callable[[Database], None]) -> Database:
    """The database that the commands use, once of each kind."""
    install(database)
    return database


@pytest.fixture
def campaign(installed: Database) -> Database:
    journey = runpy.run_path(str(ROOT / "dags" / "sale_announcement.py"))["journey"]
    first, _ = add_contacts(installed, 2, tag="customer", timezone="America/New_York")
    sweep(journey, installed)
    happen(installed, "email.open", first, "announce")
    sweep(journey, installed)
    with installed.write() as connection:  # commands read the installation's clock, not the test's
        now = installed.clock().now()
        frozen = {"id": 1, "real_at": 0, "shown_at": now, "speed": 1e-9}
        connection.execute(sa.insert(clock_table).values(frozen))
    return installed


def call(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def test_help_needs_nothing_but_click() -> None:
    code = (
        "import sys\nfrom airflow_ma.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'airflow', 'rich', 'pydantic', 'starlette', 'alembic'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("command", ["db", "contacts", "status", "where", "collector"])
def test_no_command_but_check_needs_airflow(command: str) -> None:
    code = (
        "import sys\nfrom airflow_ma.cli import main\n"
        f"try: main(['{command}', '--help'])\nexcept SystemExit: pass\n"
        "import airflow_ma.cli.errors, airflow_ma.contacts.imports, airflow_ma.insight.person\n"
        "assert 'airflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = call("--lang", "ja", name, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


@pytest.mark.parametrize(
    "words", [[], ["db"], ["db", "migrate"], ["contacts", "import"], ["status"], ["where"]]
)
def test_help_is_in_both_languages(words: list[str]) -> None:
    key = "_".join(["help", *words])
    for number, language in enumerate(LANGUAGES):
        shown = "".join(call("--lang", language, *words, "--help").stdout.split())
        assert "".join(TEXTS[key][number].split()) in shown
        assert "".join(TEXTS["option_help"][number].split()) in shown


def test_both_languages_have_the_same_texts() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for key, (english, japanese) in TEXTS.items():
        assert english.strip(), key
        assert japanese.strip(), key
        assert fields(english) == fields(japanese), key
        assert not english.isascii() or not japanese.isascii(), f"{key} is not in Japanese"
    for catalogue in (REASONS, FILE_PROBLEMS):
        assert catalogue["en"].keys() == catalogue["ja"].keys()
        for key, english in catalogue["en"].items():
            assert fields(english) == fields(catalogue["ja"][key]), key


def test_the_language_follows_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language_of_environment() == "en"
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert language_of_environment() == "ja"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert language_of_environment() == "en"


def test_a_database_is_made_checked_and_missed(tmp_path: Path) -> None:
    missed = call("db", "check")
    assert (missed.exit_code, missed.stdout) == (1, "")
    assert missed.stderr.startswith("Error: there is no database at ")
    assert missed.stderr.endswith("run: airflow-ma db migrate\n")
    assert call("--lang", "ja", "status").stderr.startswith("エラー: ")
    assert call("db", "migrate").stdout.startswith("The database is at version 0004: sqlite:///")
    assert call("db", "check").stdout.startswith("The database is ready: sqlite:///")
    assert call("status").stdout == "No journey has run yet.\n"


def test_importing_tells_what_became_of_the_rows(installed: Database, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("key,email,name\nA,a@x.jp,花子\nB,bad,\n".encode("cp932"))
    result = call("contacts", "import", file)
    assert result.exit_code == 3
    shown = " ".join(result.stdout.replace("│", " ").split())
    for line in ("Rows read 2", "Created 1", "Rejected 1", "Encoding Shift_JIS (cp932)", "Delimiter comma"):
        assert line in shown
    assert f"1 rows were not loaded. They are in {tmp_path / 'people.rejects.csv'}" in result.stderr
    file.write_text("key,email,name\nA,a@x.jp,花子\n", encoding="utf-8")
    again = call("--lang", "ja", "contacts", "import", file)
    assert again.exit_code == 0
    assert "変更なし 1" in " ".join(again.stdout.replace("│", " ").split())


def test_a_file_that_cannot_be_imported_is_one_line(installed: Database, tmp_path: Path) -> None:
    result = call("contacts", "import", tmp_path / "none.csv")
    assert (result.exit_code, result.stderr) == (1, f"Error: there is no file {tmp_path / 'none.csv'}\n")
    japanese = call("--lang", "ja", "contacts", "import", tmp_path)
    assert japanese.stderr == f"エラー: {tmp_path} はフォルダーです。中の CSV ファイルを指定してください\n"


def test_status_shows_every_step(campaign: Database) -> None:
    result = call("status", "sale_announcement")
    assert result.exit_code == 0, result.stderr
    shown = result.stdout.replace("│", "|")
    opened = next(line for line in shown.splitlines() if "(opened)" in line or "| opened" in line)
    assert [cell.strip() for cell in opened.split("|")][2:5] == ["2", "1", "opened 1"]
    assert "sent 2" in shown
    for line in ("Entered: 2", "Under way: 2", "Left for: 0", "Lost: 0", "Doubled: 0"):
        assert line in shown.splitlines()
    told = json.loads(call("status", "sale_announcement", "--json").stdout)
    assert (told["entered"], told["active"], told["messages"]) == (2, 2, {"announce": {"accepted": 2}})
    assert {s["step"]: s["waiting"] for s in told["steps"] if s["waiting"]} == {"opened": 1, "came": 1}
    assert json.loads(call("status", "sale_announcement", "--cohort", "x", "--json").stdout)["entered"] == 0
    (one,) = json.loads(call("status", "--json").stdout)
    assert (one["key"], one["entered"]) == ("sale_announcement", 2)
    assert "進行中" in call("--lang", "ja", "status").stdout
    unknown = call("status", "sale")
    assert (unknown.exit_code, unknown.stderr) == (
        1,
        "Error: there is no journey 'sale'; there are: sale_announcement\n",
    )


def test_status_cries_out_when_somebody_is_lost(campaign: Database) -> None:
    with campaign.write() as connection:
        connection.execute(sa.delete(move))
    result = call("status", "sale_announcement")
    assert "Lost: 2" in result.stdout.splitlines()
    assert "this must never happen" in result.stderr


def test_where_tells_the_way_in_the_persons_own_time(campaign: Database) -> None:
    result = call("where", "C1@example.com")
    assert result.exit_code == 0, result.stderr
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0] == "<c1@example.com> · key c1 · score 0 · America/New_York"
    assert lines[1] == "Tags: customer"
    assert lines[2] == "Marketing mail: agreed on 1969-12-31 19:00:00"
    told = [line.removeprefix("2026-11-30 20:00:00  ") for line in lines[5:]]
    titles = {
        s["step"]: s["title"]
        for s in json.loads(call("status", "sale_announcement", "--json").stdout)["steps"]
    }
    assert told == [
        f"{titles['customers']}: entered → {titles['announce']}",
        f"mail sale_announcement from {titles['announce']}: sent",
        f"{titles['announce']}: sent → {titles['opened']}",
        f"opened the mail {titles['announce']}",
        f"{titles['opened']}: opened → {titles['came']}",
        f"Now: waits at {titles['came']} until 2026-12-02 20:00:00",
    ]
    found = json.loads(call("where", "c1", "--json").stdout)
    (passage,) = found["passages"]
    assert passage["entered_at"] == "2026-11-30T20:00:00-05:00"
    assert passage["waiting"]["until"] == "2026-12-02T20:00:00-05:00"
    assert passage["history"][0] == {
        "at": "2026-11-30T20:00:00-05:00",
        "what": "move",
        "step": "customers",
        "title": titles["customers"],
        "outcome": "entered",
        "to_step": "announce",
        "to_title": titles["announce"],
        "run_id": "test",
    }
    assert "メールを開封" in call("--lang", "ja", "where", "c1").stdout
    unknown = call("where", "nobody@example.com")
    assert (unknown.exit_code, unknown.stderr) == (
        1,
        "Error: there is no contact with the mail address or key 'nobody@example.com'\n",
    )


def test_where_says_when_the_time_is_up(campaign: Database) -> None:
    with campaign.write() as connection:
        due = sa.update(enrollment).values(wake_at=enrollment.c.arrived_at, deadline_at=DAY)
        connection.execute(due)
    assert "the next run looks at it" in call("where", "c2").stdout
    with campaign.write() as connection:
        connection.execute(sa.update(enrollment).values(claim="batch"))
    assert "a run is acting on it now" in call("where", "c2").stdout


def test_where_says_what_was_done_by_hand(campaign: Database) -> None:
    remove_people(campaign, "sale_announcement", People(contacts=[2]), by="op", reason="")
    told = call("--lang", "ja", "where", "c2").stdout
    assert "担当者により終了、ジャーニーを終了" in told
    assert "終了: 担当者により終了" in told
    assert "has left: Taken out by the team" in call("where", "c2").stdout


def test_a_locked_database_is_one_line(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout=20")

    monkeypatch.setattr("airflow_ma.engine.database._prepare_sqlite", impatient)
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", sqlite_database.url)
    settings.cache_clear()
    file = tmp_path / "people.csv"
    file.write_text("key\nA\n")
    with sqlite_database.write():
        result = call("contacts", "import", file)
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: the database did not answer as it should: database is locked\n",
    )


def test_the_collector_is_started_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, int]] = []
    monkeypatch.setattr(app, "serve", lambda host, port: called.append((host, port)))
    assert call("collector", "--host", "0.0.0.0", "--port", 8123).exit_code == 0
    assert called == [("0.0.0.0", 8123)]
    assert call("collector", "--port", 0).exit_code == 2
