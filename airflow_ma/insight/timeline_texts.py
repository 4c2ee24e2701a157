"""What a person's timeline says, in English and Japanese."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.engine.clock import MINUTE, from_ms
from airflow_ma.engine.mail.pacing import QUIET_HOURS, read_pacing
from airflow_ma.insight.event_texts import EVENTS
from airflow_ma.insight.sending_texts import reason_text, rule_text
from airflow_ma.journey.said import Said

COMPLETED = "completed"
ENTERED = Said(en="Entered “{journey}”", ja="「{journey}」に参加")
FROM = Said(en="By “{step}”", ja="「{step}」から")
TO = Said(en="To “{step}”", ja="「{step}」へ")
MOVED = Said(en="{step}: {outcome}", ja="{step}: {outcome}")
LEFT = Said(en="Left “{journey}”", ja="「{journey}」から離脱")
FINISHED = Said(en="Finished “{journey}”", ja="「{journey}」を完了")
THE_END = Said(en="Went all the way", ja="最後のステップまで進みました")
ALERTED = Said(en="Sales was told: {step}", ja="営業へ連絡: {step}")
ANSWERED = Said(en="Sales answered: {outcome}", ja="営業の回答: {outcome}")
BECAUSE = Said(en="{event}, {at}", ja="{event}（{at}）")
MAIL = Said(en="Mail “{mail}”", ja="メール「{mail}」")

_MAILS = {
    "accepted": Said(en="Mail sent: “{mail}”", ja="メールを送信:「{mail}」"),
    "rejected": Said(en="Mail not sent: “{mail}”", ja="メールは送信されませんでした:「{mail}」"),
    "retryable": Said(en="Mail is to be tried again: “{mail}”", ja="メールを再送待ち:「{mail}」"),
    "sending": Said(en="Mail is being sent: “{mail}”", ja="メールを送信中:「{mail}」"),
    "unknown": Said(en="Mail perhaps sent: “{mail}”", ja="メールが送信されたか不明:「{mail}」"),
}
_WAITED_QUIET = Said(
    en="Waited for the end of the quiet hours ({rule})",
    ja="配信を控える時間帯（{rule}）が終わるのを待って送信",
)
_WAITED = Said(en="Waited since {at}", ja="{at} から送信待ち")
_TRIES = Said(en="Sent at attempt {number}", ja="{number}回目の試行で送信")
_STAYED = Said(en="Stayed {seconds} seconds", ja="{seconds}秒滞在")
SLACK = 15 * MINUTE
"""Real ms: a run may take so long to get to somebody, and that is no wait worth telling."""


def event_title(type_: str) -> Said:
    """What an event is called; the type itself for one that only the owner knows."""
    en, ja = EVENTS.get(type_, (type_, type_))
    return Said(en=en[:1].upper() + en[1:] if type_ in EVENTS else en, ja=ja)


def plain(text: str | None) -> Said | None:
    """What somebody wrote, in whatever language."""
    return None if not text else Said(en=text, ja=text)


def moment(ms: int, timezone: str) -> str:
    """A time as the person's clock shows it."""
    return str(from_ms(ms, timezone).format("YYYY-MM-DD HH:mm"))


def both(reason: str | None) -> Said:
    """Why a mail was not sent."""
    return Said(en=reason_text(reason, "en"), ja=reason_text(reason, "ja"))


def mail_said(
    mail: sa.Row[Any], title: Said, arrived_at: int, timezone: str, slack: int
) -> tuple[Said, Said | None]:
    """What became of a mail, and why it was not sent, or went out more than ``slack`` ms late."""
    said = _MAILS.get(mail.state, _MAILS["unknown"]).filled(mail=mail.subject or title)
    if mail.reason is not None:
        return said, both(mail.reason)
    if mail.state != "accepted":
        return said, None
    if mail.attempts > 1:
        return said, _TRIES.filled(number=mail.attempts)
    waited = (mail.sent_at or arrived_at) - arrived_at
    return said, None if waited < slack else _why_late(mail, arrived_at, timezone, slack)


def event_detail(row: sa.Row[Any]) -> Said | None:
    """What was said or how long it lasted."""
    known = row.properties if isinstance(row.properties, dict) else {}
    if isinstance(known.get("text"), str):
        return plain(known["text"])
    stayed = known.get("dwell_ms")
    return _STAYED.filled(seconds=round(stayed / 1000)) if isinstance(stayed, int | float) else None


def _why_late(mail: sa.Row[Any], arrived_at: int, timezone: str, slack: int) -> Said:
    """The holds of the past are not kept: the quiet hours can be told by the time at which it went out."""
    rules = settings()
    try:
        quiet = read_pacing(rules.quiet_hours, rules.frequency_caps).quiet
    except ValueError:
        quiet = None
    over = None if quiet is None else quiet.over_at(timezone, arrived_at)
    if mail.purpose == "marketing" and over is not None and over <= mail.sent_at < over + slack:
        return _WAITED_QUIET.filled(
            rule=Said(en=rule_text(QUIET_HOURS, "en"), ja=rule_text(QUIET_HOURS, "ja"))
        )
    return _WAITED.filled(at=moment(arrived_at, timezone))
