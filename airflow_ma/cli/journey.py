"""``airflow-ma journey``: what a team does with a journey that is under way, and with the people in it."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from airflow_ma.cli.command import Command, Group, Option, language, tell
from airflow_ma.cli.texts import say

if TYPE_CHECKING:
    from airflow_ma.engine.control.by_hand import People
    from airflow_ma.engine.control.lifecycle import Deadlines, Remaining
    from airflow_ma.engine.database import Database

F = TypeVar("F", bound=Callable[..., Any])
HOUR_MS = 3_600_000


def _why(function: F) -> F:
    """KEY and --reason, which every command here has."""
    reason = click.option(
        "--reason", metavar="TEXT", required=True, callback=_said, cls=Option, help="option_why"
    )
    return click.argument("key")(reason(function))


def _whom(function: F) -> F:
    """--contact, --step and --held, which say whom."""
    for option in (
        click.option("--held", metavar="WHY", cls=Option, help="option_held"),
        click.option("--step", metavar="STEP", cls=Option, help="option_at_step"),
        click.option(
            "--contact", "contacts", metavar="PERSON", multiple=True, cls=Option, help="option_contact"
        ),
    ):
        function = option(function)
    return function


def _said(_context: click.Context, _parameter: click.Parameter, reason: str) -> str:
    if not reason.strip():
        raise click.BadParameter(say("journey_needs_reason", language()))
    return reason.strip()


@click.group(cls=Group)
def journey() -> None:
    """See journey_texts.py."""


@journey.command(cls=Command)
@_why
def pause(key: str, reason: str) -> None:
    """See journey_texts.py."""
    from airflow_ma.engine.control.lifecycle import pause_journey

    database = _database(key)
    new = pause_journey(database, key, by=_by(), reason=reason)
    tell("journey_paused" if new else "journey_was_paused", journey=key)


@journey.command(cls=Command)
@_why
@click.option(
    "--deadlines",
    type=click.Choice(("stood-still", "catch-up")),
    required=True,
    cls=Option,
    help="option_deadlines",
)
def resume(key: str, reason: str, deadlines: str) -> None:
    """See journey_texts.py."""
    from airflow_ma.dag.stored import stored_program
    from airflow_ma.engine.control.lifecycle import resume_journey

    database = _database(key)
    how: Deadlines = "stood_still" if deadlines == "stood-still" else "catch_up"
    programs = partial(stored_program, database, key)
    new = resume_journey(database, key, programs, deadlines=how, by=_by(), reason=reason)
    tell("journey_resumed" if new else "journey_not_paused", journey=key)


@journey.command(cls=Command)
@_why
@click.option(
    "--people", type=click.Choice(("finish", "leave")), required=True, cls=Option, help="option_people"
)
def close(key: str, reason: str, people: Remaining) -> None:
    """See journey_texts.py."""
    from airflow_ma.engine.control.lifecycle import close_journey

    left = close_journey(_database(key), key, people=people, by=_by(), reason=reason)
    tell("journey_closed", journey=key)
    if people == "leave":
        tell("people_left", number=f"{left:,}")


@journey.command(cls=Command)
@_why
def reopen(key: str, reason: str) -> None:
    """See journey_texts.py."""
    from airflow_ma.engine.control.lifecycle import reopen_journey

    new = reopen_journey(_database(key), key, by=_by(), reason=reason)
    tell("journey_reopened" if new else "journey_not_closed", journey=key)


@journey.command(cls=Command)
@_why
def archive(key: str, reason: str) -> None:
    """See journey_texts.py."""
    from airflow_ma.engine.control.lifecycle import archive_journey

    new = archive_journey(_database(key), key, by=_by(), reason=reason)
    tell("journey_archived" if new else "journey_was_archived", journey=key)


@journey.command(cls=Command)
@_why
def unarchive(key: str, reason: str) -> None:
    """See journey_texts.py."""
    from airflow_ma.engine.control.lifecycle import unarchive_journey

    new = unarchive_journey(_database(key), key, by=_by(), reason=reason)
    tell("journey_unarchived" if new else "journey_not_archived", journey=key)


@journey.command(cls=Command)
@_why
@_whom
@click.option("--to", "to_step", metavar="STEP", required=True, cls=Option, help="option_to")
@click.option("--per-hour", type=click.IntRange(1), cls=Option, help="option_per_hour")
def move(
    key: str,
    reason: str,
    contacts: tuple[str, ...],
    step: str | None,
    held: str | None,
    to_step: str,
    per_hour: int | None,
) -> None:
    """See journey_texts.py."""
    from airflow_ma.dag.stored import stored_program
    from airflow_ma.engine.control.by_hand import move_people

    database = _database(key)
    people = _people(database, contacts, step, held)
    program = stored_program(database, key)
    moved = move_people(database, program, people, to_step, by=_by(), reason=reason, gap_ms=_gap_ms(per_hour))
    tell("people_moved", number=f"{moved.people:,}", step=to_step)
    if moved.gone_on:
        tell("people_gone_on", number=f"{moved.gone_on:,}")


@journey.command(cls=Command)
@_why
@_whom
@click.option("--per-hour", type=click.IntRange(1), cls=Option, help="option_newest_per_hour")
def newest(
    key: str,
    reason: str,
    contacts: tuple[str, ...],
    step: str | None,
    held: str | None,
    per_hour: int | None,
) -> None:
    """See journey_texts.py."""
    from airflow_ma.dag.stored import stored_program
    from airflow_ma.engine.control.newest_version import continue_on_newest

    database = _database(key)
    people = _people(database, contacts, step, held)
    program = stored_program(database, key)
    done = continue_on_newest(database, program, people, by=_by(), reason=reason, gap_ms=_gap_ms(per_hour))
    tell("people_on_newest", number=f"{done.people:,}", version=program.version)
    if done.gone_on:
        tell("people_not_on_earlier", number=f"{done.gone_on:,}")


@journey.command(cls=Command)
@_why
@_whom
def remove(key: str, reason: str, contacts: tuple[str, ...], step: str | None, held: str | None) -> None:
    """See journey_texts.py."""
    from airflow_ma.engine.control.by_hand import remove_people

    database = _database(key)
    people = _people(database, contacts, step, held)
    left = remove_people(database, key, people, by=_by(), reason=reason)
    tell("people_left", number=f"{left.people:,}")
    if left.gone_on:
        tell("people_gone_on", number=f"{left.gone_on:,}")


@journey.command(cls=Command)
@_why
@click.option("--step", metavar="STEP", required=True, cls=Option, help="option_retry_step")
def retry(key: str, reason: str, step: str) -> None:
    """See journey_texts.py."""
    from airflow_ma.dag.stored import stored_program
    from airflow_ma.engine.control.by_hand import retry_held

    database = _database(key)
    tried = retry_held(database, stored_program(database, key), step, by=_by(), reason=reason)
    tell("mails_retried", number=f"{tried:,}")


def _database(key: str) -> Database:
    """The installation's. Raises UnknownJourneyError, which lists those that there are."""
    import sqlalchemy as sa

    from airflow_ma.engine.database import open_database
    from airflow_ma.engine.tables import journey as journeys
    from airflow_ma.insight.progress import UnknownJourneyError

    database = open_database()
    with database.read() as connection:
        known = connection.scalars(sa.select(journeys.c.key).order_by(journeys.c.key)).all()
    if key not in known:
        raise UnknownJourneyError(key, known)
    return database


def _gap_ms(per_hour: int | None) -> int:
    """Between two people, of so many an hour; None: all at once."""
    return 0 if per_hour is None else max(HOUR_MS // per_hour, 1)


def _by() -> str:
    """The user of the operating system: whom the log names."""
    return getpass.getuser()


def _people(database: Database, contacts: tuple[str, ...], step: str | None, held: str | None) -> People:
    """Raises UsageError when nobody is meant, UnknownPersonError for a contact that does not exist."""
    from airflow_ma.engine.control.by_hand import People
    from airflow_ma.insight.person import find_contact

    if not contacts and step is None:
        raise click.UsageError(say("journey_needs_people", language()))
    with database.read() as connection:
        ids = [find_contact(connection, person).id for person in contacts]
    return People(contacts=ids if contacts else None, step=step, hold=held)
