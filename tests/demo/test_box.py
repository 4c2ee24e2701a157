"""The box in the terminal names the addresses that are really there."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_ma.demo import run
from airflow_ma.demo.environment import Place, Ports
from airflow_ma.plugin.app import create_app
from airflow_ma.plugin.extra_links import NAV_ROUTE


@pytest.mark.parametrize(("language", "builder"), [("en", "Builder"), ("ja", "ジャーニービルダー")])
def test_the_box_leads_to_the_builder_and_our_pages(
    language: str, builder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setenv("COLUMNS", "160")
    run._print_box(Place(Path("checkout"), Path("demo"), Ports(airflow=9080), 20.0))
    lines = capsys.readouterr().out.splitlines()
    (named,) = [line for line in lines if builder in line]
    assert f"http://localhost:9080/plugin/{NAV_ROUTE} " in named
    for page in ("mailbox", "health"):
        assert any(f"http://localhost:9080/airflow-ma/{page} " in line for line in lines)
        assert create_app().url_path_for(page) == f"/{page}"
