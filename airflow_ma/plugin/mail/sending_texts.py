"""Why mails wait or were not sent, in both languages, for the page about sending."""

from __future__ import annotations

from airflow_ma.insight.sending_texts import reason_text, rule_text, wait_text
from airflow_ma.journey.said import Said

_EXPLAINED = {
    "quiet_hours": Said(
        en="No marketing mail at night: {rule} in each person's own time zone.",
        ja="広告・宣伝メールを送らない時間帯です（各人の現地時間で {rule}）。",
    ),
    "frequency_cap": Said(
        en="They had as many mails as one person may get: {rule}.",
        ja="1人に送れる数の上限に達しています（{rule}）。",
    ),
    "paused": Said(en="A connection is paused; see above.", ja="接続の配信を停止しているためです。"),
    "resumed": Said(
        en="The pause is over: they go out with the next run.",
        ja="停止が解除されたため、次の実行で送信されます。",
    ),
    "unresolved": Said(
        en="It may be out already, so it is not sent again blindly; see below.",
        ja="すでに届いている可能性があるため、確認できるまで再送しません。",
    ),
    "retryable": Said(en="It certainly did not go out.", ja="まだ送信されていないことは確かです。"),
}


def waits_because(why: str) -> Said:
    """Why mail waits, in a few words."""
    return Said(en=wait_text(why, "en"), ja=wait_text(why, "ja"))


def explained(why: str) -> Said | None:
    """What stands behind a reason to wait; None for one of which there is no more to say."""
    said, rule = _EXPLAINED.get(why), Said(en=rule_text(why, "en"), ja=rule_text(why, "ja"))
    if said is None or ("{rule}" in said.en and not rule.en):  # the rule has been taken away meanwhile
        return None
    return said.filled(rule=rule)


def reason_said(reason: str | None) -> Said:
    """Why a mail was not sent, nobody knows, or sending is paused; others' own words are left as they are."""
    return Said(en=reason_text(reason, "en"), ja=reason_text(reason, "ja"))
