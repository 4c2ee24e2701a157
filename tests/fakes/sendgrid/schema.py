"""SendGrid's OpenAPI files, made ready to validate what is sent to the fake and what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker

from tests.fakes.sendgrid.problems import Problem

_FOLDER = Path(__file__).parent / "openapi"
_MOST_PROBLEMS = 20


@cache
def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return document


def _inlined(node: Any, document: dict[str, Any], *, closed: bool) -> Any:
    """The node without references; ``closed``: objects that list their properties take no others."""
    if isinstance(node, list):
        return [_inlined(entry, document, closed=closed) for entry in node]
    if not isinstance(node, dict):
        return node
    found = {key: _inlined(value, document, closed=closed) for key, value in node.items() if key != "$ref"}
    if "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        found = {**_inlined(target, document, closed=closed), **found}
    if closed and isinstance(found.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


@cache
def request_validator(name: str, *path: str) -> OAS31Validator:
    """Validates the JSON body of a request. ``path`` leads to the request body within the document."""
    node: Any = _document(name)
    for part in path:
        node = node[part]
    schema = _inlined(node, _document(name), closed=True)["content"]["application/json"]["schema"]
    return OAS31Validator(schema, format_checker=oas31_format_checker)


@cache
def schema_validator(name: str, schema: str) -> OAS31Validator:
    """Validates an object against one of the document's named schemas."""
    node = _document(name)["components"]["schemas"][schema]
    return OAS31Validator(_inlined(node, _document(name), closed=False), format_checker=oas31_format_checker)


def mail_problems(body: Any) -> list[Problem]:
    """What is wrong with the body of a mail/send request, as its published schema sees it.

    Strict where the published file is: message-level ``custom_args`` are a string there (SendGrid itself
    takes an object); arguments of a personalization are free.
    """
    validator = request_validator("tsg_mail_v3", "components", "requestBodies", "PostMailSend")
    found: dict[Problem, None] = {}
    for error in validator.iter_errors(body):
        found.update(dict.fromkeys(_problems(error)))
        if len(found) >= _MOST_PROBLEMS:
            break
    return list(found)


def logs_problems(body: Any) -> list[Problem]:
    """What is wrong with the body of a search in the Email Logs."""
    validator = request_validator("tsg_logs_v3", "paths", "/v3/logs", "post", "requestBody")
    return list(dict.fromkeys(found for error in validator.iter_errors(body) for found in _problems(error)))


def _problems(error: Any) -> Iterator[Problem]:
    where = [str(part) for part in error.absolute_path]
    field = ".".join(where) or None
    if error.validator == "additionalProperties":
        for key in sorted(set(error.instance) - set(error.schema["properties"])):
            yield Problem(f"Additional property {key} is not allowed", ".".join([*where, key]))
    elif error.validator == "required":
        for key in sorted(set(error.validator_value) - set(error.instance)):
            yield Problem(f"The {key} parameter is required.", ".".join([*where, key]))
    elif error.validator == "type":
        kind = _KINDS.get(type(error.instance).__name__, "null")
        yield Problem(f"Invalid type. Expected: {error.validator_value}, given: {kind}.", field)
    elif error.validator == "format" and error.validator_value == "email":
        yield Problem("Does not contain a valid address.", field)
    else:
        yield Problem(error.message, field)


_KINDS = {
    "dict": "object",
    "list": "array",
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
}
