"""The Email Logs API over what the fake accepted: search, and one message with its events."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from tests.fakes.sendgrid.problems import Problem, errors
from tests.fakes.sendgrid.schema import logs_problems

if TYPE_CHECKING:
    from tests.fakes.sendgrid.mails import Mail
    from tests.fakes.sendgrid.server import FakeSendGrid

_EQUALS = ("sg_message_id", "subject", "to_email", "reason")
_ONE_OF = ("status", "categories")
_CREATED = "sg_message_id_created_at"
_STRING = r"""(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)")"""
_CONDITION = re.compile(
    rf"\s*(?P<field>\w+)\s*(?:"
    rf"(?P<sign>[<>]=?|=)\s*(?P<timestamp>TIMESTAMP\s+)?{_STRING}"
    rf"|IN\s*\((?P<list>[^)]*)\))\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"AND\b", re.IGNORECASE)
_COMPARED: dict[str, Callable[[datetime, datetime], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}
_STATUS = {
    "processed": "processed",
    "deferred": "deferred",
    "delivered": "delivered",
    "open": "delivered",
    "click": "delivered",
    "dropped": "dropped",
    "bounce": "bounced",
}
_TOP_LEVEL = frozenset(
    {
        *(
            "email",
            "event",
            "timestamp",
            "sg_event_id",
            "sg_message_id",
            "smtp-id",
            "category",
            "asm_group_id",
        ),
        *("ip", "tls", "response", "attempt", "type", "status", "reason", "bounce_classification", "pool"),
        *("useragent", "url", "url_offset", "sg_content_type", "sg_machine_open"),
    }
)
Test = Callable[["Mail", str, str | None], bool]


class QueryError(ValueError):
    """The query is not in the API's language."""


def search(fake: FakeSendGrid, raw: bytes) -> Response:
    """The newest messages that meet the query, without their events and arguments."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _json(errors(Problem("invalid JSON")), 400)
    found = logs_problems(body)
    if found:
        return _json(errors(*found), 400)
    try:
        tests = parse(body.get("query", ""))
    except QueryError as error:
        return _json(errors(Problem(str(error), "query")), 400)
    messages: list[dict[str, Any]] = []
    for mail in reversed(_shown(fake)):
        status, reason = _fate(fake, mail)
        if all(test(mail, status, reason) for test in tests):
            messages.append(_summary(mail, status, reason))
            if len(messages) == body.get("limit", 10):
                break
    return _json({"messages": messages})


def single(fake: FakeSendGrid, sg_message_id: str) -> Response:
    """One message with its events and custom arguments."""
    for mail in _shown(fake):
        if mail.sg_message_id == sg_message_id:
            return _json(_whole(fake, mail))
    return _json(errors(Problem("message not found")), 404)


def parse(query: str) -> list[Test]:
    """The conditions of a query; all must hold. Raises QueryError."""
    tests: list[Test] = []
    position = 0
    while query[position:].strip():
        if tests:
            joined = _AND.match(query, position)
            if joined is None:
                raise QueryError(f"expected AND at position {position}")
            position = joined.end()
        found = _CONDITION.match(query, position)
        if found is None:
            raise QueryError(f"expected a condition at position {position}")
        tests.append(_test(found))
        position = found.end()
    return tests


def _test(found: re.Match[str]) -> Test:
    field, sign, listed = found["field"], found["sign"], found["list"]
    value = found["single"] if found["single"] is not None else found["double"]
    if listed is not None:
        if field not in _ONE_OF:
            raise QueryError(f"the operator IN is not allowed for {field}")
        values = {single or double for single, double in re.findall(r"""'([^']*)'|"([^"]*)\"""", listed)}
        if field == "status":
            return lambda mail, status, reason: status in values
        return lambda mail, status, reason: not values.isdisjoint(mail.categories)
    if field == _CREATED and sign in _COMPARED and found["timestamp"]:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise QueryError(f"{value} is not a timestamp") from error
        compared = _COMPARED[sign]
        return lambda mail, status, reason: compared(_created(mail), moment)
    if field not in _EQUALS or sign != "=" or found["timestamp"]:
        raise QueryError(f"the operator {sign} is not allowed for {field}")
    if field == "reason":
        return lambda mail, status, reason: reason == value
    if field == "to_email":
        return lambda mail, status, reason: mail.to.lower() == value.lower()
    return lambda mail, status, reason: getattr(mail, field) == value


def _shown(fake: FakeSendGrid) -> list[Mail]:
    latest = fake.now() - fake.logs_delay
    return [mail for mail in fake.mails if mail.at <= latest]


def _created(mail: Mail) -> datetime:
    return datetime.fromtimestamp(mail.at // 1000, UTC)


def _fate(fake: FakeSendGrid, mail: Mail) -> tuple[str, str | None]:
    """Status and reason after the last event that says anything about delivery."""
    status, reason = "processed", None
    for event in fake.events.by_message.get(mail.sg_message_id, ()):
        if event["event"] in _STATUS:
            status = "blocked" if event.get("type") == "blocked" else _STATUS[event["event"]]
            reason = event.get("reason") or event.get("response")
    return status, reason


def _summary(mail: Mail, status: str, reason: str | None) -> dict[str, Any]:
    found = {
        "from_email": mail.sender,
        "sg_message_id": mail.sg_message_id,
        "subject": mail.subject,
        "to_email": mail.to,
        "status": status,
        _CREATED: _created(mail).isoformat().replace("+00:00", "Z"),
    }
    return {**found, "reason": reason} if reason else found


def _whole(fake: FakeSendGrid, mail: Mail) -> dict[str, Any]:
    status, _ = _fate(fake, mail)
    happened = fake.events.by_message.get(mail.sg_message_id, [])
    return {
        "from_email": mail.sender,
        "sg_message_id": mail.sg_message_id,
        "subject": mail.subject,
        "to_email": mail.to,
        "status": status,
        "events": [_shown_event(mail, event) for event in happened[-100:]],
        "api_key_id": "fake_key",
        "client_ip": "127.0.0.1",
        "category": list(mail.categories),
        "custom_args": dict(mail.custom_args),
        **({"template_id": mail.settings["template_id"]} if "template_id" in mail.settings else {}),
    }


def _shown_event(mail: Mail, event: dict[str, Any]) -> dict[str, Any]:
    """As the logs tell it: custom arguments apart, machine opens only when true, always with a message id."""
    shown = {key: value for key, value in event.items() if key in _TOP_LEVEL}
    for key in [key for key in ("sg_machine_open", "tls") if not shown.get(key)]:
        shown.pop(key, None)
    if event["event"] == "unsubscribe":
        shown["date"] = datetime.fromtimestamp(event["timestamp"], UTC).date().isoformat()
    return {**shown, "sg_message_id": mail.sg_message_id, "custom_args": dict(mail.custom_args)}


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
