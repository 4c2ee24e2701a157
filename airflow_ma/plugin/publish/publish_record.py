"""What the log keeps of a publication: what was chosen for the people inside, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_ma.engine.changes.audit import Entry
from airflow_ma.journey.said import Said
from airflow_ma.plugin.publish.change_plan import ChangePlan
from airflow_ma.plugin.publish.models import Do, Relocated, Rule

_CHOSEN: Mapping[Do, Said] = {
    "adopt": Said(
        en="{people} people at “{step}”: the new settings hold for them",
        ja="「{step}」にいた{people}人：新しい設定を適用",
    ),
    "move": Said(
        en="{people} people at “{step}”: move to “{to}”", ja="「{step}」にいた{people}人：「{to}」に移動"
    ),
    "leave": Said(
        en="{people} people at “{step}”: leave the journey",
        ja="「{step}」にいた{people}人：ジャーニーから外す",
    ),
    "finish": Said(
        en="{people} people at “{step}”: finish on the version they are on",
        ja="「{step}」にいた{people}人：以前のバージョンのまま最後まで進む",
    ),
}
_WHY = Said(en=" ({reason})", ja="（{reason}）")
_PER_HOUR = Said(en="At most {n} people an hour", ja="1時間あたり最大{n}人")
_DONE: Mapping[str, Said] = {
    "moved": Said(en="{n} moved", ja="{n}人を移動"),
    "left": Said(en="{n} left", ja="{n}人を除外"),
    "adopted": Said(en="the new settings hold for {n}", ja="{n}人に新しい設定を適用"),
    "finish": Said(en="{n} stay on their version", ja="{n}人は以前のバージョンのまま"),
}
_RESULT = Said(en="Result: {done}", ja="結果：{done}")
_NOBODY = Said(en="Result: nobody was concerned", ja="結果：対象になった人はいませんでした")
_REST = Said(en="{n} more people follow", ja="残りの{n}人にも順次適用")


def chosen(plan: ChangePlan, rules: Mapping[str, Rule], here: Mapping[str, int]) -> list[dict[str, Any]]:
    """What was chosen for those at changed and removed steps, by the names that the steps have now."""
    return [
        {
            "step": plan.title(step).model_dump(),
            "people": here[step],
            "do": rule.do,
            "to": None if rule.to is None else plan.title(rule.to).model_dump(),
            "reason": rule.reason,
        }
        for step, rule in rules.items()
        if here.get(step)
    ]


def details_said(entry: Entry, *, reasons: bool) -> list[Said]:
    """The lines under a publication. ``reasons``, which may name people, are not for everybody."""
    if entry.action != "published":
        return []
    lines = [_chosen_said(one, reasons=reasons) for one in entry.detail.get("chosen", ())]
    if lines and entry.detail.get("per_hour"):
        lines.append(_PER_HOUR.filled(n=f"{entry.detail['per_hour']:,}"))
    result = entry.detail.get("result")
    if result is not None:
        lines += _result_said(Relocated.model_validate(result))
    return lines


def _chosen_said(one: Mapping[str, Any], *, reasons: bool) -> Said:
    step, to = (None if one[name] is None else Said.model_validate(one[name]) for name in ("step", "to"))
    said = _CHOSEN[one["do"]].filled(step=step, to=to, people=f"{one['people']:,}")
    return said + _WHY.filled(reason=one["reason"]) if reasons and one["reason"] else said


def _result_said(result: Relocated) -> Sequence[Said]:
    numbers = result.model_dump()
    done = [said.filled(n=f"{numbers[name]:,}") for name, said in _DONE.items() if numbers[name]]
    lines = []
    if done:
        together = Said(en=", ".join(one.en for one in done), ja="、".join(one.ja for one in done))
        lines.append(_RESULT.filled(done=together))
    if result.rest:
        lines.append(_REST.filled(n=f"{result.rest:,}"))
    return lines or [_NOBODY]
