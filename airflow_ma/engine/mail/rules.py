"""The SQL that says who may get a mail and what the ledger's rows mean for a contact's way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.clock import DAY, MINUTE, Clock
from airflow_ma.engine.mail.pacing import Pacing
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import contact, enrollment, message, suppression

SENT, NOT_SENT = "sent", "not_sent"
MARKETING, TRANSACTIONAL = "marketing", "transactional"
EXPIRED = "expired"
EXPIRY = {MARKETING: 3 * DAY, TRANSACTIONAL: 5 * DAY}
"""How long (real ms) a mail that cannot be sent is tried again: later it would do more harm than good."""
WORKER_DIED = "the sending worker died"
NOT_NEEDED = "the contact was taken elsewhere first"

e, m, c, s = enrollment.c, message.c, contact.c, suppression.c


@dataclass(frozen=True)
class Terms:
    """How the mails of a step go out."""

    channel: str
    template: str
    idempotent: bool
    """Whether the channel recognises a message id it has seen."""
    conn_id: str = ""
    purpose: str = MARKETING
    needs_consent: bool = True
    """Whether marketing mail goes only to those whose consent is on record."""
    tracks_unasked: bool = True
    """Whether opens and clicks of people are recorded who never said anything about it."""
    pacing: Pacing = field(default_factory=Pacing)
    unknown_after: int = 60 * MINUTE
    """Real ms without a trace after which an unknown mail is given up or sent again."""

    @property
    def account(self) -> str:
        """What pauses and unknown mails are filed under: the connection, or the channel that needs none."""
        return self.conn_id or self.channel

    @property
    def marketing(self) -> bool:
        """Whether the law on marketing mail applies."""
        return self.purpose == MARKETING

    def patience(self, clock: Clock) -> int:
        """``unknown_after`` in ms of the installation's clock."""
        return int(self.unknown_after * clock.speed)


def refusal(
    suppressed: sa.ColumnElement[str], *, marketing: bool, needs_consent: bool
) -> sa.ColumnElement[str]:
    """Why a contact must not get this mail, NULL when it may; ``suppressed``: why its address gets none."""
    rules: list[tuple[Predicate, sa.ColumnElement[str] | str]] = [(c.email.is_(None), "no_address")]
    if marketing:
        rules.append((sa.or_(c.unsubscribed_at.is_not(None), suppressed == "unsubscribe"), "unsubscribed"))
    rules.append((suppressed != "unsubscribe", suppressed))
    if marketing and needs_consent:
        rules.append((c.consented_at.is_(None), "no_consent"))
    return sa.case(*rules, else_=sa.null())


def refused_now(terms: Terms) -> sa.ScalarSelect[str]:
    """Why the contact of a message must not get it any more; NULL when it may."""
    suppressed = sa.select(s.reason).where(s.email_key == c.email_key).correlate(contact).scalar_subquery()
    why = refusal(suppressed, marketing=terms.marketing, needs_consent=terms.needs_consent)
    refused = sa.select(why).where(c.id == m.contact_id)
    return refused.correlate(message).scalar_subquery()


def take_over(step_id: str, held: Predicate, batch: str, terms: Terms, clock: Clock, now: int) -> sa.Update:
    """What an earlier try left: certainly unsent mails go again; others only if that cannot double them.

    They go as the step sends now: its template or its connection may have been changed since. A mail that was
    given up because its contact was taken elsewhere is owed again to one who came back.
    """
    given_up = sa.and_(m.state == "rejected", m.reason == NOT_NEEDED)
    again = [m.state == "retryable", given_up]
    if terms.idempotent:  # a channel knows what it sent itself, not what another connection did
        again.append(sa.and_(m.state == "sending", m.channel == terms.channel, m.conn_id == terms.account))
    too_late = now - int(EXPIRY[terms.purpose] * clock.speed)
    # What a dead worker may have sent has not expired: a channel that knows what it sent can tell.
    expired = sa.and_(m.state == "retryable", m.created_at <= too_late)
    refused = sa.case((expired, EXPIRED), else_=refused_now(terms))
    resend = sa.and_(sa.or_(*again), refused.is_(None))
    died = m.state == "sending"
    return (
        sa.update(message)
        .where(
            held,
            m.step == step_id,
            m.batch != batch,
            sa.or_(m.state.in_(["retryable", "sending"]), given_up),
        )
        .values(
            state=sa.case((resend, "sending"), (died, "unknown"), else_="rejected"),
            reason=sa.case((resend, sa.null()), (died, WORKER_DIED), else_=refused),
            sent_at=sa.case((resend, sa.literal(now, sa.BigInteger)), else_=m.sent_at),
            attempts=m.attempts + sa.case((resend, 1), else_=0),
            created_at=sa.case((given_up, sa.literal(now, sa.BigInteger)), else_=m.created_at),
            template=sa.case((resend, terms.template), else_=m.template),
            channel=sa.case((resend, terms.channel), else_=m.channel),
            conn_id=sa.case((resend, terms.account), else_=m.conn_id),
            purpose=sa.case((resend, terms.purpose), else_=m.purpose),
            batch=batch,
        )
    )


def outcome_of(step_id: str, terms: Terms) -> sa.ColumnElement[str]:
    """By which outcome the ledger lets an enrollment go on; NULL while its mail is held."""
    waits: list[Predicate] = [m.state.in_(["retryable", "sending"])]
    if not terms.marketing:
        waits.append(sa.and_(m.state == "unknown", m.resolved_at.is_(None)))
    state = _of_mail(
        step_id, sa.case((sa.or_(*waits), sa.null()), (m.state == "rejected", NOT_SENT), else_=SENT)
    )
    return sa.cast(state, sa.Text)


def sleep_of(
    step_id: str, now: int, backoff: int, retry_after: int, patience: int, unresolved: str
) -> Mapping[str, sa.ColumnElement[Any]]:
    """When a mail that is held is looked at again. All lengths in ms of the installation's clock.

    After the ``backoff``, doubled with each attempt, but not before ``retry_after``, which the provider
    asked for; an unknown one after ``patience``, or when somebody finds out about it.
    """
    doubled = sa.case({n: 2 ** (n - 1) for n in range(1, 7)}, value=m.attempts, else_=64)
    pause = sa.literal(backoff, sa.BigInteger) * doubled
    asked = sa.literal(retry_after, sa.BigInteger)
    later = sa.literal(now, sa.BigInteger) + sa.case((pause < asked, asked), else_=pause)
    unknown = m.state == "unknown"
    wake_at = _of_mail(step_id, sa.case((unknown, sa.literal(now + patience, sa.BigInteger)), else_=later))
    hold = _of_mail(step_id, sa.case((unknown, unresolved), else_=sa.null()))
    return {"wake_at": wake_at, "hold": sa.cast(hold, sa.Text)}


def _of_mail(step_id: str, value: sa.ColumnElement[object]) -> sa.ScalarSelect[object]:
    found = sa.select(value).where(m.enrollment_id == e.id, m.step == step_id)
    return found.correlate(enrollment).scalar_subquery()
