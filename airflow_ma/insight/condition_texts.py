"""A condition in plain words: "Rank is gold and has the tag vip"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from airflow_ma.contacts.condition_parts import (
    AllCondition,
    AnyCondition,
    AnyPart,
    AttributeCondition,
    Condition,
    EventCondition,
    NotCondition,
    TagCondition,
)
from airflow_ma.insight.attribute_texts import attribute_title
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.duration import format_duration
from airflow_ma.journey.said import Said

NOTHING = Said(en="", ja="")
_UNFINISHED = Said(en="(unfinished condition)", ja="（未入力の条件）")
_AND = Said(en=" and ", ja="、かつ")
_OR = Said(en=" or ", ja="、または")
_BRACKETS = Said(en="({text})", ja="（{text}）")
_NOT = Said(en="not ({text})", ja="「{text}」ではない")
_TAG = (
    Said(en="has the tag {tag}", ja="タグ「{tag}」が付いている"),
    Said(en="does not have the tag {tag}", ja="タグ「{tag}」が付いていない"),
)
_ATTRIBUTE = {
    "is": Said(en="{name} is {value}", ja="{name}が{value}"),
    "is_not": Said(en="{name} is not {value}", ja="{name}が{value}ではない"),
    "one_of": Said(en="{name} is one of {value}", ja="{name}が{value}のどれか"),
    "at_least": Said(en="{name} is at least {value}", ja="{name}が{value}以上"),
    "at_most": Said(en="{name} is at most {value}", ja="{name}が{value}以下"),
    "contains": Said(en="{name} contains {value}", ja="{name}に{value}を含む"),
}
_KNOWN = Said(en="{name} is known", ja="{name}が登録されている")
_NOT_KNOWN = Said(en="{name} is not known", ja="{name}が登録されていない")
_EVENT = Said(en="{event}{page}{stay}{times}{within}", ja="{within}{page}{stay}{times}「{event}」があった")
_PAGE = Said(en=" ({url})", ja="{url} で")
_STAY = Said(en=" for at least {length}", ja="{length}以上")
_TIMES = Said(en=" at least {number} times", ja="{number}回以上、")
_WITHIN = Said(en=" in the last {length}", ja="過去{length}以内に、")
_AFTER = Said(en=" within {length}", ja="{length}以内に、")
_COMMA = Said(en=", ", ja="、")
_YES, _NO = Said(en="yes", ja="はい"), Said(en="no", ja="いいえ")


def condition_said(written: Any) -> Said:
    """A condition as it is stored, in words; says so where it is not finished."""
    try:
        return _part(Condition.model_validate(written).root)
    except (ValidationError, RecursionError):
        return _UNFINISHED


def goal_said(written: Any) -> Said:
    """An event condition that counts from the moment somebody entered, in words."""
    try:
        return _event(EventCondition.model_validate(written), _AFTER)
    except ValidationError:
        return _UNFINISHED


def scalar_said(value: Any) -> Said:
    """A text, a number, yes or no."""
    if isinstance(value, bool):
        return _YES if value else _NO
    return Said(en=str(value), ja=str(value))


def joined(parts: Sequence[Said], by: Said = _COMMA) -> Said:
    """One after the other."""
    return Said(en=by.en.join(part.en for part in parts), ja=by.ja.join(part.ja for part in parts))


def _part(part: AnyPart) -> Said:
    match part:
        case AttributeCondition():
            return _attribute(part)
        case TagCondition():
            return _TAG[0].filled(tag=part.tag)
        case EventCondition():
            return _event(part, _WITHIN)
        case NotCondition():
            return _opposite(part.not_.root)
    return _group(part.all, _AND) if isinstance(part, AllCondition) else _group(part.any, _OR)


def _opposite(part: AnyPart) -> Said:
    return _TAG[1].filled(tag=part.tag) if isinstance(part, TagCondition) else _NOT.filled(text=_part(part))


def _group(parts: Sequence[Condition], by: Said) -> Said:
    said = []
    for one in parts:
        text = _part(one.root)
        several = isinstance(one.root, AllCondition | AnyCondition)
        said.append(_BRACKETS.filled(text=text) if several and len(parts) > 1 else text)
    return joined(said, by)


def _attribute(part: AttributeCondition) -> Said:
    name = attribute_title(part.attribute)
    if part.operator == "known":
        return (_KNOWN if part.operand else _NOT_KNOWN).filled(name=name)
    values = part.operand if isinstance(part.operand, list) else [part.operand]
    return _ATTRIBUTE[part.operator].filled(name=name, value=joined([scalar_said(one) for one in values]))


def _event(part: EventCondition, within: Said) -> Said:
    return _EVENT.filled(
        event=event_title(part.event),
        page=_PAGE.filled(url=part.url) if part.url else NOTHING,
        stay=_STAY.filled(length=_length(part.dwell_at_least)) if part.dwell_at_least else NOTHING,
        times=_TIMES.filled(number=part.times) if part.times > 1 else NOTHING,
        within=within.filled(length=_length(part.within)) if part.within else NOTHING,
    )


def _length(length: Any) -> Said:
    return Said(en=format_duration(length, "en"), ja=format_duration(length, "ja"))
