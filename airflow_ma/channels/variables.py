"""Variables in email templates that nobody fills in, found before anything is sent."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from liquid import BoundTemplate, Expression
from liquid.ast import ConditionalBlockNode
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode

from airflow_ma.channels.composition import OWN
from airflow_ma.channels.dependence import ADDRESSES, CONTACT, Dependence, paths_of
from airflow_ma.channels.template_language import Part
from airflow_ma.channels.templates import EmailTemplate

ROOTS = (CONTACT, "sender", *sorted(ADDRESSES))
SENDER = ("name", "postal_address", "contact")
_TIME = ("now", "today")
_VERY_NEAR = 0.8


@dataclass(frozen=True, slots=True)
class VariableProblem:
    """A variable that is empty in every mail, or may be meant to be another one."""

    file: Path
    line: int
    variable: str
    """As it is written: ``contact.nmae``."""
    near: tuple[str, ...]
    """Known variables of nearly that name, the nearest first."""
    is_error: bool
    """There can be no such variable. Otherwise no contact has it so far, and it has no default."""


def find_variable_problems(template: EmailTemplate, known: Collection[str]) -> list[VariableProblem]:
    """What is wrong with the template's variables, in the order of its files.

    ``known`` are the names of the attributes that contacts have. An attribute that is none of them is no
    problem where it has a default or is asked for in an ``{% if %}``, unless it looks much like a known one.
    """
    found = {
        problem: None
        for language in template.languages.values()
        for part in language.parts.values()
        for problem in _problems(part, known)
    }
    return sorted(found, key=lambda problem: (str(problem.file), problem.line, problem.variable))


def _problems(part: Part, known: Collection[str]) -> Iterator[VariableProblem]:
    template = part.template
    provided, asked = _with_default(template), _asked_for(template)
    analysis = template.analyze(include_partials=False)
    for root, uses in analysis.globals.items():
        for use in uses:
            file, line = part.source.place(use.span.index)
            name = use.segments[1] if len(use.segments) > 1 else None
            near: list[str] = []
            is_error = True
            if root == CONTACT:
                if not isinstance(name, str) or name in OWN or name in known:
                    continue
                is_handled = use.span.index in provided or name in asked
                near = _near(name, [*OWN, *known], _VERY_NEAR if is_handled else 0.6)
                near = [f"{CONTACT}.{one}" for one in near]
                is_error = False
                if is_handled and not near:
                    continue
            elif root == "sender":
                if name in SENDER:
                    continue
                near = [f"sender.{one}" for one in _near(str(name), SENDER, 0.0)]
            elif root in ROOTS or root in _TIME:
                continue
            else:
                rest = "".join(f".{one}" for one in use.segments[1:])
                near = [one + rest for one in _near(root, [*ROOTS, *analysis.locals], 0.6)]
            yield VariableProblem(file, line or 1, str(use), tuple(near), is_error)


def _near(name: str, among: Collection[str], cutoff: float) -> list[str]:
    return difflib.get_close_matches(name, list(dict.fromkeys(among)), n=3, cutoff=cutoff)


def _with_default(template: BoundTemplate) -> set[int]:
    """Where variables begin that have a default."""
    return {
        path.token.start_index
        for expression in _expressions(template)
        if isinstance(expression, FilteredExpression)
        and any(one.name == "default" for one in expression.filters or [])
        for path in paths_of(expression.left)
    }


def _asked_for(template: BoundTemplate) -> set[str]:
    """The contact's values that conditions ask for."""
    conditions: list[Expression] = []
    for node in Dependence(template).walk(template.nodes):
        if isinstance(node, IfNode | UnlessNode | ConditionalBlockNode | CaseNode):
            conditions += node.expressions()
    paths = [path.path for condition in conditions for path in paths_of(condition)]
    return {str(path[1]) for path in paths if path[0] == CONTACT and len(path) > 1}


def _expressions(template: BoundTemplate) -> Iterator[Expression]:
    for node in Dependence(template).walk(template.nodes):
        yield from node.expressions()
