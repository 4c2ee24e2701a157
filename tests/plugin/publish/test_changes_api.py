"""Changing a journey that people are in: looking ahead, publishing, versions and the log, over the API."""

from __future__ import annotations

import concurrent.futures
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from airflow_ma.dag.load import journey_from_definition
from airflow_ma.engine.tables import (
    change_rule,
    contact_tag,
    enrollment,
    journey,
    journey_release,
    metadata,
)
from tests.journeys import add_contacts, places, sweep
from tests.plugin.conftest import Airflow
from tests.plugin.journeys.test_journeys_api import (
    JOURNEYS,
    airflow_dag,
    code,
    create,
    released,
    save,
    step,
    view,
)

pytestmark = pytest.mark.slow
GREETING = f"{JOURNEYS}/greeting"


@pytest.fixture
def client(airflow: Airflow) -> httpx.Client:
    return airflow.client("admin")


def steps(*middle: dict[str, Any], first: str | None = None) -> list[dict[str, Any]]:
    """People with the tag enter; at the end they are greeted."""
    entry = step("people", "audience", {"where": {"tag": "customer"}}, {"entered": first or middle[0]["id"]})
    return [entry, *middle, step("greet", "update_contact", {"add_tags": ["greeted"]})]


def wait(step_id: str = "rest", days: int = 3, to: str = "greet") -> dict[str, Any]:
    return step(step_id, "wait", {"duration": f"{days} days"}, {"waited": to})


def published(airflow: Airflow, client: httpx.Client, *middle: dict[str, Any], people: int = 4) -> None:
    """The journey "greeting" is live, and so many stand at its second step."""
    create(client, steps=steps(*(middle or (wait(),))))
    assert publish(client, 1).json()["version"] == 1
    if people:
        add_contacts(airflow.database, people, tag="customer")
        run(airflow)


def run(airflow: Airflow, *, cohort: str | None = None) -> None:
    """What the next DAG run does with what is published now."""
    with tempfile.TemporaryDirectory() as folder:
        live = released(airflow.database, Path(folder))["greeting"]
    sweep(live, airflow.database, cohort=cohort)


def publish(client: httpx.Client, revision: int, **more: Any) -> httpx.Response:
    return client.post(f"{GREETING}/publish", json={"revision": revision, **more})


def preview(client: httpx.Client, revision: int, **more: Any) -> dict[str, Any]:
    answer = client.post(f"{GREETING}/preview", json={"revision": revision, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(client: httpx.Client, revision: int, *middle: dict[str, Any], **more: Any) -> int:
    answer = save(
        client, "greeting", revision, steps=steps(*middle, first=None if middle else "greet"), **more
    )
    return answer.json()["revision"]


def rule(do: str, to: str | None = None, reason: str = "") -> dict[str, Any]:
    return {"do": do, "to": to, "reason": reason}


def everything(airflow: Airflow) -> dict[str, list[Any]]:
    with airflow.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
        }


def test_before_the_first_publish_everything_is_new(airflow: Airflow, client: httpx.Client) -> None:
    create(client, steps=steps(wait()))
    add_contacts(airflow.database, 3, tag="customer")
    add_contacts(airflow.database, 2)
    found = preview(client, 1)
    assert (found["first"], found["version"], found["inside"]) == (True, None, 0)
    assert [(one["step"], one["change"]) for one in found["diff"]["steps"]] == [
        ("people", "added"),
        ("rest", "added"),
        ("greet", "added"),
    ]
    assert {line["sign"] for line in found["diff"]["yaml"]} == {"+"}
    assert (found["places"], found["due_now"], found["new_people"]) == ([], [], 3)
    assert found["approval"] == {"needed": False, "why": None, "waiting": None}


def test_looking_ahead_changes_nothing(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    revision = change(client, 1)
    before = everything(airflow)
    preview(client, revision, rules={"rest": rule("leave")}, per_hour=5)
    assert everything(airflow) == before


def test_who_stands_at_a_removed_step_is_shown_with_what_can_be_done(
    airflow: Airflow, client: httpx.Client
) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5))
    found = preview(client, revision)
    assert (found["first"], found["version"], found["inside"]) == (False, 1, 4)
    (place,) = found["places"]
    assert place == {
        "step": "rest",
        "title": {"en": "Wait", "ja": "待つ"},
        "change": "removed",
        "people": 4,
        "versions": {"1": 4},
        "choices": ["move", "leave", "finish"],
        "rule": rule("finish"),
        "targets": ["pause", "greet"],
        "suggested": "greet",
    }
    asked = preview(client, revision, rules={"rest": rule("move", "pause")})
    assert asked["places"][0]["rule"] == rule("move", "pause")


