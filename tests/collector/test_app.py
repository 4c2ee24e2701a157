"""The collector as a whole: its health, a database that is away, and many requests at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.channels.links import click_url, open_url, unsubscribe_url
from airflow_ma.collector import app as collector_app
from airflow_ma.collector import intake
from airflow_ma.collector.app import collector_database, create_app, serve
from airflow_ma.config import settings
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import VERSION_TABLE, Database, DatabaseError
from airflow_ma.engine.tables import enrollment, message, visitor
from tests.collector.conftest import BASE, CHROME, World, serving

PAGE = {"visitor": "b" * 32, "messageId": "message-1", "url": "https://shop.example/"}


def test_healthy(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_another_schema_is_not_healthy(world: World, client: TestClient) -> None:
    with world.database.write() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "version 9999" in answer.json()["reason"]


def test_a_missing_database_is_not_healthy_and_not_located(tmp_path: Path) -> None:
    client = TestClient(create_app(Database(f"sqlite:///{tmp_path}/missing.db")))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "there is no database at missing.db; run: airflow-ma db migrate"


def test_serving_without_a_database_says_what_to_run() -> None:
    with pytest.raises(DatabaseError, match="run: airflow-ma db migrate"):
        serve("127.0.0.1", 0)


def test_without_being_given_one_it_opens_the_installations_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", world.database.url)
    settings.cache_clear()
    with TestClient(create_app()) as client:
        assert client.get("/healthz").status_code == 200
        client.get(world.open_url(1))
    assert len(world.events("email.open")) == 1


def test_an_unreachable_database_loses_no_reader(caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(
        create_app(Database("postgresql://someone:hush@127.0.0.1:1/ma")), follow_redirects=False
    )
    signer = intake.LinkSigner.from_settings()
    opened, clicked, left = signer.tokens(1)
    gone = unsubscribe_url(BASE, left)
    assert client.get(open_url(BASE, opened)).headers["content-type"] == "image/gif"
    assert client.get(gone).status_code == 200
    for answer in (
        client.get(click_url(BASE, clicked, signer.link_token(1))),
        client.post(gone),
        client.post("/v/page", json=PAGE),
        client.get("/healthz"),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    assert "127.0.0.1" not in client.get("/healthz").text
    assert "hush" not in caplog.text


def test_opens_do_not_crowd_out_who_unsubscribes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BACKLOG_LIMIT", 3)
    for number in (2, 3):
        world.add_contact(number)
    away = Database("postgresql://someone:hush@127.0.0.1:1/ma")
    for round_ in (1, 2):  # what an earlier collector has left counts, too
        with TestClient(create_app(away), headers={"user-agent": CHROME}) as client:
            for number in (1, 2, 3, 1, 2):
                assert client.get(world.open_url(number, "")).status_code == 200
            assert client.post(world.unsubscribe_url(round_, "")).status_code == 503
    assert len([line for file in (settings().home / "collector").iterdir() for line in file.open()]) == 3 + 2
    monkeypatch.setattr(intake, "_BACKLOG_PAUSE", 0.01)
    with TestClient(create_app(world.database)):
        pass
    assert [world.contact(number).unsubscribed_at is None for number in (1, 2, 3)] == [False, False, True]
    assert len(world.events("email.open")) == 3


def test_there_is_an_end_to_connections(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, object] = {}
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", world.database.url)
    settings.cache_clear()
    monkeypatch.setattr(collector_app.uvicorn, "run", lambda app, **options: said.update(options))
    serve("127.0.0.1", 0)
    assert said["limit_concurrency"] == collector_app.MOST_CONNECTIONS < 1_024


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program holds the table of events for writing."""
    with database.write() as connection:
        connection.execute(
            sa.text("SELECT 1" if database.is_sqlite else "LOCK TABLE ma_event IN EXCLUSIVE MODE")
        )
        yield


def test_a_locked_database_delays_but_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector_app, "LOCK_WAIT", 1)
    monkeypatch.setattr(intake, "_BACKLOG_PAUSE", 0.1)
    link = world.add_link("https://shop.example/")
    with world.database.write() as connection:
        connection.execute(sa.update(message).values(sent_at=0))  # this collector goes by the real time
    database = collector_database(world.database.url)
    with TestClient(
        create_app(database), BASE, headers={"user-agent": CHROME}, follow_redirects=False
    ) as client:
        with locked(world.database), ThreadPoolExecutor(4) as pool:
            opened = pool.submit(client.get, world.open_url(1))
            clicked = pool.submit(client.get, world.click_url(1, link))
            gone = pool.submit(client.post, world.unsubscribe_url(1))
            visited = pool.submit(client.post, "/v/page", json=PAGE)
            assert opened.result().headers["content-type"] == "image/gif"
            assert clicked.result().headers["location"].startswith("https://shop.example/?")
            assert gone.result().status_code == 503
            assert visited.result().status_code == 503
            assert visited.result().json()["error"] == "unavailable"
        assert client.post("/v/page", json=PAGE).status_code == 202
        end = time.monotonic() + 20
        while len(world.events()) < 4 and time.monotonic() < end:
            time.sleep(0.05)
    assert sorted(e.type for e in world.events()) == [
        "email.click",
        "email.open",
        "email.unsubscribe",
        "page.view",
    ]
    assert world.contact(1).unsubscribed_at is not None


