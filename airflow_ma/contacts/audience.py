"""How many contacts a condition means, and who of them may be sent marketing mail now."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.contacts.conditions import Condition, matches
from airflow_ma.engine.mail.rules import Terms, refusal
from airflow_ma.engine.tables import contact, suppression

SAMPLE = 5
c, s = contact.c, suppression.c


@dataclass(frozen=True, slots=True)
class Audience:
    """Numbers of contacts; ``sample`` are the ids of some that match, the newest."""

    count: int
    total: int
    mailable: int
    sample: tuple[int, ...]


def count_audience(connection: sa.Connection, where: Condition | None, *, now: int) -> Audience:
    """Who matches at ``now`` (ms); all contacts for None. Reads every contact once."""
    who = sa.true() if where is None else matches(where, contact, now)
    facts = sa.select(who.label("in_it"), why_not_mailed().label("refused"))
    facts = facts.select_from(contact).outerjoin(suppression, s.email_key == c.email_key)
    judged = facts.subquery()
    mailable = sa.and_(judged.c.in_it, judged.c.refused.is_(None))
    numbers = connection.execute(
        sa.select(sa.func.count(), _number(judged.c.in_it), _number(mailable)).select_from(judged)
    ).one()
    sample = (
        connection.scalars(sa.select(c.id).where(who).order_by(c.id.desc()).limit(SAMPLE))
        if numbers[1]
        else ()
    )
    return Audience(total=numbers[0], count=numbers[1] or 0, mailable=numbers[2] or 0, sample=tuple(sample))


def why_not_mailed() -> sa.ColumnElement[str]:
    """Why a contact may not be sent marketing mail, NULL when it may; over contact and suppression."""
    terms = Terms(channel="", template="", idempotent=True, needs_consent=settings().consent == "opt_in")
    return refusal(s.reason, marketing=terms.marketing, needs_consent=terms.needs_consent)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
