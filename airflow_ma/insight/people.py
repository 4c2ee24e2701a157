"""The people behind a number on the canvas, page by page, and one person's way through one journey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from airflow_ma.engine.tables import contact, enrollment, journey, journey_step, message, move
from airflow_ma.insight.person import waiting_of
from airflow_ma.insight.progress import ENTERED
from airflow_ma.insight.standing import until_of, waits_for
from airflow_ma.insight.stuck import FAILED_MAILS, RETRYABLE_MAILS, failed_said
from airflow_ma.insight.timeline import Place, Why, left_said, outcome_said, went_all_the_way
from airflow_ma.insight.unknown import UNRESOLVED as UNRESOLVED_MAILS
from airflow_ma.insight.watch import Run, moves_of_run
from airflow_ma.journey.said import Said

What = Literal["waiting", "due", "held", "pinned", "failed", "arrived", "left"]
SCAN = 100_000
"""Moves that are looked through at a time, for those of one step."""
MOST_SCANS = 20
"""At most so many times for one page: in the worst case less than a second."""
MOST_COUNTED = 100_000
"""People of whom the exact number is told."""
MOST_PASSAGES = 50

e, j, s, m, mv, c = enrollment.c, journey.c, journey_step.c, message.c, move.c, contact.c


@dataclass(frozen=True, slots=True)
class PersonHere:
    """One person behind a number. Times in ms."""

    contact: str
    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    step: str
    since: int
    until: int | None
    why: Said | None
    version: int
    pinned: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page."""

    people: tuple[PersonHere, ...]
    next_after: int | None
    """Behind which the next page begins; None: that was all."""
    total: int | None
    """On all pages; None: not counted."""
    stopped: bool = False
    """Whether it stopped looking before there was a whole page: there may be more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is meant. ``outcome`` is for left, ``run`` for arrived and left, ``hold`` for held."""

    step: str
    what: What
    outcome: str | None = None
    hold: str | None = None
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """One move on somebody's way; ``at`` in ms."""

    from_step: str
    outcome: str
    to_step: str | None
    at: int
    run_id: str | None


@dataclass(frozen=True, slots=True)
class PassageMade:
    """One passage; times in ms."""

    entered_at: int
    left_at: int | None
    left_reason: Said | None
    finished: bool
    version: int
    now: str | None
    moves: tuple[Moved, ...]


def people(
    connection: sa.Connection,
    journey_id: int,
    wanted: Wanted,
    *,
    now: int,
    after: int | None,
    limit: int,
    why: Why,
) -> Found:
    """One page of them, the newest first; ``after`` is the ``next_after`` of the page before."""
    reading = _Reading(connection, journey_id, now, why)
    if wanted.what in ("arrived", "left"):
        return _by_moves(reading, wanted, after, limit)
    if wanted.what == "failed":
        return _by_mails(reading, wanted, after, limit)
    here = _here(journey_id, wanted, now)
    query = sa.select(e.id).where(*here)
    if after is not None:
        query = query.where(e.id < after)
    ids = connection.scalars(query.order_by(e.id.desc()).limit(limit + 1)).all()
    shown = ids[:limit]
    total = None
    if after is None:
        some = sa.select(e.id).where(*here).limit(MOST_COUNTED + 1).subquery()
        counted = connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
        total = counted if counted <= MOST_COUNTED else None
    return Found(reading.standing(shown), shown[-1] if len(ids) > limit else None, total)


