"""The short addresses that docs and the command line name."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import PREFIX, Airflow

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/", "journeys"),
        ("/journeys/spring_sale", "journeys/spring_sale"),
        ("/journeys/sale?run=scheduled__10%3A00%2B09", "journeys/sale?run=scheduled__10%3A00%2B09"),
        ("/mailbox", "mailbox"),
        ("/mailbox/17", "mailbox/17"),
        ("/sending", "sending"),
        ("/sending?hours=24", "sending"),
    ],
)
def test_they_lead_to_our_pages_in_airflow_behind_its_prefix(
    airflow: Airflow, address: str, page: str
) -> None:
    answer = airflow.client().get(address)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PREFIX}/plugin/airflow-ma-journeys#/{page}"


def test_airflow_has_a_page_there(airflow: Airflow) -> None:
    with airflow.client("admin") as client:
        plugins = client.get(f"{airflow.url}/api/v2/plugins").json()["plugins"]
    ours = next(plugin for plugin in plugins if plugin["name"] == "airflow_ma")["react_apps"]
    assert "airflow-ma-journeys" in [page["url_route"] for page in ours if page["destination"] == "nav"]


def test_an_address_that_is_not_there_is_said_to_be_so(airflow: Airflow) -> None:
    for path in ("/nowhere", "/api/nowhere"):
        answer = airflow.client().get(path)
        assert answer.status_code == 404
        assert answer.json()["detail"]["code"] == "not_found"
    assert airflow.client().get("/mailbox/x").status_code == 422
