"""Values and calls as Python source, laid out as the usual formatters do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

WIDTH = 110
"""Columns of a line, as in this project."""


class Code(str):
    """Source that stands for itself among values."""

    __slots__ = ()


def literal(value: Any) -> str:
    """The value as Python source, on one line."""
    match value:
        case Code():
            return str(value)
        case str():
            # JSON's escapes are Python's, too; it puts texts in double quotes, as formatters do.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {literal(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(literal, value)) + "]"
    return repr(value)


def call(function: str, arguments: Sequence[tuple[str | None, Any]], after: str) -> list[str]:
    """``function(name=value, ...)after`` on one line, else with one argument a line."""
    # Everything stands below `with`, four columns in.
    parts = [f"{name}={literal(value)}" if name else literal(value) for name, value in arguments]
    line = f"{function}({', '.join(parts)}){after}"
    if len(line) <= WIDTH - 4:
        return [line]
    lines = [line for name, value in arguments for line in _argument(name, value)]
    return [f"{function}(", *lines, f"){after}"]


def _argument(name: str | None, value: Any) -> Iterator[str]:
    yield from _laid_out(f"{name}=" if name else "", value, 4)


def _laid_out(before: str, value: Any, indent: int) -> Iterator[str]:
    """The value, broken up where it is too long for a line; ends with a comma."""
    room = " " * indent
    line = f"{room}{before}{literal(value)},"
    if len(line) <= WIDTH - 4 or not isinstance(value, dict | list) or not value:
        yield line
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield f"{room}{before}{opening}"
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _laid_out(f"{literal(key)}: ", inner, indent + 4)
    else:
        for inner in value:
            yield from _laid_out("", inner, indent + 4)
    yield f"{room}{closing},"
