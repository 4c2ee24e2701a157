"""The value of a setting as a marketer reads it: "3 days", the subject of a mail, a condition in words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from airflow_ma.channels.preview import overviews
from airflow_ma.dag.load import emails_folder
from airflow_ma.insight.attribute_texts import attribute_title
from airflow_ma.insight.condition_texts import condition_said, joined, scalar_said
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.document import JourneyDocument
from airflow_ma.journey.duration import format_duration, parse_duration
from airflow_ma.journey.office_hours import WEEKDAYS
from airflow_ma.journey.said import Said
from airflow_ma.plugin.canvas.catalogue_api import SettingField, StepKind, catalogue

_GONE = Said(en="a step that is gone", ja="削除されたステップ")
_ANY_PAGE = Said(en="any page", ja="全ページ")
_EVENT_ON = Said(en="{event} ({url})", ja="{event}（{url}）")
_MAIL = Said(en="“{subject}” ({name})", ja="「{subject}」（{name}）")
_BRANCH = Said(en="{name}: {condition}", ja="{name}：{condition}")
_BETWEEN_BRANCHES = Said(en="; ", ja="／")
_SET = Said(en="{name} = {value}", ja="{name}＝{value}")
_EMPTIED = Said(en="{name} emptied", ja="{name}を消去")
_WINDOW = Said(en="{start}–{end}", ja="{start}〜{end}")
_BUSINESS_DAYS = Said(en="business days", ja="平日")
_DAYS = dict(
    zip(
        WEEKDAYS,
        zip(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "月火水木金土日", strict=True),
        strict=True,
    )
)
_BETWEEN_DAYS = Said(en=", ", ja="・")
_COMPLEX = Said(en="(set in detail)", ja="（詳細設定あり）")


@dataclass(frozen=True)
class Names:
    """What the steps of a document and the templates of mails are called."""

    document: JourneyDocument | None

    def step(self, step_id: str) -> Said | None:
        """What people call the step; None when the document has no such step."""
        step = self._steps.get(step_id)
        if step is None:
            return None
        if step.title:
            return _plain(step.title)
        return kind_said(step.kind) if step.kind in kinds() else _plain(step_id)

    def template(self, name: str) -> Said:
        """A mail by its subject and the name of its template."""
        subjects = _subjects(self._overviews.get(name, {}))
        return _MAIL.filled(subject=subjects, name=name) if subjects else _plain(name)

    @cached_property
    def _steps(self) -> dict[str, Any]:
        return {step.id: step for step in self.document.steps} if self.document else {}

    @cached_property
    def _overviews(self) -> dict[str, dict[str, str]]:
        return {one.name: one.subjects for one in overviews(emails_folder())}


@functools.cache
def kinds() -> dict[str, StepKind]:
    """Every kind of step that is installed."""
    return {kind.kind: kind for kind in catalogue()}


def kind_said(kind: str) -> Said:
    """What people call a kind of step."""
    known = kinds().get(kind)
    return known.title if known else _plain(kind)


def field_of(kind: str, name: str) -> SettingField | None:
    """The setting of the kind of step; None when there is none."""
    known = kinds().get(kind)
    return None if known is None else next((one for one in known.settings if one.name == name), None)


def setting_said(kind: str, name: str, settings: Mapping[str, Any], names: Names) -> Said | None:
    """The value of a setting, its default where none is written; None where it has no value."""
    field = field_of(kind, name)
    value = settings.get(name, field.default if field else None)
    if value is None or value in ("", [], {}):
        return None
    if field is None:
        return _other(value)
    chosen = next((one.title for one in field.choices if one.value == value), None)
    if chosen is not None:
        return chosen
    try:
        say = _BY_WIDGET.get(field.widget)
        return _other(value) if say is None else say(value, names)
    except (TypeError, ValueError, AttributeError, LookupError):  # a draft may hold anything
        return _other(value)


def _plain(text: str) -> Said:
    return Said(en=text, ja=text)


def _other(value: Any) -> Said:
    if isinstance(value, Mapping):
        return _COMPLEX
    if isinstance(value, list):
        return (
            _COMPLEX
            if any(isinstance(one, list | dict) for one in value)
            else joined([scalar_said(one) for one in value])
        )
    return scalar_said(value)


def _length(value: Any, _: Names) -> Said:
    length = parse_duration(value)
    return Said(en=format_duration(length, "en"), ja=format_duration(length, "ja"))


def _window(value: Any, _: Names) -> Said:
    start, end = value
    return _WINDOW.filled(start=start, end=end)


def _weekdays(value: Any, _: Names) -> Said:
    if value == "business_days":
        return _BUSINESS_DAYS
    return joined(
        [Said(en=_DAYS[day][0], ja=_DAYS[day][1]) for day in WEEKDAYS if day in value], _BETWEEN_DAYS
    )


def _values(value: Any, _: Names) -> Said:
    said = []
    for key, one in value.items():
        name = attribute_title(key)
        said.append(_EMPTIED.filled(name=name) if one is None else _SET.filled(name=name, value=_other(one)))
    return joined(said)


def _entry_event(value: Any, _: Names) -> Said:
    event = event_title(str(value["event"]))
    return _EVENT_ON.filled(event=event, url=value["url"]) if value.get("url") else event


def _branches(value: Any, _: Names) -> Said:
    said = [_BRANCH.filled(name=name, condition=condition_said(one)) for name, one in value.items()]
    return joined(said, _BETWEEN_BRANCHES)


def _shares(value: Any, _: Names) -> Said:
    return _plain(" / ".join(f"{name} {share}%" for name, share in value.items()))


_BY_WIDGET: dict[str, Callable[[Any, Names], Said]] = {
    "duration": _length,
    "short_duration": _length,
    "time_window": _window,
    "weekdays": _weekdays,
    "values": _values,
    "template": lambda value, names: names.template(str(value)),
    "step": lambda value, names: names.step(str(value)) or _GONE,
    "url": lambda value, _: _ANY_PAGE if value == "*" else _other(value),
    "event": lambda value, _: event_title(str(value)),
    "entry_event": _entry_event,
    "condition": lambda value, _: condition_said(value),
    "branches": _branches,
    "shares": _shares,
}


def _subjects(written: Mapping[str, str]) -> Said | None:
    """In each language, else in the first there is, as somebody of whom nothing is known gets it."""
    plain = {language: said for language, text in written.items() if (said := _subject(text))}
    if not plain:
        return None
    first = next(iter(plain.values()))
    return Said(en=plain.get("en", first), ja=plain.get("ja", first))


def _subject(written: str) -> str:
    text = re.sub(r"\{%-?\s*if\b.*?%\}(.*?)\{%-?\s*endif\s*-?%\}", _unconditional, written, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "…", text, flags=re.DOTALL).strip()


def _unconditional(found: re.Match[str]) -> str:
    parts = re.split(r"\{%-?\s*else\s*-?%\}", found[1])
    return parts[1] if len(parts) > 1 else ""