def way(
    connection: sa.Connection, journey_id: int, contact_key: str, *, why: Why
) -> list[PassageMade] | None:
    """The passages of that person through the journey, the newest first; None: there is no such contact."""
    contact_id = connection.scalar(sa.select(c.id).where(c.key == contact_key))
    if contact_id is None:
        return None
    rows = connection.execute(
        sa.select(enrollment)
        .where(e.journey_id == journey_id, e.contact_id == contact_id)
        .order_by(e.id.desc())
        .limit(MOST_PASSAGES)
    ).all()
    moves: dict[int, list[sa.Row[Any]]] = {row.id: [] for row in rows}
    theirs = sa.select(move).where(mv.enrollment_id.in_(list(moves))).order_by(mv.id)
    for row in connection.execute(theirs):
        moves[row.enrollment_id].append(row)
    reading = _Reading(connection, journey_id, 0, why)
    return [
        PassageMade(
            entered_at=row.entered_at,
            left_at=row.left_at,
            left_reason=reading.left(row, _last(moves[row.id])),
            finished=reading.finished(row, _last(moves[row.id])),
            version=row.pinned_version or row.version,
            now=row.step if row.wake_at is not None else None,
            moves=tuple(
                Moved(one.from_step, one.outcome, one.to_step, one.at, one.run_id) for one in moves[row.id]
            ),
        )
        for row in rows
    ]


def _here(journey_id: int, wanted: Wanted, now: int) -> list[sa.ColumnElement[bool]]:
    here = [e.journey_id == journey_id, e.step == wanted.step, e.wake_at.is_not(None)]
    if wanted.what == "due":
        here.append(e.wake_at <= now)
    elif wanted.what == "held":
        here.append(e.hold.is_not(None) if wanted.hold is None else e.hold == wanted.hold)
    elif wanted.what == "pinned":
        here.append(e.pinned_version.is_not(None))
    return here


def _by_moves(reading: _Reading, wanted: Wanted, after: int | None, limit: int) -> Found:
    """By the ids of moves, downwards: one index is enough, and a page's work has an end."""
    connection, run = reading.connection, wanted.run
    lowest = 0 if run is None else run.after_move_id
    highest = run.last_move_id if run is not None and run.last_move_id is not None else None
    if highest is None:
        highest = connection.scalar(sa.select(sa.func.max(mv.id))) or 0
    if after is not None:
        highest = min(highest, after - 1)
    mine = [mv.journey_id == reading.journey_id, *(moves_of_run(run) if run is not None else ())]
    if wanted.what == "left":
        mine += [mv.from_step == wanted.step, *([mv.outcome == wanted.outcome] if wanted.outcome else ())]
    else:
        mine.append(
            sa.or_(mv.to_step == wanted.step, sa.and_(mv.from_step == wanted.step, mv.outcome == ENTERED))
        )
    found: list[sa.Row[Any]] = []
    scans = 0
    while len(found) <= limit and highest > lowest and scans < MOST_SCANS:
        down_to = max(lowest, highest - SCAN)
        query = sa.select(move).where(*mine, mv.id > down_to, mv.id <= highest).order_by(mv.id.desc())
        found += connection.execute(query.limit(limit + 1 - len(found))).all()
        highest, scans = down_to, scans + 1
    if len(found) > limit:
        return Found(reading.moved(found[:limit], wanted), found[limit - 1].id, None)
    stopped = highest > lowest
    return Found(reading.moved(found, wanted), highest + 1 if stopped else None, None, stopped)


def _by_mails(reading: _Reading, wanted: Wanted, after: int | None, limit: int) -> Found:
    connection = reading.connection
    states = {"retryable": RETRYABLE_MAILS, "unresolved": UNRESOLVED_MAILS, "not_sent": FAILED_MAILS}
    rows: list[sa.Row[Any]] = []
    for state, condition in states.items():
        if wanted.hold not in (None, state):
            continue
        query = _of_contacts(
            sa.select(
                enrollment,
                c.key,
                c.name,
                c.email,
                m.id.label("message_id"),
                m.reason,
                m.sent_at,
                m.created_at,
                sa.literal(state).label("failure"),
            ).join_from(message, enrollment, e.id == m.enrollment_id)
        ).where(m.journey_id == reading.journey_id, m.step == wanted.step, condition)
        if state != "not_sent":  # who has gone on meanwhile is not held up by it any more
            query = query.where(e.step == m.step, e.wake_at.is_not(None))
        if after is not None:
            query = query.where(m.id < after)
        rows += connection.execute(query.order_by(m.id.desc()).limit(limit + 1)).all()
    rows.sort(key=lambda row: -row.message_id)
    shown = rows[:limit]
    told = tuple(
        _person(row, row.sent_at or row.created_at, None, failed_said(row.failure, row.reason))
        for row in shown
    )
    return Found(told, shown[-1].message_id if len(rows) > limit else None, None)


