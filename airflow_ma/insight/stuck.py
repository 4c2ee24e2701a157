"""Mails of one journey that wait, failed, or may be out: how many at each step, and why, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from airflow_ma.engine.mail.unknown import UNRESOLVED
from airflow_ma.engine.sets import any_row
from airflow_ma.engine.tables import enrollment, message
from airflow_ma.insight.sending import MOST_REASONS, OTHER, RETRYABLE
from airflow_ma.insight.sending_texts import reason_text, wait_text
from airflow_ma.insight.unknown import UNRESOLVED as UNRESOLVED_MAILS
from airflow_ma.journey.said import Said

Failure = Literal["retryable", "unresolved", "not_sent"]
# As the indexes have it: SQLite uses a partial index only for the same words.
RETRYABLE_MAILS = sa.text("ma_message.state = 'retryable'")
FAILED_MAILS = sa.text(
    "(ma_message.state = 'rejected' OR ma_message.state = 'unknown' AND ma_message.resolved_at IS NOT NULL) "
    "AND coalesce(ma_message.reason, '') NOT IN "
    "('no_address', 'no_consent', 'unsubscribed', 'unsubscribe', 'bounce', 'complaint', 'invalid', 'manual', "
    "'the contact was taken elsewhere first')"
)
"""Not those who may get no mail or need none: nothing has failed."""
_WHY = Said(en="{what}: {reason}", ja="{what}（{reason}）")
_NOT_SENT = Said(en="not sent", ja="送信できず")

e, m = enrollment.c, message.c


@dataclass(frozen=True, slots=True)
class Held:
    """People at a step whose mail waits. ``why`` is in ``enrollment.hold``."""

    why: str
    said: Said
    people: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Mails of a step that were not sent, or perhaps not, for one reason."""

    state: Failure
    said: Said
    people: int


def held_mails(connection: sa.Connection, journey_id: int) -> dict[str, list[Held]]:
    """Step -> whose mail waits, by reason; whose fate is open is told with the mails that failed."""
    # The bare words: asked for one journey, SQLite would count by another index, row by row.
    query = (
        sa.select(e.hold, e.journey_id, e.step, sa.func.count().label("number"))
        .where(e.hold.is_not(None))
        .group_by(e.hold, e.journey_id, e.step)
    )
    found: defaultdict[str, list[Held]] = defaultdict(list)
    for row in connection.execute(query):
        if row.journey_id == journey_id and row.hold != UNRESOLVED:
            found[row.step].append(Held(row.hold, waits_said(row.hold), row.number))
    return {step: sorted(held, key=lambda one: -one.people) for step, held in found.items()}


def failed_mails(connection: sa.Connection, journey_id: int) -> dict[str, list[Failed]]:
    """Step -> mails that could not be sent yet, were not sent, or may be out, by reason."""
    numbers: defaultdict[tuple[str, Failure], Counter[str]] = defaultdict(Counter)
    waits = sa.select(e.id).where(e.id == m.enrollment_id, e.step == m.step, e.wake_at.is_not(None))
    here = any_row(waits.correlate(message))
    open_: tuple[tuple[Failure, sa.TextClause], ...] = (
        ("retryable", RETRYABLE_MAILS),
        ("unresolved", UNRESOLVED_MAILS),
    )
    for state, condition in open_:
        query = sa.select(m.step, m.reason, sa.func.count().label("number"))
        theirs = query.where(m.journey_id == journey_id, condition, here).group_by(m.step, m.reason)
        for row in connection.execute(theirs):
            numbers[row.step, state][row.reason or ""] += row.number
    query = sa.select(m.step, m.reason, sa.func.count().label("number"))
    over = query.where(m.journey_id == journey_id, FAILED_MAILS).group_by(m.step, m.reason)
    for row in connection.execute(over):
        numbers[row.step, "not_sent"][row.reason or ""] += row.number
    found: defaultdict[str, list[Failed]] = defaultdict(list)
    for (step, state), reasons in numbers.items():
        told = reasons.most_common(MOST_REASONS)
        rest = reasons.total() - sum(number for _, number in told)
        for reason, number in [*told, *([(OTHER, rest)] if rest else [])]:
            found[step].append(Failed(state, failed_said(state, reason), number))
    return {step: sorted(failed, key=lambda one: -one.people) for step, failed in found.items()}


def waits_said(why: str) -> Said:
    """Why mail waits, in a few words."""
    return Said(en=wait_text(why, "en"), ja=wait_text(why, "ja"))


def failed_said(state: Failure, reason: str | None) -> Said:
    """What became of a mail that was not sent, or perhaps not, and why."""
    what = _NOT_SENT if state == "not_sent" else waits_said(RETRYABLE if state == "retryable" else UNRESOLVED)
    return _WHY.filled(what=what, reason=Said(en=reason_text(reason, "en"), ja=reason_text(reason, "ja")))
