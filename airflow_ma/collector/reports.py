"""Writing what a provider reports of our mails: events, the ledger, suppressions, consent, pauses.

Locks are taken in one order by all: events, enrollments, messages, contacts, suppressions. Concurrent
deliveries wait for each other then, and never in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from airflow_ma.channels.links import address_mark
from airflow_ma.collector.machines import is_too_soon
from airflow_ma.collector.sendgrid_events import GROUP_UNSUBSCRIBE, RESUBSCRIBE, UNSUBSCRIBE, Report
from airflow_ma.contacts.consent import record_consent, tracking_allowed
from airflow_ma.engine.clock import SECOND, Clock
from airflow_ma.engine.events import NewEvent, record_new
from airflow_ma.engine.mail.message import Delivery
from airflow_ma.engine.mail.pauses import pause_sending
from airflow_ma.engine.mail.suppression import Suppression, lift, suppress
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import contact, event, message

CHANNEL = "sendgrid"
SOURCE = "SendGrid"
_DROPPED = "dropped: "
_WORDS = (UNSUBSCRIBE, GROUP_UNSUBSCRIBE, RESUBSCRIBE)

m, c, e = message.c, contact.c, event.c

_UNSURE = ("sending", "unknown", "retryable")
"""States in which our ledger knows less than the provider; ``retryable`` after it was asked in vain."""
_NOT_SURE = sa.or_(*(m.state == state for state in _UNSURE))


class _Known(NamedTuple):
    """A new report with whom and what it is about."""

    report: Report
    contact_id: int | None
    message_id: int | None
    unsure: bool
    """Whether what it proves may change the ledger."""


class Written(NamedTuple):
    """What became of the reports; the others were known."""

    stored: int
    refused: int
    """Opens and clicks of people who do not let us record those."""


def write_reports(connection: sa.Connection, reports: Sequence[Report], clock: Clock) -> Written:
    """Store the reports that are new and do what they call for.

    Neither the order of the reports nor how often each is told makes a difference to what stands there
    in the end.
    """
    now = clock.now()
    messages = _messages(connection, {r.message_id for r in reports if r.message_id is not None})
    strangers = {r.email_key for r in reports if r.email_key is not None and r.message_id not in messages}
    people = _people(connection, strangers)
    refusing = _refusing(connection, reports, messages, people)
    events: list[NewEvent] = []
    refused: dict[str, _Known] = {}
    acting: dict[str, _Known] = {}
    for report in reports:
        meaning, at, key, message_id, email_key, url, properties, machine, _ = report
        unsure = False
        mail = None if message_id is None else messages.get(message_id)
        if mail is None:  # none of ours, or erased since
            message_id, contact_id = None, people.get(email_key)
            if contact_id is None and email_key is not None and meaning.wants_mail is not None:
                properties = {**(properties or {}), "address": address_mark(email_key)}
        else:
            _, contact_id, state, sent_at, resolved_at = mail
            if resolved_at is not None:
                unsure = state != "accepted" or sent_at is None or sent_at > at
            elif state != "accepted":
                unsure = state in _UNSURE
            elif meaning.tracks and not machine and sent_at is not None:
                # By the sender's own note of the time only; the report's time is cut to the second.
                machine = is_too_soon(at + SECOND - 1, sent_at, clock)
        if meaning.tracks in refusing.get(contact_id, ()):
            refused[key] = _Known(report, contact_id, message_id, unsure)
            continue
        events.append(NewEvent(meaning.type, at, key, contact_id, None, message_id, url, properties, machine))
        if unsure or meaning.acts:
            acting[key] = _Known(report, contact_id, message_id, unsure)
    # Whoever waits to hear what became of their mail.
    waiting = {one.contact_id for one in acting.values() if one.unsure and one.contact_id is not None}
    new = record_new(connection, events, now=now, also_wake=waiting)
    if acting or refused:
        stored = {one.dedupe_key for one in new}
        act = [known for key, known in acting.items() if key in stored]
        _act(connection, [*act, *refused.values()], now)
    return Written(len(new), len(refused))


def _messages(connection: sa.Connection, ids: set[int]) -> dict[int | None, Any]:
    if not ids:
        return {}
    theirs = one_of(connection.dialect.name, m.id, list(ids))
    wanted = sa.select(m.id, m.contact_id, m.state, m.sent_at, m.resolved_at).where(theirs)
    # All at once: one by one they take twice as long.
    return {row[0]: row for row in connection.execute(wanted).all()}


def _people(connection: sa.Connection, email_keys: set[str]) -> Mapping[str | None, int]:
    if not email_keys:
        return {}
    theirs = one_of(connection.dialect.name, c.email_key, list(email_keys))
    return {row.email_key: row.id for row in connection.execute(sa.select(c.id, c.email_key).where(theirs))}


def _refusing(
    connection: sa.Connection,
    reports: Iterable[Report],
    messages: Mapping[int | None, Any],
    people: Mapping[str | None, int],
) -> Mapping[int | None, Collection[str | None]]:
    """Contact -> the kinds of tracking that it does not allow, among those with an open or a click."""
    tracked = {
        messages[one.message_id][1] if one.message_id in messages else people.get(one.email_key)
        for one in reports
        if one.meaning.tracks
    } - {None}
    if not tracked:
        return {}
    opens, clicks = tracking_allowed(c.open_tracking), tracking_allowed(c.click_tracking)
    rows = connection.execute(
        sa.select(c.id, opens, clicks).where(
            one_of(connection.dialect.name, c.id, list(tracked)), sa.not_(sa.and_(opens, clicks))
        )
    ).all()
    names = ("open_tracking", "click_tracking")
    return {
        row[0]: [name for name, allowed in zip(names, row[1:], strict=True) if not allowed] for row in rows
    }


def _act(connection: sa.Connection, known: Sequence[_Known], now: int) -> None:
    _resolve(connection, known, now)
    withdrawals = _last_words(connection, known)
    suppressions = [
        Suppression(
            one.report.email_key, one.report.meaning.suppresses, one.report.at, SOURCE, _why(one.report)
        )
        for one in known
        if one.report.meaning.suppresses is not None and one.report.email_key is not None
    ]
    suppressions += [
        Suppression(word.email_key, "unsubscribe", word.at, SOURCE, word.detail)
        for word in withdrawals
        if not word.wants_mail and word.email_key is not None
    ]
    suppress(connection, suppressions)
    for word in withdrawals:
        if word.wants_mail and word.email_key is not None:
            lift(connection, word.email_key, "unsubscribe", until=word.at)
        if word.contact_id is not None and (not word.wants_mail or word.lifts):
            record_consent(
                connection,
                word.contact_id,
                "email",
                word.wants_mail,
                at=word.at,
                source=SOURCE,
                detail=word.detail,
                message_id=word.message_id,
            )
    for one in known:
        if one.report.meaning.stops_sending:
            kind = (one.report.properties or {}).get("type", "")
            pause_sending(
                connection, CHANNEL, at=one.report.at, reason=f"SendGrid stopped the account: {kind}"
            )


def _resolve(connection: sa.Connection, known: Iterable[_Known], now: int) -> None:
    """Turn messages of which nobody was sure into accepted, or rejected where the provider dropped them.

    That it took a message weighs more than that it dropped it, and neither is ever taken back.
    """
    taken: dict[int, dict[str, Any]] = {}
    dropped: dict[int, dict[str, Any]] = {}
    for report, _, message_id, unsure in known:
        if message_id is None or not unsure:
            continue
        if report.meaning.proves is Delivery.ACCEPTED:
            earliest = taken.get(message_id)
            if earliest is None or report.at < earliest["b_at"]:
                name = (report.provider_id or "").partition(".")[0] or None
                taken[message_id] = {"b_id": message_id, "b_at": report.at, "b_name": name}
        elif report.meaning.proves is Delivery.REJECTED:
            why = (report.properties or {}).get("reason", "no reason given")
            dropped[message_id] = {"b_id": message_id, "b_reason": f"{_DROPPED}{why}"}
    mine = m.id == sa.bindparam("b_id")
    if dropped:
        connection.execute(
            sa.update(message)
            .where(mine, _NOT_SURE)
            .values(state=Delivery.REJECTED.value, reason=sa.bindparam("b_reason"), resolved_at=now),
            [dropped[number] for number in sorted(dropped)],
        )
    if taken:
        at = sa.bindparam("b_at", type_=sa.BigInteger)
        ours = sa.or_(_NOT_SURE, m.resolved_at.is_not(None))
        before = sa.or_(m.state != "rejected", m.reason.startswith(_DROPPED))
        connection.execute(
            sa.update(message)
            .where(mine, ours, before)
            .values(
                state=Delivery.ACCEPTED.value,
                reason=sa.null(),
                resolved_at=sa.case((m.state == "accepted", m.resolved_at), else_=now),
                sent_at=sa.case((sa.or_(m.sent_at.is_(None), m.sent_at > at), at), else_=m.sent_at),
                provider_id=sa.func.coalesce(m.provider_id, sa.bindparam("b_name", type_=sa.Text)),
            ),
            [taken[number] for number in sorted(taken)],
        )


class _Word(NamedTuple):
    """What somebody said last about getting mail."""

    email_key: str | None
    contact_id: int | None
    message_id: int | None
    wants_mail: bool
    at: int
    detail: str
    lifts: bool
    """Whether the contact stands as unsubscribed since before."""


def _last_words(connection: sa.Connection, known: Iterable[_Known]) -> list[_Word]:
    """For each person or address that said something about getting mail, what was said last of all."""
    said: dict[tuple[int | None, str | None], _Known] = {}
    for one in known:
        wants = one.report.meaning.wants_mail
        if wants is None:
            continue
        who = one.contact_id, one.report.email_key
        if who not in said or _order(one) > _order(said[who]):
            said[who] = one
    if not said:
        return []
    ids = sorted({contact_id for contact_id, _ in said if contact_id is not None})
    theirs = one_of(connection.dialect.name, c.id, ids)
    standing = {
        row.id: row.unsubscribed_at
        for row in connection.execute(
            sa.select(c.id, c.unsubscribed_at).where(theirs).order_by(c.id).with_for_update()
        )
    }
    # What came in earlier may have been said later.
    latest: dict[int, tuple[int, bool]] = {}
    for contact_id, kind, at in connection.execute(
        sa.select(e.contact_id, e.type, sa.func.max(e.at))
        .where(
            one_of(connection.dialect.name, e.contact_id, ids),
            e.type.in_(_WORDS),
        )
        .group_by(e.contact_id, e.type)
    ):
        latest[contact_id] = max(latest.get(contact_id, (0, False)), (at, kind != RESUBSCRIBE))
    later = _strangers_words(connection, said)
    words = []
    for (contact_id, email_key), one in sorted(said.items(), key=lambda item: item[0][0] or 0):
        at, leaves = latest.get(contact_id or 0, _order(one))
        if contact_id is None and email_key is not None:
            at, leaves = later[address_mark(email_key)]
        since = standing.get(contact_id or 0)
        lifts = since is not None and since <= at
        detail = one.report.meaning.type.removeprefix("sendgrid.")
        words.append(_Word(email_key, contact_id, one.message_id, not leaves, at, detail, lifts))
    return words


def _strangers_words(
    connection: sa.Connection, said: Mapping[tuple[int | None, str | None], _Known]
) -> Mapping[str, tuple[int, bool]]:
    """For each address without a contact, by its mark: when it said the last thing, and whether it left."""
    last = {
        address_mark(email_key): _order(one)
        for (contact_id, email_key), one in said.items()
        if contact_id is None and email_key is not None
    }
    if last:
        for kind, at, told in connection.execute(
            sa.select(e.type, e.at, e.properties).where(
                e.contact_id.is_(None), e.type.in_(_WORDS), e.at >= min(at for at, _ in last.values())
            )
        ):
            mark = (told or {}).get("address")
            if mark in last:
                last[mark] = max(last[mark], (at, kind != RESUBSCRIBE))
    return last


def _order(one: _Known) -> tuple[int, bool]:
    """The later counts; in the same second, who leaves."""
    return one.report.at, not one.report.meaning.wants_mail


def _why(report: Report) -> str | None:
    told = report.properties or {}
    return " ".join(str(told[name]) for name in ("status", "reason") if name in told)[:200] or None
