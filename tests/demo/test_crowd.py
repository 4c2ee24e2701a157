"""The crowd against the real mailbox API, the real collector and the real shop."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn
from airflow.api_fastapi.core_api.security import get_user
from fastapi import FastAPI, Header, HTTPException

from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.channels.templates import load_template
from airflow_ma.collector.app import create_app
from airflow_ma.config import settings
from airflow_ma.demo.crowd import Crowd, Limits, read_journal
from airflow_ma.demo.customers import plan
from airflow_ma.demo.environment import Place, Ports
from airflow_ma.demo.loopback import RequestsExhaustedError
from airflow_ma.demo.shop import create_shop
from airflow_ma.engine.clock import set_fast_forward
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, event, journey, message
from airflow_ma.plugin.access import Reader, reader
from airflow_ma.plugin.mail import mailbox_api

CHECKOUT = Path(__file__).parents[2]
SECONDS_PER_DAY = 0.3
CUSTOMERS, OWNERS = 90, 30


@contextmanager
def _serving(app: Any, port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield
        server.should_exit = True
        thread.join()


def _airflow(database: Database, journeys: set[int]) -> FastAPI:
    """Airflow's login and, behind it, the mailbox API."""

    def signed_in(authorization: str = Header("")) -> Reader:
        if authorization != "Bearer good":
            raise HTTPException(401)
        return Reader(database, frozenset(journeys))

    app = FastAPI()

    @app.post("/auth/token", status_code=201)
    def token(who: dict[str, str]) -> dict[str, str]:
        assert who == {"username": "admin", "password": "admin"}
        return {"access_token": "good"}

    mailbox = FastAPI()
    mailbox.include_router(mailbox_api.router)
    mailbox.dependency_overrides[reader] = signed_in
    mailbox.dependency_overrides[get_user] = lambda: None
    app.mount("/airflow-ma", mailbox)
    return app


@dataclass
class Town:
    """A shop with its mail, and people whose mail has just arrived."""

    database: Database
    place: Place

    def live(self, **limits: Any) -> None:
        crowd = Crowd(
            self.place.url("airflow"),
            self.place.journal,
            seconds_per_day=SECONDS_PER_DAY,
            limits=Limits(**limits),
        )
        asyncio.run(crowd.run(until_idle=1.0))

    def send(self, first: int, people: int, template: str, journey_id: int) -> None:
        now = self.database.clock().now()
        mails = []
        with self.database.write() as connection:
            for number in range(first, first + people):
                person = {
                    "id": number,
                    "key": f"C{number}",
                    "email": f"person{number}@example.com",
                    "language": "ja" if number % 2 else "en",
                    "timezone": "Asia/Tokyo",
                    "attributes": {},
                    "created_at": now,
                    "updated_at": now,
                }
                connection.execute(sa.insert(contact).values(person))
                connection.execute(
                    sa.insert(message).values(
                        id=number,
                        enrollment_id=number,
                        step=template,
                        journey_id=journey_id,
                        contact_id=number,
                        channel="sandbox",
                        template=template,
                        state="accepted",
                        batch="b",
                        created_at=now,
                        sent_at=now,
                    )
                )
                recipient = Recipient(
                    number, f"C{number}", person["email"], None, person["language"], "Asia/Tokyo", "{}"
                )
                mails.append(OutgoingMail(number, recipient))
        SandboxChannel(self.database).send(load_template(self.place.emails, template), mails, now=now)

    def events(self) -> Counter[tuple[str, str]]:
        """(address, type) of everything that was recorded."""
        query = sa.select(contact.c.email, event.c.type).join(contact, contact.c.id == event.c.contact_id)
        with self.database.read() as connection:
            return Counter((row.email, row.type) for row in connection.execute(query))


