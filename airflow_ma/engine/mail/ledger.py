"""Sending effectively once: every mail is a row that is committed before anybody is asked to deliver it.

States: ``sending`` (a batch holds it), ``retryable`` (certainly not sent), ``accepted``, ``rejected``
(certainly never sent), ``unknown`` (may have been sent: see ``engine.unknown``). A batch that dies in the
middle leaves ``sending`` rows with an expired lease: a channel that recognises a message id it has
seen gets them again, with any other they become ``unknown``.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.engine.advance import CHUNK, due
from airflow_ma.engine.clock import MINUTE, SECOND, Clock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.message import Delivery, OutgoingMail, Receipt, Recipient
from airflow_ma.engine.mail.pacing import hold_back
from airflow_ma.engine.mail.pauses import PAUSED, RESUMED, hold_paused, why_paused
from airflow_ma.engine.mail.receipts import settle_late, suppress_gone, write_receipts
from airflow_ma.engine.mail.rules import (
    SENT,
    Terms,
    outcome_of,
    refusal,
    refused_now,
    sleep_of,
    take_over,
)
from airflow_ma.engine.mail.unknown import UNRESOLVED
from airflow_ma.engine.program import Program
from airflow_ma.engine.relocate import relocate
from airflow_ma.engine.sets import locked_in_order, one_of
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import contact, enrollment, journey_step, message, suppression
from airflow_ma.engine.take import KEEP_COUNT, Chosen, take

LEASE = 300 * SECOND
"""Real time after which a batch whose worker was not heard of again is taken over."""
BACKOFF = 60 * SECOND
"""Real time before a mail that was certainly not sent is tried again; doubled with each attempt."""
UNKNOWN_LOOK = 5 * MINUTE
"""Real time after which a step with unknown mails looks for a trace of them."""
IN_HAND, NOT_YET = "in a worker's hands", "not sent"


e, m, c, s = enrollment.c, message.c, contact.c, suppression.c


@dataclass(frozen=True)
class Outbox:
    """Mails that were claimed for delivery and are in the ledger as ``sending``."""

    batch: str
    mails: list[OutgoingMail] = field(default_factory=list)
    claimed: int = 0
    """Enrollments held, including those that need no delivery any more."""
    lease: int = 0
    """Until when they are held (ms): the index finds them by it."""
    put_off: Counter[str] = field(default_factory=Counter)
    """Why -> how many were put to sleep instead: quiet hours, frequency cap, paused."""
    paused: str | None = None
    """Why nothing is sent over this connection, if so."""

    @property
    def empty(self) -> bool:
        """Whether nobody was due."""
        return not self.claimed and not self.put_off


@dataclass(frozen=True)
class Settled:
    """What settling a batch did."""

    moved: Counter[str]
    """Outcome -> contacts."""
    held: Counter[str]
    """Reason -> mails that are held for a later try."""
    unknown: Counter[str]
    """Reason -> mails that may or may not have gone out."""


def claim(
    database: Database,
    program: Program,
    step_id: str,
    terms: Terms,
    *,
    cohort: str | None = None,
    limit: int,
) -> Outbox:
    """Take up to ``limit`` contacts who are due at the step and write their mails into the ledger."""
    batch = uuid.uuid4().hex
    clock = database.clock()
    now = clock.now()
    conditions = due(program, step_id, now, cohort)
    with database.write() as connection:
        paused = why_paused(connection, terms.account, terms.channel)
        if paused is not None:
            taken = take(connection, conditions, CHUNK)
            if taken.number:
                hold_paused(connection, taken.chosen(e.id))
            return Outbox(batch, put_off=+Counter({PAUSED: taken.number}), paused=paused)
        taken = take(connection, conditions, limit)
        if not taken.number:
            return Outbox(batch)
        chosen = taken.chosen
        held: Predicate = chosen(e.id)
        put_off: Counter[str] = Counter()
        if terms.marketing:
            put_off.update(hold_back(connection, terms.pacing, held, step_id, now))
            if put_off:  # they sleep already; the others are still due
                held = sa.and_(held, e.wake_at <= now)
        claimed = taken.number - put_off.total()
        if not claimed:
            return Outbox(batch, put_off=put_off)
        new = _write_new(connection.dialect.name, program, step_id, held, batch, terms, now)
        if connection.execute(new, execution_options=KEEP_COUNT).rowcount < claimed:
            earlier = _still_due(chosen, now) if put_off else chosen(m.enrollment_id)
            connection.execute(take_over(step_id, earlier, batch, terms, clock, now))
        lease = now + _clock_ms(clock, LEASE)
        connection.execute(sa.update(enrollment).where(held).values(claim=batch, wake_at=lease, hold=None))
        rows = connection.execute(
            sa.select(
                m.id,
                c.id,
                c.key,
                c.email,
                c.name,
                c.language,
                c.timezone,
                sa.cast(c.attributes, sa.Text),
                sa.func.coalesce(c.open_tracking, terms.tracks_unasked),
                sa.func.coalesce(c.click_tracking, terms.tracks_unasked),
            )
            .join(contact, c.id == m.contact_id)
            .where(chosen(m.enrollment_id), m.step == step_id, m.batch == batch, m.state == "sending")
        ).all()
    mails = [OutgoingMail(row[0], Recipient(*row[1:])) for row in rows]
    return Outbox(batch, mails, claimed, lease, put_off)


def settle(
    database: Database,
    program: Program,
    step_id: str,
    terms: Terms,
    outbox: Outbox,
    receipts: Sequence[Receipt],
    *,
    run_id: str | None = None,
) -> Settled:
    """Write the receipts into the ledger and move the contacts on, in one transaction."""
    clock = database.clock()
    now = clock.now()
    unusual = Counter(
        (receipt.delivery, receipt.reason or "")
        for receipt in receipts
        if receipt.delivery is not Delivery.ACCEPTED
    )
    ours = [
        e.journey_id == program.journey_id,
        e.step == step_id,
        e.claim == outbox.batch,
        e.wake_at == outbox.lease,
    ]
    with database.write() as connection:
        if not database.is_sqlite:  # before the mails, and waited for: the collector locks in this order, too
            connection.execute(sa.select(e.id).where(*ours).order_by(e.id).with_for_update())
        recorded = write_receipts(connection, outbox, receipts, now)
        plain = recorded and len(outbox.mails) == outbox.claimed
        if not recorded:
            settle_late(connection, outbox, receipts, now)
        suppress_gone(connection, outbox, receipts, now)
        if not plain:
            _look_for_unknown(connection, program, step_id, now + _clock_ms(clock, UNKNOWN_LOOK))
        outcome = sa.literal(SENT, sa.Text) if plain else outcome_of(step_id, terms)
        taken = take(connection, ours, outbox.claimed, outcome)
        moved: dict[str, int] = {}
        if taken.number:
            later: Mapping[str, sa.ColumnElement[Any]] = {}
            if not plain:
                asked = max((receipt.retry_after or 0 for receipt in receipts), default=0)
                later = sleep_of(
                    step_id,
                    now,
                    _clock_ms(clock, BACKOFF),
                    _clock_ms(clock, asked * SECOND),
                    terms.patience(clock),
                    UNRESOLVED,
                )
            moved = relocate(
                connection,
                program,
                step_id,
                taken,
                now=now,
                run_id=run_id,
                sleep=later,
            )
    held = Counter({why: n for (what, why), n in unusual.items() if what is Delivery.RETRYABLE})
    unknown = Counter({why: n for (what, why), n in unusual.items() if what is Delivery.UNKNOWN})
    return Settled(Counter(moved), held, unknown)


def release_held(connection: sa.Connection, program: Program, step_id: str, *, now: int) -> int:
    """Have mails that wait for a later try tried now; returns how many."""
    held = sa.exists().where(m.enrollment_id == e.id, m.step == step_id, m.state == "retryable")
    due_now = locked_in_order(
        connection,
        e.journey_id == program.journey_id,
        e.step == step_id,
        e.claim.is_(None),
        e.wake_at > now,
        held.correlate(enrollment),
    )
    return connection.execute(sa.update(enrollment).where(due_now).values(wake_at=now)).rowcount


def still_here(database: Database, program: Program, step_id: str, cohort: str) -> Counter[str]:
    """Why -> how many contacts of a cohort have not left the step; IN_HAND: some worker's batch has them."""
    here = (
        e.journey_id == program.journey_id,
        e.step == step_id,
        e.cohort == cohort,
        e.wake_at.is_not(None),
    )
    waits = sa.func.coalesce(sa.func.nullif(e.hold, RESUMED), NOT_YET)
    why = sa.case((e.claim.is_not(None), IN_HAND), else_=waits)
    with database.read() as connection:
        rows = connection.execute(sa.select(why, sa.func.count()).where(*here).group_by(why))
        return Counter({reason: count for reason, count in rows})


