"""How a setting is edited: what its declaration says, else what its JSON schema suggests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_ma.dag.declaration import Setting

LONG_TEXT = 200
"""Characters above which a text gets several lines."""


def plain_schema(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema without references, and without the null that stands for "not set"."""
    while True:
        if "$ref" in schema:
            schema = defs[schema["$ref"].rpartition("/")[2]]
            continue
        others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        if len(others) != 1:
            return schema
        schema = others[0]


def widget_of(setting: Setting | None, schema: Mapping[str, Any]) -> str:
    """The name of the widget; ``schema`` is a plain one."""
    if setting is not None and (setting.widget or setting.kinds):
        return setting.widget or "step"
    if "enum" in schema or "const" in schema:
        return "choice"
    if schema.get("type") == "string" and schema.get("maxLength", 0) > LONG_TEXT:
        return "long_text"
    if schema.get("type") == "object" and "properties" in schema:
        return str(schema.get("widget", "text"))
    return str(schema.get("widget") or _BY_FORM.get(schema.get("format", schema.get("type"))) or "text")


_BY_FORM = {
    "boolean": "switch",
    "integer": "number",
    "number": "number",
    "array": "words",
    "object": "values",
    "time": "time",
}
"""Format or type in the JSON schema -> widget."""
