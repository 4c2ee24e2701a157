"""What is in the sandbox mailbox, and what became of each mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field

from airflow_ma.engine.tables import event, journey, journey_step, mailbox, message
from airflow_ma.plugin.access import Reader

OPEN, CLICK, REPLY, UNSUBSCRIBE = "email.open", "email.click", "reply", "email.unsubscribe"
_SHOWN = (OPEN, CLICK, REPLY, UNSUBSCRIBE)

b, m = mailbox.c, message.c


class MailSummary(BaseModel):
    """One mail without its content."""

    message_id: int
    to_address: str
    to_name: str | None
    sender: str
    subject: str
    journey: str = Field(description="The DAG id.")
    journey_title: str
    step: str = Field(description="The task id of the step that sent it.")
    step_title: str
    template: str
    delivered_at: datetime = Field(description="UTC, by the installation's clock.")
    read: bool = Field(description="Somebody has looked at it in the mailbox page.")
    opened: bool = Field(default=False, description="By a human, as far as we can tell.")
    opened_by_machine: bool = False
    clicked: bool = False
    replied: bool = False
    unsubscribed: bool = False


class Happening(BaseModel):
    """Something that happened with a mail."""

    type: str
    at: datetime
    machine: bool
    url: str | None
    text: str | None = Field(description="Of a reply.")


class Mail(MailSummary):
    """One mail with its content and everything that happened with it, oldest first."""

    html: str
    text: str
    headers: dict[str, str]
    events: list[Happening]


def newest(reader: Reader, *, before: int | None = None, search: str = "", limit: int) -> list[MailSummary]:
    """Mails with a smaller message id than ``before``, newest first, that have ``search`` in name, address or
    subject.
    """
    query = _summaries(reader).order_by(b.message_id.desc()).limit(limit)
    if before is not None:
        query = query.where(b.message_id < before)
    if search:
        columns = (b.to_address, b.to_name, b.subject)
        query = query.where(sa.or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return _read(reader, query)


def following(reader: Reader, *, after: int, limit: int) -> list[MailSummary]:
    """Mails with a greater message id than ``after``, in the order of the ids."""
    return _read(reader, _summaries(reader).where(b.message_id > after).order_by(b.message_id).limit(limit))


def one(reader: Reader, message_id: int) -> Mail | None:
    """The mail with this message id; None when there is none that the reader may see."""
    found = _read(reader, _summaries(reader).where(b.message_id == message_id))
    if not found:
        return None
    e = event.c
    happened = (
        sa.select(e.type, e.at, e.machine, e.url, e.properties)
        .where(e.message_id == message_id, e.type.in_(_SHOWN))
        .order_by(e.at, e.id)
        .limit(200)
    )
    with reader.database.read() as connection:
        content = connection.execute(
            sa.select(b.html, b.text, b.headers).where(b.message_id == message_id)
        ).one()
        events = [_happening(row) for row in connection.execute(happened)]
    return Mail(**found[0].model_dump(), **content._mapping, events=events)


def mark_read(reader: Reader, message_id: int) -> None:
    """Remember that somebody has looked at the mail."""
    now = reader.database.clock().now()
    with reader.database.write() as connection:
        unread = sa.and_(b.message_id == message_id, b.read_at.is_(None))
        connection.execute(sa.update(mailbox).where(unread).values(read_at=now))


def _summaries(reader: Reader) -> sa.Select[Any]:
    j, s = journey.c, journey_step.c
    return (
        sa.select(
            b.message_id,
            b.to_address,
            b.to_name,
            b.sender,
            b.subject,
            j.key.label("journey"),
            j.title.label("journey_title"),
            m.step,
            sa.func.coalesce(s.title, m.step).label("step_title"),
            m.template,
            b.delivered_at,
            b.read_at,
        )
        .join_from(mailbox, message, m.id == b.message_id)
        .join(journey, j.id == m.journey_id)
        .outerjoin(journey_step, sa.and_(s.journey_id == m.journey_id, s.step == m.step))
        .where(m.journey_id.in_(reader.journeys))
    )


def _read(reader: Reader, query: sa.Select[Any]) -> list[MailSummary]:
    with reader.database.read() as connection:
        rows = connection.execute(query).mappings().all()
        signs = _signs(connection, [row["message_id"] for row in rows])
    mails = []
    for row in rows:
        values: dict[str, Any] = {**row, **signs.get(row["message_id"], {})}
        values |= {"delivered_at": _moment(row["delivered_at"]), "read": row["read_at"] is not None}
        mails.append(MailSummary.model_validate(values))
    return mails


def _signs(connection: sa.Connection, message_ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    """Message id -> what happened with it, as the fields of MailSummary that are true."""
    e = event.c
    by_human = sa.func.min(sa.case((e.machine, 1), else_=0)) == 0
    query = (
        sa.select(e.message_id, e.type, by_human.label("by_human"))
        .where(e.message_id.in_(message_ids), e.type.in_(_SHOWN))
        .group_by(e.message_id, e.type)
    )
    names = {(OPEN, True): "opened", (OPEN, False): "opened_by_machine", (CLICK, True): "clicked"}
    names |= {(REPLY, True): "replied", (UNSUBSCRIBE, True): "unsubscribed"}
    signs: dict[int, dict[str, bool]] = {}
    for row in connection.execute(query):
        if name := names.get((row.type, bool(row.by_human))):
            signs.setdefault(row.message_id, {})[name] = True
    return signs


def _happening(row: Any) -> Happening:
    text = (row.properties or {}).get("text") if row.type == REPLY else None
    return Happening(type=row.type, at=_moment(row.at), machine=row.machine, url=row.url, text=text)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
