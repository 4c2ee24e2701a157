"""Liquid made into plain Python functions of the contact, for what mails are mostly made of.

Values of the contact, filters with constant arguments, conditions on whether something is there, and the
blocks of ``{% if %}`` and ``{% unless %}`` around them. Everything else is left to the interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from liquid import BlockNode, Expression, Node, RenderContext
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import BooleanExpression, Filter, FilteredExpression, Literal, Path
from liquid.builtin.expressions.logical import (
    EqExpression,
    LogicalAndExpression,
    LogicalNotExpression,
    LogicalOrExpression,
    NeExpression,
    is_truthy,
)
from liquid.builtin.expressions.primitive import StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.stringify import to_liquid_string

from airflow_ma.channels.dependence import CONTACT, WHOLE, Dependence, paths_of
from airflow_ma.channels.fills import MISSING, Contact, Fill, Piece, Test, joined
from airflow_ma.channels.interpreted import Interpreter
from airflow_ma.channels.links import MailTokens
from airflow_ma.channels.template_language import CONTROL, Flavour, Part

Value = Callable[[Contact], object]

_is_special = re.compile("[&<>'\"\x00]").search


class Compiler:
    """Makes the functions of one part of a mail."""

    def __init__(
        self,
        part: Part,
        dependence: Dependence,
        interpreter: Interpreter,
        marked: Callable[[str], list[Piece]],
        addresses: Mapping[str, list[Piece]],
    ) -> None:
        """``marked`` resolves the marks (see ``markup``) in a text, ``addresses`` are those of one mail."""
        self._flavour = part.flavour
        self._template = part.template
        self._dependence = dependence
        self._interpreter = interpreter
        self._marked = marked
        self._addresses = addresses
        self._constant = RenderContext(part.template)
        self._writers = [
            (index, node, set(node.template_scope()))
            for index, top in enumerate(part.template.nodes)
            for node in dependence.walk([top])
        ]

    def fill(self, index: int) -> Fill:
        """The function for the node at ``index`` of the part."""
        return self._fill(self._template.nodes[index], index, self._dependence.needed_before(index))

    def address(self, node: Node) -> list[Piece] | None:
        """What a plain ``{{ unsubscribe_url }}`` or ``{{ confirm_url }}`` puts out; None for other nodes."""
        if isinstance(node, OutputNode) and isinstance(node.expression, FilteredExpression):
            match node.expression.left:
                case Path(path=[str(name)]) if not node.expression.filters:
                    return None if name in self._dependence.written else self._addresses.get(name)
        return None

    def _fill(self, node: Node, index: int, before: Sequence[Node]) -> Fill:
        if isinstance(node, OutputNode) and (value := self._value(node.expression, index)) is not None:
            name = self._attribute(node.expression, "default")
            if name is None:
                return _output(self._flavour, value)
            return _attribute_output(self._flavour, name, value)
        if isinstance(node, IfNode | UnlessNode) and not self._dependence.uses(node).writes:
            return self._choice(node, index, before)
        return self._interpreter.fill(node, before)

    def _choice(self, node: IfNode | UnlessNode, index: int, before: Sequence[Node]) -> Fill:
        first = self._test(node.condition, index, before)
        branches = [
            (
                _negated(first) if isinstance(node, UnlessNode) else first,
                self._block(node.consequence, index, before),
            )
        ]
        branches += [
            (self._test(other.expression, index, before), self._block(other.block, index, before))
            for other in node.alternatives
        ]
        last = self._block(node.default, index, before) if node.default else joined([])
        if len(branches) == 1:
            ((test, block),) = branches
            return lambda contact, tokens: (block if test(contact, tokens) else last)(contact, tokens)

        def choose(contact: Contact, tokens: MailTokens) -> str:
            for test, block in branches:
                if test(contact, tokens):
                    return block(contact, tokens)
            return last(contact, tokens)

        return choose

    def _block(self, block: BlockNode, index: int, before: Sequence[Node]) -> Fill:
        if block.blank:  # Liquid leaves out blocks of nothing but white space
            return joined([])
        pieces: list[Piece] = []
        for node in block.nodes:
            if isinstance(node, ContentNode):
                pieces += self._marked(node.text)
            elif (address := self.address(node)) is not None:
                pieces += address
            else:
                pieces.append(self._fill(node, index, before))
        return joined(pieces)

    def _test(self, expression: Expression, index: int, before: Sequence[Node]) -> Test:
        match expression:
            case BooleanExpression():
                return self._test(expression.expression, index, before)
            case LogicalNotExpression():
                return _negated(self._test(expression.right, index, before))
            case LogicalAndExpression() | LogicalOrExpression():
                left = self._test(expression.left, index, before)
                right = self._test(expression.right, index, before)
                if isinstance(expression, LogicalAndExpression):
                    return lambda contact, tokens: left(contact, tokens) and right(contact, tokens)
                return lambda contact, tokens: left(contact, tokens) or right(contact, tokens)
        return (
            self._comparison(expression)
            or self._truth(expression, index)
            or self._interpreter.test(expression, before)
        )

    def _comparison(self, expression: Expression) -> Test | None:
        """For ``contact.plan == 'gold'``."""
        match expression:
            case EqExpression(left=left, right=StringLiteral(value=text)):
                return None if (name := self._attribute(left)) is None else _equals(name, text)
            case NeExpression(left=left, right=StringLiteral(value=text)):
                return None if (name := self._attribute(left)) is None else _negated(_equals(name, text))
        return None

    def _truth(self, expression: Expression, index: int) -> Test | None:
        value = self._value(expression, index)
        if value is None:
            return None

        def test(contact: Contact, _tokens: MailTokens) -> bool:
            found = value(contact)
            if found is True or found.__class__ is str:
                return True
            return found is not None and found is not False and is_truthy(found)

        return test

    def _value(self, expression: Expression, index: int) -> Value | None:
        if isinstance(expression, Literal):
            constant = expression.evaluate(self._constant)
            return lambda _contact: constant
        if isinstance(expression, Path):
            return self._variable(expression, index)
        if not isinstance(expression, FilteredExpression):
            return None
        value = self._value(expression.left, index)
        for one in expression.filters or []:
            value = None if value is None else self._filtered(value, one)
        return value

    def _attribute(self, expression: Expression, *filters: str) -> str | None:
        """The name in a plain ``contact.name``, behind which no other filters come than these."""
        if isinstance(expression, FilteredExpression):
            if any(one.name not in filters for one in expression.filters or []):
                return None
            expression = expression.left
        match expression:
            case Path(path=["contact", str(name)]):
                return name if name not in WHOLE and CONTACT not in self._dependence.written else None
        return None

    def _variable(self, path: Path, index: int) -> Value | None:
        if (name := self._attribute(path)) is not None:
            key = name
            return lambda contact: contact.get(key, MISSING)
        match path.path:
            case [str(name)]:
                match [(at, node) for at, node, names in self._writers if name in names]:
                    case [(at, AssignNode() as node)] if at < index and node is self._template.nodes[at]:
                        return self._value(node.expression, at)
        return None

    def _filtered(self, value: Value, one: Filter) -> Value | None:
        call: Any = self._template.env.filters[one.name]
        if any(True for argument in one.children() for _ in paths_of(argument)):
            return None
        if getattr(call, "with_context", False) or getattr(call, "with_environment", False):
            return None
        arguments, named = one.evaluate_args(self._constant)
        if one.name == "default":

            def default(contact: Contact) -> object:
                found = value(contact)
                if found.__class__ is str and found:
                    return found
                return call(found, *arguments, **named)

            return default
        return lambda contact: call(value(contact), *arguments, **named)


def _negated(test: Test) -> Test:
    return lambda contact, tokens: not test(contact, tokens)


def _equals(name: str, text: str) -> Test:
    return lambda contact, _tokens: contact.get(name) == text  # as Liquid has it: only a text equals a text


def _output(flavour: Flavour, value: Value) -> Fill:
    def html(contact: Contact, _tokens: MailTokens) -> str:
        return _html(value(contact))

    def text(contact: Contact, _tokens: MailTokens) -> str:
        return _plain(value(contact))

    def subject(contact: Contact, _tokens: MailTokens) -> str:
        return _line(value(contact))

    return {Flavour.HTML: html, Flavour.TEXT: text, Flavour.SUBJECT: subject}[flavour]


def _attribute_output(flavour: Flavour, name: str, value: Value) -> Fill:
    """The same as ``_output`` for the commonest case, with fewer calls: ``value`` gives a text as it is."""

    def html(contact: Contact, _tokens: MailTokens) -> str:
        found = contact.get(name)
        if found.__class__ is str and found and not _is_special(found):
            return found
        return _html(value(contact))

    def text(contact: Contact, _tokens: MailTokens) -> str:
        found = contact.get(name)
        if found.__class__ is str and found and "\0" not in found:
            return found
        return _plain(value(contact))

    def subject(contact: Contact, _tokens: MailTokens) -> str:
        found = contact.get(name)
        if found.__class__ is str and found and found.isprintable():
            return found
        return _line(value(contact))

    return {Flavour.HTML: html, Flavour.TEXT: text, Flavour.SUBJECT: subject}[flavour]


def _html(found: Any) -> str:
    if found.__class__ is str:
        return _escaped(found) if _is_special(found) else str(found)
    return str.__str__(to_liquid_string(found, True)).replace("\0", "")


def _escaped(text: str) -> str:
    """As markupsafe does it, without a Markup object in between."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("'", "&#39;").replace('"', "&#34;").replace("\0", "")


def _plain(found: Any) -> str:
    text: str = found if found.__class__ is str else to_liquid_string(found, False)
    return text.replace("\0", "") if "\0" in text else text


def _line(found: Any) -> str:
    text: str = found if found.__class__ is str else to_liquid_string(found, False)
    return text if text.isprintable() else CONTROL.sub(" ", text)
