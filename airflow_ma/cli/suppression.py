"""``airflow-ma suppression``: the addresses that get no mail."""

from __future__ import annotations

import json

import click

from airflow_ma.cli.command import Command, Group, Option, json_option, language, tell
from airflow_ma.cli.texts import say

REASON = click.Choice(("bounce", "complaint", "invalid", "unsubscribe", "manual"))


@click.group(cls=Group)
def suppression() -> None:
    """See consent_texts.py."""


@suppression.command("list", cls=Command)
@click.option("--reason", type=REASON, cls=Option, help="option_reason")
@click.option("--limit", type=click.IntRange(1), default=1_000, cls=Option, help="option_limit")
@json_option
def list_(reason: str | None, limit: int, as_json: bool) -> None:
    """See consent_texts.py."""
    import sqlalchemy as sa
    from rich.markup import escape

    from airflow_ma.channels.explained.sentences import explained
    from airflow_ma.cli.tables import print_table, table_with
    from airflow_ma.config import settings
    from airflow_ma.engine.clock import from_ms
    from airflow_ma.engine.database import open_database
    from airflow_ma.engine.tables import suppression as listed

    where = [] if reason is None else [listed.c.reason == reason]
    newest = sa.select(listed).where(*where).order_by(listed.c.at.desc(), listed.c.email_key)
    with open_database().read() as connection:
        rows = connection.execute(newest.limit(limit)).all()
        number = connection.scalar(sa.select(sa.func.count()).select_from(listed).where(*where)) or 0
    moments = [from_ms(row.at, settings().timezone) for row in rows]
    if as_json:
        told = [
            {"address": row.email_key, "reason": row.reason, "at": at.isoformat(), "source": row.source}
            | {"detail": row.detail}
            for row, at in zip(rows, moments, strict=True)
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    if not rows:
        tell("nothing_suppressed")
        return
    table = table_with("", ("address", "reason", "when", "source", "detail"), ())
    for row, at in zip(rows, moments, strict=True):
        reason_text = say(f"reason_{row.reason}", language())
        words = (explained(one or "").say(language()) for one in (row.source, row.detail))
        table.add_row(
            escape(row.email_key), reason_text, at.format("YYYY-MM-DD HH:mm:ss"), *map(escape, words)
        )
    print_table(table)
    if number > len(rows):
        click.echo(say("more_suppressed", language(), number=f"{number - len(rows):,}"), err=True)


@suppression.command(cls=Command)
@click.argument("addresses", nargs=-1, required=True)
@click.option("--detail", metavar="TEXT", cls=Option, help="option_detail")
def add(addresses: tuple[str, ...], detail: str | None) -> None:
    """See consent_texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.engine.mail.suppression import Suppression, suppress

    keys = _keys(addresses)
    database = open_database()
    at = database.clock().now()
    with database.write() as connection:
        suppress(connection, [Suppression(key, "manual", at, "airflow-ma", detail) for key in keys])
    tell("suppression_added", number=f"{len(keys):,}")


@suppression.command(cls=Command)
@click.argument("addresses", nargs=-1, required=True)
def remove(addresses: tuple[str, ...]) -> None:
    """See consent_texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.engine.mail.suppression import lift

    keys = _keys(addresses)
    with open_database().write() as connection:
        gone = [key for key in keys if lift(connection, key)]
    tell("suppression_removed", number=f"{len(gone):,}")
    missing = [key for key in keys if key not in gone]
    for key in missing:
        click.echo(say("not_on_list", language(), address=key), err=True)
    if missing:
        click.get_current_context().exit(1)


def _keys(addresses: tuple[str, ...]) -> list[str]:
    """The addresses as the list has them, each once. Raises BadParameter."""
    from airflow_ma.engine.addresses import address_key, is_address

    for address in addresses:
        if not is_address(address.strip()):
            raise click.BadParameter(say("not_an_address", language(), value=address))
    return sorted({address_key(address.strip()) for address in addresses})
