"""A journey as YAML: reading it with the line of every value, and writing it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from airflow_ma.journey.check_texts import Phrase
from airflow_ma.journey.document import UNSAID, JourneyDocument
from airflow_ma.journey.model import Edge, Source
from airflow_ma.journey.problem import JourneyError, Problem
from airflow_ma.journey.yaml_texts import syntax_text


class JourneyLoader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does: `on`, `yes` and `no` are words, and so are 10:30 and 2026-12-01."""


JourneyLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
JourneyLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
JourneyLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


class _JourneyDumper(yaml.SafeDumper):
    """Quotes only what JourneyLoader would take for something else, and writes everything out in full."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # Only between double quotes are these escaped; elsewhere they would come back as line ends.
    style = '"' if any(letter in text for letter in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_JourneyDumper.yaml_implicit_resolvers = JourneyLoader.yaml_implicit_resolvers
_JourneyDumper.add_representer(str, _represent_text)

MOST_VALUES = 50_000
"""What aliases may amount to when they are written out."""


JOURNEY_KEYS = ("journey", "title", "mode", "tags", "goal", "steps")
STEP_KEYS = ("kind", "title", "next")


@dataclass(frozen=True)
class StepText:
    """One step as written."""

    id: str
    kind: str
    title: str | None
    settings: dict[str, Any]
    leads: list[Edge]
    source: Source
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each of its keys."""


@dataclass(frozen=True)
class JourneyText:
    """A YAML file as written, before anything is known of the kinds of step."""

    key: str
    title: str | None
    mode: str
    tags: list[str]
    steps: list[StepText]
    source: Source
    goal: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each of its keys."""


def read_yaml(text: str, file: str) -> JourneyText:
    """Parse a journey; JourneyError lists everything that is not of the form, with lines."""
    reader = _Reader(file)
    try:
        root = yaml.compose(text, Loader=JourneyLoader)
        if _too_much(root):
            raise RecursionError
        journey = reader.journey(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _broken(file, line, "yaml-broken", why=Phrase(syntax_text(error.problem), {})) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _broken(file, line, "yaml-broken", why=Phrase("yaml-character", {})) from None
    except RecursionError:
        raise _broken(file, 1, "yaml-too-much") from None
    if reader.problems or journey is None:
        raise JourneyError(reader.problems)
    return journey


def write_yaml(document: JourneyDocument, usual: Mapping[str, str | None]) -> str:
    """The document as YAML, steps in the order in which people come to them.

    ``usual``: step id -> the outcome that need not be named.
    """
    top: dict[str, Any] = {"journey": document.key}
    if document.title != document.key:
        top["title"] = document.title
    if document.mode != "continuous":
        top["mode"] = document.mode
    if document.tags:
        top["tags"] = document.tags
    if document.goal is not None:
        top["goal"] = document.goal
    top["steps"] = {}
    for step in document.in_order().steps:
        entry: dict[str, Any] = {"kind": step.kind}
        if step.title is not None:
            entry["title"] = step.title
        entry |= {name: value for name, value in step.settings.items() if name not in STEP_KEYS}
        if set(step.next) in ({UNSAID}, {usual.get(step.id)}):
            (entry["next"],) = step.next.values()
        elif step.next:
            entry["next"] = step.next
        top["steps"][step.id] = entry
    return yaml.dump(top, Dumper=_JourneyDumper, sort_keys=False, allow_unicode=True, width=100)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def journey(self, root: yaml.Node | None) -> JourneyText | None:
        if not isinstance(root, yaml.MappingNode):
            self._problem(root, "yaml-no-mapping")
            return None
        top = self._mapping(root, "the journey")
        for name, (key_node, _) in top.items():
            if name not in JOURNEY_KEYS:
                self._problem(key_node, "yaml-unknown-key", name=name, known=", ".join(JOURNEY_KEYS))
        if "journey" not in top or "steps" not in top:
            missing = "journey" if "journey" not in top else "steps"
            self._problem(root, "yaml-missing-key", name=missing)
            return None
        steps_node = top["steps"][1]
        if not isinstance(steps_node, yaml.MappingNode):
            self._problem(steps_node, "yaml-steps")
            return None
        steps = [self._step(name, *nodes) for name, nodes in self._mapping(steps_node, "steps").items()]
        plain = {name: _plain(node) for name, (_, node) in top.items() if name != "steps"}
        return JourneyText(
            key=str(plain["journey"]),
            title=_text(plain.get("title")),
            mode=str(plain.get("mode", "continuous")),
            tags=self._tags(top["tags"][1]) if "tags" in top else [],
            steps=[step for step in steps if step is not None],
            source=self._source(root),
            goal=plain.get("goal"),
            lines={name: key_node.start_mark.line + 1 for name, (key_node, _) in top.items()},
        )

    def _step(self, name: str, key_node: yaml.Node, node: yaml.Node) -> StepText | None:
        if not isinstance(node, yaml.MappingNode):
            self._problem(key_node, "yaml-empty-step", name=name)
            return None
        found = self._mapping(node, f"step '{name}'")
        if "kind" not in found:
            self._problem(key_node, "yaml-no-kind", name=name)
            return None
        plain = {key: _plain(value) for key, (_, value) in found.items()}
        return StepText(
            id=name,
            kind=str(plain["kind"]),
            title=_text(plain.get("title")),
            settings={key: value for key, value in plain.items() if key not in STEP_KEYS},
            leads=self._leads(name, found["next"][1]) if "next" in found else [],
            source=self._source(key_node),
            lines={key: key_node.start_mark.line + 1 for key, (key_node, _) in found.items()},
        )

    def _tags(self, node: yaml.Node) -> list[str]:
        tags = _plain(node)
        if tags is not None and not isinstance(tags, list):
            self._problem(node, "yaml-tags")
            return []
        return [str(tag) for tag in tags or []]

    def _leads(self, step: str, node: yaml.Node) -> list[Edge]:
        if isinstance(node, yaml.ScalarNode):
            return [Edge(step, None, str(node.value), self._source(node))]
        if isinstance(node, yaml.MappingNode):
            pairs = self._mapping(node, f"`next` of step '{step}'").items()
            return [Edge(step, outcome, str(_plain(v)), self._source(k)) for outcome, (k, v) in pairs]
        self._problem(node, "yaml-next", name=step)
        return []

    def _mapping(self, node: yaml.MappingNode, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            name = str(_plain(key_node))
            if name in found:
                first = found[name][0].start_mark.line + 1
                self._problem(key_node, "yaml-twice", rule="duplicate-id", name=name, what=what, line=first)
            found[name] = (key_node, value)
        return found

    def _source(self, node: yaml.Node | None) -> Source:
        return Source(self.file, node.start_mark.line + 1 if node is not None else 1)

    def _problem(self, node: yaml.Node | None, case: str, *, rule: str = "yaml", **values: object) -> None:
        source = self._source(node)
        self.problems.append(Problem.told(rule=rule, case=case, source=source, values=values))


def _broken(file: str, line: int, case: str, **values: object) -> JourneyError:
    return JourneyError([Problem.told(rule="yaml", case=case, source=Source(file, line), values=values)])


def _too_much(root: yaml.Node | None) -> bool:
    """Whether it would be huge, or endless, with every alias written out."""
    stack, seen = [root], 0
    while stack:
        node = stack.pop()
        seen += 1
        if seen > MOST_VALUES:
            return True
        if isinstance(node, yaml.SequenceNode):
            stack += node.value
        elif isinstance(node, yaml.MappingNode):
            stack += [part for pair in node.value for part in pair]
    return False


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _plain(node: yaml.Node) -> Any:
    loader = JourneyLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()
