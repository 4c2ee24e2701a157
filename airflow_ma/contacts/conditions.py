"""Which contacts match: a small language written as dicts, compiled to one SQL expression.

``{"all": [{"attribute": "plan", "is": "pro"}, {"not": {"tag": "vip"}}]}``; docs/contacts.md has all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from airflow_ma.contacts.condition_parts import (
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    AllCondition,
    AnyCondition,
    AttributeCondition,
    Condition,
    EventCondition,
    NotCondition,
    Scalar,
    TagCondition,
)
from airflow_ma.contacts.expressions import (
    Number,
    bytewise,
    json_flag,
    json_known,
    json_number,
    json_text,
    text_contains,
    url_matches,
)
from airflow_ma.engine.tables import contact_tag
from airflow_ma.engine.tables import event as event_table
from airflow_ma.journey.duration import to_ms

__all__ = ["Condition", "event_matches", "matches", "url_matches"]


def matches(
    condition: Condition | Mapping[str, Any],
    contact: sa.FromClause,
    now: int | sa.ColumnElement[int],
    since: sa.ColumnElement[int] | None = None,
) -> sa.ColumnElement[bool]:
    """Whether a row of ``contact`` (anything with ma_contact's columns) matches; never NULL.

    ``now`` is in ms. With ``since`` (ms), only events at or after it count. Raises pydantic's
    ValidationError for a dict that is not a condition.
    """
    part = (condition if isinstance(condition, Condition) else Condition.model_validate(condition)).root
    match part:
        case AttributeCondition():
            return _compare(part, contact)
        case TagCondition():
            tags = contact_tag.alias()
            carries = sa.exists().where(tags.c.contact_id == contact.c.id, tags.c.tag == part.tag)
            return carries.correlate_except(tags)
        case EventCondition():
            return _happened(part, contact, now, since)
        case NotCondition():
            return sa.not_(matches(part.not_, contact, now, since))
        case AllCondition():
            return sa.and_(*(matches(one, contact, now, since) for one in part.all))
        case AnyCondition():
            return sa.or_(*(matches(one, contact, now, since) for one in part.any))


def _compare(part: AttributeCondition, contact: sa.FromClause) -> sa.ColumnElement[bool]:
    operator, operand = part.operator, part.operand
    if operator == "known":
        known = _known(part.attribute, contact)
        return known if operand else sa.not_(known)
    if operator == "is_not":
        return sa.not_(_one_of(part.attribute, [operand], contact))
    if operator in ("is", "one_of"):
        return _one_of(part.attribute, operand if operator == "one_of" else [operand], contact)
    mine, value = _mine_and_value(part.attribute, operand, contact)
    if operator == "contains":
        found: sa.ColumnElement[bool] = text_contains(mine, value)
    else:
        ordered = bytewise(mine) if isinstance(operand, str) else mine
        found = ordered >= value if operator == "at_least" else ordered <= value
    return sa.and_(mine.is_not(None), found)


def _known(attribute: str, contact: sa.FromClause) -> sa.ColumnElement[bool]:
    if attribute in TEXT_COLUMNS + NUMBER_COLUMNS:
        return contact.c[attribute].is_not(None)
    return json_known(contact.c.attributes, sa.literal(attribute, sa.Text()))


def _one_of(attribute: str, values: list[Scalar], contact: sa.FromClause) -> sa.ColumnElement[bool]:
    by_type: dict[str, tuple[sa.ColumnElement[Any], list[sa.ColumnElement[Any]]]] = {}
    for value in values:
        mine, literal = _mine_and_value(attribute, value, contact)
        kind = "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        by_type.setdefault(kind, (mine, []))[1].append(literal)
    return sa.or_(
        *(
            sa.and_(mine.is_not(None), mine == some[0] if len(some) == 1 else mine.in_(some))
            for mine, some in by_type.values()
        )
    )


def _mine_and_value(
    attribute: str, value: Scalar, contact: sa.FromClause
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """What the contact has, NULL when it is missing or of another type, and what to compare it with."""
    if attribute == "email":  # one address is one person, however it is written
        return contact.c.email_key, sa.literal(str(value).lower(), sa.Text())
    if attribute in TEXT_COLUMNS:
        return contact.c[attribute], sa.literal(value, sa.Text())
    if attribute in NUMBER_COLUMNS:
        return contact.c[attribute], sa.literal(value, Number())
    key = sa.literal(attribute, sa.Text())
    if isinstance(value, bool):
        return json_flag(contact.c.attributes, key), sa.literal(str(value).lower(), sa.Text())
    if isinstance(value, str):
        return json_text(contact.c.attributes, key), sa.literal(value, sa.Text())
    return json_number(contact.c.attributes, key), sa.literal(value, Number())


def event_matches(part: EventCondition, e: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """What a row of ``e`` (anything with ma_event's columns) must be, whenever it happened."""
    # The collector tells how long a page was in sight in an event of its own.
    type_ = "page.dwell" if part.dwell_at_least is not None else part.event
    wanted: list[sa.ColumnElement[bool]] = [e.c.type == type_, e.c.machine.is_(sa.false())]
    if part.url is not None:
        wanted.append(url_matches(e.c.url, part.url))
    if part.dwell_at_least is not None:
        stayed = json_number(e.c.properties, sa.literal("dwell_ms", sa.Text()))
        wanted.append(stayed >= to_ms(part.dwell_at_least))
    return wanted


def _happened(
    part: EventCondition,
    contact: sa.FromClause,
    now: int | sa.ColumnElement[int],
    since: sa.ColumnElement[int] | None,
) -> sa.ColumnElement[bool]:
    e = event_table.alias()
    found: sa.Select[Any] = sa.select(sa.literal_column("1"))
    found = found.where(e.c.contact_id == contact.c.id, *event_matches(part, e))
    if part.within is not None:
        # No upper bound: an event that came in after a sweep took its time must not go unseen.
        found = found.where(e.c.at >= now - to_ms(part.within))
    if since is not None:
        found = found.where(e.c.at >= since)
    if part.times > 1:  # stops counting at the one that decides
        found = found.limit(1).offset(part.times - 1)
    return found.correlate_except(e).exists()
