"""Moving people to another step, taking them out, and trying held mails again, because somebody says so.

The way to take hold of them, ``take_away``, is also that of ``newest_version``.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.advance import CHUNK
from airflow_ma.engine.changes.audit import Action, correct_audit, write_audit
from airflow_ma.engine.control.move_targets import ByHandError, check_target
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import release_held
from airflow_ma.engine.mail.rules import NOT_NEEDED, WORKER_DIED
from airflow_ma.engine.program import Program, stays_newest
from airflow_ma.engine.relocate import relocate
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Predicate, StepLogic
from airflow_ma.engine.tables import enrollment, journey, message
from airflow_ma.engine.take import Chosen, Taken, take
from airflow_ma.journey.said import Said

MOVED, REMOVED = "@moved", "@removed"
"""Outcomes of moves that no step decided: names that begin with @ are reserved."""
BY_HAND, ENDED = "by_hand", "ended"
"""Why somebody left whom a person took out, and whom the end of the journey did."""
RETRYABLE = "retryable"
"""As a hold: the mail could not be sent and is tried again."""
PATIENCE = 10.0
"""Real seconds to wait for those whom a worker has in hand."""

e, j, m = enrollment.c, journey.c, message.c


@dataclass(frozen=True, slots=True)
class People:
    """Those of these contacts who are inside, or everybody at a step, or both; who is inside twice, twice."""

    contacts: Sequence[int] | None = None
    """Contact ids."""
    step: str | None = None
    hold: str | None = None
    """Only those whose mail waits for this: a hold of the enrollment, or RETRYABLE."""
    pinned: bool = False
    """Only those who finish on an earlier version."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it."""

    people: int
    """Passages that were moved or ended."""
    gone_on: int = 0
    """Of contacts given with the step where they were seen: those who did not stand there any more."""


def move_people(
    database: Database,
    program: Program,
    people: People,
    to_step: str,
    *,
    by: str,
    reason: str,
    gap_ms: int = 0,
) -> Done:
    """Move them to a step of the program, the newest version.

    They arrive there now and go on by this version, also those who were to finish on an earlier one. Nobody
    gets a mail again that the ledger has. Of those who become due at once each wakes ``gap_ms`` after the one
    before. Waits for those whom a worker has in hand, then raises ByHandError; the others are moved all the
    same.
    """
    with database.read() as connection:
        row = connection.execute(sa.select(j.mode, j.version).where(j.id == program.journey_id)).one()
    if row.mode == "continuous" and row.version != program.version:
        raise newer_version()
    who = [*inside(program.journey_id, people), e.step != to_step]
    check_target(database, program, who, to_step, one_off=row.mode == "one_off")
    if people.step == to_step:
        return Done(0)  # they stand there already, and have not gone on
    slot = 0

    def do(connection: sa.Connection, place: Place, taken: Taken, now: int) -> None:
        nonlocal slot
        let_go(connection, place.step, taken.chosen)
        connection.execute(sa.update(enrollment).where(taken.chosen(e.id)).values(pinned_version=None))
        ways = leading(program, place.step, MOVED, to_step, "")
        relocate(connection, ways, place.step, taken, now=now, run_id=None, sleep={})
        if gap_ms:
            slot = queue_up(connection, taken.chosen, gap_ms, now, max(slot, now))

    def still_newest(connection: sa.Connection) -> None:
        if row.mode == "continuous" and not stays_newest(connection, program):
            raise newer_version()

    line = Line(program.key, "moved", by, reason, program.version, {"to": to_step, "gap_ms": gap_ms})
    return take_away(database, who, people, MOVED, do, line, still_newest)


def remove_people(database: Database, journey_key: str, people: People, *, by: str, reason: str) -> Done:
    """Have them leave the journey. Waits and raises as ``move_people``."""
    return _remove(database, journey_key, people, BY_HAND, by, reason)


def everybody_leaves(database: Database, journey_key: str, *, by: str, reason: str) -> int:
    """The journey is over for all who are inside; as ``remove_people``. Returns how many passages ended."""
    return _remove(database, journey_key, None, ENDED, by, reason).people


