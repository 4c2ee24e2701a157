"""Writes the reference page of the steps: ``python -m airflow_ma.dag.reference FILE``."""

from __future__ import annotations

import datetime
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import OUTCOME_NAME, Setting, setting_of, settings_model
from airflow_ma.dag.step import StepOperator, StepSensor
from airflow_ma.journey.duration import format_duration

COMMAND = ".venv/bin/python -m airflow_ma.dag.reference docs/steps.md"

HEADER = f"""\
<!-- Written by a program from the steps' own declarations: do not edit. To renew it: {COMMAND} -->

# Steps / ステップ

Every kind of step, its outcomes and its settings. In YAML a step names its `kind`; in Python it is the class
beside it. [journeys.md](journeys.md) says how to put steps together and how to add a kind of your own.

すべてのステップの種類、結果、設定の一覧です。YAML では `kind` に種類を書き、Python では右のクラスを使います。
組み合わせ方と独自のステップの作り方は [journeys.md](journeys.md)（英語）をご覧ください。
"""


class Said(NamedTuple):
    """The same thing in both languages."""

    en: str
    ja: str

    def cell(self) -> str:
        """One cell of a table."""
        return "<br>".join(dict.fromkeys(self)).replace("|", "\\|")


HEAD = "| setting / 設定 | what it is / 内容 | default / 既定値 | form / 書き方 |\n|---|---|---|---|"
NO_DEFAULT = Said("required", "必須")
EMPTY = Said("none", "なし")
TEXT = Said("text", "文字列")
KNOWN_FORMS = {
    "duration": Said("length of time, such as `3 days` or `2h`", "期間（例: `3 days`、`2時間`）"),
    "short_duration": Said("length of time, such as `30 seconds`", "時間（例: `30 seconds`、`1分`）"),
    "template": Said(
        "name of a template, see [emails.md](emails.md)", "テンプレート名（[emails.md](emails.md)）"
    ),
    "url": Said("address, with `*` for anything", "URL（`*` は任意の文字）"),
    "connection": Said(
        "id of an Airflow [connection](connections.md); without it, that of `AIRFLOW_MA_CHANNEL`",
        "Airflow の接続ID（[connections.ja.md](connections.ja.md)。省略時は `AIRFLOW_MA_CHANNEL` の接続）",
    ),
    "condition": Said("condition, see [contacts.md](contacts.md)", "条件（[contacts.md](contacts.md)）"),
}


def reference() -> str:
    """The whole page, in Markdown, without the steps that other packages add."""
    own = [step for step in step_kinds().values() if step.__module__.startswith("airflow_ma.")]
    own.sort(key=lambda step: (not step.is_entry, not step.primary, step.kind))
    rows = [
        f"| [`{step.kind}`](#{step.kind}) | `{step.__name__}` | {step.title['en']} | {step.title['ja']} |"
        for step in own
    ]
    overview = "\n".join(["| kind | class | English | 日本語 |", "|---|---|---|---|", *rows])
    return "\n".join([HEADER, overview, *map(_section, own), ""])


def _section(step: type[StepOperator]) -> str:
    package = step.__module__.rpartition(".")[0]
    facts = [
        "",
        f"## {step.kind}",
        "",
        f"**{step.title['en']} / {step.title['ja']}** · `from {package} import {step.__name__}`",
        "",
        inspect.cleandoc(step.__doc__ or "").replace("``", "`"),
        "",
        f"- Outcomes / 結果: {_outcomes(step)}",
    ]
    if issubclass(step, StepSensor):
        facts.append("- Holds contacts until one of them is settled / 結果が決まるまで待機させます")
    if step.is_entry:
        facts.append("- Begins a journey / ジャーニーの始まり")
    if step.is_end:
        facts.append("- Ends a journey / ジャーニーの終わり")
    model = settings_model(step)
    schema = model.model_json_schema()
    rows = [
        _row(name, field, schema["properties"][name], schema.get("$defs", {}))
        for name, field in model.model_fields.items()
    ]
    return "\n".join([*facts, "", HEAD, *rows])


