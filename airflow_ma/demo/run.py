"""Running the whole product with fictional customers: start everything, watch it, stop it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx

from airflow_ma.demo.airflow_api import AirflowApi
from airflow_ma.demo.campaigns import CAMPAIGNS, CONTACTS, ONE_OFF, accepted, audience, known_progress
from airflow_ma.demo.environment import PORT_VARIABLES, Place
from airflow_ma.demo.messages import say, text
from airflow_ma.demo.processes import Programs
from airflow_ma.engine.clock import DAY, read_clock, set_fast_forward
from airflow_ma.engine.database import Database

AIRFLOW_SECONDS = 180
DAG_SECONDS = 90
_STATUS_SECONDS = 15.0
# A clock that stood still would be no clock; at its normal pace it keeps its place meanwhile.
_RESTING_SECONDS_PER_DAY = 86_400.0


class DemoError(RuntimeError):
    """The demo cannot go on; the message says why and what to do."""


class Demo:
    """One running demo. Use ``running`` to make one."""

    def __init__(self, place: Place, programs: Programs, stop: threading.Event) -> None:
        self.place = place
        self.programs = programs
        self.stop = stop
        self.api = AirflowApi(place.url("airflow"))
        self.database = Database(place.database)
        self.environment = place.environment(os.environ)
        self._started_at = 0

    def start(self) -> None:
        """Start everything up to the crowd. Raises DemoError, or KeyboardInterrupt when told to stop."""
        self._refuse_taken_ports()
        self.place.prepare()
        self._prepare_data()
        say("collector")
        host = ["--host", "127.0.0.1"]
        self._program(
            "collector", "airflow-ma", "collector", *host, "--port", str(self.place.ports.collector)
        )
        shop = ["airflow_ma.demo.shop:create_shop", "--factory", "--no-access-log", *host]
        self._program("shop", "uvicorn", *shop, "--port", str(self.place.ports.shop))
        say("airflow")
        self._program("airflow", "airflow", "standalone")
        self._wait_for_airflow()
        say("dags")
        for dag in CAMPAIGNS:
            self._wait_for_dag(dag)
        self._run_fast()
        say("crowd")
        pace = str(self.place.seconds_per_day)
        crowd = ["--airflow", self.place.url("airflow"), "--journal", str(self.place.journal)]
        self._program("crowd", "python", "-m", "airflow_ma.demo.crowd", *crowd, "--seconds-per-day", pace)
        if self.api.run_once(ONE_OFF):
            say("cold_started")

    def check_programs(self) -> None:
        """Raise DemoError when a program has ended by itself; the crowd may, it is bounded."""
        ended = self.programs.ended()
        if ended is None:
            return
        name, code = ended
        if name == "crowd" and code == 0:
            self.programs.forget(name)
            say("crowd_rests")
            return
        log = self.place.logs / f"{name}.log"
        raise DemoError(text("program_ended", name=name, code=code, log=log) + "\n" + _tail(log))

    def pause(self, seconds: float) -> None:
        """Wait; raise KeyboardInterrupt when told to stop, DemoError when a program has ended."""
        if self.stop.wait(seconds):
            raise KeyboardInterrupt
        self.check_programs()

    def status(self) -> str:
        """One line: the day, and how far each campaign is."""
        with self.database.read() as connection:
            day = (read_clock(connection).now() - self._started_at) / DAY
            found = known_progress(connection)
        sale, cold = (found.get(key) for key in CAMPAIGNS)
        return text(
            "status",
            day=f"{day:.1f}",
            sale_active=sale.active if sale else 0,
            sale_left=sum(sale.left.values()) if sale else 0,
            cold_active=cold.active if cold else 0,
            cold_left=sum(cold.left.values()) if cold else 0,
            messages=sum(map(accepted, found.values())),
            alerts=sum(progress.alerts for progress in found.values()),
        )

    def rest(self) -> None:
        """Slow the clock down until the next start, so that no contact's deadline passes meanwhile."""
        if not self._started_at:
            return
        with self.database.write() as connection:
            set_fast_forward(connection, seconds_per_day=_RESTING_SECONDS_PER_DAY, channel="sandbox")

    def close(self) -> None:
        """Let go of connections."""
        self.api.close()
        self.database.dispose()

    def _refuse_taken_ports(self) -> None:
        for name, port in self.place.ports.in_use():
            raise DemoError(text("port_taken", port=port, variable=PORT_VARIABLES[name], other=port + 1000))

    def _prepare_data(self) -> None:
        imported = self.place.folder / "imported"
        if imported.exists():
            say("goes_on")
        say("migrate")
        self._command("migrate", "db", "migrate")
        if not imported.exists():
            say("import", count=len(audience(None)))
            self._command("import", "contacts", "import", str(CONTACTS))
            imported.touch()

    def _run_fast(self) -> None:
        """From here on time runs fast: not earlier, or deadlines would pass while Airflow starts."""
        channel = self.environment["AIRFLOW_MA_CHANNEL"]
        with self.database.write() as connection:
            clock = set_fast_forward(connection, seconds_per_day=self.place.seconds_per_day, channel=channel)
        self._started_at = clock.now()
        say("clock", pace=f"{self.place.seconds_per_day:g}")

    def _command(self, name: str, *arguments: str) -> None:
        command = [_script("airflow-ma"), *arguments]
        log = self.place.logs / f"{name}.log"
        with log.open("wb") as output:
            result = subprocess.run(  # noqa: S603
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C waits for it: it takes seconds, and half of it helps nobody
                check=False,
            )
        if self.stop.is_set():
            raise KeyboardInterrupt
        if result.returncode:
            shown = " ".join(["airflow-ma", *arguments])
            raise DemoError(text("step_failed", command=shown) + "\n" + _tail(log))

    def _program(self, name: str, command: str, *arguments: str) -> None:
        self.programs.start(
            name, [_script(command), *arguments], self.environment, self.place.logs / f"{name}.log"
        )

    def _wait_for_airflow(self) -> None:
        begin = time.monotonic()
        while not self.api.is_healthy():
            if time.monotonic() - begin > AIRFLOW_SECONDS:
                log = self.place.logs / "airflow.log"
                raise DemoError(text("airflow_late", seconds=AIRFLOW_SECONDS, log=log) + "\n" + _tail(log))
            self.pause(0.5)
        say("airflow_ready", seconds=round(time.monotonic() - begin))

    def _wait_for_dag(self, dag: str) -> None:
        end = time.monotonic() + DAG_SECONDS
        while not self._has_dag(dag):
            if time.monotonic() > end:
                errors = [
                    f"{error['filename']}\n{error['stack_trace']}" for error in self.api.import_errors()
                ]
                reasons = errors or [text("no_reason", log=self.place.logs / "airflow.log")]
                raise DemoError("\n".join([text("dag_missing", dag=dag), *reasons]))
            self.pause(1.0)

    def _has_dag(self, dag: str) -> bool:
        try:
            return self.api.has_dag(dag)
        except httpx.TransportError:  # the API server may still be busy with its start
            return False


