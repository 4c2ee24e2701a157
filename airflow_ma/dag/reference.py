"""Writes the page of all steps in each language: ``python -m airflow_ma.dag.reference FOLDER``."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import OUTCOME_NAME, Setting, setting_of, settings_model
from airflow_ma.dag.explain import kind_title, outcome_title
from airflow_ma.dag.step import StepOperator, StepSensor
from airflow_ma.journey.duration import format_duration
from airflow_ma.journey.said import Said

COMMAND = ".venv/bin/python -m airflow_ma.dag.reference docs"
PAGES = {"en": "steps.md", "ja": "steps.ja.md"}

HEADER = Said(
    en=f"""\
<!-- Written by a program from the steps' own declarations: do not edit. To renew it: {COMMAND} -->

# Steps

[日本語]({PAGES["ja"]})

Every kind of step, its outcomes and its settings. In YAML a step names its `kind`; in Python it is the class
beside it. [journeys.md](journeys.md) says how to put steps together and how to add a kind of your own.
""",
    ja=f"""\
<!-- ステップの宣言からプログラムで作ったページです。直接編集しないでください。作り直すには: {COMMAND} -->

# ステップ一覧

[English]({PAGES["en"]})

すべてのステップの種類、結果、設定の一覧です。YAML では `kind` に種類を書き、Python では右のクラスを使います。
組み合わせ方と独自のステップの作り方は [journeys.ja.md](journeys.ja.md) をご覧ください。
""",
)
OVERVIEW = Said(en="| kind | class | name |\n|---|---|---|", ja="| 種類 | クラス | 名前 |\n|---|---|---|")
HEAD = Said(
    en="| setting | what it is | default | form |\n|---|---|---|---|",
    ja="| 設定 | 内容 | 既定値 | 書き方 |\n|---|---|---|---|",
)
OUTCOMES = Said(en="- Outcomes: {outcomes}", ja="- 結果: {outcomes}")
OWN_OUTCOMES = Said(en="as its settings name them", ja="設定で付けた名前")
MAY_END = Said(en="may lead nowhere", ja="つながなくてもよい")
HOLDS = Said(
    en="- Holds contacts until one of them is settled", ja="- 結果が決まるまで、コンタクトを待機させます"
)
BEGINS = Said(en="- Begins a journey", ja="- ジャーニーの始まりに置きます")
ENDS = Said(en="- Ends a journey", ja="- ジャーニーの終わりに置きます")
NO_DEFAULT = Said(en="required", ja="必須")
EMPTY = Said(en="none", ja="なし")
TEXT = Said(en="text", ja="文字列")
NAMED = Said(en="{value} ({title})", ja="{value}（{title}）")
EARLIER = Said(en="name of an earlier {kinds} step", ja="前にある {kinds} ステップの名前")
KNOWN_FORMS = {
    "duration": Said(
        en="length of time, such as `3 days` or `2h`", ja="期間（例: `3日`、`2時間`、`3 days`、`2h`）"
    ),
    "short_duration": Said(
        en="length of time, such as `30 seconds`", ja="時間（例: `30秒`、`1分`、`30 seconds`）"
    ),
    "template": Said(
        en="name of a template, see [emails.md](emails.md)",
        ja="テンプレート名（[emails.ja.md](emails.ja.md)）",
    ),
    "url": Said(en="address, with `*` for anything", ja="URL（`*` は任意の文字）"),
    "connection": Said(
        en="id of an Airflow [connection](connections.md); without it, that of `AIRFLOW_MA_CHANNEL`",
        ja="Airflow の[接続](connections.ja.md)のID。省略時は `AIRFLOW_MA_CHANNEL` の接続",
    ),
    "condition": Said(
        en="condition, see [contacts.md](contacts.md#who-matches-conditions)",
        ja="条件（[contacts.ja.md](contacts.ja.md#対象者を選ぶ条件)）",
    ),
}


def reference(language: str) -> str:
    """The whole page, in Markdown, without the steps that other packages add."""
    own = [step for step in step_kinds().values() if step.__module__.startswith("airflow_ma.")]
    own.sort(key=lambda step: (not step.is_entry, not step.primary, step.kind))
    rows = [
        f"| [`{step.kind}`](#{step.kind}) | `{step.__name__}` | {kind_title(step).say(language)} |"
        for step in own
    ]
    overview = "\n".join([OVERVIEW.say(language), *rows])
    sections = [_section(step, language) for step in own]
    return "\n".join([HEADER.say(language), overview, *sections, ""])


def _section(step: type[StepOperator], language: str) -> str:
    package = step.__module__.rpartition(".")[0]
    facts = [OUTCOMES.filled(outcomes=_outcomes(step))]
    facts += [HOLDS] if issubclass(step, StepSensor) else []
    facts += [BEGINS] if step.is_entry else []
    facts += [ENDS] if step.is_end else []
    model = settings_model(step)
    schema = model.model_json_schema()
    cells = {
        name: _cells(field, schema["properties"][name], schema.get("$defs", {}))
        for name, field in model.model_fields.items()
    }
    rows = [
        " | ".join([f"`{name}`", *(_escaped(cell.say(language)) for cell in cells[name])]) for name in cells
    ]
    return "\n".join(
        [
            f"\n## {step.kind}\n",
            f"**{kind_title(step).say(language)}** · `from {package} import {step.__name__}`\n",
            step.about[language],
            *([f"\n{step.notes[language]}"] if step.notes else []),
            "",
            *(fact.say(language) for fact in facts),
            "",
            HEAD.say(language),
            *(f"| {row} |" for row in rows),
        ]
    )


def _escaped(text: str) -> str:
    """What may stand in a cell of a table."""
    return text.replace("|", "\\|")


def _outcomes(step: type[StepOperator]) -> Said:
    if step.outcome_settings:
        return OWN_OUTCOMES
    return _listed([_outcome(step, outcome) for outcome in step.outcomes])


def _outcome(step: type[StepOperator], outcome: str) -> Said:
    title = outcome_title(step, outcome)
    if outcome in step.optional_outcomes:
        title = _listed([title, MAY_END])
    return NAMED.filled(value=f"`{outcome}`", title=title)


def _cells(field: FieldInfo, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> tuple[Said, Said, Said]:
    """What the setting is, its default and how it is written."""
    setting = setting_of(field) or Setting(en="", ja="")
    is_what = setting.title
    if setting.help is not None:
        english, japanese = setting.help
        is_what += Said(en=f"<br>{english}", ja=f"<br>{japanese}")
    default = NO_DEFAULT if field.is_required() else _value(field.default)
    return is_what, default, _form_of(setting, schema, defs)


def _form_of(setting: Setting, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    if setting.kinds:
        return EARLIER.filled(kinds=", ".join(f"`{kind}`" for kind in setting.kinds))
    if setting.choices and "enum" in schema:
        return _listed(
            [NAMED.filled(value=f"`{value}`", title=Said(en=en, ja=ja)) for value, en, ja in setting.choices]
        )
    return KNOWN_FORMS.get(setting.widget or "") or _form(schema, defs)


def _value(value: Any) -> Said:
    if value is None or value in ([], {}):
        return EMPTY
    if isinstance(value, datetime.timedelta):
        value = format_duration(value)
    return _code(value if isinstance(value, str) else json.dumps(value))


def _code(value: object) -> Said:
    return Said(en=f"`{value}`", ja=f"`{value}`")


def _listed(parts: Sequence[Said], en: str = ", ", ja: str = "、") -> Said:
    return Said(en=en.join(part.en for part in parts), ja=ja.join(part.ja for part in parts))


def _form(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    """How a value of this JSON schema is written."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if schema.get("widget") in KNOWN_FORMS:
        return KNOWN_FORMS[schema["widget"]]
    if "anyOf" in schema:
        forms = [_form(one, defs) for one in schema["anyOf"] if one.get("type") != "null"]
        return _listed(forms, ", or ", "、または")
    if "const" in schema or "enum" in schema:
        return _listed([_code(value) for value in schema.get("enum", [schema.get("const")])])
    return _FORMS[schema["type"]](schema, defs)