def _outcomes(step: type[StepOperator]) -> str:
    if step.outcome_settings:
        return "as its settings name them / 設定で付けた名前"
    may_end = " (may lead nowhere / つながなくてもよい)"
    return ", ".join(f"`{o}`{may_end if o in step.optional_outcomes else ''}" for o in step.outcomes)


def _row(name: str, field: FieldInfo, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    setting = setting_of(field) or Setting(en="", ja="")
    form = _form(schema, defs)
    if setting.kinds:
        kinds = ", ".join(f"`{kind}`" for kind in setting.kinds)
        form = Said(f"name of an earlier {kinds} step", f"前にある {kinds} ステップの名前")
    elif setting.widget in KNOWN_FORMS:
        form = KNOWN_FORMS[setting.widget]
    default = NO_DEFAULT if field.is_required() else _value(field.default)
    return f"| `{name}` | {Said(setting.en, setting.ja).cell()} | {default.cell()} | {form.cell()} |"


def _value(value: Any) -> Said:
    if value is None or value in ([], {}):
        return EMPTY
    if isinstance(value, datetime.timedelta):
        value = format_duration(value)
    shown = value if isinstance(value, str) else json.dumps(value)
    return Said(f"`{shown}`", f"`{shown}`")


def _form(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    """How a value of this JSON schema is written."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if schema.get("widget") in KNOWN_FORMS:
        return KNOWN_FORMS[schema["widget"]]
    if "anyOf" in schema:
        forms = [_form(one, defs) for one in schema["anyOf"] if one.get("type") != "null"]
        return Said(", or ".join(form.en for form in forms), "、または".join(form.ja for form in forms))
    if "const" in schema or "enum" in schema:
        words = [f"`{value}`" for value in schema.get("enum", [schema.get("const")])]
        return Said(", ".join(words), "、".join(words))
    return _FORMS[schema["type"]](schema, defs)


def _boolean(_: Mapping[str, Any], __: Mapping[str, Any]) -> Said:
    return Said("`true` or `false`", "`true` か `false`")


def _text(schema: Mapping[str, Any], _: Mapping[str, Any]) -> Said:
    if schema.get("format") == "time":
        return Said("time of day, such as `09:30`", "時刻（例: `09:30`）")
    if schema.get("pattern") == OUTCOME_NAME:
        return Said("name of up to 60 characters, without `|`", "名前（60文字まで、`|` は不可）")
    if "maxLength" in schema:
        longest = schema["maxLength"]
        return Said(f"{TEXT.en}, up to {longest} characters", f"{TEXT.ja}（{longest}文字まで）")
    return TEXT


def _number(schema: Mapping[str, Any], _: Mapping[str, Any]) -> Said:
    word = Said("whole number", "整数") if schema["type"] == "integer" else Said("number", "数値")
    if "minimum" in schema and "maximum" in schema:
        low, high = schema["minimum"], schema["maximum"]
        return Said(f"{word.en}, {low} to {high}", f"{word.ja}（{low}〜{high}）")
    return word


def _list(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    if "prefixItems" in schema:
        items = schema["prefixItems"]
        item = _form(items[0], defs)
        return Said(f"list of {len(items)}, each: {item.en}", f"{len(items)}個のリスト。各項目は{item.ja}")
    item = _form(schema["items"], defs)
    return Said(f"list, each: {item.en}", f"リスト。各項目は{item.ja}")


def _mapping(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Said:
    if "properties" not in schema:
        values = schema.get("additionalProperties") or next(iter(schema["patternProperties"].values()))
        value = _form(values, defs)
        return Said(f"mapping, name to: {value.en}", f"マッピング。名前ごとに{value.ja}")
    needed = schema.get("required", [])
    names = [Said(f"`{n}`", f"`{n}`") for n in schema["properties"] if n in needed]
    names += [Said(f"`{n}` (optional)", f"`{n}`（省略可）") for n in schema["properties"] if n not in needed]
    return Said(
        f"mapping with {', '.join(name.en for name in names)}",
        f"マッピング。キーは{'、'.join(name.ja for name in names)}",
    )


_FORMS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Said]] = {
    "string": _text,
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "array": _list,
    "object": _mapping,
}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
