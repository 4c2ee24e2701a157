"""``airflow-ma sending``: what sending does, stopping it, and mails whose fate nobody knows."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from airflow_ma.cli.command import Command, Group, Option, json_option, language, tell
from airflow_ma.cli.texts import say

if TYPE_CHECKING:
    from airflow_ma.channels.channel import Channel
    from airflow_ma.engine.database import Database
    from airflow_ma.insight.sending import Sending, WaitingMails
    from airflow_ma.insight.unknown import After

NUMBERS = ("accepted", "rejected", "sending", "retryable", "unresolved", "given_up")


@click.group(cls=Group)
def sending() -> None:
    """See sending_texts.py."""


@sending.command(cls=Command)
@click.option(
    "--hours", type=click.IntRange(1), default=24, show_default=True, cls=Option, help="option_hours"
)
@json_option
def status(hours: int, as_json: bool) -> None:
    """See sending_texts.py."""
    from airflow_ma.engine.clock import HOUR
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.sending import sending as of_connections
    from airflow_ma.insight.sending import waiting_mails

    database = open_database()
    now = database.clock().now()
    with database.read() as connection:
        found = of_connections(connection, since=now - hours * HOUR)
        waiting = waiting_mails(connection)
    if as_json:
        told = dataclasses.asdict(found) | {"waiting": [dataclasses.asdict(one) for one in waiting]}
        click.echo(json.dumps(in_iso(told), ensure_ascii=False, indent=2))
    else:
        _show(found, waiting, now)


@sending.command(cls=Command)
@click.option("--after", metavar="TEXT", cls=Option, help="option_after")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, cls=Option, help="option_limit"
)
@json_option
def unknown(after: str | None, limit: int, as_json: bool) -> None:
    """See sending_texts.py."""
    from rich.markup import escape

    from airflow_ma.cli.tables import print_table, table_with
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.sending_texts import fate_text, reason_text
    from airflow_ma.insight.unknown import patience, unknown_mails

    database, behind = open_database(), _after(after)
    clock = database.clock()
    with database.read() as connection:
        mails = unknown_mails(connection, patience=patience(clock), after=behind, limit=limit + 1)
    mails, more = mails[:limit], len(mails) > limit
    if as_json:
        told = [in_iso(dataclasses.asdict(mail)) for mail in mails]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif not mails:
        tell("unknown_none")
    else:
        table = table_with("", ("journey", "step", "to_whom", "since", "why", "fate"), ())
        for mail in mails:
            until = moment(mail.decided_at) if mail.decided_at > clock.now() else None
            why, fate = (
                reason_text(mail.reason, language()),
                fate_text(mail.fate, mail.attempts, language(), until),
            )
            whom = mail.email or mail.key or "-"
            words = (mail.journey_title, mail.step_title, whom, moment(mail.since), why, fate)
            table.add_row(*map(escape, words))
        print_table(table)
    if more:
        end = f"{mails[-1].since}-{mails[-1].message_id}"
        click.echo(say("more_unknown", language(), after=end), err=True)


@sending.command(cls=Command)
@click.argument("conn_id")
@click.option("--reason", metavar="TEXT", cls=Option, help="option_pause_reason")
def pause(conn_id: str, reason: str | None) -> None:
    """See sending_texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.engine.mail.pauses import pause_sending, why_paused
    from airflow_ma.insight.sending_texts import reason_text

    if not (reason or "").strip():
        raise click.UsageError(say("pause_needs_reason", language()))
    database = open_database()
    _must_exist(database, conn_id)
    at = database.clock().now()
    with database.write() as connection:
        new = pause_sending(connection, conn_id, at=at, reason=(reason or "").strip())
        stands = why_paused(connection, conn_id)
    if new:
        tell("now_paused", conn_id=conn_id)
    else:
        tell("paused_before", conn_id=conn_id, reason=reason_text(stands, language()))