class _Reading:
    """One look at one journey: it remembers what it has read."""

    def __init__(self, connection: sa.Connection, journey_id: int, now: int, why: Why) -> None:
        self.connection, self.journey_id, self.now, self.why = connection, journey_id, now, why
        self.mode, self.newest = connection.execute(
            sa.select(j.mode, j.version).where(j.id == journey_id)
        ).one()
        steps = connection.execute(sa.select(journey_step).where(s.journey_id == journey_id))
        self.steps = {row.step: row for row in steps}

    def standing(self, ids: Sequence[int]) -> tuple[PersonHere, ...]:
        """Those enrollments, with what they wait for."""
        query = _of_contacts(sa.select(enrollment, c.key, c.name, c.email)).where(e.id.in_(ids))
        rows = self.connection.execute(query.order_by(e.id.desc())).all()
        mails: dict[int, list[sa.Row[Any]]] = {}
        theirs = sa.select(message).where(m.enrollment_id.in_(ids))
        for mail in self.connection.execute(theirs):
            mails.setdefault(mail.enrollment_id, []).append(mail)
        found = []
        for row in rows:
            waiting = waiting_of(
                self.connection, row, self.steps.get(row.step), mails.get(row.id, ()), self.now
            )
            assert waiting is not None  # noqa: S101 - they were asked for as those who are there
            said = waits_for(waiting, self._place(row), self.why)
            found.append(_person(row, row.arrived_at, until_of(waiting), said))
        return tuple(found)

    def moved(self, moves: Sequence[sa.Row[Any]], wanted: Wanted) -> tuple[PersonHere, ...]:
        """Those who came or left by these moves."""
        ids = [one.enrollment_id for one in moves]
        query = _of_contacts(sa.select(enrollment, c.key, c.name, c.email)).where(e.id.in_(ids))
        rows = {row.id: row for row in self.connection.execute(query)}
        found = []
        for one in moves:
            row = rows.get(one.enrollment_id)
            if row is None:
                continue
            said = None
            if wanted.what == "left":
                place = Place(self.journey_id, one.version, one.from_step)
                said = (
                    self.left(row, one) if one.to_step is None else outcome_said(place, one.outcome, self.why)
                )
            found.append(_person(row, one.at, None, said))
        return tuple(found)

    def left(self, row: sa.Row[Any], last: sa.Row[Any] | None) -> Said | None:
        """Why somebody has left, whose last move that was; None: they have not."""
        if row.left_at is None or last is None:
            return None
        step = self.steps.get(last.from_step)
        title = self.why.called(
            last.from_step, step.title if step else last.from_step, step.kind if step else None
        )
        place = Place(self.journey_id, last.version, last.from_step)
        return left_said(row.left_reason, last.outcome, place, title, self.why)

    def finished(self, row: sa.Row[Any], last: sa.Row[Any] | None) -> bool:
        """Whether they have left by an end of the journey."""
        if row.left_at is None or last is None:
            return False
        place = Place(self.journey_id, last.version, last.from_step)
        return went_all_the_way(row.left_reason, last.outcome, place, self.why)

    def _place(self, row: sa.Row[Any]) -> Place:
        """Whose settings hold for somebody: those of the newest version, unless they are on another one."""
        version = row.pinned_version
        if version is None:
            version = self.newest if self.mode == "continuous" else row.version
        return Place(self.journey_id, version, row.step)


def _last(moves: Sequence[sa.Row[Any]]) -> sa.Row[Any] | None:
    return moves[-1] if moves else None


def _of_contacts(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.join(contact, c.id == e.contact_id)


def _person(row: sa.Row[Any], since: int, until: int | None, why: Said | None) -> PersonHere:
    version = row.pinned_version or row.version
    return PersonHere(
        row.key, row.name, row.email, row.step, since, until, why, version, row.pinned_version is not None
    )
