"""A line of the audit log, said in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_ma.engine.changes.audit import Action, Entry
from airflow_ma.engine.control.by_hand import ENDED
from airflow_ma.journey.said import Said
from airflow_ma.plugin.watch.step_names import StepName, name_of

_PUBLISHED = Said(en="Published version {version}", ja="バージョン{version}を公開")
_FIRST = Said(en="Published for the first time", ja="初めて公開")
_AGREED = Said(en=", approved by {by}", ja="（承認: {by}さん）")
_PEOPLE = Said(en=" ({people} people)", ja="（{people}人）")
_STARTED = Said(en=" (started by {by})", ja="（開始した人: {by}さん）")
_ONE = Said(en=" (1 person)", ja="（1人）")
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
    "closed": Said(en="Closed the journey: nobody enters any more", ja="新規の受付を停止"),
    "reopened": Said(en="Opened the journey again", ja="新規の受付を再開"),
    "archived": Said(en="Archived the journey", ja="ジャーニーをアーカイブ"),
    "unarchived": Said(en="Brought the journey back from the archive", ja="ジャーニーをアーカイブから復元"),
    "moved": Said(en="Moved people by hand", ja="手動で別のステップへ移動"),
    "continued": Said(
        en="Had people of earlier versions go on with version {version}",
        ja="以前のバージョンの人をバージョン{version}で続行",
    ),
    "removed": Said(en="Took people out by hand", ja="手動でジャーニーから除外"),
    "retried": Said(en="Had waiting mails tried again", ja="保留中のメールを再試行"),
    "start_asked": Said(en="Started it: a second person must approve", ja="開始（別の担当者の承認待ち）"),
    "start_approved": Said(en="Approved the start", ja="開始を承認"),
    "start_declined": Said(en="Declined the start: nobody entered", ja="開始を差し戻し（参加者なし）"),
    "test_mail": Said(en="Sent a test mail of “{template}” to {to}", ja="「{template}」を {to} にテスト送信"),
}
_ENDED = Said(en="Ended it for everybody inside", ja="進行中の全員を終了")
_TEST_FAILED = Said(
    en="Tried to send a test mail of “{template}” to {to}",
    ja="「{template}」の {to} へのテスト送信（未送信）",
)
_RESUMED = {
    "stood_still": Said(en=", as if time had stood still", ja="（停止していた時間を除いて続行）"),
    "catch_up": Said(en=", the time of the pause counts", ja="（停止中も時間が進んだものとして続行）"),
}
_FROM: Mapping[Action, Said] = {
    "moved": Said(en=" from {steps} to “{to}”", ja="：{steps}から「{to}」へ"),
    "continued": Said(en=" at {steps}", ja="：{steps}"),
    "removed": Said(en=" at {steps}", ja="：{steps}"),
    "retried": Said(en=" at {steps}", ja="：{steps}"),
}
_STEP = Said(en="“{step}”", ja="「{step}」")
_AND_MORE = Said(en=" and {n} more steps", ja="ほか{n}ステップ")
MOST_STEPS = 3
"""That are named in one line."""


def audit_said(entry: Entry, names: Mapping[str, StepName]) -> Said:
    """What was done, without who, when and why. ``names``: of the journey's steps."""
    if entry.action == "published":
        said = _FIRST if entry.detail.get("first") else _PUBLISHED.filled(version=entry.version)
        by = entry.detail.get("approved_by")
        return said + _AGREED.filled(by=by) if by else said
    if entry.action == "test_mail":
        return _test_mail(entry)
    ended = entry.action == "removed" and entry.detail.get("why") == ENDED
    said = _ENDED if ended else _TEXTS[entry.action].filled(version=entry.version)
    if entry.action in ("approved", "declined") and entry.detail.get("asked_by"):
        said += _OF.filled(by=entry.detail["asked_by"])
    if entry.detail.get("started_by"):
        said += _STARTED.filled(by=entry.detail["started_by"])
    if entry.action == "resumed" and entry.detail.get("deadlines") in _RESUMED:
        said += _RESUMED[entry.detail["deadlines"]]
    said += _where(entry, names)
    if entry.people == 1:
        return said + _ONE
    return said if entry.people is None else said + _PEOPLE.filled(people=f"{entry.people:,}")


def _test_mail(entry: Entry) -> Said:
    """Which mail, and to which addresses, as far as they may be told."""
    said = _TEXTS["test_mail"] if entry.detail.get("sent") else _TEST_FAILED
    return said.filled(template=entry.detail.get("template", ""), to=", ".join(entry.detail.get("to", ())))


def _where(entry: Entry, names: Mapping[str, StepName]) -> Said:
    """From which steps, and to which, it was done with people by hand."""
    steps = list(entry.detail.get("steps", ()))
    if entry.action not in _FROM or entry.detail.get("why") == ENDED or not steps:
        return Said(en="", ja="")
    named = [_STEP.filled(step=name_of(names, step).title) for step in steps[:MOST_STEPS]]
    told = Said(en=", ".join(one.en for one in named), ja="".join(one.ja for one in named))
    if len(steps) > MOST_STEPS:
        told += _AND_MORE.filled(n=len(steps) - MOST_STEPS)
    return _FROM[entry.action].filled(steps=told, to=name_of(names, entry.detail.get("to", "")).title)
