"""What a piece of Liquid depends on: the contact, the mail, and what earlier pieces have assigned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liquid import BoundTemplate, Expression, Node, RenderContext
from liquid.builtin.expressions import LoopExpression, Path
from liquid.builtin.expressions.primitive import IntegerLiteral
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.decrement_tag import DecrementNode
from liquid.builtin.tags.ifchanged_tag import IfChangedNode
from liquid.builtin.tags.increment_tag import IncrementNode

CONTACT, UNSUBSCRIBE, CONFIRM = "contact", "unsubscribe_url", "confirm_url"
ADDRESSES = frozenset({UNSUBSCRIBE, CONFIRM})
_ANYTHING = "*"
WHOLE = {"size", "first", "last"}  # of a mapping they tell about all of it


@dataclass(frozen=True, slots=True)
class Uses:
    """What a piece of Liquid reads and writes."""

    reads: frozenset[str]
    """Names of variables, and of tags with a memory; ``*`` when that shows only when it runs."""
    writes: frozenset[str]
    contact_keys: frozenset[str] | None
    """Which values of the contact; None: perhaps all of them."""

    @property
    def is_personal(self) -> bool:
        """Whether it may come out differently for two mails."""
        return bool(self.reads & {CONTACT, *ADDRESSES, _ANYTHING})

    @property
    def reads_address(self) -> bool:
        """Whether it needs an address that only this mail has."""
        return bool(self.reads & {*ADDRESSES, _ANYTHING})


class Dependence:
    """What the parts of one template depend on."""

    def __init__(self, template: BoundTemplate) -> None:
        self._template = template
        self._loops_go_on = any(
            isinstance(expression, LoopExpression)
            and not isinstance(expression.offset, IntegerLiteral | None)  # "continue", or perhaps so
            for node in self.walk(template.nodes)
            for expression in node.expressions()
        )
        self._of_top = [self.uses(node) for node in template.nodes]
        self.written = frozenset[str]().union(*(uses.writes for uses in self._of_top))

    def uses(self, *nodes: Node) -> Uses:
        """What the nodes read and write, with everything inside them."""
        reads: set[str] = set()
        writes: set[str] = set()
        keys: set[str] | None = set()
        for node in self.walk(nodes):
            names = set(node.template_scope())
            remembered = self._memory(node)
            writes |= names | remembered
            reads |= remembered | (names if isinstance(node, IncrementNode | DecrementNode) else set())
            for path in (path for expression in node.expressions() for path in paths_of(expression)):
                root = path.path[0]
                reads.add(root if isinstance(root, str) else _ANYTHING)
                if root == CONTACT or not isinstance(root, str):
                    key = path.path[1] if len(path.path) > 1 else None
                    known = root == CONTACT and isinstance(key, str) and key not in WHOLE
                    keys = keys | {str(key)} if known and keys is not None else None
        return Uses(frozenset(reads), frozenset(writes), None if keys is None else frozenset(keys))

    def needed_before(self, index: int) -> list[Node]:
        """The earlier nodes, in order, that must run for the node at ``index`` to come out right."""
        wanted = set(self._of_top[index].reads)
        needed: list[Node] = []
        for at in reversed(range(index)):
            uses = self._of_top[at]
            if uses.writes and (_ANYTHING in wanted or uses.writes & wanted):
                needed.append(self._template.nodes[at])
                wanted |= uses.reads
        return needed[::-1]

    def walk(self, nodes: Sequence[Node]) -> Iterator[Node]:
        """The nodes and everything inside them."""
        context = RenderContext(self._template)
        todo = list(reversed(nodes))
        while todo:
            node = todo.pop()
            yield node
            todo += reversed(list(node.children(context, include_partials=False)))

    def _memory(self, node: Node) -> set[str]:
        """The names, which no variable can have, of what a tag remembers from one time to the next."""
        if isinstance(node, CycleNode | IfChangedNode):
            return {f"memory of {type(node).__name__}"}
        if self._loops_go_on and any(isinstance(one, LoopExpression) for one in node.expressions()):
            return {"memory of loops"}
        return set()


def paths_of(expression: Expression) -> Iterator[Path]:
    """Every variable in an expression."""
    if isinstance(expression, Path):
        yield expression
    for child in expression.children():
        yield from paths_of(child)