def test_settings_and_ways_are_told_as_people_say_them(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    steps_now = steps(wait(days=5), wait("nap", 1))
    steps_now[1]["next"] = {"waited": "nap"}
    steps_now[0]["settings"] = {"where": {"all": [{"tag": "vip"}, {"attribute": "plan", "is": "pro"}]}}
    goal = {"event": "reply", "within": "2 days"}
    save(client, "greeting", 1, steps=steps_now, goal=goal, tags=["spring"])
    found = preview(client, 2)
    diff = {one["step"]: one for one in found["diff"]["steps"]}
    (who,) = diff["people"]["settings"]
    assert who["title"] == {"en": "Who", "ja": "誰を"}
    assert who["before"] == {"en": "has the tag customer", "ja": "タグ「customer」が付いている"}
    assert who["after"]["en"] == "has the tag vip and Plan is pro"
    assert who["after"]["ja"] == "タグ「vip」が付いている、かつプランがpro"
    (length,) = diff["rest"]["settings"]
    assert (length["before"]["en"], length["after"]["ja"]) == ("3 days", "5日")
    (way,) = diff["rest"]["ways"]
    assert (way["title"]["en"], way["before"], way["after"]) == ("Waited", "greet", "nap")
    assert diff["nap"]["change"] == "added"
    facets = {one["what"]: one for one in found["diff"]["journey"]}
    assert set(facets) == {"goal", "tags"}
    assert facets["goal"]["before"] is None
    assert "2 days" in facets["goal"]["after"]["en"]
    assert {"sign": "-", "text": "    duration: 3 days"} in found["diff"]["yaml"]
    (place,) = found["places"]
    assert (place["change"], place["choices"][0], place["rule"]["do"]) == ("changed", "adopt", "adopt")


def test_the_same_written_otherwise_is_no_change(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    same = wait()
    same["settings"] = {"duration": "3日", "at": None}
    found = preview(client, change(client, 1, same))
    assert (found["diff"]["steps"], found["places"]) == ([], [])


def test_a_draft_with_errors_can_be_looked_at(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    broken = step("rest", "wait", {}, {"waited": "nowhere"})
    found = preview(client, change(client, 1, broken, step("odd", "no_such_kind", {"a": {"b": 1}})))
    assert [(one["step"], one["people"]) for one in found["places"]] == [("rest", 4)]
    assert (found["due_now"], found["new_people"]) == ([], None)
    assert {one["step"] for one in found["diff"]["steps"]} == {"rest", "odd"}
    assert code(publish(client, 2)) == (422, "problems")
    wrong = {"revision": 2, "rules": {"rest": rule("move", "nowhere")}}
    assert code(client.post(f"{GREETING}/preview", json=wrong)) == (422, "rules")


def test_people_move_leave_finish_or_stay_as_it_was_said(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5))
    answer = publish(client, revision, rules={"rest": rule("move", "pause")}, note="Longer")
    assert answer.json() == {
        "version": 2,
        "asked": None,
        "moved": {"moved": 4, "left": 0, "finish": 0, "adopted": 0, "rest": 0},
        "paused": False,
        "already": False,
    }
    assert set(places(airflow.database).values()) == {"pause"}

    revision = change(client, revision, wait("pause", 9))
    assert publish(client, revision).json()["moved"]["adopted"] == 4

    revision = change(client, revision, wait("other", 1))
    assert publish(client, revision).json()["moved"]["finish"] == 4
    assert set(places(airflow.database).values()) == {"pause"}
    found = preview(client, revision)
    assert (found["inside"], found["places"]) == (4, [])
    assert found["earlier"] == [{"version": 3, "people": 4}]


def test_who_is_to_leave_leaves(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5))
    answer = publish(client, revision, rules={"rest": rule("leave", reason="The sale is over")})
    assert answer.json()["moved"]["left"] == 4
    assert set(places(airflow.database).values()) == {"left: changed"}


def test_a_rule_for_a_step_at_which_nobody_stands_is_kept(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client, wait(), people=0)
    revision = change(client, 1, wait("pause", 5))
    assert preview(client, revision)["places"] == []
    assert (
        publish(client, revision, rules={"rest": rule("leave", reason="x")}, per_hour=7).json()["version"]
        == 2
    )
    with airflow.database.read() as connection:
        kept = connection.execute(sa.select(change_rule)).mappings().one()
    assert (kept["version"], kept["step"], kept["action"], kept["reason"]) == (2, "rest", "leave", "x")


def test_so_many_an_hour_become_due(airflow: Airflow, client: httpx.Client) -> None:
    two = [wait(to="nap"), wait("nap")]
    published(airflow, client, *two)
    with airflow.database.write() as connection:  # two of the four are one step further
        ids = connection.scalars(sa.select(enrollment.c.id)).all()
        further = sa.update(enrollment).where(enrollment.c.id.in_(ids[:2])).values(step="nap")
        connection.execute(further)
    revision = change(client, 1, wait("pause", 5))
    rules = {"rest": rule("move", "greet"), "nap": rule("move", "pause")}
    publish(client, revision, rules=rules, per_hour=100)
    with airflow.database.read() as connection:
        gaps = dict(connection.execute(sa.select(change_rule.c.step, change_rule.c.gap_ms)).all())
    assert gaps == {"rest": 72_000, "nap": 72_000}  # two queues of 50 an hour each


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"rest": rule("adopt")}, "Wait"),
        ({"rest": rule("move")}, "Wait"),
        ({"rest": rule("move", "nowhere")}, "Wait"),
        ({"rest": rule("move", "people")}, "Wait"),
        ({"greet": rule("leave")}, "nothing to decide"),
        ({"pause": rule("adopt")}, "nothing to decide"),
        ({"no_such": rule("leave")}, "no_such"),
    ],
)
def test_rules_that_cannot_be_are_refused_where_they_are_wrong(
    airflow: Airflow, client: httpx.Client, rules: dict[str, Any], words: str
) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5))
    for path in ("preview", "publish"):
        answer = client.post(f"{GREETING}/{path}", json={"revision": revision, "rules": rules})
        assert code(answer) == (422, "rules")
        assert words in answer.json()["detail"]["message"]["en"]
    assert view(client, "greeting")["version"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": {"rest": {"do": "vanish", "to": None, "reason": ""}}},
        {"rules": {"rest": rule("leave", reason="\0")}},
        {"per_hour": 0},
        {"per_hour": 1.5},
        {"note": "x" * 2_001},
        {"rules": [1]},
    ],
)
def test_what_makes_no_sense_is_refused(client: httpx.Client, wrong: dict[str, Any]) -> None:
    create(client)
    assert code(publish(client, 1, **wrong)) == (422, "invalid")