@contextmanager
def running(place: Place) -> Iterator[Demo]:
    """A started demo; stops everything at the end, whatever happened.

    Raises AlreadyRunningError when the folder is in use, DemoError when it cannot start.
    """
    stop = threading.Event()

    def told_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    # Handlers of our own: under `make demo &` SIGINT comes ignored, and our programs would inherit that.
    before = {number: signal.signal(number, told_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Programs(place.folder) as programs:
            demo = Demo(place, programs, stop)
            try:
                demo.start()
                yield demo
            finally:
                if programs.any_started:
                    say("stopping")
                    programs.stop("crowd")
                    demo.rest()
                    programs.stop()
                    say("stopped")
                demo.close()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch(place: Place) -> None:
    """``make demo``: start, say where to look, and report progress until Ctrl-C."""
    with running(place) as demo:
        _print_box(place)
        shown, due = "", time.monotonic()
        try:
            while True:
                demo.pause(0.5)
                if time.monotonic() >= due:
                    due = time.monotonic() + _STATUS_SECONDS
                    line = demo.status()
                    if line.partition(":")[2] != shown:
                        print(line, flush=True)
                        shown = line.partition(":")[2]
        except KeyboardInterrupt:
            pass


def _print_box(place: Place) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table

    airflow = place.url("airflow")
    rows = Table.grid(padding=(0, 3))
    for label, value in (
        ("box_airflow", f"{airflow}   (admin / admin)"),
        ("box_builder", f"{airflow}/plugin/airflow-ma-journeys"),
        ("box_campaign", f"{airflow}/dags/sale_announcement"),
        ("box_mailbox", f"{airflow}/airflow-ma/mailbox"),
        ("box_health", f"{airflow}/airflow-ma/health"),
        ("box_shop", place.url("shop")),
        ("box_time", text("box_pace", pace=f"{place.seconds_per_day:g}")),
        ("box_end", text("box_how")),
    ):
        rows.add_row(text(label), value)
    Console().print(Panel(rows, title=text("box_title"), expand=False, padding=(1, 3)))


def _script(name: str) -> str:
    """A program of this Python's environment, whatever PATH says."""
    return str(Path(sys.executable).with_name(name))


def _tail(log: Path, lines: int = 25) -> str:
    if not log.exists():
        return ""
    with log.open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, maxlen=lines)).rstrip()
