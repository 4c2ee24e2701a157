"""What is different between two states of a journey, in words that a marketer reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.document_check import plain_settings
from airflow_ma.dag.explain import outcome_title
from airflow_ma.dag.text_form import document_yaml, usual_outcome
from airflow_ma.insight.condition_texts import goal_said
from airflow_ma.journey.diff import Facet, JourneyDiff, StepDiff, compare, compare_lines
from airflow_ma.journey.document import UNSAID, JourneyDocument, StepDocument
from airflow_ma.journey.said import Said
from airflow_ma.plugin.publish.models import (
    Diff,
    JourneyChange,
    SettingChange,
    StepChange,
    TitleChange,
    WayChange,
    YamlLine,
)
from airflow_ma.plugin.publish.setting_texts import Names, field_of, kind_said, setting_said

KIND = "@kind"
"""Stands for the kind of a step among its settings; no setting can be called so."""
_KIND = Said(en="Kind of step", ja="ステップの種類")
_FACETS: dict[Facet, Said] = {
    "title": Said(en="Name", ja="名前"),
    "goal": Said(en="Goal", ja="ゴール（成果）"),
    "mode": Said(en="How it runs", ja="実行のしかた"),
    "tags": Said(en="Tags", ja="タグ"),
}
_MODES = {
    "continuous": Said(en="All the time", ja="常時実行"),
    "one_off": Said(en="Once, for a group of people", ja="1回だけ実行"),
}


def as_written_back(document: JourneyDocument) -> JourneyDocument:
    """The document with every setting written the one way, so that "3日" and "3 days" are the same."""
    return document.model_copy(update={"steps": [_written_back(step) for step in document.steps]})


def diff_view(
    before: JourneyDocument | None, after: JourneyDocument, people: Mapping[str, int] | None = None
) -> Diff:
    """Everything that is different; both documents are as ``as_written_back`` gives them.

    ``people``: step -> who stands there now, where the difference is about them.
    """
    found = compare(before, after)
    old, new = Names(before), Names(after)
    return Diff(
        steps=[_step(one, old, new, people) for one in found.steps],
        journey=_journey(found, before, after),
        yaml=_yaml(before, after),
    )


def _written_back(step: StepDocument) -> StepDocument:
    ways = dict(step.next)
    if UNSAID in ways and (usual := usual_outcome(step.kind, step.settings)):
        ways = {usual if name == UNSAID else name: target for name, target in ways.items()}
    return step.model_copy(update={"settings": plain_settings(step), "next": ways})


def _step(one: StepDiff, old: Names, new: Names, people: Mapping[str, int] | None) -> StepChange:
    shown = one.after or one.before
    assert shown is not None  # noqa: S101 - for the type checker
    titles = old.step(one.step), new.step(one.step)
    titled = None
    if one.titled and titles[0] and titles[1]:
        titled = TitleChange(before=titles[0], after=titles[1])
    settings = [_setting(name, one, old, new) for name in one.settings]
    if one.other_kind:
        settings.insert(0, _kind(one))
    return StepChange(
        step=one.step,
        title=titles[1] or titles[0] or Said(en=one.step, ja=one.step),
        kind=shown.kind,
        change=one.change,
        settings=[setting for setting in settings if setting.before or setting.after],
        ways=[_way(outcome, one) for outcome in one.ways],
        titled=titled,
        people=None if people is None else people.get(one.step, 0),
    )


def _kind(one: StepDiff) -> SettingChange:
    said = [kind_said(step.kind) if step else None for step in (one.before, one.after)]
    return SettingChange(name=KIND, title=_KIND, before=said[0], after=said[1])


def _setting(name: str, one: StepDiff, old: Names, new: Names) -> SettingChange:
    fields = [field_of(step.kind, name) for step in (one.after, one.before) if step is not None]
    title = next((field.title for field in fields if field), Said(en=name, ja=name))
    return SettingChange(
        name=name, title=title, before=_value(one.before, name, old), after=_value(one.after, name, new)
    )


def _value(step: StepDocument | None, name: str, names: Names) -> Said | None:
    if step is None or (name not in step.settings and field_of(step.kind, name) is None):
        return None
    return setting_said(step.kind, name, step.settings, names)


def _way(outcome: str, one: StepDiff) -> WayChange:
    kind = next((step.kind for step in (one.after, one.before) if step is not None), "")
    known = step_kinds().get(kind)
    return WayChange(
        outcome=outcome,
        title=outcome_title(known, outcome) if known else Said(en=outcome, ja=outcome),
        before=one.before.next.get(outcome) if one.before else None,
        after=one.after.next.get(outcome) if one.after else None,
    )


def _journey(
    found: JourneyDiff, before: JourneyDocument | None, after: JourneyDocument
) -> list[JourneyChange]:
    changes = [
        JourneyChange(what=what, title=_FACETS[what], before=_facet(before, what), after=_facet(after, what))
        for what in found.facets
    ]
    return [change for change in changes if change.before != change.after]


def _facet(document: JourneyDocument | None, what: Facet) -> Said | None:
    value: Any = None if document is None else getattr(document, what)
    if not value:
        return None
    if what == "goal":
        return goal_said(value)
    if what == "mode":
        return _MODES[value]
    text = Said(en=value, ja=value) if isinstance(value, str) else None
    return text or Said(en=", ".join(sorted(value)), ja="、".join(sorted(value)))


def _yaml(before: JourneyDocument | None, after: JourneyDocument) -> list[YamlLine]:
    # In the order in which people come to them: that of the list says nothing.
    old = "" if before is None else document_yaml(before.in_order())
    lines = compare_lines(old, document_yaml(after.in_order()))
    return [YamlLine(sign=sign, text=text) for sign, text in lines]
