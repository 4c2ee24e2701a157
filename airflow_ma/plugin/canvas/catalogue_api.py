"""The step catalogue: every kind of step with its form, from the steps' own declarations."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, JsonValue

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import Setting, setting_of, settings_model
from airflow_ma.dag.explain import outcome_title
from airflow_ma.dag.step import Group, StepOperator
from airflow_ma.dag.widgets import plain_schema, widget_of
from airflow_ma.plugin.access import OnlookerDep
from airflow_ma.plugin.api_models import Said

router = APIRouter(prefix="/api/catalogue", tags=["catalogue"])


class Choice(BaseModel):
    """One of the values that a setting may have."""

    value: str
    title: Said


class SettingField(BaseModel):
    """One setting as a field of the form."""

    name: str
    title: Said
    help: Said | None
    widget: str = Field(
        description="text, long_text, number, switch, choice, duration, short_duration, time, time_window, "
        "weekdays, words, values, template, connection, step, url, event, entry_event, condition, branches, "
        "shares. Unknown ones are edited as text."
    )
    required: bool
    default: JsonValue = Field(description="As JSON; null when there is none.")
    refers_to: list[str] = Field(description="Kinds of step that it may name.")
    advanced: bool = Field(description="Shown only when more settings are asked for.")
    choices: list[Choice]
    minimum: float | None = Field(description="Of numbers; so is the maximum.")
    maximum: float | None
    max_length: int | None = Field(description="Of texts.")


class StepKind(BaseModel):
    """One kind of step."""

    kind: str
    title: Said
    about: Said = Field(description="What it is for, in a sentence.")
    sentence: Said = Field(
        description="What one step of it does: Waits up to {within} for an open of {mail}. Parts in "
        "[brackets] are said only when every value they name is set."
    )
    group: Group
    icon: str = Field(description="The name of a picture; a dot for those that the pages do not know.")
    primary: bool = Field(description="Stands in front in the palette.")
    is_entry: bool
    is_end: bool
    outcomes: list[str] = Field(description="The usual one first.")
    outcome_settings: list[str] = Field(
        description="Settings that name the outcomes: the keys of a mapping, or a text itself; "
        "empty: `outcomes` holds."
    )
    outcome_titles: dict[str, Said]
    optional_outcomes: list[str] = Field(description="Those that need not lead anywhere.")
    settings: list[SettingField]


@router.get("")
def get_catalogue(_: OnlookerDep) -> list[StepKind]:
    """Every kind of step that is installed, by group; who may only see a journey sees it drawn with these."""
    return catalogue()


@functools.cache
def catalogue() -> list[StepKind]:
    """The catalogue. It changes only with what is installed."""
    order = ["enter", "send", "act", "wait", "split", "end"]
    kinds = sorted(step_kinds().values(), key=lambda one: (order.index(one.group), not one.primary, one.kind))
    return [kind_of(step) for step in kinds]


def title_of_kind(step: type[StepOperator]) -> Said:
    """What people call this kind of step."""
    return _said(step.title, step.kind)


def _said(texts: Mapping[str, str], otherwise: str) -> Said:
    english = texts.get("en", otherwise)
    return Said(en=english, ja=texts.get("ja", english))


def kind_of(step: type[StepOperator]) -> StepKind:
    """What the pages know of one kind of step."""
    title = title_of_kind(step)
    summary = inspect.cleandoc(step.__doc__ or "").partition("\n")[0] or title.en
    own = () if step.outcome_settings else step.outcomes
    return StepKind(
        kind=step.kind,
        title=title,
        about=_said(step.about, summary),
        sentence=_said(step.sentence, "") if step.sentence else title,
        group=step.group,
        icon=step.icon,
        primary=step.primary,
        is_entry=step.is_entry,
        is_end=step.is_end,
        outcomes=list(own),
        outcome_settings=list(step.outcome_settings),
        outcome_titles={name: outcome_title(step, name) for name in own},
        optional_outcomes=sorted(step.optional_outcomes),
        settings=_fields(step),
    )


def _fields(step: type[StepOperator]) -> list[SettingField]:
    model = settings_model(step)
    schema = model.model_json_schema(mode="serialization")
    found: list[SettingField] = []
    for name, field in model.model_fields.items():
        written = schema["properties"][name]
        plain = plain_schema(written, schema.get("$defs", {}))
        default = written.get("default")
        found.append(_field(name, setting_of(field), default, plain, required=field.is_required()))
    return found


def _field(
    name: str, setting: Setting | None, default: JsonValue, schema: Mapping[str, Any], *, required: bool
) -> SettingField:
    told = setting or Setting(en=name, ja=name)
    named = {value: Said(en=en, ja=ja) for value, en, ja in told.choices}
    listed = schema.get("enum", [schema.get("const")] if "const" in schema else named)
    values = [value for value in listed if isinstance(value, str)]
    return SettingField(
        name=name,
        title=told.title,
        help=Said(en=told.help[0], ja=told.help[1]) if told.help else None,
        widget=widget_of(setting, schema),
        required=required,
        default=default,
        refers_to=list(told.kinds),
        advanced=told.advanced,
        choices=[Choice(value=value, title=named.get(value, Said(en=value, ja=value))) for value in values],
        minimum=schema.get("minimum", schema.get("exclusiveMinimum")),
        maximum=schema.get("maximum", schema.get("exclusiveMaximum")),
        max_length=schema.get("maxLength"),
    )
