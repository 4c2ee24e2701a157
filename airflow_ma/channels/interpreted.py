"""Liquid left to python-liquid, one node at a time, its results kept by the values they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from liquid import BoundTemplate, Expression, Node, RenderContext
from liquid.builtin.expressions.logical import is_truthy

from airflow_ma.channels.dependence import CONTACT, Dependence
from airflow_ma.channels.fills import MISSING, Contact, Fill, Piece, Test, joined
from airflow_ma.channels.links import MailTokens
from airflow_ma.channels.template_language import CONTROL, Flavour, Part

KEPT = 1_000
"""Results that are kept of one node ..."""
KEPT_CHARACTERS = 1_000_000
"""... and how long they may be together with the values that they are kept by."""


class Interpreter:
    """Runs nodes of one part of a mail."""

    def __init__(
        self,
        part: Part,
        dependence: Dependence,
        constants: Mapping[str, object],
        marked: Callable[[str], list[Piece]],
        addresses: Callable[[MailTokens], Mapping[str, object]],
    ) -> None:
        """``marked`` resolves the marks (see ``markup``) in a text, ``addresses`` gives those of one mail."""
        self._part = part
        self._dependence = dependence
        self._constants = constants
        self._marked = marked
        self._addresses = addresses

    def constant(self, node: Node, before: Sequence[Node]) -> list[Piece]:
        """What a node that does not depend on the contact comes to. Raises what Liquid raises."""
        return self._finished(self._template(node, before).render(self._constants))

    def fill(self, node: Node, before: Sequence[Node]) -> Fill:
        """The node as a function; the nodes that it needs run before it, but what they put out is dropped."""
        uses = self._dependence.uses(*before, node)
        template = self._template(node, before)

        def run(contact: Contact, tokens: MailTokens) -> str | Fill:
            values: dict[str, object] = {CONTACT: contact, **self._constants}
            if uses.reads_address:
                values.update(self._addresses(tokens))
            pieces = self._finished(template.render(values))
            if all(isinstance(piece, str) for piece in pieces):
                return "".join(str(piece) for piece in pieces)
            return joined(pieces)

        if uses.reads_address or uses.contact_keys is None:
            return lambda contact, tokens: _text(run(contact, tokens), contact, tokens)
        return _kept(sorted(uses.contact_keys), run)

    def test(self, expression: Expression, before: Sequence[Node]) -> Test:
        """Whether an expression is true, as a function."""
        fill = self.fill(_Truth(expression), before)
        return lambda contact, tokens: fill(contact, tokens) != ""

    def _template(self, node: Node, before: Sequence[Node]) -> BoundTemplate:
        return BoundTemplate(self._part.template.env, [*map(_Silent, before), node])

    def _finished(self, text: str) -> list[Piece]:
        if self._part.flavour is Flavour.SUBJECT:
            return [CONTROL.sub(" ", text)]
        pieces = self._marked(text)
        return [piece.replace("\0", "") if isinstance(piece, str) else piece for piece in pieces]


class _Silent(Node):
    """A node that is run for what it assigns."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.token)
        self._node = node

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return self._node.render(context, context.get_buffer(buffer)) * 0


class _Truth(Node):
    """Something to read when an expression is true, and nothing when it is not."""

    def __init__(self, expression: Expression) -> None:
        super().__init__(expression.token)
        self._expression = expression

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write("true") if is_truthy(self._expression.evaluate(context)) else 0

    def expressions(self) -> Iterable[Expression]:
        yield self._expression


def _kept(names: Sequence[str], run: Callable[[Contact, MailTokens], str | Fill]) -> Fill:
    """``run``, but each result is kept for others with the same values of these names."""
    results: dict[object, str | Fill] = {}
    characters = 0

    def first_time(key: object, contact: Contact, tokens: MailTokens) -> str:
        nonlocal characters
        result = run(contact, tokens)
        text = _text(result, contact, tokens)
        characters += len(text) + len(repr(key))
        if characters > KEPT_CHARACTERS or len(results) >= KEPT:
            results.clear()
            characters = 0
        results[key] = result
        return text

    # What is no string goes by how it is written: 1, 1.0 and True are equal, but do not look the same.
    def by_one(contact: Contact, tokens: MailTokens) -> str:
        value = contact.get(name, MISSING)
        key = value if value.__class__ is str else (repr(value),)
        result = results.get(key)
        if result.__class__ is str:
            return result
        return first_time(key, contact, tokens) if result is None else _text(result, contact, tokens)

    def by_all(contact: Contact, tokens: MailTokens) -> str:
        values = [contact.get(name, MISSING) for name in names]
        key = tuple([value if value.__class__ is str else (repr(value),) for value in values])
        result = results.get(key)
        return first_time(key, contact, tokens) if result is None else _text(result, contact, tokens)

    if len(names) == 1:
        (name,) = names
        return by_one
    return by_all


def _text(result: str | Fill, contact: Contact, tokens: MailTokens) -> str:
    return result if isinstance(result, str) else result(contact, tokens)
