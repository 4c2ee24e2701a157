"""What is missing in a condition, in plain words: the first part that somebody has yet to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airflow_ma.contacts.condition_parts import DEEPEST, NUMBER_COLUMNS, OPERATORS
from airflow_ma.insight.attribute_texts import attribute_title
from airflow_ma.journey.said import Said

_NOT_COMPLETE = Said(en="A condition in “{title}” is not complete", ja="「{title}」の条件が完成していません")
_OF_WAY = Said(
    en="The condition of the way “{way}” is not complete", ja="ルート「{way}」の条件が完成していません"
)
_NO_CONDITION = Said(
    en="Add a condition, or remove the way", ja="条件を追加するか、このルートを削除してください"
)
_NO_PARTS = Said(
    en="Add a condition, or remove the group", ja="条件を追加するか、このグループを削除してください"
)
_SUBJECT = Said(
    en="Choose what the condition is about", ja="何についての条件か（項目や行動）を選んでください"
)
_TAG = Said(en="Enter the value of the condition (tag)", ja="条件の値を入力してください（タグ）")
_VALUE = Said(en="Enter the value of the condition ({name})", ja="条件の値を入力してください（{name}）")
_VALUES = Said(
    en="Enter at least one value of the condition ({name})", ja="条件の値を1つ以上入力してください（{name}）"
)
_NUMBER = Said(
    en="The value of the condition ({name}) must be a number", ja="条件の値は数字で入力してください（{name}）"
)
_EVENT = Said(en="Choose what they did", ja="行動を選んでください")


def condition_fault(value: Any, *, ways: bool) -> tuple[Said, Said] | None:
    """What is missing and what to do; None when something is wrong that is not simply missing.

    ``ways``: the value is a mapping from the name of a way to its condition.
    """
    if not ways:
        fix = next(_missing(value), None)
        return (_NOT_COMPLETE, fix) if fix else None
    for name, condition in value.items() if isinstance(value, Mapping) else ():
        fix = _NO_CONDITION if condition in (None, {}) else next(_missing(condition), None)
        if fix is not None:
            return _OF_WAY.filled(way=_literal(name)), fix
    return None


def _literal(text: object) -> str:
    """Written by people, and filled in once more later: its own braces stay."""
    return str(text).replace("{", "{{").replace("}", "}}")


def _missing(condition: Any, left: int = DEEPEST) -> Iterator[Said]:
    """What to do about each part that is not complete, down to ``left`` levels."""
    if not isinstance(condition, Mapping) or not left:
        return
    for joint in ("all", "any"):
        parts = condition.get(joint)
        if isinstance(parts, list):
            if not parts:
                yield _NO_PARTS
            for part in parts:
                yield from _missing(part, left - 1)
    yield from _missing(condition.get("not"), left - 1)
    if condition.get("tag") == "":
        yield _TAG
    if condition.get("event") == "":
        yield _EVENT
    if "attribute" in condition:
        yield from _missing_value(condition)


def _missing_value(condition: Mapping[str, Any]) -> Iterator[Said]:
    attribute = condition["attribute"]
    if attribute == "":
        yield _SUBJECT
        return
    name = attribute_title(str(attribute))
    for operator in OPERATORS:
        if operator not in condition:
            continue
        value = condition[operator]
        if value == []:
            yield _VALUES.filled(name=name)
        elif value in (None, ""):
            yield _VALUE.filled(name=name)
        elif attribute in NUMBER_COLUMNS and isinstance(value, str) and operator != "known":
            yield _NUMBER.filled(name=name)
