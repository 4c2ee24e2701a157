"""The tables and the verdict that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from bench import plan
from bench.databases import POSTGRESQL_SETTINGS
from bench.results import CPU, WALL, Comparison, Spread, growth

SHARE_AIM = 0.6
GROWTH_AIM = 1.2
MEMORY_AIM = 300.0
IDLE_AIM = 1.5
"""Idle calls take a fraction of a millisecond: below this factor it is noise, not growth."""

Idle = dict[str, dict[int, dict[str, dict[str, float]]]]
"""Database -> waiting contacts -> call -> ``ms``, ``cpu_ms``, ``work``."""

LEFT_OUT = """\
The bare floor writes the same rows into the same tables, with the same indexes, chunks, commits and
connection settings, past SQLAlchemy. It leaves out: looking up who is in the audience and not yet in the
journey, consent and address checks, the search for mails of an earlier try, reading recipients, row locks,
the decision who opened (it takes everybody who is due), duplicates of events, and the look for work.
Neither side renders or delivers mail: the channel says yes and throws it away."""


def show(console: Console, comparisons: Sequence[Comparison], idle: Idle) -> None:
    """Print everything."""
    for comparison in comparisons:
        console.print(_phases(comparison))
    console.print(_summary(comparisons))
    if idle:
        console.print(_idle(idle))
    console.print(LEFT_OUT)
    settings = ", ".join(f"{name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    console.print("SQLite: WAL, synchronous=NORMAL, as the product opens it.")
    console.print(f"PostgreSQL: {settings}. Its CPU counts all processes of the server.", style="dim")
    console.print()
    for met, line in verdict(comparisons, idle):
        console.print(("[green]met[/green]     " if met else "[red]not met[/red] ") + line)


def verdict(comparisons: Sequence[Comparison], idle: Idle) -> Iterator[tuple[bool, str]]:
    """Each aim with what was measured."""
    for kind in dict.fromkeys(one.database for one in comparisons):
        mine = [one for one in comparisons if one.database == kind]
        for one in mine:
            share = one.share(CPU)
            yield (
                share.median >= SHARE_AIM,
                f"{kind}, {one.size:,} contacts: {share.median:.2f} of bare SQL by CPU "
                f"({one.share(WALL).median:.2f} by the clock); aim {SHARE_AIM} or more",
            )
        grown = growth(mine)
        if grown is not None:
            sizes = sorted(one.size for one in mine)
            ours, floor = grown
            yield (
                ours <= GROWTH_AIM,
                f"{kind}: CPU per contact with {sizes[-1]:,} contacts is {ours:.2f} times that with "
                f"{sizes[0]:,} (bare SQL: {floor:.2f}); aim {GROWTH_AIM} or less",
            )
        peak = max(one.peak for one in mine)
        yield peak < MEMORY_AIM, f"{kind}: at most {peak:.0f} MB of memory; aim below {MEMORY_AIM:.0f} MB"
    for kind, sizes_measured in idle.items():
        few, many = min(sizes_measured), max(sizes_measured)
        for call in sizes_measured[few]:
            before, after = sizes_measured[few][call], sizes_measured[many][call]
            met = (
                after["work"] <= before["work"] * IDLE_AIM and after["cpu_ms"] <= before["cpu_ms"] * IDLE_AIM
            )
            yield (
                met,
                f"{kind}: {call} with {many:,} waiting takes {after['ms']:.2f} ms and {after['work']:.0f} "
                f"reads, with {few:,} {before['ms']:.2f} ms and {before['work']:.0f}; aim: no growth",
            )


def _phases(one: Comparison) -> Table:
    table = Table(title=f"{one.database}, {one.size:,} contacts: by phase", title_justify="left")
    for name in ("phase", "rows", "engine rows/s", "floor rows/s"):
        table.add_column(name, justify="left" if name == "phase" else "right")
    for name in ("engine CPU s", "of that server", "floor CPU s", "of that server", "share of bare SQL"):
        table.add_column(name, justify="right")
    for phase in (*plan.PHASES, plan.LOOKING):
        ours, floor = one.phase(one.engine, phase), one.phase(one.floor, phase)
        if phase == plan.LOOKING:
            table.add_row(phase, "", "", "", f"{ours.cpu:.2f}", f"{ours.server:.2f}", "", "", "")
            continue
        rows = plan.rows(phase, one.size)
        table.add_row(
            phase,
            f"{rows:,}",
            f"{rows / ours.wall:,.0f}",
            f"{rows / floor.wall:,.0f}",
            f"{ours.cpu:.2f}",
            f"{ours.server:.2f}",
            f"{floor.cpu:.2f}",
            f"{floor.server:.2f}",
            f"{floor.cpu / ours.cpu:.2f}" if ours.cpu else "",
        )
    return table


def _summary(comparisons: Sequence[Comparison]) -> Table:
    table = Table(title="The whole journey", title_justify="left")
    for name in (
        "database",
        "contacts",
        "runs",
        "contacts/s",
        "moves/s",
        "bare contacts/s",
        "CPU s per 1,000",
        "bare",
        "share by CPU",
        "share by clock",
        "peak MB (at start)",
    ):
        table.add_column(name, justify="left" if name == "database" else "right")
    for one in comparisons:
        table.add_row(
            one.database,
            f"{one.size:,}",
            str(len(one.engine)),
            f"{one.contacts_per_second(one.engine):,.0f}",
            f"{one.moves_per_second(one.engine):,.0f}",
            f"{one.contacts_per_second(one.floor):,.0f}",
            f"{one.cpu_per_thousand(one.engine):.3f}",
            f"{one.cpu_per_thousand(one.floor):.3f}",
            _spread(one.share(CPU)),
            _spread(one.share(WALL)),
            f"{one.peak:.0f} ({one.at_start:.0f})",
        )
    return table


def _idle(idle: Idle) -> Table:
    table = Table(title="Asking who has work while everybody waits", title_justify="left")
    for name in ("database", "waiting", "call", "ms", "CPU ms", "reads"):
        table.add_column(name, justify="left" if name in ("database", "call") else "right")
    for kind, sizes in idle.items():
        for size, calls in sorted(sizes.items()):
            for call, cost in calls.items():
                table.add_row(
                    kind,
                    f"{size:,}",
                    call,
                    f"{cost['ms']:.2f}",
                    f"{cost['cpu_ms']:.2f}",
                    f"{cost['work']:.0f}",
                )
    table.caption = "reads: SQLite's virtual machine steps; PostgreSQL's table rows and index entries"
    return table


def _spread(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f}-{spread.high:.2f})"
