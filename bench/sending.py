"""``python -m bench sending``: mails a CPU second, ours beside the plain way and the bare floor."""

from __future__ import annotations

import contextlib
import json
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.databases import NoServerError, PostgresqlStore, SqliteStore, Store
from bench.outcome import DifferentWorkError, assert_same
from bench.process import MeasurementError, live_in, measure

WARM_UP = 100
PLAIN = 1_000
"""Mails that the plain ways send: they are slow, and each of their mails costs the same."""
TITLES = {
    "ours": "airflow_ma, SendGrid",
    "ledger": "bare floor with ledger's rows",
    "floor": "bare floor: posts, no ledger",
    "plain": "sendgrid package",
    "smtp": "airflow_ma, SMTP",
    "smtp_plain": "smtplib and EmailMessage",
}
WITH_LEDGER = ("ours", "ledger", "smtp")
"""The ways that are measured on each database."""
AIMS = {"constant": 0.5, "personal": 0.25}
"""Least share of the bare floors, by CPU."""
LEAST = 40_000
"""Mails per CPU second over SendGrid, ledger included."""
COMPARED = """\
Ours does everything: claims, ledger, consent, suppression, caps, rendering, requests, receipts and moving
people on. The floor with the ledger's rows posts the same bytes, ready made, and leaves the same rows by
the least SQL, past SQLAlchemy: mails written as 'sending' and committed before the request, then
'accepted', moves, new places. It renders nothing, reads no recipients, and looks at no consent,
suppression, cap or pause. The other floor posts the same bytes and does nothing else: what keeps a ledger
cannot come near it. The plain ways keep no ledger and look nobody up. The servers run on this machine in
processes of their own; their CPU is not counted. PostgreSQL's is."""


@dataclass
class Way:
    """What sending in one way cost, one entry for each run."""

    database: str
    way: str
    kind: str
    number: int
    runs: list[dict[str, float]]

    @property
    def rate(self) -> float:
        """Mails per CPU second (the database server's included), median."""
        return self.number / statistics.median(run["client"] + run["server"] for run in self.runs)

    @property
    def by_clock(self) -> float:
        """Mails per second, median."""
        return self.number / statistics.median(run["wall"] for run in self.runs)


@contextlib.contextmanager
def _server(module: str, *arguments: str) -> Iterator[str]:
    """A server of the tests in a process of its own; gives the first word it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline().split()
        if not first:
            raise MeasurementError(f"{module} did not start")
        yield first[0]
    finally:
        process.terminate()
        process.wait(10)


@click.command()
@click.option("--number", type=click.IntRange(1_000), default=20_000, help="Mails to send in each run.")
@click.option("--repeats", type=click.IntRange(1, 20), default=3, help="Runs of each way.")
@click.option("--databases", default="sqlite,postgresql", help="sqlite, postgresql or both.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here."
)
def sending(number: int, repeats: int, databases: str, json_file: Path | None) -> None:
    """Send over SendGrid and SMTP to servers on this machine, and compare what a mail costs."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped then, too
    progress = Console(stderr=True, highlight=False)
    found: list[Way] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="airflow_ma_bench_")))
        live_in(folder / "home")
        light = ("--validation", "light", "--keep", "counts")
        servers = {
            "sendgrid": stack.enter_context(_server("tests.fakes.sendgrid", *light)),
            "smtp": "127.0.0.1:" + stack.enter_context(_server("tests.fakes.smtp_process")),
        }
        try:
            for name in databases.split(","):
                store: Store = SqliteStore(folder) if name == "sqlite" else _postgresql(folder, stack)
                ways = list(WITH_LEDGER) if found else list(TITLES)
                for kind in AIMS:
                    found += _compare(store, ways, kind, number, repeats, servers, progress)
        except (MeasurementError, DifferentWorkError, NoServerError) as error:
            raise click.ClickException(str(error)) from error
    _show(Console(width=None if Console().is_terminal else 150), found)
    if json_file is not None:
        json_file.write_text(json.dumps([vars(way) for way in found], indent=1) + "\n")


