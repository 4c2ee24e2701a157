"""The Liquid of email templates: python-liquid without access to files, with limits, and located errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from liquid import BoundTemplate, Environment, Node
from liquid.exceptions import LiquidError, ResourceLimitError

from airflow_ma.channels.covered import Source

CONTROL = re.compile(r"\r\n|[\x00-\x1f\x7f\x85\u2028\u2029]")
OUTPUT_BYTES = 1_000_000


class TemplateError(ValueError):
    """A template cannot be used; the message says what is wrong, where, and what to do."""


class Flavour(StrEnum):
    """What part of a mail a text is: what values must look like in it."""

    SUBJECT = "subject"
    HTML = "html"
    TEXT = "text"


class _Environment(Environment):
    """Liquid that cannot read files and that stops before it costs too much."""

    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = OUTPUT_BYTES

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        del self.tags["include"], self.tags["render"]


_HTML_LIQUID = _Environment(autoescape=True)
_TEXT_LIQUID = _Environment(autoescape=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail, parsed."""

    flavour: Flavour
    source: Source
    template: BoundTemplate


def parse_part(flavour: Flavour, source: Source) -> Part:
    """Raises TemplateError with file and line."""
    liquid = _HTML_LIQUID if flavour is Flavour.HTML else _TEXT_LIQUID
    try:
        template = liquid.from_string(source.text)
        filters = template.analyze(include_partials=False).filters
    except LiquidError as error:
        token = error.token
        place = _unfinished(liquid, source, error) or (
            _at(source, token.start_index) if token else source.file
        )
        raise TemplateError(f"{place}: {error.message}") from error
    for name, spans in filters.items():
        if name not in liquid.filters:
            raise TemplateError(f"{_at(source, spans[0].index)}: there is no Liquid filter '{name}'")
    return Part(flavour, source, template)


def value_error(source: Source, error: Exception, node: Node) -> TemplateError:
    """What to say when a node cannot be filled in for one contact: never the contact's values."""
    token = error.token if isinstance(error, LiquidError) and error.token else node.token
    where = _at(source, token.start_index)
    if isinstance(error, ResourceLimitError):
        return TemplateError(f"{where}: too much work: {error.message}")
    kind = type(error).__name__  # not its message: that may quote the contact's values
    return TemplateError(f"{where}: a value of this contact does not fit here ({kind})")


def _unfinished(liquid: Environment, source: Source, error: LiquidError) -> str | None:
    """The place of an expression that ends too early: the error itself has none."""
    if error.token is None or error.token.start_index >= 0 or str(error.message).startswith("expected tag"):
        return None
    for piece in source.pieces:
        try:
            liquid.from_string(piece.text)
        except LiquidError as alone:
            if alone.message == error.message:
                return piece.place
    return None


def _at(source: Source, index: int) -> str:
    file, line = source.place(index)
    return f"{file}, at its end" if line is None else f"{file}, line {line}"
