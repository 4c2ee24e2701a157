"""What people are told about mails that wait, were not sent or may be out, in English and Japanese."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from airflow_ma.channels.explained.sentences import explained
from airflow_ma.config import settings
from airflow_ma.engine.clock import DAY, HOUR
from airflow_ma.engine.mail.pacing import FREQUENCY_CAP, QUIET_HOURS, read_pacing
from airflow_ma.engine.mail.rules import EXPIRED, NOT_NEEDED, WORKER_DIED
from airflow_ma.engine.mail.unknown import GIVEN_UP, MOST_ATTEMPTS, NO_TRACE
from airflow_ma.insight.sending import OTHER
from airflow_ma.insight.unknown import Fate

LANGUAGES = ("en", "ja")
Time = TypeVar("Time", int, datetime)

REASONS: dict[str, tuple[str, str]] = {
    "no_address": ("has no mail address", "メールアドレスの登録なし"),
    "no_consent": ("no consent on record", "受信の同意が記録されていない"),
    "unsubscribed": ("unsubscribed", "配信停止済み"),
    "bounce": ("the address bounced", "過去に不達（バウンス）"),
    "complaint": ("reported as spam", "迷惑メールとして報告された"),
    "invalid": ("not a working address", "アドレスが無効"),
    EXPIRED: ("could not be sent in time", "期限内に送信できなかった"),
    "unsubscribe": ("unsubscribed", "配信停止済み"),
    "manual": ("put on the suppression list by hand", "送信停止リストに手動で登録"),
    WORKER_DIED: ("the sending worker died", "送信中に処理が中断した"),
    NOT_NEEDED: ("moved to another step before it was sent", "送信前に別のステップへ移動した"),
    NO_TRACE: ("no trace of it was found in time", "期限までに送信の記録が見つからなかった"),
    GIVEN_UP: ("no trace of it was found in time", "期限までに送信の記録が見つからなかった"),
    OTHER: ("other reasons", "その他"),
    "": ("no reason given", "理由不明"),
}  # fmt: skip

WAITS: dict[str, tuple[str, str]] = {
    "quiet_hours": ("quiet hours", "配信を控える時間帯"),
    "frequency_cap": ("enough mails for now (frequency cap)", "配信頻度の上限"),
    "paused": ("sending is paused", "配信の一時停止中"),
    "resumed": ("sending was resumed", "配信の再開済み"),
    "unresolved": ("perhaps sent, being found out", "送信されたか確認中"),
    "retryable": ("could not be sent, tried again", "送信できず、再送待ち"),
}  # fmt: skip

_CAPS: dict[str, tuple[str, str]] = {
    "day": ("{number} a day", "1日に {number} 通"),
    "days": ("{number} in {length} days", "{length}日間に {number} 通"),
    "hour": ("{number} an hour", "1時間に {number} 通"),
    "hours": ("{number} in {length} hours", "{length}時間に {number} 通"),
    "between": (", ", "、"),
}  # fmt: skip

_SPANS: dict[str, tuple[str, str]] = {
    "resumed": ("when sending is resumed", "配信の再開後"),
    "due": ("due: the next run sends it", "次の実行で送信"),
    "at": ("{first}", "{first}"),
    "between": ("from {first} to {last}", "{first} から {last} にかけて"),
}  # fmt: skip

_FATES: dict[str, tuple[str, str]] = {
    "given_up": (
        "Found out by the provider's events or log; after {until} given up, never sent again.",
        "配信サービスの通知や記録で確認します。{until} を過ぎても確認できなければ打ち切り、再送はしません。",
    ),
    "given_up_now": (
        "Given up the next time the step looks, unless a trace is found; never sent again.",
        "次の確認でも記録が見つからなければ打ち切り、再送はしません。",
    ),
    "sent_again": (
        "Found out by the provider's events or log; sent again at {until} if there is no trace: "
        "attempt {attempt} of {most}.",
        "配信サービスの通知や記録で確認します。"
        "{until} までに記録が見つからなければ再送します（{most} 回中 {attempt} 回目）。",
    ),
    "sent_again_now": (
        "Sent again the next time the step looks, unless a trace is found: attempt {attempt} of {most}.",
        "次の確認でも記録が見つからなければ再送します（{most} 回中 {attempt} 回目）。",
    ),
}  # fmt: skip


def reason_text(reason: str | None, language: str) -> str:
    """Why a mail was not sent, nobody knows, or sending is paused; others' own words stay as they are."""
    return _said(REASONS.get(reason or ""), language) or explained(reason or "").say(language)


def wait_text(why: str, language: str) -> str:
    """Why mail waits, in a few words."""
    return _said(WAITS.get(why), language) or why


def rule_text(why: str, language: str) -> str:
    """The setting behind a reason to wait, in words; empty for a reason that has none."""
    rules = settings()
    if why == QUIET_HOURS:
        return rules.quiet_hours.replace("-", "–" if language == "en" else "〜")
    if why != FREQUENCY_CAP:
        return ""
    try:
        caps = read_pacing(rules.quiet_hours, rules.frequency_caps).caps
    except ValueError:  # the step that sends says so; here it is shown as it is written
        return rules.frequency_caps
    told = []
    for cap in reversed(caps):
        unit, length = ("day", cap.window // DAY) if cap.window % DAY == 0 else ("hour", cap.window // HOUR)
        text = _said(_CAPS[unit if length == 1 else f"{unit}s"], language)
        told.append(text.format(number=cap.number, length=length))
    return _said(_CAPS["between"], language).join(told)


def span_text(
    earliest: Time | None, latest: Time | None, now: Time, language: str, moment: Callable[[Time], str]
) -> str:
    """When waiting mails are looked at again; ``moment`` writes a time as people read it."""
    if earliest is None:
        return _said(_SPANS["resumed"], language)
    if latest is not None and latest <= now:
        return _said(_SPANS["due"], language)
    first, last = moment(max(earliest, now)), moment(latest or earliest)
    return _said(_SPANS["at" if first == last else "between"], language).format(first=first, last=last)


def fate_text(fate: Fate, attempts: int, language: str, until: str | None) -> str:
    """What will become of a mail whose fate is open; ``until`` as people read it, None when it is over."""
    text = _said(_FATES[fate if until is not None else f"{fate}_now"], language)
    return text.format(until=until, attempt=attempts + 1, most=MOST_ATTEMPTS)


def _said(texts: tuple[str, str] | None, language: str) -> str:
    return texts[LANGUAGES.index(language)] if texts else ""
