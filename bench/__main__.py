"""``python -m bench``: how fast contacts move, against bare SQL, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import os
import platform
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console

from bench import report
from bench.databases import NoServerError, PostgresqlStore, SqliteStore, Store
from bench.outcome import DifferentWorkError, assert_same
from bench.process import MeasurementError, live_in, measure
from bench.results import Comparison, Run
from bench.sending import sending
from bench.webhook import webhook

DEFAULT_SIZES = (10_000, 100_000)
FULL = 1_000_000
ONCE_FROM = 500_000
"""From this many contacts, one pair of runs is enough: it is long, and noise evens out within it."""
IDLE_SIZES = (10_000, 1_000_000)
WARM_UP = 100
"""Contacts with which each process goes through the journey once before it is measured."""
KINDS = ("sqlite", "postgresql")


def _numbers(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        numbers = tuple(sorted({int(part.replace("_", "")) for part in text.split(",")}))
    except ValueError:
        raise click.BadParameter("give numbers with commas between them, such as 10000,100000") from None
    if numbers[0] < 1000:
        raise click.BadParameter("below 1,000 contacts nothing can be measured")
    return numbers


def _kinds(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[str, ...]:
    kinds = tuple(part.strip() for part in text.split(","))
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise click.BadParameter(f"'{unknown[0]}' is none of {', '.join(KINDS)}")
    return kinds


@click.group(invoke_without_command=True)
@click.option("--sizes", callback=_numbers, help="Contacts, such as 10000,100000 (the default).")
@click.option("--full", is_flag=True, help="Measure 1,000,000 contacts, too.")
@click.option("--databases", callback=_kinds, default=",".join(KINDS), help="sqlite, postgresql or both.")
@click.option("--repeats", type=click.IntRange(1, 20), default=3, help="Pairs of runs for each number.")
@click.option("--idle/--no-idle", "with_idle", default=True, help="Measure the look for work, too.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here."
)
@click.pass_context
def main(
    context: click.Context,
    sizes: tuple[int, ...] | None,
    full: bool,
    databases: tuple[str, ...],
    repeats: int,
    with_idle: bool,
    json_file: Path | None,
) -> None:
    """Measure the reference journey: mail; who opens is given to sales, the others get a second mail."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    if context.invoked_subcommand is not None:
        return
    chosen = sorted({*(sizes or DEFAULT_SIZES), *([FULL] if full else [])})
    progress = Console(stderr=True, highlight=False)
    comparisons: list[Comparison] = []
    idle: report.Idle = {}
    raw: list[dict[str, Any]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="airflow_ma_bench_")))
        live_in(folder / "home")
        try:
            for kind in databases:
                store = _open(kind, folder, stack)
                for size in chosen:
                    pairs = list(_pairs(store, size, 1 if size >= ONCE_FROM else repeats, progress))
                    raw += [run for pair in pairs for run in pair.values()]
                    comparisons.append(
                        Comparison(
                            kind,
                            size,
                            [Run.of(pair["engine"]) for pair in pairs],
                            [Run.of(pair["floor"]) for pair in pairs],
                        )
                    )
                if with_idle:
                    idle[kind] = {size: _idle(store, size, progress) for size in IDLE_SIZES}
        except (MeasurementError, DifferentWorkError, NoServerError) as error:
            raise click.ClickException(str(error)) from error
    report.show(Console(width=None if Console().is_terminal else 160), comparisons, idle)
    if json_file is not None:
        json_file.write_text(json.dumps({"machine": _machine(), "runs": raw, "idle": idle}, indent=1) + "\n")


def _open(kind: str, folder: Path, stack: ExitStack) -> Store:
    if kind == "sqlite":
        return SqliteStore(folder)
    store = PostgresqlStore(folder)
    stack.callback(store.stop)
    return store


def _pairs(store: Store, size: int, repeats: int, progress: Console) -> Iterator[dict[str, Any]]:
    for repeat in range(repeats):
        pair: dict[str, Any] = {}
        for side in ("engine", "floor") if repeat % 2 == 0 else ("floor", "engine"):
            with store.copy(size) as url, store.copy(WARM_UP) as warm_up_url:
                done = measure(
                    "journey",
                    side=side,
                    url=url,
                    size=size,
                    warm_up_url=warm_up_url,
                    warm_up_size=WARM_UP,
                    server_pid=store.server_pid,
                )
            pair[side] = {"database": store.kind, "size": size, "side": side, "repeat": repeat, **done}
            total = Run.of(done).total
            progress.print(
                f"{store.kind}, {size:,} contacts, {side}, {repeat + 1} of {repeats}: "
                f"{total.wall:.1f} s, CPU {total.cpu:.1f} s",
                style="dim",
            )
        assert_same(pair["engine"]["outcome"], pair["floor"]["outcome"])
        assert_same(pair["engine"]["written"], pair["floor"]["written"])
        yield pair


def _idle(store: Store, size: int, progress: Console) -> dict[str, dict[str, float]]:
    with store.copy(WARM_UP) as url:
        found: dict[str, dict[str, float]] = measure("idle", database_url=url, size=size)
    calls = ", ".join(f"{call} {cost['ms']:.2f} ms" for call, cost in found.items())
    progress.print(f"{store.kind}, {size:,} waiting: {calls}", style="dim")
    return found


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


main.add_command(sending)
main.add_command(webhook)

if __name__ == "__main__":
    main()