def withdrawn(database: Database, terms: Terms, message_ids: Sequence[int]) -> set[int]:
    """Those of the messages whose contact must not get it any more, by what was said in the meantime."""
    with database.read() as connection:
        theirs = one_of(connection.dialect.name, m.id, message_ids)
        return set(connection.scalars(sa.select(m.id).where(theirs, refused_now(terms).is_not(None))))


def _write_new(
    dialect: str, program: Program, step_id: str, held: Predicate, batch: str, terms: Terms, now: int
) -> sa.Insert:
    refused = refusal(terms, s.reason)
    big, text = sa.BigInteger, sa.Text
    columns = {
        "enrollment_id": e.id,
        "step": sa.literal(step_id, text),
        "journey_id": sa.literal(program.journey_id, big),
        "contact_id": e.contact_id,
        "channel": sa.literal(terms.channel, text),
        "conn_id": sa.literal(terms.account, text),
        "template": sa.literal(terms.template, text),
        "purpose": sa.literal(terms.purpose, text),
        "state": sa.case((refused.is_(None), "sending"), else_="rejected"),
        "reason": refused,
        "batch": sa.literal(batch, text),
        "created_at": sa.literal(now, big),
        # When it is handed over: of a batch whose worker dies nobody will know better.
        "sent_at": sa.case((refused.is_(None), sa.literal(now, big)), else_=sa.null()),
    }
    people = (
        sa.select(*columns.values())
        .join_from(enrollment, contact, c.id == e.contact_id)
        .join(suppression, s.email_key == c.email_key, isouter=True)
        .where(held)
        .order_by(e.id)
    )
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # A mail that an earlier try has written stays as it is: take_over judges it.
    return insert(message).from_select(list(columns), people).on_conflict_do_nothing()


def _still_due(chosen: Chosen, now: int) -> Predicate:
    return m.enrollment_id.in_(sa.select(e.id).where(chosen(e.id), e.wake_at <= now))


def _look_for_unknown(connection: sa.Connection, program: Program, step_id: str, at: int) -> None:
    """Have the step started for its unknown mails, even when nobody else is due there."""
    j = journey_step.c
    unknown = sa.exists().where(
        m.journey_id == program.journey_id,
        m.step == step_id,
        sa.text("state = 'unknown' AND resolved_at IS NULL"),
    )
    connection.execute(
        sa.update(journey_step)
        .where(j.journey_id == program.journey_id, j.step == step_id, j.wake_at.is_(None), unknown)
        .values(wake_at=at)
    )


def _clock_ms(clock: Clock, real_ms: float) -> int:
    return int(real_ms * clock.speed)
