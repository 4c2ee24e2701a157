"""Delivering a step's mails: claim a batch, hand it to the channel, settle it, until nobody is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from airflow_ma.channels.channel import Channel, ChannelError, Delivery, Receipt, SendingPausedError
from airflow_ma.channels.footer import refuse_unlawful
from airflow_ma.channels.list_headers import list_headers
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.config import settings
from airflow_ma.engine.clock import MINUTE
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import Outbox, claim, settle, withdrawn
from airflow_ma.engine.mail.pacing import read_pacing
from airflow_ma.engine.mail.pauses import pause_sending
from airflow_ma.engine.mail.rules import Terms
from airflow_ma.engine.mail.unknown import look_again, reconcile
from airflow_ma.engine.program import Program


@dataclass
class Delivered:
    """What delivering did."""

    moved: Counter[str] = field(default_factory=Counter)
    """Outcome -> contacts who went on."""
    put_off: Counter[str] = field(default_factory=Counter)
    """Reason -> contacts who sleep until they may get their mail."""
    held: Counter[str] = field(default_factory=Counter)
    """Reason -> mails that could not be sent and are tried again."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Reason -> mails that may or may not have gone out."""
    failure: ChannelError | None = None
    """Why the channel sent no more."""


def terms_of(channel: Channel, template: str, *, conn_id: str | None, purpose: str) -> Terms:
    """The terms that the settings of this installation give. Raises ValueError for malformed settings."""
    rules = settings()
    return Terms(
        channel=channel.name,
        template=template,
        idempotent=channel.idempotent,
        conn_id=conn_id or "",
        purpose=purpose,
        needs_consent=rules.consent == "opt_in",
        tracks_unasked=rules.tracking == "opt_out",
        pacing=read_pacing(rules.quiet_hours, rules.frequency_caps),
        unknown_after=rules.unknown_after_minutes * MINUTE,
    )


def deliver(
    database: Database,
    program: Program,
    step_id: str,
    channel: Channel,
    template: EmailTemplate | ProviderTemplate,
    terms: Terms,
    *,
    cohort: str | None = None,
    run_id: str | None = None,
    batch: int | None = None,
) -> Delivered:
    """Send everybody who is due at the step their mail. Several workers may do this at once.

    A channel that cannot go on ends it; whoever was not served is held, and ``failure`` says why. Raises
    FooterError, before anything is claimed, for a mail that the law forbids.
    """
    refuse_unlawful(template, terms.purpose, channel.name)
    headers = list_headers(program.key, step_id, terms.purpose, settings())
    done = Delivered()
    trace_unknown(database, program, step_id, channel, terms)
    while True:
        outbox = claim(database, program, step_id, terms, cohort=cohort, limit=batch or channel.batch)
        done.put_off.update(outbox.put_off)
        if outbox.empty:
            return done
        if outbox.paused is not None:
            done.failure = SendingPausedError(outbox.paused)
        if not outbox.claimed:
            continue
        receipts = _hand_over(database, channel, template, terms, outbox, done, headers)
        settled = settle(database, program, step_id, terms, outbox, receipts, run_id=run_id)
        done.moved.update(settled.moved)
        done.held.update(settled.held)
        done.unknown.update(settled.unknown)
        if isinstance(done.failure, SendingPausedError):
            continue  # claiming puts the others to sleep until somebody resumes
        # A provider that takes nothing now need not be asked for each batch.
        took_nothing = bool(receipts) and all(r.delivery is Delivery.RETRYABLE for r in receipts)
        if done.failure is not None or took_nothing:
            return done


def trace_unknown(database: Database, program: Program, step_id: str, channel: Channel, terms: Terms) -> None:
    """Find out about earlier mails that may or may not have gone out over the same connection."""
    clock = database.clock()
    found = reconcile(
        database,
        terms.account,
        channel.trace,
        unknown_after=terms.patience(clock),
        step=(program.journey_id, step_id),
    )
    look_again(database, program, step_id, waiting=bool(found.waiting))


def _hand_over(
    database: Database,
    channel: Channel,
    template: EmailTemplate | ProviderTemplate,
    terms: Terms,
    outbox: Outbox,
    done: Delivered,
    headers: Mapping[str, str],
) -> list[Receipt]:
    if not outbox.mails:
        return []
    now = database.clock().now()
    try:
        return channel.send(
            template,
            outbox.mails,
            now=now,
            purpose=terms.purpose,
            withdrawn=partial(withdrawn, database, terms),
            headers=headers,
        )
    except ChannelError as error:
        done.failure = error
        if isinstance(error, SendingPausedError):
            with database.write() as connection:
                pause_sending(connection, terms.account, at=now, reason=str(error))
        return error.receipts or [Receipt(Delivery.RETRYABLE, str(error))] * len(outbox.mails)
