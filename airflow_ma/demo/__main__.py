"""``python -m airflow_ma.demo [run|check|reset]``: what the demo targets of the Makefile call."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import click

from airflow_ma.demo.environment import Place, Ports
from airflow_ma.demo.messages import say, text
from airflow_ma.demo.processes import AlreadyRunningError, Programs

FOLDER, CHECK_FOLDER = ".demo", ".demo-check"


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """The whole product with fictional customers, on this machine only."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
@click.option(
    "--seconds-per-day",
    default=20.0,
    show_default=True,
    type=click.FloatRange(1, 86_000),
    help="The sandbox's pace.",
)
def run(seconds_per_day: float) -> None:
    """Start the demo, or go on with the last one, until Ctrl-C."""
    from airflow_ma.demo.run import DemoError, watch

    checkout = _checkout()
    try:
        ports = Ports.chosen(os.environ)
        watch(Place(checkout, checkout / FOLDER, ports, seconds_per_day))
    except AlreadyRunningError as error:
        _fail(text("already", pid=error.pid))
    except (DemoError, ValueError) as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


@main.command()
@click.option(
    "--seconds-per-day",
    default=6.0,
    show_default=True,
    type=click.FloatRange(1, 86_000),
    help="The sandbox's pace.",
)
def check(seconds_per_day: float) -> None:
    """Run a fresh demo to its end beside any other, and fail unless all its numbers add up."""
    from airflow_ma.demo.check import check as judge_demo
    from airflow_ma.demo.run import DemoError

    checkout = _checkout()
    folder = checkout / CHECK_FOLDER
    try:
        _remove(folder)
        sys.exit(judge_demo(Place(checkout, folder, Ports.free(), seconds_per_day)))
    except AlreadyRunningError as error:
        _fail(text("already", pid=error.pid))
    except DemoError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


@main.command()
def reset() -> None:
    """Remove what the last demo left, so that the next one starts fresh."""
    folder = _checkout() / FOLDER
    if not folder.exists():
        say("reset_nothing")
        return
    try:
        _remove(folder)
    except AlreadyRunningError as error:
        _fail(text("already", pid=error.pid))
    say("reset_done", folder=folder)


def _fail(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    sys.exit(1)


def _remove(folder: Path) -> None:
    if folder.exists():
        with Programs(folder):  # not under a running demo
            shutil.rmtree(folder)


def _checkout() -> Path:
    """The folder with the demo's campaigns; ends the program outside a checkout."""
    checkout = Path.cwd()
    if not (checkout / "dags" / "sale_announcement.py").exists():
        _fail(text("no_checkout", folder=checkout))
    return checkout


if __name__ == "__main__":
    main()
