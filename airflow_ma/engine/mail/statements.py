"""The statements of the ledger's hot path, built once: a batch gives them its values.

Those of ``Taken.bound`` say which enrollments it holds, ``its_...`` are its own: ``step``, ``journey``,
``batch``, ``now`` and ``lease`` (ms), ``channel``, ``account``, ``template``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.mail.rules import MARKETING, SENT, refusal
from airflow_ma.engine.tables import contact, enrollment, message, suppression
from airflow_ma.engine.take import Taking, held

e, m, c, s = enrollment.c, message.c, contact.c, suppression.c


def _its(name: str, kind: type[sa.types.TypeEngine[Any]]) -> sa.BindParameter[Any]:
    return sa.bindparam(f"its_{name}", type_=kind)


@cache
def write_new(dialect: str, purpose: str, *, needs_consent: bool) -> sa.Insert:
    """Write the mails of those who are held and still due into the ledger."""
    refused = refusal(s.reason, marketing=purpose == MARKETING, needs_consent=needs_consent)
    big, text = sa.BigInteger, sa.Text
    columns = {
        "enrollment_id": e.id,
        "step": _its("step", text),
        "journey_id": _its("journey", big),
        "contact_id": e.contact_id,
        "channel": _its("channel", text),
        "conn_id": _its("account", text),
        "template": _its("template", text),
        "purpose": sa.literal(purpose, text),
        "state": sa.case((refused.is_(None), "sending"), else_="rejected"),
        "reason": refused,
        "batch": _its("batch", text),
        "created_at": _its("now", big),
        # When it is handed over: of a batch whose worker dies nobody will know better.
        "sent_at": sa.case((refused.is_(None), _its("now", big)), else_=sa.null()),
    }
    people = (
        sa.select(*columns.values())
        .join_from(enrollment, contact, c.id == e.contact_id)
        .join(suppression, s.email_key == c.email_key, isouter=True)
        .where(held(dialect)(e.id), e.wake_at <= _its("now", big))
        .order_by(e.id)
    )
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # A mail that an earlier try has written stays as it is: take_over judges it.
    return insert(message).from_select(list(columns), people).on_conflict_do_nothing()


@cache
def hold(dialect: str) -> sa.Update:
    """Put them into the batch's hands until its lease is over."""
    theirs = (held(dialect)(e.id), e.wake_at <= _its("now", sa.BigInteger))
    values = {"claim": _its("batch", sa.Text), "wake_at": _its("lease", sa.BigInteger), "hold": sa.null()}
    return sa.update(enrollment).where(*theirs).values(values)


@cache
def recipients(dialect: str) -> sa.Select[Any]:
    """To whom the mails of the batch go."""
    unasked = sa.bindparam("unasked", type_=sa.Boolean)
    return (
        sa.select(
            m.id,
            c.id,
            c.key,
            c.email,
            c.name,
            c.language,
            c.timezone,
            sa.cast(c.attributes, sa.Text),
            sa.func.coalesce(c.open_tracking, unasked),
            sa.func.coalesce(c.click_tracking, unasked),
        )
        .join(contact, c.id == m.contact_id)
        .where(
            held(dialect)(m.enrollment_id),
            m.step == _its("step", sa.Text),
            m.batch == _its("batch", sa.Text),
            m.state == "sending",
        )
    )


OURS = (
    e.journey_id == _its("journey", sa.BigInteger),
    e.step == _its("step", sa.Text),
    e.claim == _its("batch", sa.Text),
    e.wake_at == _its("lease", sa.BigInteger),
)
LOCK_OURS = sa.select(e.id).where(*OURS).order_by(e.id).with_for_update()
TAKE_SENT = Taking(OURS, sa.literal(SENT, sa.Text))
