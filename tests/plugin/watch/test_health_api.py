"""The page about health, in Airflow: the same numbers as everywhere, only of journeys that the caller may see."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.database import VERSION_TABLE, Database
from airflow_ma.engine.tables import journey
from airflow_ma.insight.health import read_health
from airflow_ma.plugin.access import Onlooker
from airflow_ma.plugin.watch import health_api
from tests.plugin.conftest import Airflow
from tests.plugin.mail.test_sending import NOW, pause, put


def told(answer: Any, code: str) -> list[dict[str, Any]]:
    return [check for check in answer.json()["checks"] if check["code"] == code]


def test_numbers_are_those_of_journeys_that_may_be_seen(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_api, "_airflow", lambda: health_api.Check("airflow", "good", said("x")))
    monkeypatch.setattr(Database, "clock", lambda _: Fixed())
    put(database, 1, state="unknown", journey_key="sale", wake_at=NOW - HOUR)
    put(database, 2, state="unknown", journey_key="secret", wake_at=NOW - 2 * HOUR)
    with database.read() as connection:
        ids = {row.key: row.id for row in connection.execute(sa.select(journey.c.key, journey.c.id))}
    seen = health_api.get_health(Onlooker(database, frozenset({ids["sale"]}), frozenset()))
    by_code = {check.id: check for check in seen.checks}
    assert by_code["overdue:sale"].value == HOUR / 1000
    assert by_code["unknown"].value == 1
    assert "secret" not in seen.model_dump_json().lower()
    everything = health_api.get_health(Onlooker(database, frozenset(ids.values()), frozenset()))
    assert {check.id for check in everything.checks} >= {"overdue:sale", "overdue:secret"}
    gauges = {(one.name, *one.tags.values()): one.value for one in read_health(database).gauges}
    for check in everything.checks:
        if check.code == "overdue":
            assert gauges["journey.overdue_seconds", check.journey] == check.value
        elif check.value is not None and check.unit is not None:
            assert gauges[(f"{check.code}_{check.unit}",)] == check.value
    assert gauges["overdue_seconds",] == 2 * HOUR / 1000


class Fixed:
    speed = 1.0

    def now(self) -> int:
        return NOW


def said(text: str) -> Any:
    return health_api.Said(en=text, ja=text)


@pytest.mark.slow
def test_viewers_see_what_is_wrong_and_what_to_do_and_no_people(airflow: Airflow) -> None:
    put(airflow.database, 1, state="unknown", reason="no answer", wake_at=NOW - HOUR)
    pause(airflow.database)
    with airflow.client("viewer") as client:
        answer = client.get("/api/health")
    assert answer.status_code == 200
    assert answer.json()["state"] == "bad"
    assert answer.json()["checks"][0]["state"] == "bad"
    (stopped,) = told(answer, "paused_sending")
    assert (stopped["state"], stopped["page"]) == ("bad", "sending")
    (late,) = told(answer, "overdue")
    assert (late["journey"], late["unit"]) == ("sale", "seconds")
    assert late["value"] >= HOUR / 1000
    for check in answer.json()["checks"]:
        for text in (check["title"], check["said"], check["advice"]):
            assert text is None or text["en"]
            assert text is None or re.search(r"[ぁ-んァ-ヶ一-龠]", text["ja"]) or text["ja"] == "Airflow"
    assert "hanako" not in answer.text
    assert "花子" not in answer.text
    (parts,) = told(answer, "airflow")
    assert parts["state"] == "bad", "in this test only the web server runs"
    assert "the scheduler" in parts["said"]["en"]


@pytest.mark.slow
def test_a_database_of_another_version_is_told(airflow: Airflow) -> None:
    airflow.client("admin").get("/api/health")  # the server has it open when that comes
    with airflow.database.write() as connection:
        before = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    try:
        answer = airflow.client("admin").get("/api/health")
    finally:
        with airflow.database.write() as connection:
            connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = :v"), {"v": before})
    (check,) = told(answer, "database")
    assert check["state"] == "bad"
    assert "airflow-ma db migrate" in check["advice"]["ja"]


@pytest.mark.slow
def test_the_short_address_leads_to_the_page(airflow: Airflow) -> None:
    answer = airflow.client("viewer").get("/health")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("#/health")
