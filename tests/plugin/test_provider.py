"""What Airflow is told about this package."""

from __future__ import annotations

import json
from importlib.metadata import entry_points, version
from importlib.resources import files

import jsonschema


def test_provider_info_is_what_airflow_wants() -> None:
    (entry,) = (e for e in entry_points(group="apache_airflow_provider") if e.value.startswith("airflow_ma"))
    info = entry.load()()
    jsonschema.validate(info, json.loads((files("airflow") / "provider_info.schema.json").read_text()))
    assert info["package-name"] == "airflow-ma"
    assert info["versions"] == [version("airflow-ma")]
