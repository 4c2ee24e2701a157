"""Sending effectively once: every mail is a row that is committed before anybody is asked to deliver it.

States: ``sending`` (a batch holds it), ``retryable`` (certainly not sent), ``accepted``, ``rejected``
(certainly never sent), ``unknown`` (may have been sent: see ``engine.mail.unknown``). A batch that dies in
the middle leaves ``sending`` rows with an expired lease: a channel that recognises a message id it has
seen gets them again, with any other they become ``unknown``.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.advance import CHUNK, due_values, taking_due
from airflow_ma.engine.clock import MINUTE, SECOND, Clock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.message import Delivery, OutgoingMail, Receipt, Recipient
from airflow_ma.engine.mail.pacing import hold_back
from airflow_ma.engine.mail.pauses import PAUSED, RESUMED, hold_paused, why_paused
from airflow_ma.engine.mail.receipts import settle_late, suppress_gone, write_receipts
from airflow_ma.engine.mail.rules import (
    Terms,
    outcome_of,
    refused_now,
    sleep_of,
    take_over,
)
from airflow_ma.engine.mail.statements import LOCK_OURS, OURS, TAKE_SENT, hold, recipients, write_new
from airflow_ma.engine.mail.unknown import UNRESOLVED
from airflow_ma.engine.program import Program
from airflow_ma.engine.relocate import relocate
from airflow_ma.engine.sets import locked_in_order, one_of
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import enrollment, journey_step, message
from airflow_ma.engine.take import KEEP_COUNT, Chosen, Taking

LEASE = 300 * SECOND
"""Real time after which a batch whose worker was not heard of again is taken over."""
BACKOFF = 60 * SECOND
"""Real time before a mail that was certainly not sent is tried again; doubled with each attempt."""
UNKNOWN_LOOK = 5 * MINUTE
"""Real time after which a step with unknown mails looks for a trace of them."""
IN_HAND, NOT_YET = "in a worker's hands", "not sent"


e, m = enrollment.c, message.c


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
    taking = taking_due(pinned=program.pinned, cohort=cohort is not None)
    whom = due_values(program, step_id, now, cohort)
    with database.write() as connection:
        dialect = connection.dialect.name
        paused = why_paused(connection, terms.account, terms.channel)
        if paused is not None:
            taken = taking.run(connection, CHUNK, whom)
            if taken.number:
                hold_paused(connection, taken.chosen(e.id))
            return Outbox(batch, put_off=+Counter({PAUSED: taken.number}), paused=paused)
        taken = taking.run(connection, limit, whom)
        if not taken.number:
            return Outbox(batch)
        put_off: Counter[str] = Counter()
        if terms.marketing:
            put_off.update(hold_back(connection, terms.pacing, taken, step_id, now))
        claimed = taken.number - put_off.total()
        if not claimed:
            return Outbox(batch, put_off=put_off)
        lease = now + _clock_ms(clock, LEASE)
        values = {**taken.bound, "its_step": step_id, "its_batch": batch, "its_now": now, "its_lease": lease}
        new = write_new(dialect, terms.purpose, needs_consent=terms.needs_consent)
        fixed = {
            "its_journey": program.journey_id,
            "its_channel": terms.channel,
            "its_account": terms.account,
            "its_template": terms.template,
        }
        if connection.execute(new, values | fixed, execution_options=KEEP_COUNT).rowcount < claimed:
            earlier = _still_due(taken.chosen, now) if put_off else taken.chosen(m.enrollment_id)
            connection.execute(take_over(step_id, earlier, batch, terms, clock, now))
        connection.execute(hold(dialect), values)
        rows = connection.execute(recipients(dialect), {**values, "unasked": terms.tracks_unasked}).all()
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
    ours = {
        "its_journey": program.journey_id,
        "its_step": step_id,
        "its_batch": outbox.batch,
        "its_lease": outbox.lease,
    }
    with database.write() as connection:
        if not database.is_sqlite:  # before the mails, and waited for: the collector locks in this order, too
            connection.execute(LOCK_OURS, ours)
        recorded = write_receipts(connection, outbox, receipts, now)
        plain = recorded and len(outbox.mails) == outbox.claimed
        if not recorded:
            settle_late(connection, outbox, receipts, now)
        suppress_gone(connection, outbox, receipts, now)
        if not plain:
            _look_for_unknown(connection, program, step_id, now + _clock_ms(clock, UNKNOWN_LOOK))
        taking = TAKE_SENT if plain else Taking(OURS, outcome_of(step_id, terms))
        taken = taking.run(connection, outbox.claimed, ours)
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
    put_back = Counter({why: n for (what, why), n in unusual.items() if what is Delivery.RETRYABLE})
    unknown = Counter({why: n for (what, why), n in unusual.items() if what is Delivery.UNKNOWN})
    return Settled(Counter(moved), put_back, unknown)


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
