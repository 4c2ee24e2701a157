"""A collector over a small world: one contact with one message that was sent an hour ago."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from airflow_ma.channels.links import LinkSigner, click_url, link_ids, open_url, unsubscribe_url
from airflow_ma.collector.app import create_app
from airflow_ma.config import settings
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, enrollment, event, message

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/143.0.0.0 Safari/537.36"
)
BASE = "http://testserver"


@dataclass
class World:
    """The database that the collector writes to, and shortcuts to look at it."""

    database: Database
    clock: ManualClock
    signer: LinkSigner

    def add_contact(self, number: int, **values: Any) -> int:
        """A contact with an enrollment that sleeps until tomorrow, and a message, all with this id."""
        now = self.clock.now()
        with self.database.write() as connection:
            connection.execute(
                sa.insert(contact).values(
                    {
                        "id": number,
                        "key": f"c{number}",
                        "language": "ja",
                        "timezone": "Asia/Tokyo",
                        "attributes": {},
                        "created_at": now,
                        "updated_at": now,
                    }
                    | values
                )
            )
            connection.execute(
                sa.insert(enrollment).values(
                    id=number,
                    journey_id=1,
                    version=1,
                    contact_id=number,
                    entry_key="",
                    cohort="",
                    step="wait_for_open",
                    entered_at=now,
                    arrived_at=now,
                    deadline_at=now + DAY,
                    wake_at=now + DAY,
                )
            )
            connection.execute(
                sa.insert(message).values(
                    id=number,
                    enrollment_id=number,
                    step="announce",
                    journey_id=1,
                    contact_id=number,
                    channel="sandbox",
                    template="sale",
                    state="accepted",
                    batch="b",
                    created_at=now,
                    sent_at=now,
                )
            )
        return number

    def add_link(self, url: str) -> int:
        with self.database.write() as connection:
            return link_ids(connection, [url])[url]

    def open_url(self, message_id: int, base: str = BASE) -> str:
        return open_url(base, self.signer.tokens(message_id).open)

    def click_url(self, message_id: int, link_id: int) -> str:
        return click_url(BASE, self.signer.tokens(message_id).click, self.signer.link_token(link_id))

    def visit_token(self, message_id: int) -> str:
        """As a click makes it now."""
        return self.signer.visit_token(message_id, self.clock.now())

    def unsubscribe_url(self, message_id: int, base: str = BASE) -> str:
        return unsubscribe_url(base, self.signer.tokens(message_id).unsubscribe)

    def events(self, *types: str) -> list[Any]:
        with self.database.read() as connection:
            query = sa.select(event).order_by(event.c.id)
            return list(connection.execute(query.where(event.c.type.in_(types)) if types else query))

    def wake_at(self, number: int) -> int | None:
        with self.database.read() as connection:
            return connection.scalar(sa.select(enrollment.c.wake_at).where(enrollment.c.id == number))

    def contact(self, number: int) -> Any:
        with self.database.read() as connection:
            return connection.execute(sa.select(contact).where(contact.c.id == number)).one()


@contextmanager
def serving(app: Starlette) -> Iterator[int]:
    """The app behind a real server in a thread; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def world(database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("AIRFLOW_MA_SITE_HOSTS", "other.example, Shop.example")
    settings.cache_clear()
    world = World(database, clock, LinkSigner.from_settings())
    world.add_contact(1)
    clock.advance(HOUR)
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(
        create_app(world.database), BASE, headers={"user-agent": CHROME}, follow_redirects=False
    ) as client:
        yield client
