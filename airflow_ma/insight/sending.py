"""What sending does: over which connections, which mails wait and why, and which may or may not be out.

Cheap enough to be asked with every page load: it reads the newest mails, those that are held and those
nobody can vouch for, never the whole ledger. Times are ms of the installation's clock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.channels.registry import REPORTED
from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.mail.pauses import Pause, pauses
from airflow_ma.engine.tables import enrollment, journey, journey_step, message
from airflow_ma.insight.unknown import UNRESOLVED, Journeys, within

NEWEST = 200_000
"""At most so many of the newest mails are counted; what is older lies before the window."""
MOST_REASONS = 8
"""Reasons that are told apart; the others are summed up under OTHER."""
OTHER = "other"
RETRYABLE = "retryable"
"""Why a mail waits that could not be sent; the other reasons are those in ``enrollment.hold``."""

e, m = enrollment.c, message.c
_RETRYABLE = sa.text("ma_message.state = 'retryable'")


@dataclass(frozen=True, slots=True)
class ConnectionSending:
    """What one connection does, or one channel that needs none."""

    conn_id: str
    channel: str
    pause: Pause | None
    """Of the connection, or of its whole channel."""
    accepted: int
    """In the window, as are ``rejected``, ``given_up`` and ``sending``."""
    rejected: int
    reasons: Mapping[str, int]
    """Why rejected -> how many, the most frequent first."""
    given_up: int
    """Nobody ever learnt whether they went out; they are not sent again."""
    sending: int
    retryable: int
    """Now, whenever they were first tried, as are the unresolved ones."""
    next_try: int | None
    """When the first of the retryable ones is tried; None while sending is paused."""
    unresolved: int


@dataclass(frozen=True, slots=True)
class Sending:
    """All connections over which mail went or is to go, those that are paused first."""

    since: int
    """The window: all mails first tried since then were counted."""
    shortened: bool
    """Whether it is shorter than asked for, because so many mails went out."""
    connections: tuple[ConnectionSending, ...]
    pauses: tuple[Pause, ...]
    """Of connections, or of whole channels by their names; the oldest first."""


@dataclass(frozen=True, slots=True)
class WaitingMails:
    """People at one step whose mail waits for one reason."""

    journey: str
    journey_title: str
    step: str
    step_title: str
    """Its id when it was given none."""
    step_kind: str | None
    why: str
    """A hold of engine.pacing, engine.pauses or engine.unknown, or RETRYABLE."""
    reason: str | None
    """Of RETRYABLE: the most frequent."""
    number: int
    earliest: int | None
    """When the first of them is looked at again; None when somebody must resume sending first."""
    latest: int | None


def sending(connection: sa.Connection, *, since: int, journeys: Journeys = None) -> Sending:
    """What every connection did since then, and what it has before it now."""
    newest, began = _beginning(connection, since)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
    channels: dict[str, str] = {}
    for row in connection.execute(_window(newest, since, journeys)):
        channels[row.conn_id] = row.channel
        counts[row.conn_id][row.state] += row.number
        if row.state == "rejected":
            reasons[row.conn_id][row.reason or ""] += row.number
    retryable = _open_mails(connection, _RETRYABLE, journeys)
    unresolved = _open_mails(connection, UNRESOLVED, journeys)
    all_pauses = pauses(connection)
    paused = {pause.conn_id: pause for pause in all_pauses}
    for found in (retryable, unresolved):
        channels.update({conn_id: row.channel for conn_id, row in found.items() if conn_id not in channels})
    of_channels = set(channels.values())
    for conn_id in paused:
        if conn_id not in of_channels:  # the pause of a channel stands at each of its connections
            channels.setdefault(conn_id, "")
    connections = [
        ConnectionSending(
            conn_id,
            channel,
            paused.get(conn_id) or paused.get(channel),
            accepted=counts[conn_id]["accepted"],
            rejected=counts[conn_id]["rejected"],
            reasons=_most_frequent(reasons[conn_id]),
            given_up=counts[conn_id]["given_up"],
            sending=counts[conn_id]["sending"],
            retryable=retryable[conn_id].number if conn_id in retryable else 0,
            next_try=(
                _known(retryable[conn_id].next_try)
                if conn_id in retryable and not {conn_id, channel} & paused.keys()
                else None
            ),
            unresolved=unresolved[conn_id].number if conn_id in unresolved else 0,
        )
        for conn_id, channel in channels.items()
    ]
    connections.sort(key=lambda one: (one.pause is None, one.conn_id))
    return Sending(began, began > since, tuple(connections), tuple(all_pauses))


@dataclass(frozen=True, slots=True)
class MailCounts:
    """All connections together; the same numbers as in Sending, for a fraction of its cost."""

    since: int
    accepted: int
    """Since then."""
    reported: bool
    """Some of them went over a channel whose provider reports what becomes of them."""
    retryable: int
    unresolved: int


def mail_counts(connection: sa.Connection, *, since: int, journeys: Journeys = None) -> MailCounts:
    """For those who ask every minute."""
    newest, began = _beginning(connection, since)
    sent, told = m.state == "accepted", m.channel.in_(REPORTED)
    numbers: list[Any] = [sa.func.count(sa.case((which, 1))) for which in (sent, sa.and_(sent, told))]
    row = connection.execute(_in_window(sa.select(*numbers), newest, since, journeys)).one()
    waiting = [
        sum(one.number for one in _open_mails(connection, condition, journeys).values())
        for condition in (_RETRYABLE, UNRESOLVED)
    ]
    return MailCounts(began, row[0], row[1] > 0, *waiting)


def waiting_mails(
    connection: sa.Connection, *, journeys: Journeys = None, cohort: str | None = None
) -> list[WaitingMails]:
    """Whose mail waits, by journey, step and reason; the largest number first."""
    held = (
        sa.select(
            e.hold.label("why"),
            e.journey_id,
            e.step,
            sa.func.count().label("number"),
            sa.func.min(e.wake_at).label("earliest"),
            sa.func.max(e.wake_at).label("latest"),
        )
        .where(e.hold.is_not(None))
        .group_by(e.hold, e.journey_id, e.step)
    )
    tried = (
        sa.select(
            m.reason,
            m.journey_id,
            m.step,
            m.conn_id,
            m.channel,
            sa.func.count().label("number"),
            sa.func.min(e.wake_at).label("earliest"),
            sa.func.max(e.wake_at).label("latest"),
        )
        .join(enrollment, sa.and_(e.id == m.enrollment_id, e.step == m.step))
        # Who is held for another reason by now is counted there.
        .where(_RETRYABLE, e.hold.is_(None), e.wake_at.is_not(None))
        .group_by(m.journey_id, m.step, m.reason, m.conn_id, m.channel)
    )
    if cohort is not None:
        held, tried = held.where(e.cohort == cohort), tried.where(e.cohort == cohort)

    def meant(query: sa.Select[Any]) -> list[sa.Row[Any]]:
        # Sifted here: asked for single journeys, SQLite would not take the index that holds the answer.
        return [row for row in connection.execute(query) if journeys is None or row.journey_id in journeys]

    groups = meant(held)
    paused = {pause.conn_id for pause in pauses(connection)}
    by_step: defaultdict[tuple[int, str, bool], list[sa.Row[Any]]] = defaultdict(list)
    for row in meant(tried):
        by_step[row.journey_id, row.step, bool({row.conn_id, row.channel} & paused)].append(row)
    places = _Places(connection, {row.journey_id for row in groups} | {key[0] for key in by_step})
    waiting = [
        WaitingMails(
            *places.of(row.journey_id, row.step),
            row.why,
            None,
            row.number,
            _known(row.earliest),
            _known(row.latest),
        )
        for row in groups
    ]
    for (journey_id, step, is_paused), rows in by_step.items():
        reasons: Counter[str] = Counter()
        for row in rows:
            reasons[row.reason or ""] += row.number
        waiting.append(
            WaitingMails(
                *places.of(journey_id, step),
                RETRYABLE,
                reasons.most_common(1)[0][0] or None,
                reasons.total(),
                # Whatever their next try would be: it finds sending paused, and puts them to sleep.
                None if is_paused else _known(min(row.earliest for row in rows)),
                None if is_paused else _known(max(row.latest for row in rows)),
            )
        )
    return sorted(waiting, key=lambda one: (-one.number, one.journey, one.step, one.why))


def unresolved_connections(connection: sa.Connection) -> dict[str, str]:
    """Connection -> channel of the mails whose fate is open."""
    return {conn_id: row.channel for conn_id, row in _open_mails(connection, UNRESOLVED, None).items()}


def _beginning(connection: sa.Connection, since: int) -> tuple[int, int]:
    """The newest mail, and when the window begins: later than asked for where too many mails went out."""
    newest = connection.scalar(sa.select(sa.func.max(m.id))) or 0
    started = None
    if newest > NEWEST:
        oldest = sa.select(m.created_at).where(m.id > newest - NEWEST).order_by(m.id).limit(1)
        started = connection.scalar(oldest)
    return newest, since if started is None else max(since, started)


def _in_window(query: sa.Select[Any], newest: int, since: int, journeys: Journeys) -> sa.Select[Any]:
    mine = [] if journeys is None else [m.journey_id.in_(journeys)]
    return query.where(m.id > newest - NEWEST, m.created_at >= since, *mine)


def _window(newest: int, since: int, journeys: Journeys) -> sa.Select[Any]:
    """By the ids, which are given out in the order of time: no index of its own slows the sending down."""
    refused = sa.case((m.state == "rejected", m.reason))
    given_up = sa.and_(m.state == "unknown", m.resolved_at.is_not(None))
    state = sa.case((given_up, "given_up"), else_=m.state)
    mails = sa.select(m.conn_id, m.channel, state.label("state"), refused.label("reason"))
    ours = _in_window(mails, newest, since, journeys).subquery()
    return sa.select(*ours.c, sa.func.count().label("number")).group_by(*ours.c)


def _open_mails(
    connection: sa.Connection, condition: sa.TextClause, journeys: Journeys
) -> dict[str, sa.Row[Any]]:
    """Connection -> channel, number and when the next of them is looked at."""
    query = (
        sa.select(
            m.conn_id,
            sa.func.max(m.channel).label("channel"),
            sa.func.count().label("number"),
            sa.func.min(e.wake_at).label("next_try"),
        )
        .join_from(message, enrollment, sa.and_(e.id == m.enrollment_id, e.step == m.step), isouter=True)
        .where(condition, *within(connection, m.journey_id, journeys))
        .group_by(m.conn_id)
    )
    return {row.conn_id: row for row in connection.execute(query)}


def _known(moment: int | None) -> int | None:
    return None if moment is None or moment >= NEVER else moment


def _most_frequent(reasons: Counter[str]) -> dict[str, int]:
    told = dict(reasons.most_common(MOST_REASONS))
    rest = reasons.total() - sum(told.values())
    return told | ({OTHER: rest} if rest else {})


class _Places:
    """Keys and titles of journeys and steps."""

    def __init__(self, connection: sa.Connection, journeys: set[int]) -> None:
        j, s = journey.c, journey_step.c
        known = connection.execute(sa.select(j.id, j.key, j.title).where(j.id.in_(journeys)))
        self.journeys = {row.id: (row.key, row.title) for row in known}
        columns = (s.journey_id, s.step, s.title, s.kind)
        steps = connection.execute(sa.select(*columns).where(s.journey_id.in_(journeys)))
        self.steps = {(row.journey_id, row.step): (row.title, row.kind) for row in steps}

    def of(self, journey_id: int, step: str) -> tuple[str, str, str, str, str | None]:
        key, title = self.journeys[journey_id]
        return key, title, step, *self.steps.get((journey_id, step), (step, None))