def test_nobody_moves_to_the_step_where_they_are(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    revision = change(client, 1, wait(days=9))
    assert "rest" not in preview(client, revision)["places"][0]["targets"]
    assert code(publish(client, revision, rules={"rest": rule("move", "rest")})) == (422, "rules")


def test_a_step_of_another_kind_is_adopted(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    now_tags = step("rest", "update_contact", {"add_tags": ["late"]}, {"done": "greet"})
    revision = change(client, 1, now_tags)
    found = preview(client, revision)
    (place,) = found["places"]
    assert (place["change"], place["rule"]["do"]) == ("changed", "adopt")
    (kind, *_) = found["diff"]["steps"][0]["settings"]
    assert (kind["name"], kind["before"]["en"], kind["after"]["ja"]) == ("@kind", "Wait", "顧客情報を更新")
    assert publish(client, revision).json()["moved"]["adopted"] == 4
    run(airflow)
    with airflow.database.read() as connection:
        tags = connection.scalars(sa.select(contact_tag.c.tag).where(contact_tag.c.tag != "customer")).all()
    assert sorted(tags) == ["greeted"] * 4 + ["late"] * 4


def test_nobody_stands_at_a_step_that_has_become_an_entry(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    entry = step("rest", "audience", {"where": {"tag": "vip"}}, {"entered": "greet"})
    save(client, "greeting", 1, steps=steps(entry, first="greet"))
    (place,) = preview(client, 2)["places"]
    assert (place["change"], place["choices"], place["rule"]["do"]) == (
        "changed",
        ["move", "leave", "finish"],
        "finish",
    )
    assert code(publish(client, 2, rules={"rest": rule("adopt")})) == (422, "rules")
    assert publish(client, 2).json()["moved"]["finish"] == 4


def test_another_revision_than_the_one_seen_is_not_published(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    revision = change(client, 1)
    save(airflow.client("op"), "greeting", revision, title="Other")
    for path in ("preview", "publish"):
        answer = client.post(f"{GREETING}/{path}", json={"revision": revision})
        assert code(answer) == (409, "conflict")
        assert answer.json()["detail"]["saved_by"] == "op"
    assert view(client, "greeting")["version"] == 1


def test_of_two_who_publish_at_once_both_hear_the_same_and_one_does(
    airflow: Airflow, client: httpx.Client
) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5))
    clients = [airflow.client(name) for name in ("admin", "op", "user")] * 2
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda one: publish(one, revision), clients))
    assert [(answer.status_code, answer.json()["version"]) for answer in answers] == [(200, 2)] * 6
    with airflow.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey_release)) == 2
    log = client.get(f"{GREETING}/audit").json()["entries"]
    assert [line["action"] for line in log] == ["published", "published"]


