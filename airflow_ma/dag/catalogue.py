"""Every kind of step that is installed, found through the entry point group ``airflow_ma.steps``.

A package adds a step by publishing a StepOperator subclass there; nothing here names one.
"""

from __future__ import annotations

import difflib
import functools
from importlib.metadata import entry_points

from airflow_ma.dag.declaration import StepError
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.model import Source
from airflow_ma.journey.said import Said

GROUP = "airflow_ma.steps"


@functools.cache
def step_kinds() -> dict[str, type[StepOperator]]:
    """Kind -> class, for all installed steps."""
    found: dict[str, type[StepOperator]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        step = entry.load()
        if not (isinstance(step, type) and issubclass(step, StepOperator)):
            raise TypeError(f"the entry point {entry.name} ({entry.value}) is not a StepOperator")
        if step.kind != entry.name:
            raise TypeError(
                f"the entry point {entry.name} ({entry.value}) is of kind '{step.kind}': use that name"
            )
        found[entry.name] = step
    return found


def step_kind(kind: str, source: Source | None = None) -> type[StepOperator]:
    """The class of a kind; StepError names the nearest one there is."""
    known = step_kinds()
    if kind in known:
        return known[kind]
    near = difflib.get_close_matches(kind, known, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    names = ", ".join(sorted(known))
    guess = f"「{near[0]}」ではありませんか？ " if near else ""
    message = f"there is no step of kind '{kind}'; {hint}known: {names}"
    said = Said(en=message, ja=f"「{kind}」という種類はありません。{guess}使える種類: {names}")
    raise StepError(message, source, settings=["kind"], said=said)
