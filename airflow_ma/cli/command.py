"""Click commands that speak the language asked for, and groups that load a command when it is called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

import click

from airflow_ma.cli.texts import LANGUAGES, TEXTS, language_of_environment, say

F = TypeVar("F", bound=Callable[..., Any])
_LANGUAGE = "airflow_ma.language"


def language(context: click.Context | None = None) -> str:
    """The language of this call: that of --lang, else of the environment."""
    context = context or click.get_current_context()
    chosen = context.meta.get(_LANGUAGE)
    return chosen if chosen in LANGUAGES else language_of_environment()


def remember_language(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    """Callback of --lang: for this call and all commands below it."""
    if value is not None:
        context.meta[_LANGUAGE] = value


def tell(key: str, **values: object) -> None:
    """Print one text."""
    click.echo(say(key, language(), **values))


class Option(click.Option):
    """An option whose ``help`` is the key of a text."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        key = self.help or ""
        self.help = say(key, language(context)) if key in TEXTS else key
        try:
            return super().get_help_record(context)
        finally:
            self.help = key


class Command(click.Command):
    """A command whose help is the text ``help_PARENT_NAME``."""

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = say(help_key(context), language(context))
        super().format_help_text(context, formatter)

    def get_help_option(self, context: click.Context) -> click.Option | None:
        option = super().get_help_option(context)
        if option is not None:
            option.help = say("option_help", language(context))
        return option


class Group(Command, click.Group):
    """A group that knows its commands by name and imports one only to run it: listing them costs nothing."""

    def __init__(self, *args: Any, lazy: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy or {}

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*self.lazy, *super().list_commands(context)})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.lazy:
            return super().get_command(context, name)
        module, _, attribute = self.lazy[name].partition(":")
        return cast("click.Command", getattr(import_module(module), attribute))

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        key = help_key(context)
        rows = [
            (name, _first_sentence(say(f"{key}_{name}", language(context))))
            for name in self.list_commands(context)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def help_key(context: click.Context) -> str:
    """help, help_db, help_db_migrate ..."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return "_".join(["help", *names])


def json_option(function: F) -> F:
    """--json, for commands that can print for other programs."""
    return click.option("--json", "as_json", is_flag=True, cls=Option, help="option_json")(function)


def _first_sentence(text: str) -> str:
    for stop in (". ", "。"):
        text = text.split(stop, maxsplit=1)[0]
    return text.rstrip(".。")
