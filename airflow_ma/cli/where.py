"""``airflow-ma where``: where a person is and how they got there."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from airflow_ma.cli.command import Command, json_option, language
from airflow_ma.cli.status import message_state
from airflow_ma.cli.texts import TEXTS, say

if TYPE_CHECKING:
    from airflow_ma.insight.history import Happening
    from airflow_ma.insight.person import Passage, Person, Waiting, WaitingMail


@click.command(cls=Command)
@click.argument("person")
@json_option
def where(person: str, as_json: bool) -> None:
    """See texts.py."""
    from airflow_ma.engine.database import open_database
    from airflow_ma.insight.person import find_person

    database = open_database()
    now = database.clock().now()
    with database.read() as connection:
        found = find_person(connection, person, now=now)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        for line in _told(found):
            click.echo(line)


def _as_json(person: Person) -> Any:
    """All fields; times as ISO 8601 in the person's time zone, what does not apply left out of happenings."""
    from airflow_ma.engine.clock import from_ms

    moments = {"at", "since", "until", "planned"}

    def told(name: str, value: Any) -> Any:
        if isinstance(value, int) and (name in moments or name.endswith("_at")):
            return from_ms(value, person.timezone).isoformat()
        if isinstance(value, dict) and name != "attributes":
            applies = (item for item in value.items() if item[1] is not None or "what" not in value)
            return {key: told(key, inner) for key, inner in applies}
        return [told("", inner) for inner in value] if isinstance(value, list | tuple) else value

    return told("", dataclasses.asdict(person))


def _told(person: Person) -> Iterator[str]:
    in_language = language()
    name = f"{person.name or ''} <{person.email or '-'}>".strip()
    yield say("person", in_language, name=name, key=person.key, score=person.score, timezone=person.timezone)
    if person.tags:
        yield say("tags", in_language, tags=", ".join(person.tags))
    yield say("marketing_mail", in_language, state=_consent(person, in_language))
    if person.suppressed is not None:
        reason = say(f"reason_{person.suppressed.reason}", in_language)
        at = _time(person.suppressed.at, person.timezone)
        yield say("is_suppressed", in_language, reason=reason, at=at)
    if not person.passages:
        yield say("in_no_journey", in_language)
    for passage in person.passages:
        yield ""
        entered = _time(passage.entered_at, person.timezone)
        yield say("passage", in_language, title=passage.title, journey=passage.journey, at=entered)
        for happening in passage.history:
            yield f"  {_time(happening.at, person.timezone)}  {_what(happening, in_language)}"
        yield f"  {say('now', in_language)}: {_now(passage, person.timezone, in_language)}"
    if person.elsewhere:
        yield ""
        yield say("elsewhere", in_language)
        for happening in person.elsewhere:
            yield f"  {_time(happening.at, person.timezone)}  {_what(happening, in_language)}"


def _consent(person: Person, in_language: str) -> str:
    from airflow_ma.config import settings

    if person.unsubscribed_at is not None:
        return say("withdrew_at", in_language, at=_time(person.unsubscribed_at, person.timezone))
    if person.consented_at is not None:
        return say("agreed_at", in_language, at=_time(person.consented_at, person.timezone))
    return say("never_yes" if settings().consent == "opt_out" else "never_no", in_language)


def _time(ms: int, timezone: str) -> str:
    from airflow_ma.engine.clock import from_ms

    return str(from_ms(ms, timezone).format("YYYY-MM-DD HH:mm:ss"))


def _what(happening: Happening, in_language: str) -> str:
    from airflow_ma.insight.change_texts import outcome_text
    from airflow_ma.insight.sending_texts import reason_text

    title = happening.title
    match happening.what:
        case "move" if happening.to_step is None:
            outcome = outcome_text(happening.outcome, in_language)
            return say("move_left", in_language, title=title, outcome=outcome)
        case "move":
            outcome = outcome_text(happening.outcome, in_language)
            return say("move", in_language, title=title, outcome=outcome, to=happening.to_title)
        case "message":
            state = message_state(happening.state or "", in_language)
            told = say("message", in_language, template=happening.template, title=title, state=state)
            return f"{told} ({reason_text(happening.reason, in_language)})" if happening.reason else told
        case "alert":
            return say("alert", in_language, title=title, reason=happening.reason)
        case "answer":
            return say("answer", in_language, title=title, outcome=happening.outcome)
        case "event":
            kind = happening.type or ""
            parts = [say(kind, in_language) if kind in TEXTS else kind, happening.title, happening.url]
            if happening.machine:
                parts.append(say("by_machine", in_language))
            return " ".join(part for part in parts if part)


def _now(passage: Passage, timezone: str, in_language: str) -> str:
    from airflow_ma.insight.change_texts import left_text

    waiting = passage.waiting
    if waiting is None:
        outcomes = [one.outcome for one in passage.history if one.what == "move"]
        reason = left_text(passage.left_reason, outcomes[-1] if outcomes else None, in_language)
        return say("has_left", in_language, reason=reason)
    if waiting.held or waiting.due:
        return say("held" if waiting.held else "due", in_language, title=waiting.title)
    if waiting.planned is not None:
        return say("planned", in_language, title=waiting.title, at=_time(waiting.planned, timezone))
    if waiting.mail is not None:
        return _why_no_mail(waiting, waiting.mail, timezone, in_language)
    if waiting.until is None:
        return say("waits", in_language, title=waiting.title)
    until = _time(waiting.until, timezone)
    return say("waits_until", in_language, title=waiting.title, until=until)


def _why_no_mail(waiting: Waiting, mail: WaitingMail, timezone: str, in_language: str) -> str:
    from airflow_ma.engine.mail.unknown import MOST_ATTEMPTS
    from airflow_ma.insight.sending_texts import reason_text, rule_text

    stops = (
        say(
            "pause_of",
            in_language,
            conn_id=one.conn_id,
            at=_time(one.at, timezone),
            reason=reason_text(one.reason, in_language),
        )
        for one in mail.pauses
    )
    return say(
        f"mail_{mail.why}_{mail.fate}" if mail.fate else f"mail_{mail.why}",
        in_language,
        title=waiting.title,
        until="-" if mail.until is None else _time(mail.until, timezone)[: -len(":00")],
        rule=rule_text(mail.why, in_language),
        pauses="; ".join(stops),
        reason=reason_text(mail.reason, in_language),
        attempt=mail.attempts + 1,
        most=MOST_ATTEMPTS,
    )