def _postgresql(folder: Path, stack: ExitStack) -> Store:
    store = PostgresqlStore(folder)
    stack.callback(store.stop)
    return store


def _compare(
    store: Store,
    ways: Sequence[str],
    kind: str,
    number: int,
    repeats: int,
    servers: dict[str, str],
    progress: Console,
) -> list[Way]:
    """The ways in turn, so that a busy minute hits all of them.

    Raises DifferentWorkError when ours and the floor with a ledger left different rows.
    """
    sizes = {way: min(number, PLAIN) if way in ("plain", "smtp_plain") else number for way in ways}
    done = {way: Way(store.kind, way, kind, sizes[way], []) for way in ways}
    for _ in range(repeats):
        left: dict[str, dict[str, Any]] = {}
        for way in ways:
            server = servers["smtp" if way.startswith("smtp") else "sendgrid"]
            with store.copy(sizes[way]) as url, store.copy(WARM_UP) as warm_up_url:
                run = measure(
                    "sending",
                    way=way,
                    kind=kind,
                    number=sizes[way],
                    server=server,
                    url=url,
                    warm_up_url=warm_up_url,
                    server_pid=store.server_pid,
                )
            left[way] = {what: run.pop(what) for what in ("outcome", "written")}
            done[way].runs.append(run)
        for what in ("outcome", "written"):
            assert_same(left["ours"][what], left["ledger"][what])
    for one in done.values():
        said = f"{store.kind}, {kind}: {TITLES[one.way]}: {one.rate:,.0f} mails per CPU second"
        progress.print(said, style="dim")
    return list(done.values())


def _show(console: Console, found: list[Way]) -> None:
    base = {(way.way, way.kind): way.rate for way in found if way.database == found[0].database}
    ledger = {(way.database, way.kind): way.rate for way in found if way.way == "ledger"}
    for kind in AIMS:
        table = Table(title=f"{kind} mail", title_justify="left")
        for column in ("way", "database", "mails", "mails/s", "mails per CPU s", "CPU s per 1,000"):
            table.add_column(column, justify="left" if column in ("way", "database") else "right")
        for column in ("times plain", "of ledger floor", "of bare floor"):
            table.add_column(column, justify="right")
        for way in (way for way in found if way.kind == kind):
            smtp = way.way.startswith("smtp")
            plain = base["smtp_plain" if smtp else "plain", kind]
            table.add_row(
                TITLES[way.way],
                way.database if way.way in WITH_LEDGER else "",
                f"{way.number:,}",
                f"{way.by_clock:,.0f}",
                f"{way.rate:,.0f}",
                f"{1000 / way.rate:.4f}",
                f"{way.rate / plain:.1f}",
                f"{way.rate / ledger[way.database, kind]:.2f}" if way.way in ("ours", "ledger") else "",
                "" if smtp else f"{way.rate / base['floor', kind]:.2f}",
            )
        console.print(table)
    console.print(COMPARED)
    for way in (way for way in found if way.way == "ours"):
        aim = AIMS[way.kind]
        _judge(console, way.rate >= LEAST, f"{_name(way)}: {way.rate:,.0f} mails per CPU s; aim {LEAST:,}")
        times = way.rate / base["plain", way.kind]
        _judge(console, times >= 20, f"{_name(way)}: {times:.0f} times the plain way; aim 20")
        share = way.rate / ledger[way.database, way.kind]
        _judge(
            console, share >= aim, f"{_name(way)}: {share:.2f} of the floor with the ledger's rows; aim {aim}"
        )
        share = way.rate / base["floor", way.kind]
        _judge(console, share >= aim, f"{_name(way)}: {share:.2f} of the floor without a ledger; aim {aim}")


def _name(way: Way) -> str:
    return f"{way.database}, {way.kind}"


def _judge(console: Console, met: bool, text: str) -> None:
    console.print(f"{'met    ' if met else 'not met'} {text}", style="green" if met else "red")
