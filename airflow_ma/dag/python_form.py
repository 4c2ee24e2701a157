"""A document as Python, as somebody would write it in the dags folder: it runs unchanged."""

from __future__ import annotations

import importlib
import keyword
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import settings_model
from airflow_ma.dag.document_check import plain_settings
from airflow_ma.dag.graph import SEPARATOR
from airflow_ma.dag.python_literal import WIDTH, Code, call, literal
from airflow_ma.dag.step import StepOperator
from airflow_ma.dag.text_form import usual_outcome
from airflow_ma.dag.widgets import plain_schema, widget_of
from airflow_ma.journey.document import UNSAID, JourneyDocument, StepDocument
from airflow_ma.journey.duration import parse_duration

_LENGTHS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))


class UnknownKindError(ValueError):
    """A step is of a kind that is not installed: nobody knows what class it is."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"there is no step of kind '{kind}'")


def write_python(document: JourneyDocument) -> str:
    """The document as a DAG file. Raises UnknownKindError for a kind that is not installed.

    What is not finished is written as it stands: Airflow says of it what the check says.
    """
    ordered = document.in_order()
    classes = {step.id: _class(step) for step in ordered.steps}
    imports: dict[str, set[str]] = defaultdict(set)
    for step in classes.values():
        imports[_package(step)].add(step.__name__)
    imports["airflow_ma.dag"].add("Journey")
    taken = {name for names in imports.values() for name in names} | {"Label", "journey"}
    names = _names(ordered.steps, taken | {name for name, _ in _LENGTHS})
    body = [line for step in ordered.steps for line in _step(step, names[step.id], classes[step.id], imports)]
    edges = list(_edges(ordered, names))
    if any("Label(" in line for line in edges):
        imports["airflow.sdk"].add("Label")
    head = call("with Journey", [(None, document.key), *_journey(document)], " as journey:")
    parts = [
        *_heading(document),
        *_imports(imports),
        "",
        *head,
        *(f"    {line}" for line in body or ["pass"]),
    ]
    if edges:
        parts += ["", *(f"    {line}" for line in edges)]
    return "\n".join(parts) + "\n"


def _class(step: StepDocument) -> type[StepOperator]:
    kind = step_kinds().get(step.kind)
    if kind is None:
        raise UnknownKindError(step.kind)
    return kind


def _package(step: type[StepOperator]) -> str:
    """Where one imports the class from: the package if it offers it, else its module."""
    package = step.__module__.rpartition(".")[0]
    offered = package and getattr(importlib.import_module(package), step.__name__, None) is step
    return package if offered else step.__module__


def _heading(document: JourneyDocument) -> list[str]:
    title = document.title.strip()
    plain = title and title.isprintable() and not any(letter in title for letter in '"\\')
    return [f'"""{title}"""', ""] if plain and len(title) < WIDTH - 6 else []


def _imports(imports: Mapping[str, Collection[str]]) -> Iterator[str]:
    for package in sorted(imports, key=lambda name: (name != "airflow.sdk", name)):
        names = sorted(imports[package], key=lambda name: (name[0].islower(), name))
        line = f"from {package} import {', '.join(names)}"
        if len(line) <= WIDTH:
            yield line
        else:
            yield from (f"from {package} import (", *(f"    {name}," for name in names), ")")
        if package == "airflow.sdk":
            yield ""


def _journey(document: JourneyDocument) -> Iterator[tuple[str, Any]]:
    if document.title and document.title != document.key:
        yield "title", document.title
    if document.mode != "continuous":
        yield "mode", document.mode
    if document.tags:
        yield "tags", document.tags
    if document.goal is not None:
        yield "goal", document.goal


def _names(steps: Sequence[StepDocument], taken: Collection[str]) -> dict[str, str]:
    """Step id -> the name of its variable."""
    found: dict[str, str] = {}
    used = set(taken)
    for step in steps:
        # Python reads letters of full width as those of usual width: two names must differ after that.
        name = re.sub(r"\W", "_", unicodedata.normalize("NFKC", step.id)) or "step"
        if not name.isidentifier() or keyword.iskeyword(name) or keyword.issoftkeyword(name):
            name = f"step_{name}"
        if not name.isidentifier():
            name = "step"
        base, number = name, 2
        while name in used:
            name, number = f"{base}_{number}", number + 1
        used.add(name)
        found[step.id] = name
    return found


def _step(
    step: StepDocument, name: str, kind: type[StepOperator], imports: Mapping[str, set[str]]
) -> Iterator[str]:
    arguments: list[tuple[str | None, Any]] = [("task_id", step.id)]
    if step.title:
        arguments.append(("title", step.title))
    schema = settings_model(kind).model_json_schema()
    for setting, plain in plain_settings(step).items():
        if setting not in schema["properties"]:
            continue  # the check says that there is no such setting
        written = schema["properties"][setting]
        lasts = widget_of(None, plain_schema(written, schema.get("$defs", {}))) == "duration"
        arguments.append((setting, _length(plain, imports) if lasts else plain))
    yield from call(f"{name} = {kind.__name__}", arguments, "")


def _length(value: Any, imports: Mapping[str, set[str]]) -> Any:
    """A length of time as days(3), where it is a whole number of them."""
    try:
        length = parse_duration(value)
    except ValueError:
        return value
    for word, unit in _LENGTHS:
        count, rest = divmod(length, unit)
        if count and not rest:
            imports["airflow_ma.dag"].add(word)
            return Code(f"{word}({count})")
    return value


def _edges(document: JourneyDocument, names: Mapping[str, str]) -> Iterator[str]:
    """Where the outcomes lead: ``a >> Label("x") >> b >> c``."""
    onward: dict[str, dict[str, str]] = {}
    for step in document.steps:
        usual = usual_outcome(step.kind, step.settings)
        by_target: dict[str, list[str]] = defaultdict(list)
        for outcome, target in step.next.items():
            if target in names:
                by_target[target].append(outcome)
        onward[step.id] = {
            target: "" if outcomes in ([UNSAID], [usual]) else f" {SEPARATOR} ".join(filter(None, outcomes))
            for target, outcomes in by_target.items()
        }
    for step in document.steps:
        while onward[step.id]:
            yield _chain(step.id, onward, names)


def _chain(start: str, onward: dict[str, dict[str, str]], names: Mapping[str, str]) -> str:
    """One line of edges; takes what it says out of ``onward``."""
    target = next(iter(onward[start]))
    line = names[start] + _arrow(onward[start].pop(target)) + names[target]
    while list(onward[target].values()) == [""]:
        (after,) = onward[target]
        longer = f"{line} >> {names[after]}"
        if len(longer) > WIDTH - 4:
            break
        del onward[target][after]
        line, target = longer, after
    return line


def _arrow(label: str) -> str:
    return f" >> Label({literal(label)}) >> " if label else " >> "