def test_a_journey_with_people_inside_does_not_become_one_that_runs_once(
    airflow: Airflow, client: httpx.Client
) -> None:
    published(airflow, client)
    save(client, "greeting", 1, steps=steps(wait("pause")), mode="one_off")
    assert preview(client, 2)["places"] == []
    assert code(publish(client, 2)) == (409, "people_inside")
    with airflow.database.write() as connection:
        connection.execute(sa.update(enrollment).values(wake_at=None, left_at=1, left_reason="x"))
    assert publish(client, 2).json()["version"] == 2


def test_a_group_that_runs_once_goes_on_with_the_version_it_began_with(
    airflow: Airflow, client: httpx.Client
) -> None:
    create(client, steps=steps(wait()), mode="one_off")
    publish(client, 1)
    add_contacts(airflow.database, 3, tag="customer")
    run(airflow, cohort="run 1")
    save(client, "greeting", 1, steps=steps(wait("pause")), mode="one_off")
    found = preview(client, 2)
    assert (found["inside"], found["places"], found["new_people"]) == (3, [], 3)
    assert code(publish(client, 2, rules={"rest": rule("leave")})) == (422, "rules")
    assert publish(client, 2).json()["moved"] == {
        "moved": 0,
        "left": 0,
        "finish": 0,
        "adopted": 0,
        "rest": 0,
    }
    assert set(places(airflow.database).values()) == {"rest"}
    people = {one["version"]: one["people"] for one in client.get(f"{GREETING}/versions").json()}
    assert people == {2: 0, 1: 3}


