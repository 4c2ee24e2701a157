"""Watching and operating a live journey, asked of a running Airflow web server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

from airflow_ma.dag import Journey, days
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.clock import DAY, RealClock
from airflow_ma.engine.control.lifecycle import pause_journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.runs import begin_run, end_run
from airflow_ma.engine.tables import enrollment, journey_run
from airflow_ma.insight.watch import Run, RunMoves, find_run, run_moves
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.journeys.known import Registered
from airflow_ma.plugin.watch import api as watch_api
from airflow_ma.plugin.watch.cache import SharedAnswers
from airflow_ma.sensors import WaitSensor
from tests.engine.live_journey import EMAILS
from tests.journeys import add_contacts, sweep
from tests.plugin.conftest import Airflow
from tests.plugin.live import put_live, waiting

pytestmark = pytest.mark.slow
e = enrollment.c


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """One of its own for each test: the server keeps answers for a while."""
    return request.node.name


@pytest.fixture
def live(airflow: Airflow, key: str) -> Iterator[tuple[Journey, Database]]:
    journey, database = put_live(airflow, key)
    yield journey, database
    database.dispose()


@pytest.fixture
def client(airflow: Airflow) -> httpx.Client:
    return airflow.client("admin")


def version_of(key: str, wait: timedelta) -> Journey:
    """people -> wait -> mail -> end."""
    with Journey(key) as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement", title="Hurry")
        people >> WaitSensor(task_id="wait", duration=wait) >> mail >> EndOperator(task_id="end")
    return made


def at(key: str, what: str) -> str:
    return f"/api/journeys/{key}/{what}"


def test_the_canvas_is_told_who_is_where(
    airflow: Airflow, client: httpx.Client, key: str, live: tuple[Journey, Database]
) -> None:
    seen = client.get(at(key, "watch")).raise_for_status().json()
    assert seen["steps"]["first"] == {
        "title": {"en": "Wait", "ja": "待つ"},
        "kind": "wait",
        "in_newest": True,
        "arrived": 3,
        "waiting": 3,
        "due": 0,
        "pinned": 0,
        "held": [],
        "failed": [],
        "left": {},
        "average_stay_ms": None,
    }
    assert seen["ways"] == [{"from_step": "people", "outcome": "entered", "to_step": "first", "number": 3}]
    assert seen["versions"] == [{"version": 1, "people": 3}]
    assert (seen["run"], seen["clock_speed"]) == (None, 1.0)
    assert seen["life"] == {"paused_at": None, "closed_at": None, "archived_at": None}
    assert airflow.client("viewer").get(at(key, "watch")).json()["steps"] == seen["steps"]


def test_a_journey_that_never_ran_has_no_numbers(client: httpx.Client) -> None:
    client.post("/api/journeys", json={"title": "Quiet", "document": None, "layout": {}})
    seen = client.get(at("quiet", "watch")).json()
    assert (seen["steps"], seen["ways"], seen["versions"], seen["run"]) == ({}, [], [], None)
    answer = client.post(at("quiet", "people"), json={"step": "a", "what": "waiting"})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (409, "never_ran")
    assert client.get(at("nothing", "watch")).status_code == 404


def test_a_pause_by_somebody_else_is_seen_with_the_next_look(
    client: httpx.Client, key: str, live: tuple[Journey, Database]
) -> None:
    assert client.get(at(key, "watch")).json()["life"]["paused_at"] is None
    pause_journey(live[1], key, by="ann", reason="")
    assert client.get(at(key, "watch")).json()["life"]["paused_at"] is not None


def test_a_run_is_shown_by_itself(client: httpx.Client, key: str, live: tuple[Journey, Database]) -> None:
    journey, database = live
    program = journey.program(database)
    begin_run(database, program, "manual__2026-11-22T10:00:00+00:00")
    with database.write() as connection:
        connection.execute(sa.update(enrollment).where(e.contact_id > 1).values(wake_at=0, deadline_at=0))
    journey.steps["first"].move_contacts(
        database, program, cohort=None, run_id="manual__2026-11-22T10:00:00+00:00"
    )
    asked = {"run_id": "manual__2026-11-22T10:00:00+00:00"}
    seen = client.get(at(key, "watch"), params=asked).json()
    assert (seen["run"]["run_id"], seen["run"]["people"]) == (asked["run_id"], 2)
    assert (seen["run"]["ended_at"], seen["run"]["version"]) == (None, 1)
    assert seen["ways"] == [{"from_step": "first", "outcome": "waited", "to_step": "second", "number": 2}]
    assert (seen["steps"]["first"]["arrived"], seen["steps"]["first"]["waiting"]) == (0, 1)
    end_run(database, key, asked["run_id"])
    ended = client.get(at(key, "watch"), params=asked | {"version": 1}).json()
    assert ended["run"]["ended_at"] is not None
    assert ended["ways"] == seen["ways"]
    who = {"step": "first", "what": "left", "run_id": asked["run_id"]}
    people = client.post(at(key, "people"), json=who).raise_for_status().json()
    assert [one["contact"] for one in people["people"]] == ["c3", "c2"]
    none = client.get(at(key, "watch"), params={"run_id": "no such run"}).json()
    assert (none["run"], none["ways"], none["steps"]["first"]["waiting"]) == (None, [], 1)


def test_the_people_behind_a_number(
    airflow: Airflow, client: httpx.Client, key: str, live: tuple[Journey, Database]
) -> None:
    body = {"step": "first", "what": "waiting", "limit": 2}
    first = client.post(at(key, "people"), json=body).raise_for_status().json()
    assert [one["contact"] for one in first["people"]] == ["c3", "c2"]
    assert first["people"][0]["name"] == "山田 花子"
    assert first["people"][0]["why"] == {
        "en": "Waits until the time has come",
        "ja": "時間になるのを待っています",
    }
    assert (first["total"], first["stopped"]) == (3, False)
    rest = client.post(at(key, "people"), json=body | {"after": first["next_after"]}).json()
    assert ([one["contact"] for one in rest["people"]], rest["next_after"]) == (["c1"], None)
    refused = airflow.client("viewer").post(at(key, "people"), json=body)
    assert refused.status_code == 403
    assert "花子" not in refused.text


def test_the_way_of_a_person(client: httpx.Client, key: str, live: tuple[Journey, Database]) -> None:
    (passage,) = client.post(at(key, "way"), json={"contact": "c2"}).raise_for_status().json()["passages"]
    assert (passage["now"], passage["left_at"], passage["version"]) == ("first", None, 1)
    (move,) = passage["moves"]
    assert (move["from_step"], move["outcome"], move["to_step"], move["run_id"]) == (
        "people",
        "entered",
        "first",
        "test",
    )
    answer = client.post(at(key, "way"), json={"contact": "taro@example.com"})
    assert answer.status_code == 404
    assert "taro" not in answer.text


def test_people_are_moved_and_removed_by_hand(
    client: httpx.Client, key: str, live: tuple[Journey, Database]
) -> None:
    _, database = live
    chosen = {"contacts": ["c1", "c3", "gone"], "step": "first", "hold": None}
    body = {"people": chosen, "to": "second", "reason": "asked by phone", "per_hour": None}
    asked = {"people": chosen, "to": None}
    foreseen = client.post(at(key, "move/preview"), json=asked).raise_for_status().json()
    assert (foreseen["people"], foreseen["gone_on"], foreseen["due_now"]) == (2, 1, [])
    assert [one["step"] for one in foreseen["targets"]] == ["second", "end"]
    moved = client.post(at(key, "move"), json=body).raise_for_status().json()
    assert moved == {"people": 2, "gone_on": 1}
    again = client.post(at(key, "remove"), json={"people": chosen, "reason": ""}).raise_for_status().json()
    assert again == {"people": 0, "gone_on": 3}, "they are at another step by now"
    out = {"people": {"contacts": None, "step": "first", "hold": None}, "reason": ""}
    assert client.post(at(key, "remove"), json=out).raise_for_status().json() == {"people": 1, "gone_on": 0}
    with database.read() as connection:
        rows = connection.execute(sa.select(e.contact_id, e.step, e.left_reason).order_by(e.contact_id)).all()
        lines = read_audit(connection, key, limit=5)
    assert [tuple(row) for row in rows] == [(1, "second", None), (2, "first", "by_hand"), (3, "second", None)]
    assert [(line.action, line.by, line.people, line.reason) for line in lines] == [
        ("removed", "admin", 1, None),
        ("moved", "admin", 2, "asked by phone"),
    ]
    said = [line["said"] for line in client.get(at(key, "audit")).raise_for_status().json()["entries"]]
    assert said[1] == {
        "en": "Moved people by hand from “Wait” to “Wait” (2 people)",
        "ja": "手動で別のステップへ移動：「待つ」から「待つ」へ（2人）",
    }
    assert said[0]["ja"] == "手動でジャーニーから除外：「待つ」（1人）"
    assert client.post(at(key, "retry"), json={"step": "first"}).json() == {"people": 0, "gone_on": 0}


def test_a_move_says_what_it_sets_off_and_where_it_may_go(
    airflow: Airflow, client: httpx.Client, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))
    database = Database(airflow.database.url, clock=RealClock())
    add_contacts(database, 3, tag="in")
    sweep(version_of(key, days(1)), database)
    asked = {"people": {"step": "wait"}, "to": "mail"}
    foreseen = client.post(at(key, "move/preview"), json=asked).raise_for_status().json()
    assert foreseen["due_now"] == [
        {"step": "mail", "title": {"en": "Hurry", "ja": "Hurry"}, "people": 3, "mail": True}
    ]
    assert [one["step"] for one in foreseen["targets"]] == ["mail", "end"]
    body = asked | {"reason": "", "per_hour": 2}
    client.post(at(key, "move"), json=body).raise_for_status()
    waiting_ = client.post(at(key, "people"), json={"step": "mail", "what": "waiting"}).json()["people"]
    assert [one["why"]["ja"].split("に")[1] for one in waiting_[:2]] == ["送信予定（少しずつ送信中）"] * 2
    assert waiting_[2]["why"]["ja"] == "まもなく次へ進みます", "whose turn has come"
    database.dispose()


def test_people_of_an_earlier_version_go_on_with_the_newest(
    airflow: Airflow, client: httpx.Client, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their time is up by its settings: that is said before."""
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))
    database = Database(airflow.database.url, clock=RealClock())
    add_contacts(database, 4, tag="in")
    sweep(version_of(key, days(2)), database)
    with database.write() as connection:
        theirs = {"pinned_version": 1, "arrived_at": e.arrived_at - DAY - 1}
        connection.execute(sa.update(enrollment).where(e.contact_id > 1).values(**theirs))
        connection.execute(sa.update(enrollment).where(e.contact_id == 4).values(step="removed"))
    version_of(key, days(1)).program(database)
    seen = client.get(at(key, "watch")).raise_for_status().json()["steps"]
    assert (seen["wait"]["pinned"], seen["wait"]["in_newest"], seen["removed"]["in_newest"]) == (
        2,
        True,
        False,
    )
    chosen = {"contacts": ["c1", "c2"], "step": "wait"}
    asked = client.post(at(key, "continue/preview"), json={"people": chosen}).raise_for_status().json()
    mail = {"step": "mail", "title": {"en": "Hurry", "ja": "Hurry"}, "people": 1, "mail": True}
    assert asked == {"people": 1, "gone_on": 1, "version": 2, "due_now": [mail]}
    everybody = {"people": {"step": "wait", "pinned": True}}
    asked = client.post(at(key, "continue/preview"), json=everybody).raise_for_status().json()
    assert (asked["people"], asked["due_now"][0]["people"]) == (2, 2)
    body = everybody | {"reason": "better", "per_hour": 60}
    done = client.post(at(key, "continue"), json=body).raise_for_status().json()
    assert done == {"people": 2, "gone_on": 0}
    with database.read() as connection:
        query = sa.select(e.contact_id, e.version, e.pinned_version, e.wake_at).order_by(e.contact_id)
        one, two, three, _ = connection.execute(query).all()
    assert (one.version, two.version, two.pinned_version, three.pinned_version) == (1, 2, None, None)
    assert three.wake_at - two.wake_at == 60_000
    for what in ("continue", "continue/preview"):
        reason = {} if "/" in what else {"reason": ""}
        answer = client.post(at(key, what), json={"people": {"step": "removed"}} | reason)
        assert (answer.status_code, answer.json()["detail"]["code"]) == (409, "not_now")
        assert "代わりに別のステップへ移動してください" in answer.json()["detail"]["message"]["ja"]
    (line,) = client.get(at(key, "audit")).raise_for_status().json()["entries"]
    assert line["said"] == {
        "en": "Had people of earlier versions go on with version 2 at “Wait” (2 people)",
        "ja": "以前のバージョンの人をバージョン2で続行：「待つ」（2人）",
    }
    only = {"people": {"step": "removed", "pinned": True}, "reason": ""}
    assert client.post(at(key, "remove"), json=only).raise_for_status().json()["people"] == 1
    database.dispose()


