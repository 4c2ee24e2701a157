"""``airflow-ma status``: how journeys go."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from airflow_ma.cli.command import Command, Option, json_option, language, tell
from airflow_ma.cli.sending import in_iso, print_waiting
from airflow_ma.cli.texts import TEXTS, say

if TYPE_CHECKING:
    from airflow_ma.insight.progress import JourneyProgress, JourneySummary


@click.command(cls=Command)
@click.argument("journey", required=False)
@click.option("--cohort", cls=Option, help="option_cohort")
@json_option
def status(journey: str | None, cohort: str | None, as_json: bool) -> None:
    """See texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.progress import journey_progress, journey_summaries

    database = open_database()
    with database.read() as connection:
        if journey is None:
            summaries = journey_summaries(connection)
        else:
            progress = journey_progress(connection, journey, cohort=cohort)
    if journey is None:
        if as_json:
            _print_json([dataclasses.asdict(one) for one in summaries])
        else:
            _show_all(summaries)
    elif as_json:
        _print_json(in_iso(dataclasses.asdict(progress)))
    else:
        _show(progress, database.clock().now())


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _show_all(summaries: list[JourneySummary]) -> None:
    from rich.markup import escape

    from airflow_ma.cli.tables import print_table, table_with

    if not summaries:
        tell("no_journeys")
        return
    numbers = ("version", "entered", "active", "left", "messages", "alerts_open")
    table = table_with("", ("journey", "title"), numbers)
    for one in summaries:
        table.add_row(escape(one.key), escape(one.title), *(f"{getattr(one, name):,}" for name in numbers))
    print_table(table)


def _show(progress: JourneyProgress, now: int) -> None:
    from rich.markup import escape

    from airflow_ma.cli.tables import print_table, table_with

    in_language = language()
    title = f"{progress.title} ({progress.key})"
    table = table_with(title, ("step",), ("arrived", "waiting"), ("left_by", "messages"))
    for step in progress.steps:
        states = progress.messages.get(step.step, {})
        table.add_row(
            escape(step.title if step.title == step.step else f"{step.title} ({step.step})"),
            f"{step.arrived:,}",
            f"{step.waiting:,}",
            escape(_listed(step.left)),
            _listed({message_state(state, in_language): number for state, number in states.items()}),
        )
    print_table(table)
    facts = {
        "entered": f"{progress.entered:,}",
        "active": f"{progress.active:,}",
        "left_for": _listed(progress.left) or "0",
        "alerts": f"{progress.alerts:,}",
        "alerts_open": f"{progress.alerts_open:,}",
        "lost": f"{progress.lost:,}",
        "doubled": f"{progress.doubled:,}",
    }
    for name, fact in facts.items():
        click.echo(f"{say(name, in_language)}: {fact}")
    if progress.waiting_mails:
        print_waiting(progress.waiting_mails, now, with_journey=False)
    if unknown := sum(states.get("unknown", 0) for states in progress.messages.values()):
        tell("see_unknown", number=f"{unknown:,}")
    if progress.overdue:
        click.echo(say("overdue", in_language, number=f"{progress.overdue:,}"), err=True)
    if progress.lost or progress.doubled:
        click.echo(say("wrong", in_language, lost=progress.lost, doubled=progress.doubled), err=True)


def message_state(state: str, in_language: str) -> str:
    """The state of a message in words."""
    key = "rejected_mail" if state == "rejected" else state
    return say(key, in_language) if key in TEXTS else state


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in numbers.items())
