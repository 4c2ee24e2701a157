"""Pausing, resuming, closing and putting away, asked of a running Airflow web server."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, journey
from tests.plugin.conftest import Airflow
from tests.plugin.journeys.test_journeys_api import create, publish
from tests.plugin.live import put_live

pytestmark = pytest.mark.slow
e = enrollment.c
URL = "/api/journeys"


@pytest.fixture
def live(airflow: Airflow) -> Iterator[tuple[Journey, Database]]:
    made, database = put_live(airflow, "sale")
    yield made, database
    database.dispose()


@pytest.fixture
def client(airflow: Airflow) -> httpx.Client:
    return airflow.client("admin")


def do(client: httpx.Client, what: str, key: str = "sale", **more: str) -> httpx.Response:
    return client.post(f"{URL}/{key}/{what}", json={"reason": "because", **more})


def put_away(client: httpx.Client) -> dict[str, bool]:
    """Of every journey in the list."""
    found = client.get(URL).raise_for_status().json()
    return {one["key"]: one["life"]["archived_at"] is not None for one in found}


def test_a_pause_is_seen_everywhere_and_says_what_catching_up_means(
    airflow: Airflow, client: httpx.Client, live: tuple[Journey, Database]
) -> None:
    _, database = live
    paused = do(client, "pause").raise_for_status().json()
    assert paused["paused_at"] is not None
    assert (paused["closed_at"], paused["archived_at"]) == (None, None)
    assert (paused["inside"], paused["waiting_moments"]) == (3, 0)
    view = client.get(f"{URL}/sale").json()
    assert (view["paused"], view["life"]["paused_at"]) == (True, paused["paused_at"])
    (listed,) = client.get(URL).json()
    assert (listed["paused"], listed["life"]) == (True, view["life"])
    now = database.clock().now()
    with database.write() as connection:
        connection.execute(sa.update(journey).values(paused_at=now - HOUR))
        connection.execute(
            sa.update(enrollment).where(e.contact_id == 1).values(wake_at=now, deadline_at=now)
        )
        connection.execute(
            sa.update(enrollment).where(e.contact_id == 2).values(wake_at=now)
        )  # it did something
        connection.execute(
            sa.update(enrollment).where(e.contact_id == 3).values(wake_at=now - 2 * HOUR)
        )  # and this one was due before
    life = client.get(f"{URL}/sale/life").json()
    assert (life["waiting_moments"], life["due"]) == (1, 2)
    assert airflow.client("viewer").get(f"{URL}/sale/life").json()["inside"] == 3


@pytest.mark.parametrize(("deadlines", "shifted"), [("stood_still", True), ("catch_up", False)])
def test_going_on(
    client: httpx.Client, live: tuple[Journey, Database], deadlines: str, shifted: bool
) -> None:
    _, database = live
    with database.read() as connection:
        before = connection.scalars(sa.select(e.deadline_at).order_by(e.id)).all()
    do(client, "pause").raise_for_status()
    with database.write() as connection:
        connection.execute(sa.update(journey).values(paused_at=journey.c.paused_at - HOUR))
        connection.execute(sa.update(enrollment).values(arrived_at=e.arrived_at - 2 * HOUR))
    on = do(client, "resume", deadlines=deadlines).raise_for_status().json()
    assert on["paused_at"] is None
    with database.read() as connection:
        after = connection.scalars(sa.select(e.deadline_at).order_by(e.id)).all()
        lines = read_audit(connection, "sale", limit=2)
    assert all((new - old >= HOUR) == shifted for new, old in zip(after, before, strict=True))
    assert [(line.action, line.by, line.reason) for line in lines] == [
        ("resumed", "admin", "because"),
        ("paused", "admin", "because"),
    ]


def test_closing_and_putting_away_a_journey_of_a_file(
    client: httpx.Client, live: tuple[Journey, Database]
) -> None:
    closed = do(client, "close", people="finish").raise_for_status().json()
    assert (closed["closed_at"] is not None, closed["inside"]) == (True, 3)
    early = do(client, "archive")
    assert (early.status_code, early.json()["detail"]["code"]) == (409, "not_now")
    assert "3" in early.json()["detail"]["message"]["ja"]
    assert do(client, "close", people="leave").raise_for_status().json()["inside"] == 0
    assert do(client, "archive").raise_for_status().json()["archived_at"] is not None
    assert put_away(client) == {"sale": True}
    back = do(client, "unarchive").raise_for_status().json()
    assert (back["archived_at"], back["closed_at"]) == (None, None)
    assert put_away(client) == {"sale": False}
    do(client, "close", people="finish").raise_for_status()
    assert do(client, "reopen").raise_for_status().json()["closed_at"] is None


def test_a_journey_of_the_builder_comes_back_as_a_draft(client: httpx.Client) -> None:
    create(client)
    publish(client, "greeting", 1).raise_for_status()
    do(client, "archive", "greeting").raise_for_status()
    assert all(put_away(client).values())
    do(client, "unarchive", "greeting").raise_for_status()
    view = client.get(f"{URL}/greeting").json()
    assert view["state"] == "draft"
    assert view["document"]["title"] == "Greeting"
    assert publish(client, "greeting", view["revision"]).status_code == 200


def test_what_never_ran_has_no_life_yet(client: httpx.Client) -> None:
    create(client)
    nothing = {"paused_at": None, "closed_at": None, "archived_at": None}
    assert client.get(f"{URL}/greeting").json()["life"] == nothing
    assert client.get(f"{URL}/greeting/life").json() == nothing | {
        "inside": 0,
        "waiting_moments": 0,
        "due": 0,
    }
    answer = do(client, "pause", "greeting")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (409, "never_ran")


@pytest.mark.parametrize("what", ["pause", "reopen", "archive", "unarchive"])
def test_only_who_may_edit_changes_anything(
    airflow: Airflow, live: tuple[Journey, Database], what: str
) -> None:
    with airflow.client("viewer") as viewer:
        assert do(viewer, what).status_code == 403
    with live[1].read() as connection:
        row = connection.execute(sa.select(journey.c.paused_at, journey.c.archived_at)).one()
    assert tuple(row) == (None, None)
