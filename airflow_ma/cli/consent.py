"""``airflow-ma consent``: what a person has agreed to, and the record that proves it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

from airflow_ma.cli.command import Command, Option, json_option, language, tell
from airflow_ma.cli.texts import say

if TYPE_CHECKING:
    from airflow_ma.contacts.consent import Purpose, Statement

PURPOSE = click.Choice(("email", "open_tracking", "click_tracking", "web_tracking"))


@click.command(cls=Command)
@click.argument("person")
@click.option("--give", type=PURPOSE, cls=Option, help="option_give")
@click.option("--withdraw", type=PURPOSE, cls=Option, help="option_withdraw")
@click.option("--source", metavar="TEXT", cls=Option, help="option_source")
@click.option("--wording", metavar="TEXT", cls=Option, help="option_wording")
@json_option
def consent(
    person: str,
    give: Purpose | None,
    withdraw: Purpose | None,
    source: str | None,
    wording: str | None,
    as_json: bool,
) -> None:
    """See consent_texts.py."""
    from airflow_ma.contacts.consent import history, record_consent
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.person import find_contact

    purpose = give or withdraw
    if give and withdraw:
        raise click.UsageError(say("give_or_withdraw", language()))
    if purpose and not (source or "").strip():
        raise click.UsageError(say("needs_source", language()))
    database = open_database()
    if purpose:
        at = database.clock().now()
        with database.write() as connection:
            number = find_contact(connection, person).id
            changed = record_consent(
                connection, number, purpose, give is not None, at=at, source=source or "", wording=wording
            )
        if not as_json:
            tell("recorded" if changed else "recorded_already")
    with database.read() as connection:
        found = find_contact(connection, person)
        said = history(connection, found.id)
        listed = _suppression(connection, found.email_key)
    if as_json:
        click.echo(json.dumps(_as_json(found, said, listed), ensure_ascii=False, indent=2))
    else:
        _show(found, said, listed)


def _suppression(connection: Any, email_key: str | None) -> Any:
    import sqlalchemy as sa

    from airflow_ma.engine.tables import suppression

    return connection.execute(
        sa.select(suppression).where(suppression.c.email_key == email_key)
    ).one_or_none()


def _as_json(person: Any, said: list[Statement], listed: Any) -> dict[str, Any]:
    from airflow_ma.contacts.consent import TRACKING
    from airflow_ma.engine.clock import from_ms

    def moment(ms: int | None) -> str | None:
        return None if ms is None else from_ms(ms, person.timezone).isoformat()

    return {
        "key": person.key,
        "email": person.email,
        "consented_at": moment(person.consented_at),
        "unsubscribed_at": moment(person.unsubscribed_at),
        **{purpose: getattr(person, purpose) for purpose in TRACKING},
        "suppressed": None if listed is None else {"reason": listed.reason, "at": moment(listed.at)},
        "history": [dataclasses.asdict(one) | {"at": moment(one.at)} for one in said],
    }


def _show(person: Any, said: list[Statement], listed: Any) -> None:
    from rich.markup import escape

    from airflow_ma.cli.tables import print_table, table_with
    from airflow_ma.config import settings
    from airflow_ma.contacts.consent import TRACKING, tracks_unasked

    in_language = language()
    name = f"{person.name or ''} <{person.email or '-'}>".strip()
    click.echo(say("consent_person", in_language, name=name, key=person.key))
    if person.unsubscribed_at is not None:
        now = say("withdrew_at", in_language, at=_time(person.unsubscribed_at, person.timezone))
    elif person.consented_at is not None:
        now = say("agreed_at", in_language, at=_time(person.consented_at, person.timezone))
    else:
        now = say("never_yes" if settings().consent == "opt_out" else "never_no", in_language)
    click.echo(f"{say('purpose_email', in_language)}: {now}")
    unasked = "never_yes" if tracks_unasked() else "never_no"
    for purpose in TRACKING:
        key = {None: unasked, True: "agreed", False: "withdrew"}[getattr(person, purpose)]
        click.echo(f"{say(f'purpose_{purpose}', in_language)}: {say(key, in_language)}")
    if listed is not None:
        reason = say(f"reason_{listed.reason}", in_language)
        click.echo(
            say("is_suppressed", in_language, reason=reason, at=_time(listed.at, person.timezone)), err=True
        )
    if not said:
        tell("no_statements")
        return
    table = table_with("", ("when", "purpose", "said", "source", "wording", "ip", "detail"), ())
    for one in said:
        words = (one.source, one.wording or "", one.ip or "", one.detail or "")
        table.add_row(
            _time(one.at, person.timezone),
            say(f"purpose_{one.purpose}", in_language),
            say("agreed" if one.granted else "withdrew", in_language),
            *(escape(word) for word in words),
        )
    print_table(table)


def _time(ms: int, timezone: str) -> str:
    from airflow_ma.engine.clock import from_ms

    return str(from_ms(ms, timezone).format("YYYY-MM-DD HH:mm:ss"))
