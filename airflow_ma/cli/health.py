"""``airflow-ma health``: whether all is well, for people and for monitors without Airflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from airflow_ma.cli.command import Command, json_option, language
from airflow_ma.cli.texts import say

if TYPE_CHECKING:
    from airflow_ma.insight.health import Health


@click.command(cls=Command)
@json_option
def health(as_json: bool) -> None:
    """See texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.health import read_health

    found = read_health(open_database())
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    if found.state == "bad":
        click.get_current_context().exit(1)


def _show(found: Health) -> None:
    from airflow_ma.insight.health_texts import BEGINNINGS, STATES

    spoken = language()
    click.echo(STATES[found.state].say(spoken))
    for check in found.checks:
        state = say(f"health_{check.state}", spoken)
        click.echo(f"[{state}] {check.title.say(spoken)}: {check.said.say(spoken)}")
        if check.advice is not None:
            click.echo(f"    {BEGINNINGS['advice'].filled(advice=check.advice).say(spoken)}")


def _as_json(found: Health) -> dict[str, Any]:
    from airflow_ma.config import settings
    from airflow_ma.engine.clock import from_ms

    spoken = language()
    return {
        "state": found.state,
        "at": from_ms(found.at, settings().timezone).isoformat(),
        "checks": [
            {
                "id": check.id,
                "state": check.state,
                "title": check.title.say(spoken),
                "said": check.said.say(spoken),
                "advice": check.advice.say(spoken) if check.advice else None,
                "value": check.value,
                "limit": check.limit,
                "unit": check.unit,
            }
            for check in found.checks
        ],
    }
