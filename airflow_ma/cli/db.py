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
