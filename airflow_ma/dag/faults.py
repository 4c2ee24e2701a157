"""What is wrong with a setting, in plain words: pydantic's findings as a marketer can read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from airflow_ma.dag.condition_faults import condition_fault
from airflow_ma.dag.fault_texts import (
    BY_TYPE,
    CHOOSE,
    CONDITION,
    ENTER,
    MISSING,
    NOT_CHOSEN,
    OTHERWISE,
    OWN_FIXES,
    REMOVE,
    REVISE,
    SEVERAL,
    UNKNOWN,
    WITHIN,
)
from airflow_ma.journey.said import Said, SaidError


@dataclass(frozen=True)
class Form:
    """What people see of a setting: its name, and how it is edited."""

    title: Said
    widget: str


@dataclass(frozen=True)
class Fault:
    """One wrong setting; ``rule`` says of what sort: missing, unknown, kind, or else invalid."""

    setting: str | None
    said: Said
    rule: str = "invalid"
    fix: Said = REVISE
    """What to do."""


def unknown_setting(name: str) -> Fault:
    """A setting that the step does not have."""
    return Fault(name, UNKNOWN.filled(title=name), "unknown", REMOVE)


def translations_of(step_id: str, faults: Sequence[Fault]) -> dict[str, tuple[str, str]]:
    """Language -> what is wrong with the step and what to do, as Problem has it; empty without faults."""
    said = "。".join(fault.said.ja for fault in faults)
    fixes = "。".join(dict.fromkeys(fault.fix.ja for fault in faults))
    return {"ja": (f"ステップ「{step_id}」: {said}", fixes)} if said else {}


def faults_of(error: ValidationError, forms: Mapping[str, Form], settings: Mapping[str, Any]) -> list[Fault]:
    """One fault for each setting that pydantic complains of; ``forms`` are the settings there are."""
    found: dict[str, list[Any]] = {}
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        found.setdefault(name, []).append(problem)
    return [_fault(name, problems, forms.get(name), settings.get(name)) for name, problems in found.items()]


def _fault(name: str, problems: list[Any], form: Form | None, value: Any) -> Fault:
    first = problems[0]
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        return unknown_setting(name)
    form = form or Form(Said(en=name, ja=name), "text")
    for said in _own_words(problems):
        whole = WITHIN.filled(title=form.title) + said
        return Fault(name, whole, fix=OWN_FIXES.get(form.widget, REVISE))
    if value is None or value == "" or (isinstance(value, Mapping) and value.get("event") == ""):
        return _missing(name, form)
    bad_name = first["type"] == "string_pattern_mismatch"
    if form.widget in ("condition", "branches") and not bad_name:
        said, fix = condition_fault(value, ways=form.widget == "branches") or CONDITION
        return Fault(name, said.filled(title=form.title), fix=fix)
    # Several findings about one value: it fits none of the forms that the setting may have.
    said, fix = SEVERAL.get(form.widget, OTHERWISE)
    if len(problems) == 1:
        said, fix = BY_TYPE.get(first["type"], (said, fix))
    values = first.get("ctx", {})
    return Fault(name, said.filled(title=form.title, **values), fix=fix.filled(**values))


def _missing(name: str, form: Form) -> Fault:
    if form.widget in CHOOSE:
        return Fault(name, NOT_CHOSEN.filled(title=form.title), "missing", CHOOSE[form.widget])
    fix = ENTER.get(form.widget, ENTER["text"]).filled(title=form.title)
    return Fault(name, MISSING.filled(title=form.title), "missing", fix)


def _own_words(problems: list[Any]) -> Iterator[Said]:
    """What our own types of setting say."""
    for problem in problems:
        error = problem.get("ctx", {}).get("error")
        if isinstance(error, SaidError):
            yield error.said