def retry_held(database: Database, program: Program, step: str, *, by: str, reason: str = "") -> int:
    """Have the mails of a step that could not be sent tried now; returns how many.

    Those that wait for the morning, for room under a cap or for an end of a pause wait on.
    """
    now = database.clock().now()
    with database.write() as connection:
        number = release_held(connection, program, step, now=now)
        if number:
            line = Line(program.key, "retried", by, reason, program.version, {})
            line.count(connection, step, number, now)
    return number


def close_mails(connection: sa.Connection, step: str, chosen: Chosen) -> None:
    """Nobody will try the mails again that the step still owes to people who are taken away from it."""
    died = m.state == "sending"
    connection.execute(
        sa.update(message)
        .where(chosen(m.enrollment_id), m.step == step, m.state.in_(["retryable", "sending"]))
        .values(
            state=sa.case((died, "unknown"), else_="rejected"),
            reason=sa.case((died, WORKER_DIED), else_=NOT_NEEDED),
        )
    )


def let_go(connection: sa.Connection, step: str, chosen: Chosen) -> None:
    """Nothing keeps them at the step any more from which they are taken away."""
    close_mails(connection, step, chosen)
    connection.execute(sa.update(enrollment).where(chosen(e.id), e.hold.is_not(None)).values(hold=None))


def queue_up(connection: sa.Connection, chosen: Chosen, gap: int, now: int, slot: int) -> int:
    """Wake those who are due one after the other, from ``slot`` (ms) on; returns when the next one may."""
    due = connection.scalars(sa.select(e.id).where(chosen(e.id), e.wake_at <= now).order_by(e.id)).all()
    if due:
        # One by one by their key: a join with a list of them is planned badly where many were just moved.
        queue = [{"b_id": number, "moment": slot + place * gap} for place, number in enumerate(due)]
        woken = sa.update(enrollment).where(e.id == sa.bindparam("b_id"))
        connection.execute(woken.values(wake_at=sa.bindparam("moment")), queue)
    return slot + gap * len(due)


@dataclass(frozen=True, slots=True)
class Place:
    """Where people stand who are taken away: a step, and the version whose ways they would have gone."""

    step: str
    version: int


@dataclass(slots=True)
class _Left:
    """Stands for the step that people are taken away from."""

    reason: str
    outcomes: tuple[str, ...] = (MOVED, REMOVED)

    def leave_reason(self, outcome: str) -> str:
        return self.reason


@dataclass(slots=True)
class Line:
    """The one line in the log about an action: written with the first people, counted up with the others."""

    key: str
    action: Action
    by: str
    reason: str
    version: int
    detail: Mapping[str, Any]
    steps: Counter[str] = field(default_factory=Counter)
    """Where they stood."""
    id: int | None = None

    def count(self, connection: sa.Connection, step: str, number: int, now: int) -> None:
        """So many more of that step, in the transaction that does it with them."""
        self.steps[step] += number
        people, detail = self.steps.total(), {"steps": dict(self.steps), **self.detail}
        if self.id is not None:
            correct_audit(connection, self.id, people=people, detail=detail)
            return
        self.id = write_audit(
            connection,
            self.key,
            self.action,
            by=self.by,
            now=now,
            version=self.version,
            people=people,
            reason=self.reason,
            detail=detail,
        )


Do = Callable[[sa.Connection, Place, Taken, int], None]


def _remove(database: Database, key: str, people: People | None, why: str, by: str, reason: str) -> Done:
    with database.read() as connection:
        journey_id, version = connection.execute(sa.select(j.id, j.version).where(j.key == key)).one()
    who = inside(journey_id, people)

    def do(connection: sa.Connection, place: Place, taken: Taken, now: int) -> None:
        let_go(connection, place.step, taken.chosen)
        program = leading(Program(journey_id, place.version, key, {}, {}), place.step, REMOVED, None, why)
        relocate(connection, program, place.step, taken, now=now, run_id=None, sleep={})

    return take_away(
        database, who, people, REMOVED, do, Line(key, "removed", by, reason, version, {"why": why})
    )


def leading(program: Program, step: str, outcome: str, target: str | None, why: str) -> Program:
    """The program in which a step has this way out."""
    steps: dict[str, StepLogic] = {**program.steps, step: _Left(why)}
    return replace(program, steps=steps, targets={**program.targets, step: {outcome: target}})


