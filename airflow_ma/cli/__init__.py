"""The command ``airflow-ma``. Only what is called is imported, and few commands need Airflow."""

from __future__ import annotations

from typing import Any

import click

from airflow_ma import __version__
from airflow_ma.cli.command import Group, Option, language, remember_language
from airflow_ma.cli.texts import LANGUAGES, say

__all__ = ["main"]

NAMES = (
    "check", "collector", "consent", "contacts", "db", "health", "journey", "mail", "sending",
    "status", "suppression", "where",
)  # fmt: skip
COMMANDS = {name: f"airflow_ma.cli.{name}:{name}" for name in NAMES}


class _Main(Group):
    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Exception as error:
            from airflow_ma.cli.errors import in_plain_words

            message = in_plain_words(error, language(context))
            if message is None:
                raise
            click.echo(say("error", language(context), message=message), err=True)
            context.exit(1)


@click.group(cls=_Main, lazy=COMMANDS)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=remember_language,
    cls=Option,
    help="option_lang",
)
@click.version_option(__version__, prog_name="airflow-ma", cls=Option, help="option_version")
def main() -> None:
    """See texts.py."""
