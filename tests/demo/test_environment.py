"""The settings the demo's programs run with."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from airflow_ma.channels.templates import load_template, template_names
from airflow_ma.demo.environment import PORT_VARIABLES, Place, Ports

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def _place(folder: Path, ports: Ports | None = None) -> Place:
    return Place(CHECKOUT, folder, ports or Ports(), 20.0)


def test_the_demo_is_closed_in_itself(tmp_path: Path) -> None:
    own = {
        "AIRFLOW_HOME": "/home/me/airflow",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://production/airflow",
        "AIRFLOW_MA_DATABASE_URL": "postgresql://production/airflow_ma",
        "AIRFLOW_MA_CHANNEL": "sendgrid",
        "AIRFLOW_CONN_SENDGRID": "secret",
        "NO_PROXY": "internal.example.com",
        "LANG": "ja_JP.UTF-8",
    }
    environment = _place(tmp_path).environment(own)
    assert "production" not in str(environment)
    assert "secret" not in str(environment)
    assert environment["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert environment["AIRFLOW_MA_HOME"] == str(tmp_path / "airflow_ma")
    assert environment["AIRFLOW_MA_CHANNEL"] == "sandbox"
    assert environment["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert environment["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert environment["NO_PROXY"] == "internal.example.com,localhost,127.0.0.1"
    assert environment["LANG"] == "ja_JP.UTF-8"


def test_every_port_reaches_the_program_that_listens_there(tmp_path: Path) -> None:
    environment = _place(tmp_path, Ports(9080, 9090, 9091, 9793, 9794)).environment({})
    assert environment["AIRFLOW__API__PORT"] == "9080"
    assert environment["AIRFLOW__API__BASE_URL"] == "http://localhost:9080"
    assert environment["AIRFLOW_MA_COLLECTOR_URL"] == "http://localhost:9090"
    assert environment["AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT"] == "9793"
    assert environment["AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT"] == "9794"


def test_the_passwords_are_there_before_airflow_is(tmp_path: Path) -> None:
    place = _place(tmp_path / ".demo")
    place.prepare()
    file = Path(place.environment({})["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    assert json.loads(file.read_text()) == {"admin": "admin", "viewer": "viewer"}
    assert (tmp_path / ".demo" / ".gitignore").read_text() == "*\n"


def test_at_the_usual_ports_the_mails_are_the_checkouts_own(tmp_path: Path) -> None:
    assert _place(tmp_path).emails == CHECKOUT / "dags" / "emails"


def test_at_other_ports_every_mail_leads_to_the_moved_shop(tmp_path: Path) -> None:
    place = _place(tmp_path, Ports(shop=9091))
    place.prepare()
    names = template_names(place.emails)
    assert names == template_names(CHECKOUT / "dags" / "emails")
    links = [link for name in names for link in load_template(place.emails, name).links]
    assert len(links) > len(names)
    assert all(link.startswith("http://localhost:9091/") for link in links)
    shutil.rmtree(place.emails)


def test_ports_are_moved_by_their_variables() -> None:
    assert Ports.chosen({}) == Ports()
    moved = {variable: str(9000 + number) for number, variable in enumerate(PORT_VARIABLES.values())}
    assert Ports.chosen(moved) == Ports(9000, 9001, 9002, 9003, 9004)


@pytest.mark.parametrize("value", ["http", "80", "70000", "-1", "８０８０", "8080 "])
def test_what_is_no_port_is_refused_by_name(value: str) -> None:
    with pytest.raises(ValueError, match=f"AIRFLOW_MA_DEMO_SHOP_PORT .*'{value}'"):
        Ports.chosen({"AIRFLOW_MA_DEMO_SHOP_PORT": value})


def test_one_port_for_two_programs_is_refused() -> None:
    with pytest.raises(
        ValueError, match="AIRFLOW_MA_DEMO_PORT and AIRFLOW_MA_DEMO_COLLECTOR_PORT are both 8090"
    ):
        Ports.chosen({"AIRFLOW_MA_DEMO_PORT": "8090"})


def test_a_taken_port_is_noticed() -> None:
    ports = Ports.free()
    assert ports.in_use() == []
    assert len({port for _, port in ports.named()}) == 5
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.collector))
        other.listen()
        assert ports.in_use() == [("collector", ports.collector)]


def test_what_is_published_in_the_builder_runs_in_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    from airflow_ma.bundle import JourneyBundle
    from airflow_ma.plugin.airflow_dags import bundle_name

    assert bundle_name() is None  # Airflow as it comes does not know our bundle
    environment = _place(tmp_path).environment({})
    monkeypatch.setenv(
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST",
        environment["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"],
    )
    assert bundle_name() == "journeys"
    found = {bundle.name: type(bundle) for bundle in DagBundlesManager().get_all_dag_bundles()}
    assert found["journeys"] is JourneyBundle
    assert "dags-folder" in found
