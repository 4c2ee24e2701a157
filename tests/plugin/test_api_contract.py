"""The API does what its description says, whatever is sent: asked of a running Airflow web server."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_ma.plugin.openapi import FILE
from tests.plugin.conftest import Airflow, Deliver

pytestmark = pytest.mark.slow

DESCRIBED = json.loads(FILE.read_text(encoding="utf-8"))
OPERATIONS = [(method, path) for path, methods in DESCRIBED["paths"].items() for method in methods]
LINE_END = re.compile(r"[\r\n]|%0[ad]", re.IGNORECASE)
EXAMPLES = 12
"""Requests of each sort to each route."""
THERE = {
    "key": "sale",
    "message_id": 1,
    "conn_id": "smtp_default",
    "name": "sale",
    "version": 1,
    "request_id": 1,
}
"""Values of path parameters that lead somewhere, at least sometimes."""


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("sort", ["POSITIVE", "NEGATIVE"])
def test_every_answer_is_of_the_described_form(
    airflow: Airflow, deliver: Deliver, method: str, path: str, sort: str
) -> None:
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    deliver(1)
    api = schemathesis.openapi.from_dict(DESCRIBED)
    strategy = api[path][method].as_strategy(generation_mode=schemathesis.GenerationMode[sort])
    checks = [
        not_a_server_error,
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    ]
    headers = dict(airflow.client("admin").headers)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, known=st.booleans())
    def ask(case: Any, known: bool) -> None:
        if known:
            case.path_parameters |= {name: THERE[name] for name in case.path_parameters}
        # A line end is no part of any address: such a request never comes to us.
        case.path_parameters = {
            name: LINE_END.sub("_", str(value)) for name, value in case.path_parameters.items()
        }
        answer = case.call(base_url=f"{airflow.url}/airflow-ma", headers=headers)
        case.validate_response(answer, checks=checks)

    ask()
