"""What is known, for suggestions in forms: attributes, tags, events, pages, connections; and who matches."""

from __future__ import annotations

import sqlalchemy as sa
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.models import Connection
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from airflow_ma.channels.registry import SANDBOX, channel_names
from airflow_ma.contacts.audience import count_audience
from airflow_ma.contacts.conditions import Condition
from airflow_ma.contacts.vocabulary import (
    Kind,
    known_attributes,
    known_events,
    known_tags,
    matching_pages,
    timezones,
    visited_pages,
)
from airflow_ma.insight.attribute_texts import attribute_title
from airflow_ma.insight.directory import of_ids
from airflow_ma.insight.event_texts import COMMON
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import ReaderDep, connections_allowed, json_only, own_origin
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.canvas.contact_models import ContactSummary, summary

LONGEST_PATTERN = 2_000
_WITHOUT_VALUES: dict[str, Kind] = {
    "name": "text",
    "email": "text",
    "key": "text",
    "score": "number",
}
_MAIL_CONNECTIONS = 200
router = APIRouter(prefix="/api", tags=["vocabulary"])


class KnownAttribute(BaseModel):
    """Something that is known of contacts."""

    name: str
    title: Said
    type: Kind
    values: list[bool | int | float | str] = Field(description="The most frequent ones.")


class KnownEvent(BaseModel):
    """Something that happens."""

    type: str
    title: Said


class Vocabulary(BaseModel):
    """Everything that forms suggest."""

    attributes: list[KnownAttribute]
    tags: list[str]
    events: list[KnownEvent]
    urls: list[str] = Field(description="The most visited pages, without their query.")
    timezones: list[str]


class AudienceQuestion(BaseModel):
    """Whom to count."""

    model_config = ConfigDict(extra="forbid")

    where: JsonValue = Field(description="A condition; null: everybody.")


class AudienceCount(BaseModel):
    """How many match."""

    count: int
    total: int
    mailable: int = Field(description="Of those who match: who may be sent marketing mail now.")
    sample: list[ContactSummary]


class UrlPattern(BaseModel):
    """Pages, with * for anything."""

    model_config = ConfigDict(extra="forbid")

    pattern: str = Field(max_length=LONGEST_PATTERN)


class UrlMatches(BaseModel):
    """Pages that were really visited, without their query."""

    matched: list[str]
    missed: list[str]


class ConnectionChoice(BaseModel):
    """An Airflow connection that mail can go out over."""

    conn_id: str
    type: str


@router.get("/vocabulary")
def get_vocabulary(reader: ReaderDep) -> Vocabulary:
    """What forms suggest, from the newest contacts and events."""
    with reader.database.read() as connection:
        attributes = known_attributes(connection)
        tags, events, urls = known_tags(connection), known_events(connection), visited_pages(connection)
    used = next((one.values for one in attributes if one.name == "timezone"), ())
    own = [
        KnownAttribute(name=one.name, title=attribute_title(one.name), type=one.kind, values=list(one.values))
        for one in attributes
    ]
    return Vocabulary(
        attributes=[
            *(
                KnownAttribute(name=name, title=attribute_title(name), type=kind, values=[])
                for name, kind in _WITHOUT_VALUES.items()
            ),
            *own,
        ],
        tags=tags,
        events=[
            KnownEvent(type=type_, title=event_title(type_)) for type_ in dict.fromkeys([*events, *COMMON])
        ],
        urls=urls,
        timezones=timezones(str(zone) for zone in used),
    )


@router.post("/audience", dependencies=[Depends(own_origin), Depends(json_only)])
def count(reader: ReaderDep, body: AudienceQuestion) -> AudienceCount:
    """How many contacts match a condition, how many of them may be mailed, and some of them."""
    try:
        where = None if body.where is None else Condition.model_validate(body.where)
    except ValidationError as error:
        raise _bad_condition(error) from None
    now = reader.database.clock().now()
    with reader.database.read() as connection:
        found = count_audience(connection, where, now=now)
        sample = of_ids(connection, found.sample, journeys=reader.journeys)
    return AudienceCount(
        count=found.count,
        total=found.total,
        mailable=found.mailable,
        sample=[summary(one) for one in sample],
    )


@router.post("/urls", dependencies=[Depends(own_origin), Depends(json_only)])
def match_urls(reader: ReaderDep, body: UrlPattern) -> UrlMatches:
    """Which of the visited pages a pattern means."""
    with reader.database.read() as connection:
        matched, missed = matching_pages(connection, body.pattern.replace("\0", ""))
    return UrlMatches(matched=matched, missed=missed)


@router.get("/connections")
def list_connections(reader: ReaderDep, user: GetUserDep, session: SessionDep) -> list[ConnectionChoice]:
    """The connections that mail can go out over and that the caller may see."""
    kinds = [name for name in channel_names() if name != SANDBOX]
    query = sa.select(Connection.conn_id, Connection.conn_type).where(Connection.conn_type.in_(kinds))
    rows = session.execute(query.order_by(Connection.conn_id).limit(_MAIL_CONNECTIONS)).all()
    seen = connections_allowed(user, [row.conn_id for row in rows], "GET")
    return [ConnectionChoice(conn_id=row.conn_id, type=row.conn_type) for row in rows if row.conn_id in seen]


def _bad_condition(error: ValidationError) -> ApiError:
    """Which part is wrong; the values are not repeated, as they may be personal."""
    where = ".".join(str(part) for part in error.errors()[0]["loc"] if isinstance(part, str | int))
    return ApiError(
        422,
        "invalid",
        f"The condition is not complete yet{f' ({where})' if where else ''}. Fill in every part of it",
        f"条件の入力が完了していません{f'（{where}）' if where else ''}。未入力の項目を埋めてください",
    )