@sending.command(cls=Command)
@click.argument("conn_id", required=False)
def resume(conn_id: str | None) -> None:
    """See sending_texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.engine.mail.pauses import resume_sending

    resumed = resume_sending(open_database(), conn_id)
    if resumed:
        tell("now_resumed", conn_id=", ".join(resumed))
    elif conn_id is None:
        tell("none_paused")
    else:
        click.echo(say("not_paused", language(), conn_id=conn_id), err=True)
        click.get_current_context().exit(1)


@sending.command(cls=Command)
def reconcile() -> None:
    """See sending_texts.py."""
    from airflow_ma.channels.channel import ChannelError
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.sending import unresolved_connections

    database = open_database()
    with database.read() as connection:
        open_ones = unresolved_connections(connection)
    if not open_ones:
        tell("nothing_unknown")
    failed = False
    for conn_id, channel in sorted(open_ones.items()):
        try:
            done = _ask(database, conn_id, _open(database, conn_id, channel))
        except ChannelError as error:  # of one connection: the others are asked all the same
            failed = True
            click.echo(say("error", language(), message=error), err=True)
        else:
            tell("reconciled", conn_id=conn_id, **done)
    if failed:
        click.get_current_context().exit(1)


def moment(ms: int) -> str:
    """A time as people of this installation read it."""
    from airflow_ma.config import settings
    from airflow_ma.engine.clock import from_ms

    return str(from_ms(ms, settings().timezone).format("YYYY-MM-DD HH:mm"))


def in_iso(value: Any, name: str = "") -> Any:
    """For JSON: times as ISO 8601 in the installation's time zone."""
    from airflow_ma.config import settings
    from airflow_ma.engine.clock import from_ms

    if isinstance(value, dict):
        return {key: in_iso(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_iso(inner) for inner in value]
    is_time = name in {"at", "since", "next_try", "earliest", "latest"} or name.endswith("_at")
    if is_time and isinstance(value, int):
        return from_ms(value, settings().timezone).isoformat()
    return value


def print_waiting(waiting: Iterable[WaitingMails], now: int, *, with_journey: bool) -> None:
    """The table of mails that wait."""
    from rich.markup import escape

    from airflow_ma.cli.tables import print_table, table_with
    from airflow_ma.insight.sending_texts import reason_text, span_text, wait_text

    columns = ("journey", "step") if with_journey else ("step",)
    table = table_with(say("waiting_mails", language()), columns, ("number",), ("why", "until"))
    for one in waiting:
        why = wait_text(one.why, language())
        if one.reason:
            why += f": {reason_text(one.reason, language())}"
        until = span_text(one.earliest, one.latest, now, language(), moment)
        titles = (one.journey_title, one.step_title) if with_journey else (one.step_title,)
        table.add_row(*map(escape, titles), f"{one.number:,}", escape(why), until)
    print_table(table)


def _show(found: Sending, waiting: list[WaitingMails], now: int) -> None:
    from rich.markup import escape

    from airflow_ma.cli.tables import print_table, table_with
    from airflow_ma.insight.sending import NEWEST
    from airflow_ma.insight.sending_texts import reason_text

    for stop in found.pauses:
        tell(
            "paused_since",
            conn_id=stop.conn_id,
            at=moment(stop.at),
            reason=reason_text(stop.reason, language()),
        )
        tell("how_to_resume", conn_id=stop.conn_id)
    if not found.connections and not waiting:
        tell("nothing_sent")
        return
    key = "counted_newest" if found.shortened else "counted_since"
    title = say(key, language(), at=moment(found.since), number=f"{NEWEST:,}")
    table = table_with(title, ("connection", "state"), tuple(f"n_{name}" for name in NUMBERS))
    for one in found.connections:
        state = say("state_paused" if one.pause else "state_open", language())
        table.add_row(escape(one.conn_id), state, *(f"{getattr(one, name):,}" for name in NUMBERS))
    print_table(table)
    for one in found.connections:
        if one.reasons:
            why = ", ".join(f"{reason_text(name, language())} {n:,}" for name, n in one.reasons.items())
            tell("not_sent_over", conn_id=one.conn_id, reasons=why)
        if one.next_try is not None:
            tell("next_try_over", conn_id=one.conn_id, at=moment(max(one.next_try, now)))
    if waiting:
        print_waiting(waiting, now, with_journey=True)
    number = sum(one.unresolved for one in found.connections)
    if number:
        tell("see_unknown", number=f"{number:,}")


def _after(text: str | None) -> After | None:
    """Where the list goes on. Raises BadParameter."""
    from airflow_ma.insight.unknown import After

    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,18})-(\d{1,18})", text.strip())
    if not found:
        raise click.BadParameter(say("not_after", language(), value=text), param_hint="--after")
    return After(int(found[1]), int(found[2]))


def _must_exist(database: Database, conn_id: str) -> None:
    """Raises ClickException for what no mail goes over: a pause with a typing mistake would stop nothing."""
    from airflow_ma.channels.channel import ChannelError
    from airflow_ma.channels.registry import channel_names
    from airflow_ma.insight.sending import sending as of_connections

    if conn_id in channel_names():
        return
    with database.read() as connection:
        used = {one.conn_id for one in of_connections(connection, since=0).connections}
    if conn_id in used:
        return
    from airflow_ma.dag.connections import account

    try:
        account(conn_id)
    except ChannelError as error:
        click.echo(say("error", language(), message=error), err=True)
        click.get_current_context().exit(1)


def _open(database: Database, conn_id: str, channel: str) -> Channel:
    from airflow_ma.channels.registry import NEED_CONNECTION, open_channel

    if conn_id in {channel, ""} and channel not in NEED_CONNECTION:
        return open_channel(channel, database)
    from airflow_ma.dag.connections import account

    name, found = account(conn_id)
    return open_channel(name, database, found)


def _ask(database: Database, conn_id: str, channel: Channel) -> dict[str, str]:
    """Ask as long as that finds mails out: one look is for a limited number of them."""
    from airflow_ma.engine.mail.unknown import reconcile as look
    from airflow_ma.insight.unknown import patience

    sums: Counter[str] = Counter()
    while True:
        done = look(database, conn_id, channel.trace, unknown_after=patience(database.clock()))
        sums.update(found=done.found, resent=done.resent, given_up=done.given_up)
        if not done.found or not done.waiting:
            return {name: f"{number:,}" for name, number in {**sums, "waiting": done.waiting}.items()}