def _boolean(_: Mapping[str, Any], __: Mapping[str, Any]) -> Said:
    return Said(en="`true` or `false`", ja="`true` か `false`")


def _text(schema: Mapping[str, Any], _: Mapping[str, Any]) -> Said:
    if schema.get("format") == "time":
        return Said(en="time of day, such as `09:30`", ja="時刻（例: `09:30`）")
    if schema.get("pattern") == OUTCOME_NAME:
        return Said(en="name of up to 60 characters, without `|`", ja="名前（60文字まで、`|` は不可）")
    if "maxLength" in schema:
        longest = schema["maxLength"]
        return TEXT + Said(en=f", up to {longest} characters", ja=f"（{longest}文字まで）")
    return TEXT


def _number(schema: Mapping[str, Any], _: Mapping[str, Any]) -> Said:
    whole = schema["type"] == "integer"
    word = Said(en="whole number", ja="整数") if whole else Said(en="number", ja="数値")
    if "minimum" in schema and "maximum" in schema:
        low, high = schema["minimum"], schema["maximum"]
        return word + Said(en=f", {low} to {high}", ja=f"（{low}〜{high}）")
    return word


def _list(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    if "prefixItems" in schema:
        items = schema["prefixItems"]
        said = Said(en="list of {number}, each: {item}", ja="{number}個のリスト。各項目: {item}")
        return said.filled(number=len(items), item=_form(items[0], defs))
    said = Said(en="list, each: {item}", ja="リスト。各項目: {item}")
    return said.filled(item=_form(schema["items"], defs))


def _mapping(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    if "properties" not in schema:
        values = schema.get("additionalProperties") or next(iter(schema["patternProperties"].values()))
        said = Said(en="mapping, name to: {value}", ja="マッピング。名前ごとの値: {value}")
        return said.filled(value=_form(values, defs))
    needed = schema.get("required", [])
    names = [_code(name) for name in schema["properties"] if name in needed]
    optional = Said(en=" (optional)", ja="（省略可）")
    names += [_code(name) + optional for name in schema["properties"] if name not in needed]
    return Said(en="mapping with {names}", ja="マッピング。キー: {names}").filled(names=_listed(names))


_FORMS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Said]] = {
    "string": _text,
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "array": _list,
    "object": _mapping,
}


if __name__ == "__main__":
    for language, page in PAGES.items():
        (Path(sys.argv[1]) / page).write_text(reference(language), encoding="utf-8")
