"""``airflow-ma collector``: run the public web app."""

from __future__ import annotations

import click

from airflow_ma.cli.command import Command, Option


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, cls=Option, help="option_host")
@click.option(
    "--port", default=8090, show_default=True, type=click.IntRange(1, 65535), cls=Option, help="option_port"
)
def collector(host: str, port: int) -> None:
    """See texts.py."""
    from airflow_ma.collector.app import serve

    serve(host, port)
