"""Which troubles are to be told: each when it begins, once more when it gets worse, and when it is over.

What was told is kept in ``ma_alarm``. It is written down only after somebody was told: a mail server that is
away for a moment swallows no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import sqlalchemy as sa

from airflow_ma.engine.clock import MINUTE
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alarm
from airflow_ma.insight.health import Health
from airflow_ma.insight.health_checks import STATES, Check, State
from airflow_ma.insight.health_texts import ALARMS, BEGINNINGS, TITLES
from airflow_ma.journey.said import Said

WARN_AFTER_MINUTES = 15
"""Real minutes that a warning must last before it is told; what is bad is told at once."""
LONGEST_SUBJECT = 3
"""Troubles that a subject line names."""

What = Literal["begun", "worse", "over"]
a = alarm.c


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to tell. Times are ms of the installation's clock."""

    id: str
    what: What
    state: State
    title: Said
    said: Said
    advice: Said | None
    since: int

    @property
    def heading(self) -> Said:
        """Such as "WARNING: Bounces"."""
        return ALARMS["over" if self.what == "over" else self.state].filled(title=self.title)


def due_alarms(database: Database, health: Health, *, warn_after_minutes: int) -> list[Alarm]:
    """What is to be told now. New troubles are noted, those that went away untold are forgotten."""
    wait = int(warn_after_minutes * MINUTE * database.clock().speed)
    current = {check.id: check for check in health.checks if check.state != "good"}
    found: list[Alarm] = []
    with database.write() as connection:
        known = {row.code: row for row in connection.execute(sa.select(alarm).order_by(a.since, a.code))}
        for key, row in known.items():
            if key not in current and row.told_at is None:
                connection.execute(sa.delete(alarm).where(a.code == key))
            elif key not in current:
                found.append(_over(row))
        for key, check in current.items():
            known_row = known.get(key)
            since = health.at if known_row is None else known_row.since
            if known_row is None:
                detail = {"told": None, "said": check.said.model_dump()}
                new = {"code": key, "since": since, "detail": detail}
                connection.execute(sa.insert(alarm).values(new))
            told = None if known_row is None else known_row.detail["told"]
            if told is None and (check.state == "bad" or health.at - since >= wait):
                found.append(_alarm(check, "begun", since))
            elif told is not None and STATES.index(check.state) > STATES.index(told):
                found.append(_alarm(check, "worse", since))
    return sorted(found, key=lambda one: (one.what == "over", -STATES.index(one.state)))


def mark_told(database: Database, alarms: Sequence[Alarm]) -> None:
    """Write down that somebody was told of these."""
    now = database.clock().now()
    with database.write() as connection:
        for one in alarms:
            mine = a.code == one.id
            if one.what == "over":
                connection.execute(sa.delete(alarm).where(mine))
                continue
            detail = {"told": one.state, "said": one.said.model_dump()}
            connection.execute(sa.update(alarm).where(mine).values(told_at=now, detail=detail))


@dataclass(frozen=True, slots=True)
class Message:
    """What a notifier sends, in both languages at once: who is on duty may read either."""

    subject: str
    text: str
    html: str


def message_of(alarms: Sequence[Alarm], when: Mapping[str, str], link: str) -> Message:
    """All that is to be told in one message. ``when``: since when, by the ids of the alarms."""
    names = [one.heading for one in alarms[:LONGEST_SUBJECT]]
    more = f" +{len(alarms) - len(names)}" if len(alarms) > len(names) else ""
    subject = ", ".join(f"{name.en} / {name.ja}" for name in names) + more
    paragraphs = []
    for one in alarms:
        for language in ("en", "ja"):
            lines = [one.heading.say(language), one.said.say(language)]
            lines.append(BEGINNINGS["since"].filled(when=when[one.id]).say(language))
            if one.advice is not None:
                lines.append(BEGINNINGS["advice"].filled(advice=one.advice).say(language))
            paragraphs.append(lines)
    paragraphs.append([BEGINNINGS["link"].filled(link=link).say(language) for language in ("en", "ja")])
    text = "\n\n".join("\n".join(lines) for lines in paragraphs)
    html = "".join(f"<p>{'<br>'.join(escape(line) for line in lines)}</p>" for lines in paragraphs)
    return Message(subject, text, html)


def _alarm(check: Check, what: What, since: int) -> Alarm:
    return Alarm(check.id, what, check.state, check.title, check.said, check.advice, since)


def _over(row: sa.Row[Any]) -> Alarm:
    title = TITLES.get(row.code.partition(":")[0], Said(en=row.code, ja=row.code))
    return Alarm(row.code, "over", "good", title, Said(**row.detail["said"]), None, row.since)
