"""A journey as YAML: reading it with the line of every value, and writing it back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from airflow_ma.journey.checks import JourneyError, Problem
from airflow_ma.journey.model import Edge, JourneyGraph, Source


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

JOURNEY_KEYS = ("journey", "title", "mode", "tags", "steps")
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
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each of its keys."""


def read_yaml(text: str, file: str) -> JourneyText:
    """Parse a journey; JourneyError lists everything that is not of the form, with lines."""
    try:
        root = yaml.compose(text, Loader=JourneyLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise JourneyError.single(
            f"this is not YAML: {error.problem}",
            Source(file, line),
            rule="yaml",
            fix="Look at the indentation there",
        ) from None
    reader = _Reader(file)
    journey = reader.journey(root)
    if reader.problems or journey is None:
        raise JourneyError(reader.problems)
    return journey


def write_yaml(graph: JourneyGraph) -> str:
    """The journey as YAML that reads back as an equal graph."""
    document: dict[str, Any] = {"journey": graph.key}
    if graph.title != graph.key:
        document["title"] = graph.title
    if graph.mode != "continuous":
        document["mode"] = graph.mode
    document["steps"] = {}
    for step in graph.ordered():
        entry: dict[str, Any] = {"kind": step.kind}
        if step.title:
            entry["title"] = step.title
        entry |= step.settings
        onward = [e for e in graph.edges if e.from_step == step.id]
        if (
            len(onward) == 1
            and len(step.outcomes) - len(step.optional) == 1
            and onward[0].outcome in (None, step.outcomes[0])
        ):
            entry["next"] = onward[0].to_step
        elif onward:
            entry["next"] = {e.outcome or step.outcomes[0]: e.to_step for e in onward}
        document["steps"][step.id] = entry
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def journey(self, root: yaml.Node | None) -> JourneyText | None:
        if not isinstance(root, yaml.MappingNode):
            self._problem(root, "a journey file is a mapping that begins with `journey: its_name`")
            return None
        top = self._mapping(root, "the journey")
        for name, (key_node, _) in top.items():
            if name not in JOURNEY_KEYS:
                self._problem(
                    key_node, f"there is no journey setting '{name}'; known: {', '.join(JOURNEY_KEYS)}"
                )
        if "journey" not in top or "steps" not in top:
            missing = "journey" if "journey" not in top else "steps"
            self._problem(root, f"the key '{missing}' is missing")
            return None
        steps_node = top["steps"][1]
        if not isinstance(steps_node, yaml.MappingNode):
            self._problem(steps_node, "`steps` is a mapping from each step's name to what it does")
            return None
        steps = [self._step(name, *nodes) for name, nodes in self._mapping(steps_node, "steps").items()]
        plain = {name: _plain(node) for name, (_, node) in top.items() if name != "steps"}
        return JourneyText(
            key=str(plain["journey"]),
            title=cast("str | None", plain.get("title")),
            mode=str(plain.get("mode", "continuous")),
            tags=[str(tag) for tag in cast("list[Any]", plain.get("tags") or [])],
            steps=[step for step in steps if step is not None],
            source=self._source(root),
            lines={name: key_node.start_mark.line + 1 for name, (key_node, _) in top.items()},
        )

    def _step(self, name: str, key_node: yaml.Node, node: yaml.Node) -> StepText | None:
        if not isinstance(node, yaml.MappingNode):
            self._problem(key_node, f"step '{name}' must say at least its `kind`")
            return None
        found = self._mapping(node, f"step '{name}'")
        if "kind" not in found:
            self._problem(key_node, f"step '{name}' does not say its `kind`")
            return None
        plain = {key: _plain(value) for key, (_, value) in found.items()}
        return StepText(
            id=name,
            kind=str(plain["kind"]),
            title=cast("str | None", plain.get("title")),
            settings={key: value for key, value in plain.items() if key not in STEP_KEYS},
            leads=self._leads(name, found["next"][1]) if "next" in found else [],
            source=self._source(key_node),
            lines={key: key_node.start_mark.line + 1 for key, (key_node, _) in found.items()},
        )

    def _leads(self, step: str, node: yaml.Node) -> list[Edge]:
        if isinstance(node, yaml.ScalarNode):
            return [Edge(step, None, str(node.value), self._source(node))]
        if isinstance(node, yaml.MappingNode):
            pairs = self._mapping(node, f"`next` of step '{step}'").items()
            return [Edge(step, outcome, str(_plain(v)), self._source(k)) for outcome, (k, v) in pairs]
        self._problem(
            node, f"`next` of step '{step}' is the name of a step, or a mapping from outcome to step"
        )
        return []

    def _mapping(self, node: yaml.MappingNode, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            name = str(_plain(key_node))
            if name in found:
                first = found[name][0].start_mark.line + 1
                self._problem(
                    key_node,
                    f"'{name}' stands twice in {what} (the other one is on line {first})",
                    "duplicate-id",
                )
            found[name] = (key_node, value)
        return found

    def _source(self, node: yaml.Node | None) -> Source:
        return Source(self.file, node.start_mark.line + 1 if node is not None else 1)

    def _problem(self, node: yaml.Node | None, message: str, rule: str = "yaml") -> None:
        fix = "Rename one of them" if rule == "duplicate-id" else "See docs/journeys.md for the form"
        self.problems.append(Problem(rule, message, fix, self._source(node)))


def _plain(node: yaml.Node) -> Any:
    loader = JourneyLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()
