"""Tables on the terminal, complete when they go to a file or another program."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from airflow_ma.cli.command import language
from airflow_ma.cli.texts import say

WIDE = 160
"""Columns where the output is no terminal."""


def table_with(
    title: str, left: tuple[str, ...], right: tuple[str, ...], more: tuple[str, ...] = ()
) -> Table:
    """A table whose column heads are texts; those in ``right`` are numbers."""
    table = Table(title=escape(title) or None, title_justify="left")
    for name in (*left, *right, *more):
        table.add_column(say(name, language()), justify="right" if name in right else "left")
    return table


def print_table(table: Table) -> None:
    """Print it as wide as the terminal, or WIDE."""
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)
