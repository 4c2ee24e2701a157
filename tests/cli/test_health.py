"""``airflow-ma health``: for monitors the exit code, for people what to do."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from airflow_ma.cli import main
from airflow_ma.config import settings
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import pause_sending


def call(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", language, "health", *words])


def test_all_is_well(installed: Database) -> None:
    result = call()
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Everything works"
    assert "[ok] People who are due: Everybody moves on in time." in lines
    assert call(language="ja").stdout.startswith("すべて正常です\n[正常] 対象者の進行: ")
    told = json.loads(call("--json").stdout)
    assert told["state"] == "good"
    assert told["at"] == "2026-12-01T10:00:00+09:00"


def test_what_is_bad_comes_first_with_what_to_do_and_an_exit_code(installed: Database) -> None:
    with installed.write() as connection:
        pause_sending(connection, "shop", at=installed.clock().now() - 3 * HOUR, reason="wrong key")
    result = call()
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "Something is wrong",
        "[BAD] Sending: Nothing has gone out over shop for 3 hours: wrong key",
        "    What to do: Put the cause right, then resume on the page Sending. No mail is lost.",
    ]
    told = call("--json", language="ja")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["checks"][0] == {
        "id": "paused_sending:shop",
        "state": "bad",
        "title": "メールの配信",
        "said": "shop での配信が3時間前から止まっています。理由: wrong key",
        "advice": "原因を解消してから「配信状況」のページで再開してください。メールは失われません。",
        "value": 1,
        "limit": 1,
        "unit": None,
    }


def test_without_a_database_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", "sqlite:////nowhere/ma.db")
    settings.cache_clear()
    result = call()
    assert result.exit_code == 1
    assert "there is no database at /nowhere/ma.db" in result.stderr


def test_it_explains_itself_in_both_languages() -> None:
    assert "what to do if not" in call("--help").stdout
    assert "終了コードは 1" in call("--help", language="ja").stdout
