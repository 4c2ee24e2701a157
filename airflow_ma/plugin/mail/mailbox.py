"""What is in the sandbox mailbox, and what became of each mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field

from airflow_ma.channels import trial_ids
from airflow_ma.dag.explain import step_title
from airflow_ma.engine.tables import contact, event, journey, journey_step, mailbox, message
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.said import Said
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
    journey: str | None = Field(description="The DAG id; null for a test mail, which is of no journey.")
    journey_title: str | None
    step: str | None = Field(description="The task id of the step that sent it.")
    step_title: Said | None
    template: str | None
    contact: str | None = Field(description="The contact's key; null when they were erased.")
    delivered_at: datetime = Field(description="UTC, by the installation's clock.")
    read: bool = Field(description="Somebody has looked at it in the mailbox page.")
    opened: bool = Field(default=False, description="By a human, as far as we can tell.")
    opened_by_machine: bool = False
    clicked: bool = False
    replied: bool = False
    unsubscribed: bool = False


class MailEvent(BaseModel):
    """Something that happened with a mail."""

    type: str
    title: Said
    at: datetime
    machine: bool
    url: str | None
    text: str | None = Field(description="Of a reply.")


class Mail(MailSummary):
    """One mail with its content and everything that happened with it, oldest first."""

    html: str
    text: str
    headers: dict[str, str]
    events: list[MailEvent]


def newest(
    reader: Reader, *, before: int | None = None, search: str = "", unread: bool = False, limit: int
) -> list[MailSummary]:
    """Mails older than the one with the message id ``before``, newest first, that have ``search`` in name,
    address or subject; only those that nobody has looked at if ``unread``.
    """
    query = _summaries(reader).order_by(b.delivered_at.desc(), b.message_id.desc()).limit(limit)
    if before is not None:
        with reader.database.read() as connection:
            at = connection.scalar(sa.select(b.delivered_at).where(b.message_id == before))
        if at is None:  # pruned meanwhile, and so is what is older
            return []
        query = query.where(sa.or_(b.delivered_at < at, sa.and_(b.delivered_at == at, b.message_id < before)))
    if unread:
        query = query.where(b.read_at.is_(None))
    if search:
        columns = (b.to_address, b.to_name, b.subject)
        query = query.where(sa.or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return _read(reader, query)


def following(reader: Reader, *, after: int, limit: int) -> list[MailSummary]:
    """Mails with a greater message id than ``after``, in the order of the ids; no test mails."""
    newer = _summaries(reader).where(b.message_id > after, b.message_id < trial_ids.FIRST)
    return _read(reader, newer.order_by(b.message_id).limit(limit))


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
        events = [_mail_event(row) for row in connection.execute(happened)]
    return Mail(**found[0].model_dump(), **content._mapping, events=events)


def html_of(reader: Reader, message_id: int) -> str | None:
    """The mail's own HTML; None when there is no such mail that the reader may see."""
    query = sa.select(b.html).where(b.message_id == message_id, _visible(reader))
    with reader.database.read() as connection:
        return connection.scalar(query)


def mark_read(reader: Reader, message_id: int) -> bool:
    """Remember that somebody has looked at the mail; False when there is none that the reader may see."""
    now = reader.database.clock().now()
    with reader.database.write() as connection:
        found = sa.update(mailbox).where(b.message_id == message_id, _visible(reader))
        changed = connection.execute(found.values(read_at=sa.func.coalesce(b.read_at, now)))
        return changed.rowcount > 0


def _visible(reader: Reader) -> sa.ColumnElement[bool]:
    """Whether the reader may see a mail. Who sees any contact may see every test mail, as every preview."""
    theirs = sa.exists().where(m.id == b.message_id, m.journey_id.in_(reader.journeys))
    theirs = theirs.correlate(mailbox)
    return sa.or_(b.message_id >= trial_ids.FIRST, theirs)


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
            s.kind.label("step_kind"),
            m.template,
            contact.c.key.label("contact"),
            b.delivered_at,
            b.read_at,
        )
        .join_from(mailbox, message, m.id == b.message_id, isouter=True)
        .outerjoin(journey, j.id == m.journey_id)
        .outerjoin(contact, contact.c.id == m.contact_id)
        .outerjoin(journey_step, sa.and_(s.journey_id == m.journey_id, s.step == m.step))
        .where(_visible(reader))
    )


def _read(reader: Reader, query: sa.Select[Any]) -> list[MailSummary]:
    with reader.database.read() as connection:
        rows = connection.execute(query).mappings().all()
        signs = _signs(connection, [row["message_id"] for row in rows])
    mails = []
    for row in rows:
        values: dict[str, Any] = {**row, **signs.get(row["message_id"], {})}
        values |= {"delivered_at": _moment(row["delivered_at"]), "read": row["read_at"] is not None}
        if row["step"] is not None:
            values["step_title"] = step_title(row["step"], row["step_title"], row["step_kind"])
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


def _mail_event(row: Any) -> MailEvent:
    text = (row.properties or {}).get("text") if row.type == REPLY else None
    return MailEvent(
        type=row.type,
        title=event_title(row.type),
        at=_moment(row.at),
        machine=row.machine,
        url=row.url,
        text=text,
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
