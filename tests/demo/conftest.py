"""Tests that run a whole Airflow take turns: two at once on two cores would only time each other out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_ma.demo.environment import Place, Ports
from airflow_ma.demo.run import Demo, running

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo with its crowd; a day lasts 20 seconds."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
            patch.delenv(name)
        with running(Place(ROOT, tmp_path_factory.mktemp("demo"), Ports.free(), 20.0)) as demo:
            yield demo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of them; the others have everything else."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group("whole Airflow"))
