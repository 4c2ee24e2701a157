"""What a tryout says, in English and Japanese."""

from __future__ import annotations

from airflow_ma.engine.clock import NEVER
from airflow_ma.insight.sending_texts import reason_text, wait_text
from airflow_ma.insight.timeline_texts import COMPLETED, moment
from airflow_ma.journey.said import Said

ENTERED = Said(en="Entered by “{step}”", ja="「{step}」から参加")
NOT_MEANT = Said(
    en="Would not enter in reality: is not who the journey is for. Let in to try it out",
    ja="実際には対象外の人ですが、お試しのため参加させます",
)
MOVED = Said(en="{step}: {outcome}", ja="{step}: {outcome}")
ALERTED = Said(en="{step}: {reason}", ja="{step}: {reason}")
DID_AT = Said(en="{event}: {url}", ja="{event}: {url}")
CANNOT_SEND = Said(
    en="This mail cannot be sent yet: {problem}", ja="このメールはまだ送信できません: {problem}"
)

_SENT = Said(en="Gets the mail “{mail}”", ja="メール「{mail}」が届く")
_NOT_SENT = Said(en="Does not get the mail “{mail}”: {why}", ja="メール「{mail}」は届きません: {why}")
_HELD = Said(en="The mail waits until {at}: {why}", ja="メールは {at} まで送信待ち: {why}")
_LEFT = Said(en="Leaves the journey: {why}", ja="ジャーニーを終了: {why}")
_COMPLETED = Said(en="Leaves the journey at its end", ja="最後まで進んでジャーニーを終了")


def mail(title: Said | str, sent: bool, reason: str | None) -> Said:
    """Whether a mail arrives, and why not."""
    if sent:
        return _SENT.filled(mail=title)
    why = Said(en=reason_text(reason, "en"), ja=reason_text(reason, "ja"))
    return _NOT_SENT.filled(mail=title, why=why)


def held(why: str, until: int, timezone: str) -> Said:
    """Why a mail waits, and until when (ms)."""
    at = "-" if until >= NEVER else moment(until, timezone)
    return _HELD.filled(at=at, why=Said(en=wait_text(why, "en"), ja=wait_text(why, "ja")))


def left(reason: str, outcome: str, title: Said) -> Said:
    """How the journey ended; ``reason`` is as the step says it, ``title`` that of the outcome."""
    if reason == COMPLETED:
        return _COMPLETED
    return _LEFT.filled(why=title if reason == outcome else Said(en=reason, ja=reason))
