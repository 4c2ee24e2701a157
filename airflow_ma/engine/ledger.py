"""Sending effectively once: every mail is a row that is committed before anybody is asked to deliver it.

States: ``sending`` (a batch holds it), ``retryable`` (certainly not sent), ``accepted``, ``rejected``
(certainly never sent), ``unknown`` (may have been sent: never sent again). A batch that dies in the
middle leaves ``sending`` rows with an expired lease: a channel that recognises a message id it has
seen gets them again, with any other they become ``unknown``.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.advance import KEEP_COUNT, due, relocate, take
from airflow_ma.engine.clock import Clock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail import Delivery, OutgoingMail, Receipt, Recipient
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import contact, enrollment, message

BATCH = 1_000
LEASE_SECONDS = 300
"""Real seconds after which a batch whose worker was not heard of again is taken over."""
BACKOFF_SECONDS = 60
"""Real seconds before a mail that was certainly not sent is tried again; doubled with each attempt."""
SENT, NOT_SENT = "sent", "not_sent"

e, m, c = enrollment.c, message.c, contact.c


@dataclass(frozen=True)
class Outbox:
    """Mails that were claimed for delivery and are in the ledger as ``sending``."""

    batch: str
    mails: list[OutgoingMail]
    claimed: int
    """Enrollments held, including those that need no delivery any more."""
    lease: int
    """Until when they are held (ms): the index finds them by it."""


def claim(
    database: Database,
    program: Program,
    step_id: str,
    *,
    channel: str,
    template: str,
    idempotent: bool,
    cohort: str | None = None,
    limit: int = BATCH,
) -> Outbox:
    """Take up to ``limit`` contacts who are due at the step and write their mails into the ledger."""
    batch = uuid.uuid4().hex
    clock = database.clock()
    now = clock.now()
    with database.write() as connection:
        taken, chosen = take(connection, due(program, step_id, now, cohort), limit)
        if not taken:
            return Outbox(batch, [], 0, now)
        held = chosen(e.id)
        new = _write_new(connection.dialect.name, program, step_id, held, batch, channel, template, now)
        if connection.execute(new, execution_options=KEEP_COUNT).rowcount < taken:
            connection.execute(_take_over(step_id, chosen(m.enrollment_id), batch, idempotent=idempotent))
        lease = now + _clock_ms(clock, LEASE_SECONDS)
        connection.execute(sa.update(enrollment).where(held).values(claim=batch, wake_at=lease))
        rows = connection.execute(
            sa.select(
                m.id, c.id, c.key, c.email, c.name, c.language, c.timezone, sa.cast(c.attributes, sa.Text)
            )
            .join(contact, c.id == m.contact_id)
            .where(chosen(m.enrollment_id), m.step == step_id, m.batch == batch, m.state == "sending")
        ).all()
    mails = [OutgoingMail(row[0], Recipient(*row[1:])) for row in rows]
    return Outbox(batch, mails, taken, lease)


def settle(
    database: Database,
    program: Program,
    step_id: str,
    outbox: Outbox,
    receipts: Sequence[Receipt],
    *,
    run_id: str | None = None,
) -> tuple[Counter[str], Counter[str]]:
    """Write the receipts into the ledger and move the contacts on, in one transaction.

    Returns outcome -> contacts, and reason -> mails that are held for a later try.
    """
    clock = database.clock()
    now = clock.now()
    held: Counter[str] = Counter()
    with database.write() as connection:
        plain = _record(connection, outbox, receipts, now, held) and len(outbox.mails) == outbox.claimed
        ours = [
            e.journey_id == program.journey_id,
            e.step == step_id,
            e.claim == outbox.batch,
            e.wake_at == outbox.lease,
        ]
        outcome = sa.literal(SENT, sa.Text) if plain else _outcome(step_id)
        taken, chosen = take(connection, ours, outbox.claimed, outcome)
        moved: dict[str, int] = {}
        if taken:
            backoff = sa.literal(_clock_ms(clock, BACKOFF_SECONDS), sa.BigInteger)
            later = {} if plain else {"wake_at": now + backoff * _doublings(step_id)}
            moved = relocate(
                connection, program, step_id, outcome, chosen, now=now, run_id=run_id, sleep=later
            )
    return Counter(moved), held


def release_held(database: Database, program: Program, step_id: str) -> int:
    """Have mails that wait for a later try tried now; returns how many. For a task that is retried."""
    now = database.clock().now()
    with database.write() as connection:
        held = sa.exists().where(m.enrollment_id == e.id, m.step == step_id, m.state == "retryable")
        due_now = sa.update(enrollment).where(
            e.journey_id == program.journey_id,
            e.step == step_id,
            e.claim.is_(None),
            e.wake_at > now,
            held.correlate(enrollment),
        )
        return connection.execute(due_now.values(wake_at=now)).rowcount


def still_here(database: Database, program: Program, step_id: str, cohort: str) -> int:
    """How many contacts of a cohort have not left the step."""
    here = (e.journey_id == program.journey_id, e.step == step_id, e.cohort == cohort, e.wake_at.is_not(None))
    with database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).where(*here)) or 0


def _write_new(
    dialect: str,
    program: Program,
    step_id: str,
    held: sa.ColumnElement[bool],
    batch: str,
    channel: str,
    template: str,
    now: int,
) -> sa.Insert:
    refusal = sa.case(
        (c.email.is_(None), "no_address"), (c.unsubscribed_at.is_not(None), "unsubscribed"), else_=sa.null()
    )
    big, text = sa.BigInteger, sa.Text
    columns = {
        "enrollment_id": e.id,
        "step": sa.literal(step_id, text),
        "journey_id": sa.literal(program.journey_id, big),
        "contact_id": e.contact_id,
        "channel": sa.literal(channel, text),
        "template": sa.literal(template, text),
        "state": sa.case((refusal.is_(None), "sending"), else_="rejected"),
        "reason": refusal,
        "batch": sa.literal(batch, text),
        "created_at": sa.literal(now, big),
    }
    people = (
        sa.select(*columns.values())
        .join_from(enrollment, contact, c.id == e.contact_id)
        .where(held)
        .order_by(e.id)
    )
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # A mail that an earlier try has written stays as it is: _take_over judges it.
    return insert(message).from_select(list(columns), people).on_conflict_do_nothing()


def _take_over(step_id: str, held: sa.ColumnElement[bool], batch: str, *, idempotent: bool) -> sa.Update:
    """What an earlier try left: certainly unsent mails go again; others only if that cannot double them."""
    again = ["retryable", "sending"] if idempotent else ["retryable"]
    unsubscribed = (
        sa.select(c.unsubscribed_at).where(c.id == m.contact_id).correlate(message).scalar_subquery()
    )
    resend = sa.and_(m.state.in_(again), unsubscribed.is_(None))
    return (
        sa.update(message)
        .where(held, m.step == step_id, m.batch != batch, m.state.in_(["retryable", "sending"]))
        .values(
            state=sa.case((resend, "sending"), (m.state == "sending", "unknown"), else_="rejected"),
            reason=sa.case(
                (resend, sa.null()), (m.state == "sending", "the sending worker died"), else_="unsubscribed"
            ),
            batch=batch,
            attempts=m.attempts + 1,
        )
    )


def _record(
    connection: sa.Connection, outbox: Outbox, receipts: Sequence[Receipt], now: int, held: Counter[str]
) -> bool:
    """Write what became of each mail; whether all were accepted and the ledger agrees."""
    if len(receipts) != len(outbox.mails):
        raise ValueError(f"the channel gave {len(receipts)} receipts for {len(outbox.mails)} mails")
    ours = (m.batch == outbox.batch, m.state == "sending")
    unusual = [
        {"b_id": mail.message_id, "state": receipt.delivery.value, "reason": receipt.reason}
        for mail, receipt in zip(outbox.mails, receipts, strict=True)
        if receipt.delivery is not Delivery.ACCEPTED
    ]
    for start in range(0, len(unusual), BATCH):
        connection.execute(
            sa.update(message)
            .where(m.id == sa.bindparam("b_id"), *ours)
            .values(state=sa.bindparam("state"), reason=sa.bindparam("reason")),
            unusual[start : start + BATCH],
        )
    named = [
        {"b_id": mail.message_id, "b_provider": receipt.provider_id}
        for mail, receipt in zip(outbox.mails, receipts, strict=True)
        if receipt.provider_id is not None
    ]
    if named:
        connection.execute(
            sa.update(message)
            .where(m.id == sa.bindparam("b_id"), *ours)
            .values(provider_id=sa.bindparam("b_provider")),
            named,
        )
    held.update(str(row["reason"]) for row in unusual if row["state"] == Delivery.RETRYABLE.value)
    ids = [mail.message_id for mail in outbox.mails]
    if not ids:
        return False
    accepted = (
        sa.update(message)
        .where(m.id.between(min(ids), max(ids)), *ours)
        .values(state=Delivery.ACCEPTED.value, sent_at=now)
    )
    return connection.execute(accepted).rowcount == len(ids)


def _outcome(step_id: str) -> sa.ColumnElement[str]:
    state = (
        sa.select(
            sa.case(
                (m.state.in_(["retryable", "sending"]), sa.null()),
                (m.state == "rejected", NOT_SENT),
                else_=SENT,
            )
        )
        .where(m.enrollment_id == e.id, m.step == step_id)
        .correlate(enrollment)
        .scalar_subquery()
    )
    return sa.cast(state, sa.Text)


def _doublings(step_id: str) -> sa.ColumnElement[int]:
    """1, 2, 4 ... 64 with the attempts so far; those who move on need no number."""
    attempts = (
        sa.select(m.attempts)
        .where(m.enrollment_id == e.id, m.step == step_id)
        .correlate(enrollment)
        .scalar_subquery()
    )
    doubled = {n: 2 ** (n - 1) for n in range(1, 7)}
    return sa.case(doubled, value=attempts, else_=64)


def _clock_ms(clock: Clock, real_seconds: int) -> int:
    return int(real_seconds * 1000 * clock.speed)
