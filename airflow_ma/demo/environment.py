"""Where a demo keeps its things and the settings its programs run with."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path

from airflow_ma.demo.messages import text

PORT_VARIABLES = {
    "airflow": "AIRFLOW_MA_DEMO_PORT",
    "collector": "AIRFLOW_MA_DEMO_COLLECTOR_PORT",
    "shop": "AIRFLOW_MA_DEMO_SHOP_PORT",
    "worker_logs": "AIRFLOW_MA_DEMO_WORKER_LOG_PORT",
    "trigger_logs": "AIRFLOW_MA_DEMO_TRIGGER_LOG_PORT",
}
"""The environment variable that moves each port of ``make demo``."""

_BUNDLES = [
    {
        "name": "dags-folder",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {},
    },
    {
        "name": "journeys",
        "classpath": "airflow_ma.bundle.JourneyBundle",
        "kwargs": {"refresh_interval": 5},
    },
]
"""Where Airflow finds DAGs: the checkout's files, and what is published in the builder."""


@dataclass(frozen=True)
class Ports:
    """The ports a demo listens on, all on this machine only."""

    airflow: int = 8080
    collector: int = 8090
    shop: int = 8091
    worker_logs: int = 8793
    trigger_logs: int = 8794

    @classmethod
    def chosen(cls, environ: Mapping[str, str]) -> Ports:
        """The usual ports, moved by ``AIRFLOW_MA_DEMO_*PORT``. Raises ValueError for what is no port."""
        chosen: dict[str, int] = {}
        for field, variable in PORT_VARIABLES.items():
            value = environ.get(variable, "")
            if not value:
                continue
            if not value.isascii() or not value.isdigit() or not 1024 <= int(value) <= 65535:
                raise ValueError(text("bad_port", variable=variable, value=value))
            chosen[field] = int(value)
        ports = cls(**chosen)
        taken: dict[int, str] = {}
        for field, port in ports.named():
            if port in taken:
                first = PORT_VARIABLES[taken[port]]
                raise ValueError(text("same_port", first=first, second=PORT_VARIABLES[field], port=port))
            taken[port] = field
        return ports

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody uses now."""
        sockets = [socket.socket() for _ in fields(cls)]
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            return cls(*[one.getsockname()[1] for one in sockets])
        finally:
            for one in sockets:
                one.close()

    def named(self) -> list[tuple[str, int]]:
        """Every port with its name."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    def in_use(self) -> list[tuple[str, int]]:
        """The ports on which another program already listens."""
        return [(name, port) for name, port in self.named() if not _can_listen(port)]


@dataclass(frozen=True)
class Place:
    """One demo: its folder, its ports and its pace."""

    checkout: Path
    folder: Path
    ports: Ports
    seconds_per_day: float

    @property
    def database(self) -> str:
        """URL of this demo's own database."""
        return f"sqlite:///{self.folder / 'airflow_ma' / 'airflow_ma.db'}"

    @property
    def journal(self) -> Path:
        """What the crowd has done."""
        return self.folder / "crowd.jsonl"

    @property
    def logs(self) -> Path:
        """One file for each program."""
        return self.folder / "logs"

    def url(self, name: str) -> str:
        """Base URL of ``airflow``, ``collector`` or ``shop``."""
        return f"http://localhost:{getattr(self.ports, name)}"

    @property
    def emails(self) -> Path:
        """The email templates: the checkout's own, or a copy whose links lead to this demo's shop."""
        own = self.checkout / "dags" / "emails"
        return own if self.ports.shop == Ports.shop else self.folder / "emails"

    def prepare(self) -> None:
        """Make the folders, Airflow's password file and the copy of the email templates."""
        for folder in (self.folder / "airflow", self.folder / "airflow_ma", self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ".gitignore").write_text("*\n")
        self._passwords.write_text(json.dumps({"admin": "admin", "viewer": "viewer"}))
        # Airflow's own SQLite, made here so that readers and the writer do not lock each other out.
        with closing(sqlite3.connect(self._airflow_database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        own = self.checkout / "dags" / "emails"
        if self.emails != own:
            shutil.copytree(own, self.emails, dirs_exist_ok=True)
            for body in self.emails.glob("*/*/body.*"):
                moved = body.read_text(encoding="utf-8").replace(
                    f"http://localhost:{Ports.shop}", self.url("shop")
                )
                body.write_text(moved, encoding="utf-8")

    @property
    def _airflow_database(self) -> Path:
        return self.folder / "airflow" / "airflow.db"

    @property
    def _passwords(self) -> Path:
        return self.folder / "airflow" / "passwords.json"

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of the demo's programs; the user's own Airflow settings stay out of it."""
        kept = {
            name: value for name, value in environ.items() if not name.startswith(("AIRFLOW__", "AIRFLOW_"))
        }
        pace = f"{self.seconds_per_day:g}"
        unproxied = ",".join(
            filter(None, [environ.get("NO_PROXY") or environ.get("no_proxy"), "localhost,127.0.0.1"])
        )
        return kept | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)]),
            "NO_PROXY": unproxied,
            "no_proxy": unproxied,
            "PYTHONUNBUFFERED": "1",
            "AIRFLOW_HOME": str(self.folder / "airflow"),
            "AIRFLOW_MA_HOME": str(self.folder / "airflow_ma"),
            "AIRFLOW_MA_CHANNEL": "sandbox",
            "AIRFLOW_MA_COLLECTOR_URL": self.url("collector"),
            "AIRFLOW_MA_SITE_HOSTS": "localhost",
            "AIRFLOW_MA_EMAILS": str(self.emails),
            "AIRFLOW_MA_SENDER_NAME": "やまなみ Yamanami",
            "AIRFLOW_MA_SENDER_EMAIL": "hello@yamanami.example.com",
            # A day lasts seconds here, and so does a task's start: it would come too late for the morning.
            "AIRFLOW_MA_QUIET_HOURS": "",
            "AIRFLOW_MA_POSTAL_ADDRESS": "〒390-0000 長野県見本市1-2-3 / 1-2-3 Mihon, Nagano",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self._airflow_database}?timeout=60",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "3",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.checkout / "dags"),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self._passwords),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports.airflow),
            "AIRFLOW__API__BASE_URL": self.url("airflow"),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__INSTANCE_NAME": f"airflow_ma demo (1 day = {pace} s)",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self.ports.worker_logs),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(self.ports.trigger_logs),
            # A worker keeps its slot for a heartbeat after its task; at the usual 5 s short tasks queue up.
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
            # A killed task is noticed within a minute, not five: its journey's run waits for it.
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "45",
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
            "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(_BUNDLES),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self.folder / "airflow" / "bundles"),
            # What was published twice within this time would show its second version only after it.
            "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "2",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        }


def _can_listen(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port closed a moment ago is free
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
