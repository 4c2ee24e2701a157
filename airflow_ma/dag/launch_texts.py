"""What is asked of who approves the start of a one-off journey, as Airflow shows it (Markdown)."""

from __future__ import annotations

from airflow_ma.journey.said import Said

SUBJECT = Said(
    en="Start “{title}” for {people} people?",
    ja="「{title}」を{people}人に開始しますか？",
)
BODY = Said(
    en="**{title}** has been started. Nobody has entered yet: a second person must approve first.\n\n"
    "- People who would enter now: **{people}**\n"
    "- Mails that go out at once: {mails}\n"
    "- Started by: {started_by}\n"
    "- Started at: {started_at}\n\n"
    "[Open the journey]({link})\n\n"
    "Everybody enters who fits at the moment of the approval. If you decline, nobody enters.{not_you}",
    ja="**{title}** が開始されましたが、まだ誰も入っていません。別の担当者の承認が必要です。\n\n"
    "- 現在の対象者: **{people}**人\n"
    "- すぐに送られるメール: {mails}\n"
    "- 開始した人: {started_by}\n"
    "- 開始日時: {started_at}\n\n"
    "[ジャーニーを開く]({link})\n\n"
    "承認した時点で条件に合う人全員が入ります。差し戻すと、誰も入りません。{not_you}",
)
STARTED_BY = Said(
    en=" {by} started it and cannot approve it: that would not count, and the question would come again.",
    ja="開始した{by}さんは承認できません。{by}さんが承認しても無効となり、もう一度確認されます。",
)
NO_MAIL = Said(en="none", ja="なし")
NOBODY = Said(en="nobody (by schedule)", ja="なし（スケジュール実行）")
UNKNOWN = Said(en="an unknown number of", ja="（人数不明）")
