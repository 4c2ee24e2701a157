"""Finding out about mails that may or may not have gone out: nobody sends those again blindly.

Three things settle them: an event from the provider (the collector writes that), the provider's own log
(``reconcile`` asks for it), and, when neither says anything in time, the policy: a marketing mail is given
up, a transactional one sent again by its step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from airflow_ma.engine.clock import DAY, MINUTE
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.message import Delivery, SentMail
from airflow_ma.engine.program import Program
from airflow_ma.engine.sets import locked_in_order, one_of
from airflow_ma.engine.tables import contact, enrollment, journey_step, message

LOOK_AGAIN = 15 * MINUTE
"""Real ms between two looks for traces of mails that are still unknown."""
AT_ONCE = 2_000
"""Mails that are asked for in one go."""
FIRST_LOOK = 2 * MINUTE
"""Real ms after which a provider's log can be expected to know a mail."""
UNRESOLVED = "unresolved"
NO_TRACE = "no trace of it in time: sent again"
GIVEN_UP = "no trace of it in time: given up"
MOST_ATTEMPTS = 3
"""How often a transactional mail that leaves no trace is sent in all."""

LONGEST = DAY
"""Real ms after which the policy applies even to mails that nobody could be asked for."""
_OPEN = cast("sa.ColumnElement[bool]", sa.text("state = 'unknown' AND resolved_at IS NULL"))

Trace = Callable[[Sequence[SentMail]], Mapping[int, Delivery]]
m, c, e = message.c, contact.c, enrollment.c


@dataclass(frozen=True)
class Reconciled:
    """What became of the unknown mails of one connection."""

    found: int = 0
    """The provider's log knew them."""
    resent: int = 0
    """Transactional ones that nobody knows: they are sent again."""
    given_up: int = 0
    waiting: int = 0
    """Still unknown; they are looked at again."""


def reconcile(
    database: Database,
    conn_id: str,
    trace: Trace,
    *,
    unknown_after: int,
    step: tuple[int, str] | None = None,
) -> Reconciled:
    """Ask the provider about unknown mails of a connection and apply the policy to those nobody knows.

    ``trace`` leaves out those it could not ask for now; ``unknown_after`` is in ms of our clock. ``step``
    (journey id, step) adds what the step sent over a connection it no longer uses, which nobody can ask.
    """
    clock = database.clock()
    now = clock.now()
    ours = m.conn_id == conn_id
    if step is not None:
        ours = sa.or_(ours, sa.and_(m.journey_id == step[0], m.step == step[1]))
    with database.read() as connection:
        if connection.scalar(sa.select(m.id).where(_OPEN, ours).limit(1)) is None:
            return Reconciled()
        rows = connection.execute(
            sa.select(m.id, c.email, m.sent_at, m.provider_id)
            .join(contact, c.id == m.contact_id)
            .where(_OPEN, m.conn_id == conn_id, m.sent_at <= now - FIRST_LOOK * clock.speed)
            .order_by(m.sent_at)
            .limit(AT_ONCE)
        ).all()
    mails = [SentMail(row.id, row.email or "", row.sent_at, row.provider_id) for row in rows]
    verdicts = trace(mails) if mails else {}
    too_old = sa.and_(_OPEN, ours, m.sent_at <= now - unknown_after)
    in_vain = sa.or_(
        _these(database, [n for n, verdict in verdicts.items() if verdict is Delivery.UNKNOWN]),
        m.sent_at <= now - max(unknown_after, int(LONGEST * clock.speed)),
    )
    with database.write() as connection:
        found = resolve(connection, verdicts, now=now)
        # Who was taken elsewhere meanwhile would never have it tried again.
        there = sa.exists().where(e.id == m.enrollment_id, e.step == m.step, e.wake_at.is_not(None))
        unsent = sa.and_(too_old, in_vain, m.purpose != "marketing", there.correlate(message))
        _wake(connection, unsent, now)
        again = sa.update(message).where(unsent, m.attempts < MOST_ATTEMPTS)
        resent = connection.execute(again.values(state="retryable", reason=NO_TRACE)).rowcount
        enough = sa.or_(m.purpose == "marketing", in_vain)
        given_up = connection.execute(
            sa.update(message).where(too_old, enough).values(resolved_at=now, reason=GIVEN_UP)
        ).rowcount
        waiting = connection.scalar(sa.select(sa.func.count()).where(_OPEN, ours)) or 0
    return Reconciled(found, resent, given_up, waiting)


def look_again(database: Database, program: Program, step_id: str, *, waiting: bool) -> None:
    """Have the step started again for its unknown mails, or not any more."""
    j = journey_step.c
    clock = database.clock()
    wake_at = clock.now() + int(LOOK_AGAIN * clock.speed) if waiting else None
    awake = (j.journey_id == program.journey_id, j.step == step_id, j.wake_at.is_not(None))
    with database.read() as connection:
        if connection.scalar(sa.select(j.step).where(*awake)) is None:  # mostly: and it spares the write lock
            return
    with database.write() as connection:
        connection.execute(sa.update(journey_step).where(*awake).values(wake_at=wake_at))


def resolve(connection: sa.Connection, verdicts: Mapping[int, Delivery], *, now: int) -> int:
    """Write down what became of unknown mails and have their steps look at them; returns how many."""
    done = 0
    for delivery in (Delivery.ACCEPTED, Delivery.REJECTED):
        ids = sorted(number for number, verdict in verdicts.items() if verdict is delivery)
        if not ids:
            continue
        theirs = sa.and_(one_of(connection.dialect.name, m.id, ids), m.state == "unknown")
        _wake(connection, theirs, now)
        done += connection.execute(
            sa.update(message).where(theirs).values(state=delivery.value, resolved_at=now)
        ).rowcount
    return done


def _wake(connection: sa.Connection, mails: sa.ColumnElement[bool], now: int) -> None:
    """Have the steps look at whoever waits for news of these mails."""
    waiting = sa.select(m.enrollment_id).where(mails)
    theirs = locked_in_order(connection, e.id.in_(waiting), e.hold == UNRESOLVED, e.claim.is_(None))
    connection.execute(sa.update(enrollment).where(theirs).values(wake_at=now))


def _these(database: Database, ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return one_of("sqlite" if database.is_sqlite else "postgresql", m.id, ids)
