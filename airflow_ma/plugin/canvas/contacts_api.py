"""Contacts for the pages: a list to search, and everything about one person.

Who is meant stands in the body of a POST: names, addresses and keys must not get into access logs.
"""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.contacts.audience import why_not_mailed
from airflow_ma.dag.explain import Explainer
from airflow_ma.engine.tables import contact, suppression
from airflow_ma.insight.attribute_texts import attribute_title
from airflow_ma.insight.directory import contacts_page, of_ids
from airflow_ma.insight.standing import standings
from airflow_ma.insight.timeline import timeline
from airflow_ma.insight.timeline_texts import both, moment
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import WRITES, ReaderDep
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.canvas.contact_models import (
    ContactKey,
    ContactList,
    ContactView,
    Happening,
    Standing,
    summary,
)

LONGEST_SEARCH, MOST_WORDS = 200, 5
_AGREED = Said(en="Agreed on {at}", ja="{at} に受信に同意")
_NEVER_ASKED = Said(en="Has not unsubscribed", ja="配信停止の申し出はありません")
_SINCE = Said(en="{why}, {at}", ja="{why}（{at}）")
router = APIRouter(prefix="/api/contacts", tags=["contacts"])


class ContactSearch(BaseModel):
    """Whom to list."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(max_length=LONGEST_SEARCH, description="Words in name, address, key or a tag.")
    after: str | None = Field(pattern=r"^\d{1,18}$", description="The next_after of a page.")
    limit: int = Field(ge=1, le=200)


class ContactQuestion(BaseModel):
    """About whom."""

    model_config = ConfigDict(extra="forbid")

    key: ContactKey


@router.post("/search", dependencies=WRITES)
def search_contacts(reader: ReaderDep, body: ContactSearch) -> ContactList:
    """The newest contacts, or those that have every word of the search."""
    words = " ".join(body.search.replace("\0", "").split()[:MOST_WORDS])
    with reader.database.read() as connection:
        page = contacts_page(
            connection,
            search=words,
            after=None if body.after is None else int(body.after),
            limit=body.limit,
            journeys=reader.journeys,
        )
    return ContactList(
        contacts=[summary(one) for one in page.contacts],
        next_after=None if page.next_after is None else str(page.next_after),
        total=page.total,
    )


@router.post("/one", dependencies=WRITES)
def view_contact(reader: ReaderDep, body: ContactQuestion) -> ContactView:
    """One person: what is known, where they stand, and everything that happened."""
    now = reader.database.clock().now()
    c = contact.c
    with reader.database.read() as connection:
        row = connection.execute(
            sa.select(contact, why_not_mailed().label("refused"), suppression.c.at.label("suppressed_at"))
            .outerjoin(suppression, suppression.c.email_key == c.email_key)
            .where(c.key == body.key)
        ).one_or_none()
        if row is None:
            raise unknown_contact()
        (listed,) = of_ids(connection, [row.id], journeys=reader.journeys)
        why = Explainer(connection)
        told = timeline(connection, row.id, row.timezone, journeys=reader.journeys, why=why)
        places = standings(connection, row.id, journeys=reader.journeys, now=now, why=why)
    return ContactView(
        **summary(listed).model_dump(),
        timezone=row.timezone,
        attributes=row.attributes,
        attribute_titles={name: attribute_title(name) for name in row.attributes},
        mail_allowed=row.refused is None,
        mail_why=_mail_why(row),
        standing=[Standing.model_validate(one) for one in places],
        timeline=[Happening.model_validate(one) for one in told],
    )


def unknown_contact() -> ApiError:
    """What to answer when nobody has that key. A key may be personal: it is not repeated."""
    return ApiError(
        404,
        "not_found",
        "There is no such contact any more. Choose another one",
        "この顧客は見つかりません。別の顧客を選んでください",
    )


def _mail_why(row: sa.Row[tuple[object, ...]]) -> Said:
    if row.refused is None:
        if row.consented_at is None:
            return _NEVER_ASKED
        return _AGREED.filled(at=moment(row.consented_at, row.timezone)[:10])
    why = both(row.refused)
    at = row.unsubscribed_at if row.refused == "unsubscribed" else None
    since = at or (row.suppressed_at if row.refused not in ("no_consent", "no_address") else None)
    return why if since is None else _SINCE.filled(why=why, at=moment(since, row.timezone)[:10])