def test_what_waits_is_stored_when_the_collector_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector_app, "LOCK_WAIT", 1)
    monkeypatch.setattr(intake, "_BACKLOG_PAUSE", 3600)
    database = collector_database(world.database.url)
    with TestClient(create_app(database)) as client:
        with locked(world.database):
            client.get(world.open_url(1))
        assert world.events() == []
    assert len(world.events("email.open")) == 1


def test_many_requests_at_once_are_counted_exactly(world: World) -> None:
    threads, each = 8, 12
    for number in range(2, 6):
        world.add_contact(number)
    world.clock.advance(HOUR)
    together = threading.Barrier(threads)

    def behave(thread: int) -> None:
        with httpx.Client(base_url=base, headers={"user-agent": CHROME}) as client:
            together.wait()
            for n in range(each):
                for number in range(1, 6) if thread % 2 else range(5, 0, -1):
                    assert client.get(world.open_url(number, "")).status_code == 200
                same = PAGE | {"messageId": f"the-same-{n}"}
                own = PAGE | {"visitor": f"own-visitor-{thread:08d}", "messageId": f"own-{thread}-{n}"}
                for told in (same, own):
                    assert client.post("/v/page", json=told).status_code == 202
                client.post("/v/page", json=own | {"ma": world.visit_token(1 + thread % 5)})
            client.post(world.unsubscribe_url(1, ""))

    with serving(create_app(world.database)) as port, ThreadPoolExecutor(threads) as pool:
        base = f"http://127.0.0.1:{port}"
        list(pool.map(behave, range(threads)))
    stored = Counter((e.type, e.contact_id) for e in world.events())
    assert {key: count for key, count in stored.items() if key[0] != "page.view"} == {
        **{("email.open", number): 1 for number in range(1, 6)},
        ("email.unsubscribe", 1): 1,
    }
    of_contact = Counter(1 + thread % 5 for thread in range(threads))
    assert {key[1]: count for key, count in stored.items() if key[0] == "page.view"} == {
        None: each,
        **{number: each * browsers for number, browsers in of_contact.items()},
    }
    assert {world.wake_at(number) for number in range(1, 6)} == {world.clock.now()}


def test_a_browser_that_two_contacts_claim_at_once_gets_one_of_them(world: World) -> None:
    world.add_contact(2)

    def claim(n: int) -> str:
        told = PAGE | {"messageId": f"message-{n}", "ma": world.visit_token(1 + n % 2)}
        return str(httpx.post(f"http://127.0.0.1:{port}/v/page", json=told).json()["visitor"])

    with serving(create_app(world.database)) as port, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(claim, range(24)))
    with world.database.read() as connection:
        owners = {row.id: row.contact_id for row in connection.execute(sa.select(visitor))}
    assert sorted(owners.values()) == [1, 2]
    assert [owners[answer] for answer in answers] == [1 + n % 2 for n in range(24)]
    assert all(e.contact_id == owners[e.visitor_id] for e in world.events())
    assert Counter(e.contact_id for e in world.events()) == {1: 12, 2: 12}


def test_a_wake_up_waits_for_a_sweep_that_holds_the_enrollment(
    postgres_database: Database, clock: ManualClock
) -> None:
    world = World(postgres_database, clock, intake.LinkSigner.from_settings())
    world.add_contact(1)
    clock.advance(HOUR)
    client = TestClient(create_app(postgres_database))
    with ThreadPoolExecutor(1) as pool:
        with postgres_database.write() as connection:
            held = sa.select(enrollment.c.id).where(enrollment.c.id == 1).with_for_update()
            connection.execute(held)
            request = pool.submit(client.get, world.open_url(1))
            time.sleep(0.3)
            assert not request.done()
            assert world.events() == [], "stored only together with the wake-up"
            connection.execute(sa.update(enrollment).values(wake_at=clock.now() + DAY, step="next"))
        assert request.result().status_code == 200
    assert len(world.events("email.open")) == 1
    assert world.wake_at(1) == clock.now()
