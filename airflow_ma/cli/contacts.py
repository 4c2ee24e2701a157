"""``airflow-ma contacts``: import them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airflow_ma.cli.command import Command, Group, Option, language
from airflow_ma.cli.texts import say

if TYPE_CHECKING:
    from airflow_ma.contacts.imports import GivenConsent, ImportResult

SOME_REJECTED = 3
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@click.group(cls=Group)
def contacts() -> None:
    """See texts.py."""


@contacts.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", cls=Option, help="option_encoding")
@click.option("--consent", metavar="TEXT", cls=Option, help="option_consent")
@click.option("--consent-at", metavar="DATE", cls=Option, help="option_consent_at")
def import_(file: Path, encoding: str | None, consent: str | None, consent_at: str | None) -> None:
    """See texts.py."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from airflow_ma.contacts.imports import import_contacts
    from airflow_ma.engine.database import open_database

    database = open_database()
    given = _given(consent, consent_at, database.clock().now())
    terminal = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal, disable=not terminal.is_terminal, transient=True) as bar:
        task = bar.add_task(say("importing", language(), file=file.name))
        result = import_contacts(
            database,
            file,
            encoding=encoding,
            language=language(),
            consent=given,
            progress=lambda done, size: bar.update(task, completed=done, total=size),
        )
    _show(file, result)
    sys.exit(SOME_REJECTED if result.rejected else 0)


def _given(consent: str | None, consent_at: str | None, now: int) -> GivenConsent | None:
    """The consent of everybody in the file. Raises BadParameter when it does not say where, or not when."""
    from airflow_ma.config import settings
    from airflow_ma.contacts.import_moments import read_moment
    from airflow_ma.contacts.import_texts import RowError
    from airflow_ma.contacts.imports import GivenConsent

    if not (consent or "").strip():
        if consent is not None or consent_at is not None:
            raise click.BadParameter(say("consent_needs_text", language()), param_hint="--consent")
        return None
    try:
        at = read_moment(consent_at.strip(), settings().timezone, now) if consent_at else now
    except RowError as error:
        raise click.BadParameter(error.say(language()), param_hint="--consent-at") from None
    return GivenConsent(at, (consent or "").strip())


def _show(file: Path, result: ImportResult) -> None:
    from rich.table import Table

    from airflow_ma.cli.tables import print_table
    from airflow_ma.config import settings

    in_language = language()
    click.echo(say("imported", in_language, file=file.name))
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ("read", "created", "updated", "unchanged", "rejected"):
        table.add_row(say(name, in_language), f"{getattr(result, name):,}")
    encoding = {"cp932": "Shift_JIS (cp932)", "utf-8-sig": "UTF-8", "utf-8": "UTF-8"}
    table.add_row(say("encoding", in_language), encoding.get(result.encoding, result.encoding))
    table.add_row(say("delimiter", in_language), say(_DELIMITERS[result.delimiter], in_language))
    print_table(table)
    if result.rejects_path:
        click.echo(
            say("see_rejects", in_language, number=f"{result.rejected:,}", file=result.rejects_path), err=True
        )
    if result.withheld:
        click.echo(say("withheld", in_language, number=f"{result.withheld:,}"), err=True)
    if result.unasked and settings().consent == "opt_in":
        click.echo(
            say("without_consent", in_language, number=f"{result.unasked:,}", file=file.name), err=True
        )