@pytest.fixture
def town(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    place = Place(CHECKOUT, tmp_path / ".demo", Ports.free(), SECONDS_PER_DAY)
    place.prepare()
    for name in ("AIRFLOW_MA_COLLECTOR_URL", "AIRFLOW_MA_SITE_HOSTS"):
        monkeypatch.setenv(name, place.environment({})[name])
    settings.cache_clear()
    path = tmp_path / "airflow_ma.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        for number, key in enumerate(("sale_announcement", "cold_outreach"), 1):
            row = {"id": number, "key": key, "title": key, "mode": "one_off", "version": 1, "created_at": 0}
            connection.execute(sa.insert(journey).values(row))
        set_fast_forward(connection, seconds_per_day=SECONDS_PER_DAY, channel="sandbox")
    with ExitStack() as servers:
        for app, port in (
            (_airflow(database, {1, 2}), place.ports.airflow),
            (create_app(Database(database.url)), place.ports.collector),
            (create_shop(), place.ports.shop),
        ):
            servers.enter_context(_serving(app, port))
        yield Town(database, place)
    database.dispose()


def _planned(
    first: int, people: int, subjects: dict[str, str], *, is_letter: bool
) -> Counter[tuple[str, str]]:
    planned: Counter[tuple[str, str]] = Counter()
    for number in range(first, first + people):
        address = f"person{number}@example.com"
        subject = subjects["ja" if number % 2 else "en"]
        planned.update((address, act.kind) for act in plan(1, address, subject, is_letter=is_letter))
    return planned


def _subjects(place: Place, template: str) -> dict[str, str]:
    names = {"ja": "ja", "en": "en"}
    return {
        language: (place.emails / template / folder / "subject.txt").read_text(encoding="utf-8").strip()
        for language, folder in names.items()
    }


def test_what_people_do_arrives_as_events_of_the_right_people(town: Town) -> None:
    town.send(1, CUSTOMERS, "sale_ends_soon", 1)
    town.send(1001, OWNERS, "cold_second", 2)
    town.live()

    acts = read_journal(town.place.journal)
    assert [entry for entry in acts if "trouble" in entry] == []
    done = Counter((entry["to"], entry["act"]) for entry in acts)
    assert done == _planned(
        1, CUSTOMERS, _subjects(town.place, "sale_ends_soon"), is_letter=False
    ) + _planned(1001, OWNERS, _subjects(town.place, "cold_second"), is_letter=True)
    kinds = Counter(kind for _, kind in done)
    assert min(kinds[kind] for kind in ("open", "visit", "return", "reply")) > 0

    events = town.events()
    for act, recorded in (("open", "email.open"), ("visit", "email.click"), ("reply", "reply")):
        assert {who for who, kind in done if kind == act} == {who for who, kind in events if kind == recorded}
    pages = Counter(entry["to"] for entry in acts for _ in entry.get("pages", ()))
    for recorded in ("page.view", "page.dwell"):
        assert pages == Counter({who: number for (who, kind), number in events.items() if kind == recorded})
    with town.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(event.c.machine)) == 0
        viewed = connection.scalars(sa.select(event.c.url).where(event.c.type == "page.view")).all()
    assert all(url.startswith(town.place.url("shop") + "/") and "ma=" not in url for url in viewed)
    unsubscribed = {entry["to"] for entry in acts if entry["act"] == "unsubscribe"}
    with town.database.read() as connection:
        gone = connection.scalars(sa.select(contact.c.email).where(contact.c.unsubscribed_at.is_not(None)))
        assert set(gone) == unsubscribed


def test_a_crowd_that_is_started_again_repeats_nothing_and_finishes_the_rest(town: Town) -> None:
    town.send(1, CUSTOMERS, "sale_ends_soon", 1)
    with pytest.raises(RequestsExhaustedError):
        town.live(requests=60)
    half = Counter((entry["to"], entry["act"]) for entry in read_journal(town.place.journal))
    town.live()
    whole = Counter((entry["to"], entry["act"]) for entry in read_journal(town.place.journal))
    assert 0 < half.total() < whole.total()
    assert whole == _planned(1, CUSTOMERS, _subjects(town.place, "sale_ends_soon"), is_letter=False)


def test_it_ends_when_its_time_is_over(town: Town) -> None:
    town.send(1, CUSTOMERS, "sale_ends_soon", 1)
    begin = time.monotonic()
    town.live(seconds=1.0)
    assert time.monotonic() - begin < 5
    assert read_journal(town.place.journal) == []
