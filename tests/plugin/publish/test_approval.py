"""Publishing with the consent of a second person, over the API of a web server that is set so."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from airflow_ma.config import Settings, settings
from airflow_ma.engine.tables import approval, change_rule, journey_release
from airflow_ma.plugin.publish.approval import is_asked_for, why_needed
from tests.journeys import add_contacts, places
from tests.plugin.conftest import Airflow, empty, serving
from tests.plugin.journeys.test_journeys_api import code, create, save, step, view
from tests.plugin.publish.test_changes_api import (
    GREETING,
    change,
    preview,
    publish,
    published,
    rule,
    steps,
    wait,
)

pytestmark = pytest.mark.slow
LIMIT = 2
"""People; more need a second person."""


@pytest.fixture(scope="module")
def careful_airflow(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Airflow]:
    home = tmp_path_factory.mktemp("careful")
    with serving(home, sqlite_template, AIRFLOW_MA_APPROVAL=str(LIMIT)) as airflow:
        yield airflow


@pytest.fixture
def airflow(careful_airflow: Airflow) -> Airflow:
    empty(careful_airflow.database)
    return careful_airflow


@pytest.fixture
def client(airflow: Airflow) -> httpx.Client:
    return airflow.client("admin")


def asked(airflow: Airflow, client: httpx.Client, **more: Any) -> dict[str, Any]:
    """Admin has asked to publish "greeting", which three people would enter."""
    create(client, steps=steps(wait()))
    add_contacts(airflow.database, 3, tag="customer")
    answer = publish(client, 1, **more)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["version"], view(client, "greeting")["state"]) == (None, "draft")
    return answer.json()["asked"]


def answer(client: httpx.Client, request: dict[str, Any], what: str, note: str = "") -> httpx.Response:
    return client.post(f"{GREETING}/approval/{request['id']}", json={"answer": what, "note": note})


def waiting(client: httpx.Client, revision: int) -> dict[str, Any] | None:
    return preview(client, revision)["approval"]["waiting"]


def log(client: httpx.Client) -> list[tuple[str, str]]:
    return [(one["by"], one["action"]) for one in client.get(f"{GREETING}/audit").json()["entries"]]


def test_few_people_need_nobody(airflow: Airflow, client: httpx.Client) -> None:
    create(client, steps=steps(wait()))
    add_contacts(airflow.database, LIMIT, tag="customer")
    assert preview(client, 1)["approval"] == {"needed": False, "why": None, "waiting": None}
    assert publish(client, 1).json()["version"] == 1


def test_many_people_need_a_second_person(airflow: Airflow, client: httpx.Client) -> None:
    request = asked(airflow, client, note="Spring")
    assert (request["people"], request["note"], request["asked_by"]) == (3, "Spring", "admin")
    assert (request["mine"], request["may_answer"]) == (True, False)
    assert (request["rules"], request["per_hour"]) == ({}, None)
    assert view(client, "greeting")["approval"] == request
    needed = preview(client, 1)["approval"]
    assert needed["needed"] is True
    assert needed["why"]["en"].startswith("3 people")
    assert needed["waiting"] == request
    second = airflow.client("op")
    seen = waiting(second, 1)
    assert seen == request | {"mine": False, "may_answer": True}
    assert answer(second, request, "approve", "Go").json()["published"]["version"] == 1
    assert view(client, "greeting")["state"] == "live"
    (only,) = client.get(f"{GREETING}/versions").json()
    assert (only["by"], only["note"]) == ("admin", "Spring")  # the one who asked published it
    entries = client.get(f"{GREETING}/audit").json()["entries"]
    assert [(one["by"], one["action"], one["reason"]) for one in entries] == [
        ("admin", "published", "Spring"),
        ("op", "approved", "Go"),
        ("admin", "approval_asked", "Spring"),
    ]
    assert "op" in entries[0]["said"]["ja"]


def test_a_list_that_cannot_be_read_does_not_get_round_approval(
    airflow: Airflow, client: httpx.Client
) -> None:
    dags = Path(airflow.database.url.removeprefix("sqlite:///")).parent / "dags"
    dags.mkdir(exist_ok=True)
    (dags / "guests.csv").write_bytes("key\nc1\n".encode("utf-16"))
    only = {"where": {"tag": "customer"}, "csv_list": "guests.csv"}
    entry = step("people", "audience", only, {"entered": "rest"})
    create(client, steps=[entry, *steps(wait())[1:]])
    add_contacts(airflow.database, 3, tag="customer")
    assert preview(client, 1)["new_people"] is None
    assert code(publish(client, 1)) == (422, "list")
    assert view(client, "greeting")["state"] == "draft"
    (dags / "guests.csv").write_bytes(b"key\nc1\nc2\nc3\n")
    assert publish(client, 1).json()["asked"]["people"] == 3


def test_who_asked_cannot_agree(airflow: Airflow, client: httpx.Client) -> None:
    request = asked(airflow, client)
    for what in ("approve", "decline"):
        assert code(answer(client, request, what, "I like it")) == (403, "own_request")
    assert code(answer(airflow.client("op"), request, "withdraw")) == (403, "not_yours")
    assert code(answer(airflow.client("viewer"), request, "approve")) == (403, "refused")
    assert answer(airflow.client(), request, "approve").status_code == 401
    assert waiting(client, 1) == request


def test_what_was_asked_for_is_what_is_published(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client, people=LIMIT)
    add_contacts(airflow.database, 3, tag="customer")
    revision = change(client, 1, wait("pause", 5))
    rules = {"rest": rule("move", "greet", "They waited long enough")}
    request = publish(client, revision, rules=rules, per_hour=10, note="n").json()["asked"]
    assert set(places(airflow.database).values()) == {"rest"}
    assert answer(airflow.client("op"), request, "approve").json()["published"]["version"] == 2
    assert set(places(airflow.database).values()) == {"greet"}
    with airflow.database.read() as connection:
        kept = connection.execute(sa.select(change_rule)).mappings().one()
    assert (kept["action"], kept["target"], kept["gap_ms"]) == ("move", "greet", 360_000)


def test_a_saved_draft_is_another_request(airflow: Airflow, client: httpx.Client) -> None:
    request = asked(airflow, client)
    save(airflow.client("op"), "greeting", 1, title="Other", steps=steps(wait()))
    assert waiting(client, 2) is None
    assert code(answer(airflow.client("op"), request, "approve")) == (409, "no_longer_waiting")
    assert log(client) == [("op", "approval_withdrawn"), ("admin", "approval_asked")]
    assert view(client, "greeting")["state"] == "draft"


def test_a_thrown_away_draft_takes_the_request_along(airflow: Airflow, client: httpx.Client) -> None:
    asked(airflow, client)
    assert client.delete(f"{GREETING}?revision=1").status_code == 204
    with airflow.database.read() as connection:
        assert connection.scalars(sa.select(approval.c.state)).all() == ["withdrawn"]


def test_asking_again_replaces_the_request(airflow: Airflow, client: httpx.Client) -> None:
    first = asked(airflow, client)
    second = publish(airflow.client("op"), 1, note="Better").json()["asked"]
    assert code(answer(client, first, "withdraw")) == (409, "no_longer_waiting")
    assert waiting(client, 1)["id"] == second["id"]
    assert answer(client, second, "approve").json()["published"]["version"] == 1
    assert log(client)[2:] == [
        ("op", "approval_asked"),
        ("op", "approval_withdrawn"),
        ("admin", "approval_asked"),
    ]


def test_declining_needs_words_and_withdrawing_none(airflow: Airflow, client: httpx.Client) -> None:
    request = asked(airflow, client)
    second = airflow.client("op")
    assert code(answer(second, request, "decline", "  ")) == (422, "no_reason")
    assert answer(second, request, "decline", "The subject is wrong").json() == {"published": None}
    assert waiting(client, 1) is None
    again = publish(client, 1).json()["asked"]
    assert answer(client, again, "withdraw").json() == {"published": None}
    assert waiting(client, 1) is None
    reasons = [one["reason"] for one in client.get(f"{GREETING}/audit").json()["entries"]]
    assert "The subject is wrong" in reasons
    assert view(client, "greeting")["state"] == "draft"


def test_of_many_who_answer_at_once_one_does(airflow: Airflow, client: httpx.Client) -> None:
    request = asked(airflow, client)
    acts = [(airflow.client("op"), "approve"), (airflow.client("user"), "approve"), (client, "withdraw")] * 2
    with concurrent.futures.ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(lambda act: answer(act[0], request, act[1]), acts))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    with airflow.database.read() as connection:
        number = connection.scalar(sa.select(sa.func.count()).select_from(journey_release))
    (won,) = [one for one in answers if one.status_code == 200]
    assert number == (1 if won.json()["published"] else 0)
    assert len(log(client)) == 2 + number


def test_a_request_of_another_journey_is_not_answered(airflow: Airflow, client: httpx.Client) -> None:
    request = asked(airflow, client)
    create(client, "Sale")
    path = f"/api/journeys/sale/approval/{request['id']}"
    only_sale = airflow.client("only_sale")
    assert code(only_sale.post(path, json={"answer": "approve"})) == (409, "no_longer_waiting")
    assert answer(only_sale, request, "approve").status_code == 404
    assert waiting(client, 1) == request


@pytest.mark.parametrize(
    ("written", "people", "needed"),
    [
        ("", 10**9, False),
        ("always", 0, True),
        (" always ", 0, True),
        ("0", 0, False),
        ("0", 1, True),
        ("5", 5, False),
    ],
)
def test_the_setting(monkeypatch: pytest.MonkeyPatch, written: str, people: int, needed: bool) -> None:
    monkeypatch.setenv("AIRFLOW_MA_APPROVAL", written)
    settings.cache_clear()
    assert (why_needed(people) is not None) is needed
    assert is_asked_for() is bool(written)


@pytest.mark.parametrize("written", ["never", "-1", "1.5", "１０", "many"])
def test_a_setting_that_says_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("AIRFLOW_MA_APPROVAL", written)
    with pytest.raises(ValidationError, match="AIRFLOW_MA_APPROVAL must be empty, 'always' or a number"):
        Settings()
