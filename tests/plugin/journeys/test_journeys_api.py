"""Drafts, publishing and the list, asked of a running Airflow web server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from airflow.models.dag import DagModel
from sqlalchemy.orm import Session

from airflow_ma.dag.load import journey_from_definition
from airflow_ma.dag.published import load_published
from airflow_ma.engine.changes.releases import current_state, published_at_state
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import journey, journey_step
from airflow_ma.plugin.canvas.gallery_api import Language, gallery
from airflow_ma.plugin.journeys.known import free_key
from tests.journeys import add_contacts, sweep
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow

JOURNEYS = "/api/journeys"


def document(key: str, **changes: Any) -> dict[str, Any]:
    """A journey that can be published."""
    steps = [
        step("people", "audience", {"where": {"tag": "customer"}}, {"entered": "greet"}),
        step("greet", "update_contact", {"add_tags": ["greeted"]}),
    ]
    whole = {"key": key, "title": "Greeting", "mode": "continuous", "tags": [], "goal": None, "steps": steps}
    return whole | changes


def step(
    step_id: str, kind: str, settings: dict[str, Any], leads: dict[str, str] | None = None
) -> dict[str, Any]:
    return {"id": step_id, "kind": kind, "title": None, "settings": settings, "next": leads or {}}


@pytest.fixture
def client(airflow: Airflow) -> httpx.Client:
    return airflow.client("admin")


def create(client: httpx.Client, title: str = "Greeting", **changes: Any) -> dict[str, Any]:
    body = {"title": title, "document": document("any", **changes), "layout": {"people": {"x": 1.5, "y": -2}}}
    answer = client.post(JOURNEYS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def save(client: httpx.Client, key: str, revision: int, **changes: Any) -> httpx.Response:
    body = {"document": document(key, **changes), "layout": {}, "revision": revision}
    return client.put(f"{JOURNEYS}/{key}", json=body)


def publish(client: httpx.Client, key: str, revision: int) -> httpx.Response:
    return client.post(f"{JOURNEYS}/{key}/publish", json={"revision": revision})


def view(client: httpx.Client, key: str) -> dict[str, Any]:
    return client.get(f"{JOURNEYS}/{key}").raise_for_status().json()


def code(answer: httpx.Response) -> tuple[int, str]:
    detail = answer.json()["detail"]
    assert set(detail["message"]) == {"en", "ja"}
    return answer.status_code, detail["code"]


def test_a_new_journey_is_kept_as_it_was_given(client: httpx.Client) -> None:
    made = create(client, "Greeting 2026 / 挨拶")
    assert made["document"] == document("greeting_2026", title="Greeting 2026 / 挨拶")
    assert made["layout"] == {"people": {"x": 1.5, "y": -2.0}}
    assert (made["state"], made["revision"], made["version"]) == ("draft", 1, None)
    assert made["saved_by"] == "admin"
    assert made["may_edit"] is True
    assert made["dag_path"] is None
    assert made == view(client, "greeting_2026")


def test_an_empty_journey_can_be_made(client: httpx.Client) -> None:
    answer = client.post(JOURNEYS, json={"title": "挨拶", "document": None, "layout": {}})
    assert answer.json()["document"] == document("journey_1", title="挨拶", steps=[])
    assert code(client.post(JOURNEYS, json={"title": "  ", "document": None, "layout": {}})) == (
        400,
        "invalid",
    )


def test_every_journey_has_a_key_of_its_own(airflow: Airflow, client: httpx.Client) -> None:
    keys = [create(client)["document"]["key"] for _ in range(3)]
    assert keys == ["greeting", "greeting_2", "greeting_3"]
    with airflow_dag(airflow, "farewell"):
        assert create(client, "Farewell!")["document"]["key"] == "farewell_2"


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Sale: 50% off!", "sale_50_off"),
        ("2026", "journey_1"),
        ("冬のセール", "journey_1"),
        ("x" * 90, "x" * 60),
    ],
)
def test_keys_are_made_of_titles(title: str, key: str) -> None:
    assert free_key(title, lambda name: False) == key


def test_who_saves_second_is_told_who_was_first(airflow: Airflow, client: httpx.Client) -> None:
    create(client)
    first = save(airflow.client("op"), "greeting", 1, title="Hello")
    assert first.json()["revision"] == 2
    second = save(client, "greeting", 1, title="Good morning")
    assert code(second) == (409, "conflict")
    assert second.json()["detail"]["saved_by"] == "op"
    assert second.json()["detail"]["saved_at"] == first.json()["saved_at"]
    assert view(client, "greeting")["document"]["title"] == "Hello"
    assert save(client, "greeting", 2, title="Good morning").json()["revision"] == 3


def test_a_draft_may_be_unfinished_but_not_published(client: httpx.Client) -> None:
    create(client)
    nowhere = [step("mail", "send_email", {}, {"sent": "gone"}), step("mail", "no_such_kind", {"a": None})]
    assert save(client, "greeting", 1, title="", steps=nowhere).status_code == 200
    answer = publish(client, "greeting", 2)
    assert code(answer) == (422, "problems")
    problems = answer.json()["detail"]["problems"]
    assert {problem["severity"] for problem in problems} == {"error"}
    assert view(client, "greeting")["state"] == "draft"


def test_a_document_of_another_journey_is_refused(client: httpx.Client) -> None:
    create(client)
    body = {"document": document("other"), "layout": {}, "revision": 1}
    assert code(client.put(f"{JOURNEYS}/greeting", json=body)) == (400, "invalid")


@pytest.mark.parametrize("key", ["nothing", "%2e%2e%2fetc", "a b"])
def test_what_is_not_there_is_said_so(client: httpx.Client, key: str) -> None:
    assert client.get(f"{JOURNEYS}/{key}").status_code in (404, 422)
    assert save(client, "nothing", 0).status_code == 404
    assert publish(client, "nothing", 0).status_code == 404


def test_publishing_makes_a_journey_that_airflow_can_run(
    airflow: Airflow, client: httpx.Client, tmp_path: Path
) -> None:
    create(client)
    assert publish(client, "greeting", 1).json()["version"] == 1
    found = view(client, "greeting")
    assert (found["state"], found["version"], found["revision"]) == ("live", 1, 1)
    assert publish(client, "greeting", 1).json()["version"] == 1  # asked twice, done once
    made = released(airflow.database, tmp_path)["greeting"]
    assert made.is_paused_upon_creation is False
    add_contacts(airflow.database, 2, tag="customer")
    assert sweep(made, airflow.database)["greet"] == {"done": 2}
    assert "greet" in view(client, "greeting")["taken"]
    (listed,) = client.get(JOURNEYS).json()
    assert (listed["steps"], listed["state"], listed["converted_week"]) == (2, "live", None)


def test_a_change_is_a_draft_until_it_is_published(
    airflow: Airflow, client: httpx.Client, tmp_path: Path
) -> None:
    create(client)
    publish(client, "greeting", 1)
    state = published_state(airflow.database)
    changed = [*document("x")["steps"], step("twice", "update_contact", {"add_score": 1})]
    changed[1]["next"] = {"done": "twice"}
    assert save(client, "greeting", 1, steps=changed).json()["revision"] == 2
    assert view(client, "greeting")["state"] == "changed"
    assert set(released(airflow.database, tmp_path)["greeting"].steps) == {"people", "greet"}
    assert publish(client, "greeting", 2).json()["version"] == 2
    assert set(released(airflow.database, tmp_path)["greeting"].steps) == {"people", "greet", "twice"}
    with airflow.database.read() as connection:  # a run that began before goes on with what it began with
        (before,) = published_at_state(connection, state)
    assert len(before.document["steps"]) == 2


def test_going_back_makes_what_was_before_the_one_that_listens(
    airflow: Airflow, client: httpx.Client
) -> None:
    create(client)
    publish(client, "greeting", 1)
    steps = document("x")["steps"]
    steps[0]["settings"] = {"when": {"event": "reply"}}
    save(client, "greeting", 1, steps=steps)
    assert publish(client, "greeting", 2).json()["version"] == 2
    assert listens(airflow.database) == "reply"
    save(client, "greeting", 2)
    assert publish(client, "greeting", 3).json()["version"] == 3  # a number of its own: it is later
    assert listens(airflow.database) is None
    assert view(client, "greeting")["version"] == 3


def test_a_draft_is_thrown_away_and_the_live_journey_stays(client: httpx.Client) -> None:
    create(client)
    publish(client, "greeting", 1)
    save(client, "greeting", 1, title="Other")
    assert code(client.delete(f"{JOURNEYS}/greeting?revision=1")) == (409, "conflict")
    assert client.delete(f"{JOURNEYS}/greeting?revision=2").status_code == 204
    assert (view(client, "greeting")["state"], view(client, "greeting")["document"]["title"]) == (
        "live",
        "Greeting",
    )
    create(client, "Never published")
    assert client.delete(f"{JOURNEYS}/never_published?revision=1").status_code == 204
    assert client.get(f"{JOURNEYS}/never_published").status_code == 404


def test_a_journey_says_whether_airflow_has_paused_it(airflow: Airflow, client: httpx.Client) -> None:
    on, off = create(client, "Switched on"), create(client, "Switched off")
    home = Path(str(airflow.database.engine.url.database)).parent
    metadata = sa.create_engine(f"sqlite:///{home}/airflow.db")
    keys = {made["document"]["key"]: made is off for made in (on, off)}
    dags = [DagModel(dag_id=key, is_paused=paused, bundle_name="journeys") for key, paused in keys.items()]
    with Session(metadata) as session:
        session.add_all(dags)
        session.commit()
        try:
            assert {one["key"]: one["paused"] for one in client.get(JOURNEYS).json()} == keys
            assert {key: view(client, key)["paused"] for key in keys} == keys
        finally:
            session.execute(sa.delete(DagModel).where(DagModel.dag_id.in_(keys)))
            session.commit()
            metadata.dispose()


def test_journeys_of_files_are_shown_and_not_changed(airflow: Airflow, client: httpx.Client) -> None:
    definition = {
        "key": "from_git",
        "title": "From git",
        "mode": "continuous",
        "goal": {"event": "reply"},
        "steps": [{"id": "people", "kind": "audience", "title": None, "settings": {}}],
        "edges": [],
    }
    journey_from_definition(definition).program(airflow.database)
    with airflow_dag(airflow, "from_git", file="campaigns/from_git.py"):
        found = view(client, "from_git")
        assert (found["state"], found["may_edit"], found["revision"]) == ("git", False, 0)
        assert found["source"] == "campaigns/from_git.py"
        assert found["dag_path"] == "dags/from_git"
        assert found["document"]["steps"][0]["id"] == "people"
        assert code(save(client, "from_git", 0)) == (403, "refused")
        assert code(publish(client, "from_git", 0)) == (403, "refused")
    (listed,) = client.get(JOURNEYS).json()
    assert (listed["state"], listed["may_edit"], listed["converted_week"]) == ("git", False, 0)


def test_a_file_that_came_meanwhile_is_not_pushed_aside(airflow: Airflow, client: httpx.Client) -> None:
    create(client)
    with airflow_dag(airflow, "greeting"):
        assert code(publish(client, "greeting", 1)) == (409, "exists")
    assert view(client, "greeting")["state"] == "draft"


ROUTES = [
    ("GET", JOURNEYS, None),
    ("GET", f"{JOURNEYS}/greeting", None),
    ("POST", JOURNEYS, {"title": "New", "document": None, "layout": {}}),
    ("PUT", f"{JOURNEYS}/greeting", {"document": document("greeting"), "layout": {}, "revision": 1}),
    ("POST", f"{JOURNEYS}/greeting/publish", {"revision": 1}),
    ("DELETE", f"{JOURNEYS}/greeting?revision=1", None),
    ("GET", "/api/gallery", None),
    ("GET", "/api/me", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_viewers_look_and_nobody_else_gets_in(
    airflow: Airflow, client: httpx.Client, method: str, path: str, body: Any
) -> None:
    create(client)
    assert airflow.client().request(method, path, json=body).status_code == 401
    answer = airflow.client("viewer").request(method, path, json=body)
    assert answer.status_code == (200 if method == "GET" else 403)
    assert view(client, "greeting")["revision"] == 1


@pytest.mark.parametrize(("method", "path", "body"), [route for route in ROUTES if route[0] != "GET"])
def test_another_site_cannot_write(
    airflow: Airflow, client: httpx.Client, method: str, path: str, body: Any
) -> None:
    create(client)
    with airflow.browser("admin") as browser:
        browser.headers["Sec-Fetch-Site"] = "cross-site"
        assert browser.request(method, path, json=body).status_code == 403
    assert len(client.get(JOURNEYS).json()) == 1


def test_viewers_see_that_they_may_not_edit(airflow: Airflow, client: httpx.Client) -> None:
    create(client)
    viewer = airflow.client("viewer")
    assert view(viewer, "greeting")["may_edit"] is False
    assert view(viewer, "greeting")["may_see_contacts"] is False
    assert viewer.get(JOURNEYS).json()[0]["may_edit"] is False
    me = viewer.get("/api/me").json()
    assert (me["name"], me["may_create"], me["may_see_contacts"]) == ("viewer", False, False)
    me = airflow.client("user").get("/api/me").json()
    assert (me["may_create"], me["may_see_contacts"], me["sandbox"], me["day_seconds"]) == (
        True,
        True,
        True,
        None,
    )
    assert me["now"].endswith("Z")


def test_what_the_database_cannot_keep_is_refused(client: httpx.Client) -> None:
    create(client)
    for layout in ({"a": {"x": "NaN", "y": 0}}, {"\ud800": {"x": 1, "y": 1}}, {"a": {"x": 1}}, {"a": 1}):
        body = json.dumps({"document": document("greeting"), "layout": layout, "revision": 1})
        answer = client.put(
            f"{JOURNEYS}/greeting", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, layout
    assert view(client, "greeting")["revision"] == 1


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_gallery_can_be_begun_with(client: httpx.Client, language: Language) -> None:
    found = client.get(f"/api/gallery?language={language}").json()
    assert len(found) == len(gallery(language)) == 5
    for item in found:
        body = {"title": item["title"], "document": item["document"], "layout": {}}
        assert client.post(JOURNEYS, json=body).status_code == 201


def released(database: Database, folder: Path) -> dict[str, Any]:
    """The journeys that are published now, as the bundle loads them."""
    from airflow_ma.bundle import _write

    with database.read() as connection:
        releases = published_at_state(connection, current_state(connection))
    _write(folder / "now", releases)
    return dict(load_published(folder / "now" / "journeys"))


def published_state(database: Database) -> str:
    with database.read() as connection:
        return current_state(connection)


def listens(database: Database) -> str | None:
    query = (
        sa.select(journey_step.c.listens_to)
        .join(journey, journey.c.id == journey_step.c.journey_id)
        .where(journey_step.c.step == "people")
    )
    with database.read() as connection:
        return connection.scalar(query)


class airflow_dag:  # noqa: N801 - reads as a word of the test
    """A DAG that Airflow knows from a file while the block runs."""

    def __init__(self, airflow: Airflow, dag_id: str, *, file: str = "file.py") -> None:
        path = Path(str(airflow.database.engine.url.database)).parent / "airflow.db"
        self._engine = sa.create_engine(f"sqlite:///{path}")
        self._values = {"dag_id": dag_id, "relative_fileloc": file, "fileloc": file}

    def __enter__(self) -> None:
        self._dag = sa.Table("dag", sa.MetaData(), autoload_with=self._engine, resolve_fks=False)
        needed = {
            column.name: 0 if column.type.python_type in (int, bool) else "dags-folder"
            for column in self._dag.columns
            if not column.nullable or column.name == "bundle_name"
        }
        with self._engine.begin() as connection:
            connection.execute(sa.insert(self._dag).values(needed | self._values))

    def __exit__(self, *_: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(self._dag).where(self._dag.c.dag_id == self._values["dag_id"]))
        self._engine.dispose()
