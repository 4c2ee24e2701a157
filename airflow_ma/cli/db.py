"""``airflow-ma db``: create, update and check the database."""

from __future__ import annotations

import click

from airflow_ma.cli.command import Command, Group, tell


@click.group(cls=Group)
def db() -> None:
    """See texts.py."""


@db.command(cls=Command)
def migrate() -> None:
    """See texts.py."""
    from airflow_ma.config import settings
    from airflow_ma.engine.database import Database

    database = Database(settings().database)
    tell("migrated", version=database.migrate(), url=database.engine.url.render_as_string())


@db.command(cls=Command)
def check() -> None:
    """See texts.py."""
    from airflow_ma.engine.database import open_database

    tell("ready", url=open_database().engine.url.render_as_string())


@db.command(cls=Command)
def prune() -> None:
    """See consent_texts.py."""
    from airflow_ma.config import settings
    from airflow_ma.contacts.retention import prune as remove_old
    from airflow_ma.engine.clock import from_ms
    from airflow_ma.engine.database import open_database

    told = settings()
    removed = remove_old(
        open_database(), keep_events_days=told.keep_events_days, keep_mailbox_days=told.keep_mailbox_days
    )
    for name, number, before in (
        ("events", removed.events, removed.events_before),
        ("runs", removed.runs, removed.events_before),
        ("mails", removed.mails, removed.mails_before),
    ):
        if before is None and name != "runs":
            tell(f"{name}_kept")
        elif before is not None:
            day = from_ms(before, told.timezone).to_date_string()
            tell(f"{name}_pruned", number=f"{number:,}", before=day)
    if removed.events_needed:
        tell("events_needed", number=f"{removed.events_needed:,}")