def test_what_cannot_be_done_by_hand_is_said(
    airflow: Airflow, client: httpx.Client, key: str, live: tuple[Journey, Database]
) -> None:
    body = {"people": {"step": "first"}, "to": "nowhere", "reason": ""}
    answer = client.post(at(key, "move"), json=body)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (409, "not_now")
    assert "nowhere" in answer.json()["detail"]["message"]["ja"]
    for people in ({"hold": "paused"}, {"contacts": ["c1"]}):  # without where they were seen
        nobody = client.post(at(key, "move"), json=body | {"people": people})
        assert nobody.status_code == 422
        assert "step" in json.dumps(nobody.json())
    for what in ("move", "remove", "retry"):
        refused = airflow.client("viewer").post(at(key, what), json=body | {"step": "first"})
        assert refused.status_code in (403, 422)
        assert airflow.client("viewer").post(
            at(key, "remove"), json={"people": {"step": "first"}, "reason": ""}
        )
    with live[1].read() as connection:
        assert (
            connection.scalar(sa.select(sa.func.count()).where(e.step == "first", e.left_at.is_(None))) == 3
        )


def test_so_many_an_hour_at_most(client: httpx.Client, key: str, live: tuple[Journey, Database]) -> None:
    body = {"people": {"step": "first"}, "to": "end", "reason": "", "per_hour": 60}
    assert client.post(at(key, "move"), json=body).raise_for_status().json()["people"] == 3
    with live[1].read() as connection:
        wakes = connection.scalars(sa.select(e.wake_at).order_by(e.wake_at)).all()
    assert [later - wakes[0] for later in wakes] == [0, 60_000, 120_000]
    assert wakes[-1] < live[1].clock().now() + DAY


