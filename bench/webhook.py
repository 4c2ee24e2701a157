"""``python -m bench webhook``: how fast a provider's events are taken in, part by part, against bare SQL."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.databases import NoServerError, PostgresqlStore, SqliteStore, Store
from bench.process import MeasurementError, live_in, measure
from bench.webhook_measure import FLOOR, PARSING, VERIFYING, WRITING

AIM = 25_000
"""Events a second on one core."""
_OURS = (VERIFYING, PARSING, WRITING)
_KINDS = ("sqlite", "postgresql")

LEFT_OUT = """\
Batches of 1,000 signed events, as a send of 500 mails a second brings them: processed, delivered, opens,
clicks. Every event is new, and between two batches everybody is put to sleep again. Both sides take turns,
batch by batch, on one database. Bare SQL inserts the same events and wakes the same enrollments on the same
connection settings, past SQLAlchemy; it knows beforehand whom an event is about and that it is new, looks
nothing up and locks nothing. CPU counts our process and, for PostgreSQL, all processes of the server."""


@click.command()
@click.option("--databases", default=",".join(_KINDS), help="sqlite, postgresql or both.")
@click.option(
    "--batches", "count", type=click.IntRange(5, 1_000), default=100, help="Batches of 1,000 a side."
)
@click.option(
    "--contacts", type=click.IntRange(30_000), default=300_000, help="People with a mail and a wait."
)
@click.option("--stored", type=click.IntRange(1_000), default=1_000_000, help="Events that are there before.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, help="Runs; the median counts.")
@click.option("--scattered", is_flag=True, help="Events about any mail at all instead of a send's.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here."
)
def webhook(
    databases: str,
    count: int,
    contacts: int,
    stored: int,
    repeats: int,
    scattered: bool,
    json_file: Path | None,
) -> None:
    """Measure taking in a provider's events: verifying, parsing, writing, beside bare SQL."""
    kinds = [kind.strip() for kind in databases.split(",")]
    if unknown := [kind for kind in kinds if kind not in _KINDS]:
        raise click.BadParameter(f"'{unknown[0]}' is none of {', '.join(_KINDS)}", param_hint="--databases")
    runs: dict[str, list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="airflow_ma_bench_")))
        live_in(folder / "home")
        try:
            for kind in kinds:
                store = _open(kind, folder, stack)
                for _ in range(repeats):
                    with store.copy(contacts) as url:
                        done = measure(
                            "webhook",
                            url=url,
                            size=contacts,
                            stored=stored,
                            count=count,
                            scattered=scattered,
                            server_pid=store.server_pid,
                        )
                    runs.setdefault(kind, []).append(done)
        except (MeasurementError, NoServerError) as error:
            raise click.ClickException(str(error)) from error
    _show(Console(width=None if Console().is_terminal else 140), runs)
    if json_file is not None:
        json_file.write_text(json.dumps(runs, indent=1) + "\n")


def _open(kind: str, folder: Path, stack: ExitStack) -> Store:
    if kind == "sqlite":
        return SqliteStore(folder)
    store = PostgresqlStore(folder)
    stack.callback(store.stop)
    return store


def _show(console: Console, runs: Mapping[str, list[dict[str, Any]]]) -> None:
    for kind, done in runs.items():
        table = Table(title=f"{kind}: {done[0]['body'] / 1000:,.0f} kB a batch", title_justify="left")
        for name in (
            "part",
            "events/s by the clock",
            "CPU s per 1,000",
            "of that server",
            "events per CPU s",
        ):
            table.add_column(name, justify="left" if name == "part" else "right")
        for name, parts in (*((part, (part,)) for part in _OURS), ("all of it", _OURS), (FLOOR, (FLOOR,))):
            wall, cpu, server = (_cost(done, parts, what) for what in ("wall", "cpu", "server"))
            table.add_row(
                name, f"{1 / wall:,.0f}", f"{1000 * cpu:.4f}", f"{1000 * server:.4f}", f"{1 / cpu:,.0f}"
            )
        console.print(table)
    console.print(LEFT_OUT)
    console.print()
    for kind, done in runs.items():
        ours, floor = _cost(done, _OURS, "cpu"), _cost(done, (FLOOR,), "cpu")
        own = ours - _cost(done, _OURS, "server")
        met = "[green]met[/green]     " if 1 / ours >= AIM else "[red]not met[/red] "
        console.print(
            f"{met}{kind}: {1 / ours:,.0f} events a second on one core for everything, {1 / own:,.0f} on the "
            f"collector's own; {floor / ours:.2f} of bare SQL; aim {AIM:,} or more"
        )


def _cost(done: list[dict[str, Any]], parts: tuple[str, ...], what: str) -> float:
    """Seconds for one event: the median of the runs."""

    def one(run: dict[str, Any]) -> float:
        costs = [run["phases"][part] for part in parts]
        kinds = ("client", "server") if what == "cpu" else (what,)
        return float(sum(cost[kind] for cost in costs for kind in kinds) / run["events"])

    return statistics.median(one(run) for run in done)