def inside(journey_id: int, people: People | None) -> list[Predicate]:
    """The condition for the passages that are meant; None: all that are under way."""
    found: list[Predicate] = [e.journey_id == journey_id, e.wake_at.is_not(None)]
    if people is None:
        return found
    if people.contacts is None and people.step is None:
        raise ValueError("say whom: contacts, or a step")
    if people.contacts is not None:
        found.append(e.contact_id.in_(sorted(set(people.contacts))))
    if people.step is not None:
        found.append(e.step == people.step)
    if people.hold == RETRYABLE:
        held = sa.exists().where(m.enrollment_id == e.id, m.step == e.step, m.state == "retryable")
        found.append(held.correlate(enrollment))
    elif people.hold is not None:
        found.append(e.hold == people.hold)
    if people.pinned:
        found.append(e.pinned_version.is_not(None))
    return found


def take_away(
    database: Database,
    who: list[Predicate],
    asked: People | None,
    outcome: str,
    do: Do,
    line: Line,
    check: Callable[[sa.Connection], None] = lambda _: None,
) -> Done:
    """Take them from where they are, step by step and chunk by chunk.

    Whom somebody else has in hand is skipped and tried again. ``check`` begins each transaction and raises
    when nothing more may be done.
    """
    seen = asked is not None and asked.contacts is not None and asked.step is not None
    taken: set[int] | None = set() if seen else None
    with database.read() as connection:
        people = array("q", connection.scalars(sa.select(e.id).where(*who).order_by(e.id)))
    until = time.monotonic() + PATIENCE
    done = 0
    while people:
        for start in range(0, len(people), CHUNK):
            done += _take_chunk(
                database, people[start : start + CHUNK].tolist(), who, outcome, do, line, check, taken
            )
        people = _remaining(database, people, who)
        if people and time.monotonic() > until:
            raise ByHandError(
                Said(
                    en="Done: {done}. Left where they are, because they are being served right now: {left}. "
                    "Try again in a minute.",
                    ja="{left}人は処理中のため変更していません（{done}人は完了しました）。"
                    "1分ほど待ってからもう一度お試しください。",
                ).filled(left=f"{len(people):,}", done=f"{done:,}")
            )
        if people:
            time.sleep(0.2)
    if taken is None or asked is None or asked.contacts is None:
        return Done(done)
    return Done(done, len(set(asked.contacts) - taken))


def _take_chunk(
    database: Database,
    ids: list[int],
    who: list[Predicate],
    outcome: str,
    do: Do,
    line: Line,
    check: Callable[[sa.Connection], None],
    contacts: set[int] | None,
) -> int:
    dialect = "sqlite" if database.is_sqlite else "postgresql"
    these = [one_of(dialect, e.id, ids), *who]
    version = sa.func.coalesce(e.pinned_version, e.version)
    with database.read() as connection:
        rows = connection.execute(sa.select(e.step, version).where(*these).distinct()).all()
    done = 0
    for place in sorted((Place(*row) for row in rows), key=lambda place: (place.step, place.version)):
        with database.write() as connection:
            check(connection)
            now = database.clock().now()
            free = sa.or_(e.claim.is_(None), e.wake_at <= now)  # or its worker was not heard of again
            here = [*these, free, e.step == place.step, version == place.version]
            taken = take(connection, here, CHUNK, sa.literal(outcome, sa.Text))
            if not taken.number:
                continue
            if contacts is not None:
                contacts.update(connection.scalars(sa.select(e.contact_id).where(taken.chosen(e.id))))
            line.count(connection, place.step, taken.number, now)
            do(connection, place, taken, now)
        done += taken.number
    return done


def _remaining(database: Database, people: array[int], who: list[Predicate]) -> array[int]:
    dialect = "sqlite" if database.is_sqlite else "postgresql"
    left = array("q")
    with database.read() as connection:
        for start in range(0, len(people), CHUNK):
            these = one_of(dialect, e.id, people[start : start + CHUNK].tolist())
            left.extend(connection.scalars(sa.select(e.id).where(these, *who).order_by(e.id)))
    return left


def newer_version() -> ByHandError:
    return ByHandError(
        Said(
            en="A newer version was published meanwhile. Reload and try again.",
            ja="その間に新しいバージョンが公開されました。再読み込みしてからもう一度お試しください。",
        )
    )
