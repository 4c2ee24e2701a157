"""A line of the audit log, said in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_ma.engine.audit import Action, Entry
from airflow_ma.journey.said import Said

_PUBLISHED = Said(en="Published version {version}", ja="バージョン{version}を公開")
_FIRST = Said(en="Published for the first time", ja="初めて公開")
_AGREED = Said(en=", approved by {by}", ja="（承認: {by}さん）")
_PEOPLE = Said(en=" ({people} people)", ja="（{people}人）")
_OF = Said(en=" of {by}", ja="（依頼: {by}さん）")
_TEXTS: Mapping[Action, Said] = {
    "approval_asked": Said(en="Asked for approval to publish", ja="公開の承認を依頼"),
    "approved": Said(en="Approved the request", ja="公開を承認"),
    "declined": Said(en="Declined the request", ja="公開の依頼を差し戻し"),
    "approval_withdrawn": Said(en="The request for approval was withdrawn", ja="承認の依頼を取り下げ"),
    "restored": Said(en="Made version {version} the draft", ja="バージョン{version}を下書きに復元"),
    "discarded": Said(en="Threw the draft away", ja="下書きを破棄"),
    "paused": Said(en="Paused the journey", ja="ジャーニーを一時停止"),
    "resumed": Said(en="Resumed the journey", ja="ジャーニーを再開"),
    "closed": Said(en="Closed the journey: nobody enters any more", ja="ジャーニーの受付を終了"),
    "reopened": Said(en="Opened the journey again", ja="ジャーニーの受付を再開"),
    "archived": Said(en="Archived the journey", ja="ジャーニーをアーカイブ"),
    "unarchived": Said(en="Brought the journey back from the archive", ja="ジャーニーをアーカイブから復元"),
    "moved": Said(en="Moved people by hand", ja="手動で別のステップへ移動"),
    "removed": Said(en="Took people out by hand", ja="手動でジャーニーから除外"),
    "retried": Said(en="Had waiting mails tried again", ja="保留中のメールを再試行"),
}


def audit_said(entry: Entry) -> Said:
    """What was done, without who, when and why."""
    if entry.action == "published":
        said = _FIRST if entry.detail.get("first") else _PUBLISHED.filled(version=entry.version)
        by = entry.detail.get("approved_by")
        return said + _AGREED.filled(by=by) if by else said
    said = _TEXTS[entry.action].filled(version=entry.version)
    if entry.action in ("approved", "declined") and entry.detail.get("asked_by"):
        said += _OF.filled(by=entry.detail["asked_by"])
    return said if entry.people is None else said + _PEOPLE.filled(people=f"{entry.people:,}")