def test_the_same_question_is_answered_once(live: tuple[Journey, Database]) -> None:
    answers: SharedAnswers[int] = SharedAnswers(seconds=60)
    asked: list[int] = []
    everybody = threading.Barrier(8)

    def work_out() -> int:
        asked.append(1)
        time.sleep(0.05)
        return len(asked)

    got: list[int] = []

    def ask() -> None:
        everybody.wait(5)
        got.append(answers.get("sale", work_out))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (got, len(asked)) == ([1] * 8, 1)
    assert answers.get("other", work_out) == 2


def test_a_late_answer_is_not_waited_for_and_a_failure_is_not_kept() -> None:
    answers: SharedAnswers[int] = SharedAnswers(seconds=0.0, share=1e9)
    assert answers.get("sale", lambda: 1) == 1
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        go_on.wait(5)
        return 2

    thread = threading.Thread(target=answers.get, args=("sale", slow))
    thread.start()
    begun.wait(5)
    assert answers.get("sale", lambda: 3) == 1  # the one before, at once
    go_on.set()
    thread.join(5)
    with pytest.raises(ZeroDivisionError):
        answers.get("sale", lambda: 1 // 0)
    assert answers.get("sale", lambda: 4) == 4


def test_answers_are_not_kept_without_end() -> None:
    answers: SharedAnswers[int] = SharedAnswers(seconds=60, most=2)
    for number in range(4):
        answers.get(number, lambda: number)  # noqa: B023 - called at once
    assert answers.get(3, lambda: -1) == 3
    assert answers.get(0, lambda: -1) == -1


def test_the_moves_of_a_long_run_are_read_once_for_all_versions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may ask for any version: that must not make the server read a million moves for each."""
    read: list[int] = []

    def slow(connection: sa.Connection, run: Run) -> RunMoves:
        read.append(1)
        time.sleep(0.1)
        return run_moves(connection, run)

    monkeypatch.setattr(watch_api, "run_moves", slow)
    begin_run(database, waiting("sale").program(database), "long")
    with database.read() as connection:
        going = find_run(connection, 1, "long")
        assert going is not None
    user = Builder(database, SimpleAuthManagerUser(username="viewer", role="viewer"))
    registered = Registered(1, "sale", 1, {}, 0)
    for version in (None, 1, 2, 3):
        seen = watch_api._watch(user, registered, "long", version)
        assert (seen.run is not None, seen.ways) == (True, [])
    assert len(read) == 1


def test_runs_are_not_mixed_up(client: httpx.Client, key: str, live: tuple[Journey, Database]) -> None:
    """A run that ended, was cleared, and goes on is counted anew."""
    journey, database = live
    program = journey.program(database)
    for number in (1, 2):
        begin_run(database, program, "again")
        with database.write() as connection:
            connection.execute(
                sa.update(enrollment).where(e.contact_id == number).values(wake_at=0, deadline_at=0)
            )
        journey.steps["first"].move_contacts(database, program, cohort=None, run_id="again")
        end_run(database, key, "again")
        seen = client.get(at(key, "watch"), params={"run_id": "again", "version": number}).json()
        assert seen["run"]["people"] == number
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey_run)) == 1
