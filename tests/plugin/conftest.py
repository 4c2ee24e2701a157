"""Airflow's own web server with our plugin, started once, behind a base URL with a prefix."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, journey, journey_step, mailbox, message, metadata

USERS = {"admin": "admin", "op": "op", "user": "user", "viewer": "viewer", "only_sale": "user"}
"""Name -> role."""
PREFIX = "/af"
START_SECONDS = 90
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: httpx would read all certificates each time


@dataclass(frozen=True)
class Airflow:
    """A running web server and our own database that it reads."""

    url: str
    database: Database
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, role: str | None = None) -> httpx.Client:
        """A client with the bearer token of that role; without one nobody is signed in."""
        headers = {"Authorization": f"Bearer {self._token(role)}"} if role else {}
        return self._client(headers=headers)

    def browser(self, role: str) -> httpx.Client:
        """A client that is signed in by cookie and says where its requests come from, as browsers do."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
        return self._client(headers=headers, cookies={"_token": self._token(role)})

    def _client(self, **settings: Any) -> httpx.Client:
        return httpx.Client(base_url=f"{self.url}/airflow-ma", timeout=30, verify=NO_TLS, **settings)

    def _token(self, role: str) -> str:
        if role not in self.tokens:
            login = {"username": role, "password": role}
            self.tokens[role] = (
                self._client().post(f"{self.url}/auth/token", json=login).json()["access_token"]
            )
        return self.tokens[role]


@pytest.fixture(scope="session")
def running_airflow(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Airflow]:
    with serving(tmp_path_factory.mktemp("airflow"), sqlite_template) as airflow:
        yield airflow


@contextmanager
def serving(home: Path, sqlite_template: Path, **settings: str) -> Iterator[Airflow]:
    """Airflow's web server at work in a folder of its own; ``settings`` are further environment variables."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}{PREFIX}"
    (home / "passwords.json").write_text(json.dumps({name: name for name in USERS}))
    (home / "airflow_ma.db").write_bytes(sqlite_template.read_bytes())
    database_url = f"sqlite:///{home}/airflow_ma.db"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API_AUTH__JWT_SECRET": "x" * 64,
        "AIRFLOW__CORE__AUTH_MANAGER": "tests.plugin.rights.RightsByDag",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(
            [{"name": "journeys", "classpath": "airflow_ma.bundle.JourneyBundle", "kwargs": {}}]
        ),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(
            f"{name}:{role}" for name, role in USERS.items()
        ),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW_MA_HOME": str(home / "ma"),
        "AIRFLOW_MA_DATABASE_URL": database_url,
        **settings,
    }
    log = home / "server.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "tests.plugin.airflow_server", str(port)]
        root = Path(__file__).parents[2]
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output)
    database = Database(database_url, clock=ManualClock())
    try:
        _wait_for(url, server, log)
        yield Airflow(url, database)
    finally:
        server.terminate()
        server.wait(30)
        database.dispose()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx.get(f"{url}/api/v2/version").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"the web server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def airflow(running_airflow: Airflow) -> Airflow:
    """The running web server with an empty database of ours."""
    empty(running_airflow.database)
    return running_airflow


def empty(database: Database) -> None:
    """Delete everything in our own database."""
    with database.write() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))


Deliver = Callable[..., None]


@pytest.fixture
def deliver(airflow: Airflow) -> Deliver:
    """Puts a mail into the mailbox of the running web server."""
    return lambda *args, **kwargs: put_mail(airflow.database, *args, **kwargs)


def put_mail(
    database: Database,
    message_id: int,
    *,
    subject: str = "The sale begins",
    html: str = "<p>Hello</p>",
    to: str = "hanako@example.jp",
    journey_key: str = "sale",
) -> None:
    """Store a delivered mail with the journey, step, contact and message it belongs to."""
    now = database.clock().now()
    with database.write() as connection:
        j = connection.scalar(sa.select(journey.c.id).where(journey.c.key == journey_key))
        if j is None:
            new = {
                "key": journey_key,
                "title": journey_key.title(),
                "mode": "one_off",
                "version": 1,
                "created_at": now,
            }
            j = connection.execute(sa.insert(journey).values(new)).inserted_primary_key[0]
            step = {"journey_id": j, "step": "announce", "kind": "send_email", "title": "Announce the sale"}
            connection.execute(sa.insert(journey_step).values(step | {"position": 0, "version": 1}))
        who = {"id": message_id, "key": f"C{message_id}", "language": "ja", "timezone": "Asia/Tokyo"}
        who |= {"attributes": {}, "created_at": now, "updated_at": now}
        connection.execute(sa.insert(contact).values(who))
        sent = {"id": message_id, "enrollment_id": message_id, "step": "announce", "journey_id": j}
        sent |= {"contact_id": message_id, "channel": "sandbox", "template": "sale", "state": "accepted"}
        connection.execute(sa.insert(message).values(sent | {"batch": "b", "created_at": now}))
        mail = {
            "message_id": message_id,
            "to_address": to,
            "to_name": "山田 花子",
            "sender": "shop@example.jp",
        }
        mail |= {
            "subject": subject,
            "html": html,
            "text": "Hello",
            "headers": {"List-Unsubscribe": "<http://c/u/1>"},
        }
        connection.execute(sa.insert(mailbox).values(mail | {"delivered_at": now}))
