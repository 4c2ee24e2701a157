"""SQL that means the same on SQLite and PostgreSQL: JSON values by their type, text byte by byte, URL globs.

SQLite's own JSON paths miss keys that were stored escaped, as Python's json module stores Japanese ones;
``json_each`` finds both. LIKE ignores case on SQLite but not on PostgreSQL; GLOB and LIKE agree.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Number(sa.TypeDecorator[float]):
    """A number that is compared exactly: a double on SQLite, numeric on PostgreSQL."""

    impl = sa.Float
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return sa.Numeric() if dialect.name == "postgresql" else sa.Float()

    def process_bind_param(self, value: float | None, dialect: sa.Dialect) -> Any:
        return Decimal(repr(value)) if value is not None and dialect.name == "postgresql" else value


class _Glob(sa.TypeDecorator[str]):
    """A pattern in which only ``*`` is special, written in the database's own way."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace("[", "[[]").replace("?", "[?]")
        return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")


class json_text(FunctionElement[str]):  # noqa: N801
    """``json_text(column, key)``: the value under a key when it is text, else NULL."""

    type = sa.Text()
    inherit_cache = True
    kinds = ("text",), "string"


class json_number(FunctionElement[float]):  # noqa: N801
    """``json_number(column, key)``: the value under a key when it is a number, else NULL."""

    type = Number()
    inherit_cache = True
    kinds = ("integer", "real"), "number"


class json_flag(FunctionElement[str]):  # noqa: N801
    """``json_flag(column, key)``: 'true' or 'false' when the value under a key is that, else NULL."""

    type = sa.Text()
    inherit_cache = True
    kinds = ("true", "false"), "boolean"


class json_known(FunctionElement[bool]):  # noqa: N801
    """``json_known(column, key)``: whether there is a value under a key; never NULL."""

    type = sa.Boolean()
    inherit_cache = True


class text_contains(FunctionElement[bool]):  # noqa: N801
    """``text_contains(text, part)``: whether the part is in the text, upper and lower case apart."""

    type = sa.Boolean()
    inherit_cache = True


class bytewise(FunctionElement[str]):  # noqa: N801
    """``bytewise(text)``: ordered by code point, whatever the database's own language is."""

    type = sa.Text()
    inherit_cache = True


class _glob_matches(FunctionElement[bool]):  # noqa: N801
    type = sa.Boolean()
    inherit_cache = True


def url_matches(column: sa.ColumnElement[Any], glob: str) -> sa.ColumnElement[bool]:
    """Whether a URL matches a pattern in which ``*`` stands for anything; never NULL."""
    return sa.and_(column.is_not(None), _glob_matches(column, sa.literal(glob, _Glob())))


def _parts(element: FunctionElement[Any], compiler: SQLCompiler, kw: dict[str, Any]) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(json_text, "sqlite")
@compiles(json_number, "sqlite")
@compiles(json_flag, "sqlite")
def _typed_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    column, key = _parts(element, compiler, kw)
    kinds = ", ".join(f"'{kind}'" for kind in element.kinds[0])
    value = "type" if isinstance(element, json_flag) else "atom"
    return (
        f"(SELECT ma_json.{value} FROM json_each({column}) AS ma_json "  # noqa: S608 (nothing from outside)
        f"WHERE ma_json.key = {key} AND ma_json.type IN ({kinds}) LIMIT 1)"
    )


@compiles(json_text, "postgresql")
@compiles(json_number, "postgresql")
@compiles(json_flag, "postgresql")
def _typed_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    column, key = _parts(element, compiler, kw)
    cast = "::numeric" if isinstance(element, json_number) else ""
    kind = element.kinds[1]
    return f"(CASE WHEN jsonb_typeof({column} -> {key}) = '{kind}' THEN ({column} ->> {key}){cast} END)"


@compiles(json_known, "sqlite")
def _known_sqlite(element: json_known, compiler: SQLCompiler, **kw: Any) -> str:
    column, key = _parts(element, compiler, kw)
    return (
        f"(EXISTS (SELECT 1 FROM json_each({column}) AS ma_json "  # noqa: S608 (nothing from outside)
        f"WHERE ma_json.key = {key} AND ma_json.type <> 'null'))"
    )


@compiles(json_known, "postgresql")
def _known_postgresql(element: json_known, compiler: SQLCompiler, **kw: Any) -> str:
    column, key = _parts(element, compiler, kw)
    return f"coalesce(jsonb_typeof({column} -> {key}) <> 'null', false)"


@compiles(text_contains, "sqlite")
def _contains_sqlite(element: text_contains, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _parts(element, compiler, kw)
    return f"(instr({text}, {part}) > 0)"


@compiles(text_contains, "postgresql")
def _contains_postgresql(element: text_contains, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _parts(element, compiler, kw)
    return f"(strpos({text}, {part}) > 0)"


@compiles(bytewise, "sqlite")
def _bytewise_sqlite(element: bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({_parts(element, compiler, kw)[0]} COLLATE BINARY)"


@compiles(bytewise, "postgresql")
def _bytewise_postgresql(element: bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({_parts(element, compiler, kw)[0]} COLLATE "C")'


@compiles(_glob_matches, "sqlite")
def _glob_sqlite(element: _glob_matches, compiler: SQLCompiler, **kw: Any) -> str:
    column, pattern = _parts(element, compiler, kw)
    return f"({column} GLOB {pattern})"


@compiles(_glob_matches, "postgresql")
def _glob_postgresql(element: _glob_matches, compiler: SQLCompiler, **kw: Any) -> str:
    column, pattern = _parts(element, compiler, kw)
    return f"({column} LIKE {pattern})"