def test_versions_are_kept_compared_and_brought_back_as_a_draft(
    airflow: Airflow, client: httpx.Client
) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5), title="Hello")
    publish(airflow.client("op"), revision, note="Longer pause")
    newest, first = client.get(f"{GREETING}/versions").json()
    assert (newest["version"], newest["by"], newest["note"], newest["people"]) == (2, "op", "Longer pause", 0)
    assert (newest["current"], newest["source"]) == (True, "builder")
    assert (first["version"], first["current"], first["people"]) == (1, False, 4)  # they finish on it
    seen = airflow.client("viewer").get(f"{GREETING}/versions").json()
    assert seen == [newest | {"note": None}, first]  # a note may name somebody, as a reason may
    old = client.get(f"{GREETING}/versions/1").json()
    assert [one["id"] for one in old["document"]["steps"]] == ["people", "rest", "greet"]
    diff = client.get(f"{GREETING}/compare", params={"before": "1", "after": "draft"}).json()
    assert {(one["step"], one["change"]) for one in diff["steps"]} == {
        ("people", "changed"),
        ("pause", "added"),
        ("rest", "removed"),
    }
    assert [one["what"] for one in diff["journey"]] == ["title"]

    restore = f"{GREETING}/versions/1/restore"
    assert code(client.post(restore, json={"revision": 1})) == (409, "conflict")
    answer = client.post(restore, json={"revision": revision})
    assert answer.json()["revision"] == revision + 1
    found = view(client, "greeting")
    assert (found["state"], found["version"]) == ("changed", 2)
    assert found["document"] == old["document"]
    assert code(client.get(f"{GREETING}/versions/9")) == (404, "not_found")
    assert code(client.post(f"{GREETING}/versions/9/restore", json={"revision": 3})) == (404, "not_found")
    assert client.get(f"{GREETING}/compare", params={"before": "x", "after": "1"}).status_code == 422


def test_everything_is_in_the_log_page_by_page(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client)
    revision = change(client, 1, wait("pause", 5))
    publish(client, revision, note="Taro asked for it")
    client.post(f"{GREETING}/versions/1/restore", json={"revision": revision})
    airflow.client("op").delete(f"{GREETING}?revision={revision + 1}")
    log = client.get(f"{GREETING}/audit").json()
    assert log["next_before"] is None
    assert [(one["by"], one["action"], one["version"], one["reason"]) for one in log["entries"]] == [
        ("op", "discarded", None, None),
        ("admin", "restored", 1, None),
        ("admin", "published", 2, "Taro asked for it"),
        ("admin", "published", 1, None),
    ]
    assert log["entries"][3]["details"] == []
    assert log["entries"][3]["said"] == {"en": "Published for the first time", "ja": "初めて公開"}
    older = client.get(f"{GREETING}/audit", params={"before": log["entries"][2]["id"]}).json()
    assert older["entries"] == log["entries"][3:]
    seen = airflow.client("viewer").get(f"{GREETING}/audit").json()["entries"]
    assert [one["reason"] for one in seen] == [None] * 4  # a reason may name somebody


def seen(due: int = 0, **places: int) -> dict[str, Any]:
    return {"places": places, "due": due}


def test_who_came_meanwhile_is_seen_before_it_is_published(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client, people=0)
    revision = change(client, 1, wait(days=9))
    assert preview(client, revision)["places"] == []
    add_contacts(airflow.database, 3, tag="customer")
    run(airflow)
    answer = publish(client, revision, seen=seen())
    assert code(answer) == (409, "numbers_changed")
    assert "“Wait”" in answer.json()["detail"]["message"]["en"]
    assert "「待つ」" in answer.json()["detail"]["message"]["ja"]
    assert view(client, "greeting")["version"] == 1
    assert publish(client, revision, seen=seen(rest=3)).json()["moved"]["adopted"] == 3


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (60, 200),
        (56, 200),
        (54, 409),
        (40, 409),
        (100, 200),
    ],  # of 60: up to 10 %, or fewer than 5, are no news
)
def test_a_few_more_or_less_are_no_news(
    airflow: Airflow, client: httpx.Client, before: int, answer: int
) -> None:
    published(airflow, client, people=60)
    revision = change(client, 1, wait(days=9))
    assert publish(client, revision, seen=seen(rest=before)).status_code == answer


