"""Where a person stands in each journey now, and what they wait for, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.engine.clock import from_ms
from airflow_ma.engine.tables import enrollment, journey, journey_step, message
from airflow_ma.insight.person import Waiting, WaitingMail, waiting_of
from airflow_ma.insight.sending_texts import reason_text, rule_text, wait_text
from airflow_ma.insight.timeline import Place, Why
from airflow_ma.journey.said import Said

MOST = 200
_HELD = Said(en="Is being looked at right now", ja="処理中です")
_DUE = Said(en="Is looked at with the next run", ja="まもなく次へ進みます")
_SENDS = Said(
    en="The mail goes out on {at} (they are sent a few at a time)", ja="{at}に送信予定（少しずつ送信中）"
)
_TURN = Said(en="Goes on, on {at} (a few people at a time)", ja="{at}に次へ進む予定（少しずつ進行中）")
_MAIL = Said(en="The mail waits: {why}", ja="メールの送信待ち: {why}")
_WITH_RULE = Said(en="{why} ({rule})", ja="{why}（{rule}）")

e, j, m = enrollment.c, journey.c, message.c


@dataclass(frozen=True, slots=True)
class Standing:
    """One place where a person is. Times in ms."""

    journey: str
    journey_title: str
    step: str
    step_title: Said
    since: int
    until: int | None
    """When it goes on whatever happens; None: only when something happens."""
    waits_for: Said


def standings(
    connection: sa.Connection, contact_id: int, *, journeys: Collection[int], now: int, why: Why
) -> list[Standing]:
    """Every place in these journeys where the person is now (ms), the newest first; 200 at most."""
    rows = connection.execute(
        sa.select(enrollment, j.key.label("journey_key"), j.title.label("journey_title"))
        .join(journey, j.id == e.journey_id)
        .where(e.contact_id == contact_id, e.wake_at.is_not(None), e.journey_id.in_(journeys))
        .order_by(e.arrived_at.desc(), e.id.desc())
        .limit(MOST)
    ).all()
    found = []
    for row in rows:
        step = connection.execute(
            sa.select(journey_step).where(
                journey_step.c.journey_id == row.journey_id, journey_step.c.step == row.step
            )
        ).one_or_none()
        mails = connection.execute(
            sa.select(message).where(m.enrollment_id == row.id, m.step == row.step)
        ).all()
        waiting = waiting_of(connection, row, step, mails, now)
        if waiting is None:
            continue
        until = until_of(waiting)
        found.append(
            Standing(
                row.journey_key,
                row.journey_title,
                row.step,
                why.called(row.step, waiting.title, waiting.kind or None),
                waiting.since,
                until,
                waits_for(waiting, Place(row.journey_id, row.version, row.step), why),
            )
        )
    return found


def mail_wait(mail: WaitingMail) -> Said:
    """Why a mail has not gone out yet."""
    why = Said(en=wait_text(mail.why, "en"), ja=wait_text(mail.why, "ja"))
    rule = Said(en=rule_text(mail.why, "en"), ja=rule_text(mail.why, "ja"))
    if not rule.en and mail.reason:
        rule = Said(en=reason_text(mail.reason, "en"), ja=reason_text(mail.reason, "ja"))
    return _MAIL.filled(why=_WITH_RULE.filled(why=why, rule=rule) if rule.en else why)


def until_of(waiting: Waiting) -> int | None:
    """When it goes on whatever happens (ms), unless that is in the sentence; None: when something happens."""
    if waiting.planned is not None:
        return None
    return waiting.until if waiting.mail is None else waiting.mail.until


def waits_for(waiting: Waiting, place: Place, why: Why) -> Said:
    """What somebody waits for at that place, in a sentence."""
    if waiting.held:
        return _HELD
    if waiting.due:
        return _DUE
    if waiting.planned is not None:
        at = from_ms(waiting.planned, settings().timezone)
        told = Said(en=at.format("D MMM, HH:mm"), ja=at.format("M/D HH:mm"))
        return (_SENDS if why.sends(place) else _TURN).filled(at=told)
    return why.waits_for(place) if waiting.mail is None else mail_wait(waiting.mail)
