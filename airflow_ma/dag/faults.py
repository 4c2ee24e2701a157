"""What is wrong with a setting, in plain words: pydantic's findings as a marketer can read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from airflow_ma.journey.said import Said, SaidError


@dataclass(frozen=True)
class Fault:
    """One wrong setting; ``rule`` says of what sort: missing, unknown, or else invalid."""

    setting: str | None
    said: Said
    rule: str = "invalid"


CORRECT = Said(en="Correct it", ja="設定を直してください")
FIXES = {
    "missing": Said(en="Fill it in", ja="入力するか選んでください"),
    "unknown": Said(en="Remove it", ja="この設定を削除してください"),
    "invalid": CORRECT,
}
"""What to do, by the sort of fault."""

_MISSING = Said(en="“{title}” is not filled in", ja="「{title}」が入力されていません")
_UNKNOWN = Said(en="There is no setting “{title}”", ja="「{title}」という設定はありません")
_CONDITION = Said(
    en="The condition in “{title}” is not complete, or something in it cannot be used",
    ja="「{title}」の条件が完成していないか、使えない値があります",
)
_OTHERWISE = Said(en="What “{title}” says cannot be used", ja="「{title}」の内容が正しくありません")
_CHOICE = Said(en="Choose one of the values for “{title}”", ja="「{title}」は選択肢から選んでください")
_NUMBER = Said(en="“{title}” must be a number", ja="「{title}」は数字で入力してください")
_WHOLE = Said(en="“{title}” must be a whole number", ja="「{title}」は整数で入力してください")
_TEXT = Said(en="“{title}” must be a text", ja="「{title}」は文字で入力してください")
_SWITCH = Said(en="“{title}” is either on or off", ja="「{title}」はオンかオフで指定してください")
_LIST = Said(en="“{title}” must be a list", ja="「{title}」はリストで指定してください")
_NAMES = Said(
    en="“{title}”: names have at most 60 characters, no | and no spaces around them",
    ja="「{title}」: 名前は60文字以内で、「|」や前後の空白は使えません",
)
_SAID: Mapping[str, Said] = {
    "string_too_short": _MISSING,
    "string_too_long": Said(
        en="“{title}” has more than {max_length} characters",
        ja="「{title}」は{max_length}文字以内にしてください",
    ),
    "too_short": Said(
        en="“{title}” needs at least {min_length}", ja="「{title}」は{min_length}つ以上必要です"
    ),
    "too_long": Said(en="“{title}” takes at most {max_length}", ja="「{title}」は{max_length}個までです"),
    "greater_than_equal": Said(en="“{title}” must be {ge} or more", ja="「{title}」は{ge}以上にしてください"),
    "greater_than": Said(en="“{title}” must be more than {gt}", ja="「{title}」は{gt}より大きくしてください"),
    "less_than_equal": Said(en="“{title}” must be {le} or less", ja="「{title}」は{le}以下にしてください"),
    "less_than": Said(en="“{title}” must be less than {lt}", ja="「{title}」は{lt}より小さくしてください"),
    "string_pattern_mismatch": _NAMES,
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "string_type": _TEXT,
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "list_type": _LIST,
    "tuple_type": _LIST,
}


def faults_of(error: ValidationError, titles: Mapping[str, Said]) -> list[Fault]:
    """One fault for each setting that pydantic complains of; ``titles`` are the settings there are."""
    found: dict[str, list[Any]] = {}
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        found.setdefault(name, []).append(problem)
    return [_fault(name, problems, titles) for name, problems in found.items()]


def _fault(name: str, problems: list[Any], titles: Mapping[str, Said]) -> Fault:
    first = problems[0]
    title = titles.get(name, Said(en=name, ja=name))
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        return Fault(name, _UNKNOWN.filled(title=title), "unknown")
    for said in _own_words(problems):
        return Fault(name, Said(en="“{title}”: ", ja="「{title}」: ").filled(title=title) + said)
    if len(first["loc"]) == 1 and first["type"] in ("missing", "string_too_short"):
        return Fault(name, _MISSING.filled(title=title), "missing")
    if first.get("input") is None and len(first["loc"]) == 1:
        return Fault(name, _MISSING.filled(title=title), "missing")
    if _about_condition(first):
        return Fault(name, _CONDITION.filled(title=title))
    # Several findings about one value: it fits none of the forms that the setting may have.
    template = _SAID.get(first["type"], _OTHERWISE) if len(problems) == 1 else _OTHERWISE
    return Fault(name, template.filled(title=title, **first.get("ctx", {})))


def _own_words(problems: list[Any]) -> Iterator[Said]:
    """What our own types of setting say."""
    for problem in problems:
        error = problem.get("ctx", {}).get("error")
        if isinstance(error, SaidError):
            yield error.said


def _about_condition(problem: Any) -> bool:
    words = {"attribute", "tag", "event", "not", "all", "any"}
    return "condition" in str(problem.get("msg", "")) or bool(
        words & {str(part) for part in problem["loc"][1:]}
    )