def test_publishing_a_paused_journey_says_that_it_does_not_run(
    airflow: Airflow, client: httpx.Client
) -> None:
    published(airflow, client)
    with airflow.database.write() as connection:
        connection.execute(sa.update(journey).values(paused_at=1))
    revision = change(client, 1, wait(days=9))
    first, again = (publish(client, revision).json() for _ in range(2))
    assert (first["paused"], first["already"]) == (True, False)
    assert (again["paused"], again["already"], again["version"]) == (True, True, 2)


def test_the_log_says_what_was_chosen_and_what_came_of_it(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client, wait(to="nap"), wait("nap"))
    with (
        airflow.database.write() as connection
    ):  # one of the four is one step further, one is held by a worker
        ids = connection.scalars(sa.select(enrollment.c.id)).all()
        of = enrollment.c.id
        connection.execute(sa.update(enrollment).where(of == ids[0]).values(step="nap"))
        held = {"claim": "somebody", "wake_at": 2**50}
        connection.execute(sa.update(enrollment).where(of == ids[1]).values(**held))
    revision = change(client, 1, wait("pause", 5))
    rules = {"rest": rule("move", "pause"), "nap": rule("leave", reason="Sale is over")}
    answer = publish(client, revision, rules=rules, per_hour=100)
    assert answer.json()["moved"] == {"moved": 2, "left": 1, "finish": 0, "adopted": 0, "rest": 1}
    newest = client.get(f"{GREETING}/audit").json()["entries"][0]
    assert newest["people"] == 3
    assert [line["en"] for line in newest["details"]] == [
        "1 people at “Wait”: leave the journey (Sale is over)",
        "3 people at “Wait”: move to “Wait”",
        "At most 100 people an hour",
        "Result: 2 moved, 1 left",
        "1 more people follow",
    ]
    assert newest["details"][3]["ja"] == "結果：2人を移動、1人を除外"
    seen_by_others = airflow.client("viewer").get(f"{GREETING}/audit").json()["entries"][0]["details"]
    assert "Sale" not in str(seen_by_others)

    publish(client, change(client, revision, wait("pause", 9)), rules={"pause": rule("finish")})
    kept = client.get(f"{GREETING}/audit").json()["entries"][0]["details"]
    assert kept[-2:][0]["en"] == "Result: 2 stay on their version"


def test_the_log_says_that_nobody_was_concerned(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client, people=0)
    publish(client, change(client, 1, wait(days=9)))
    (only,) = client.get(f"{GREETING}/audit").json()["entries"][0]["details"]
    assert only == {"en": "Result: nobody was concerned", "ja": "結果：対象になった人はいませんでした"}


def test_a_journey_of_a_file_is_looked_at_and_not_changed(airflow: Airflow, client: httpx.Client) -> None:
    definition = {
        "key": "greeting",
        "title": "From git",
        "mode": "continuous",
        "steps": [{"id": "people", "kind": "audience", "title": None, "settings": {}}],
        "edges": [],
    }
    journey_from_definition(definition).program(airflow.database)
    with airflow_dag(airflow, "greeting", file="campaigns/from_git.py"):
        for path in ("preview", "publish", "versions/1/restore"):
            assert code(client.post(f"{GREETING}/{path}", json={"revision": 0})) == (403, "refused")
        (only,) = client.get(f"{GREETING}/versions").json()
        assert (only["source"], only["by"], only["current"]) == ("git", None, True)
        assert client.get(f"{GREETING}/versions/1").json()["document"]["title"] == "From git"


def test_an_archived_journey_is_not_published(airflow: Airflow, client: httpx.Client) -> None:
    published(airflow, client, people=0)
    with airflow.database.write() as connection:
        connection.execute(sa.update(journey).values(archived_at=1))
    assert code(publish(client, change(client, 1, wait(days=9)))) == (409, "archived")
