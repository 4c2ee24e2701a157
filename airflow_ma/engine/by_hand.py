"""Moving people to another step, taking them out, and trying held mails again, because somebody says so."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from airflow_ma.engine.advance import CHUNK, relocate, take
from airflow_ma.engine.audit import Action, write_audit
from airflow_ma.engine.database import Database
from airflow_ma.engine.ledger import release_held
from airflow_ma.engine.mail_rules import NOT_NEEDED, WORKER_DIED
from airflow_ma.engine.program import Program, stays_newest
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Predicate, StepLogic
from airflow_ma.engine.tables import enrollment, journey, message
from airflow_ma.journey.said import Said, SaidError

MOVED, REMOVED = "@moved", "@removed"
"""Outcomes of moves that no step decided: names that begin with @ are reserved."""
BY_HAND, ENDED = "by_hand", "ended"
"""Why somebody left whom a person took out, and whom the end of the journey did."""
RETRYABLE = "retryable"
"""As a hold: the mail could not be sent and is tried again."""
PATIENCE = 10.0
"""Real seconds to wait for those whom a worker has in hand."""

e, j, m = enrollment.c, journey.c, message.c
Chosen = Callable[[sa.ColumnElement[int]], Predicate]


@dataclass(frozen=True, slots=True)
class People:
    """Those of these contacts who are inside, or everybody at a step, or both; who is inside twice, twice."""

    contacts: Sequence[int] | None = None
    """Contact ids."""
    step: str | None = None
    hold: str | None = None
    """Only those whose mail waits for this: a hold of the enrollment, or RETRYABLE."""


class ByHandError(SaidError):
    """It cannot be done with these people now; ``said`` says why and what to do."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en, said)


def move_people(
    database: Database,
    program: Program,
    people: People,
    to_step: str,
    *,
    by: str,
    reason: str,
    gap_ms: int = 0,
) -> int:
    """Move them to a step of the program, the newest version; returns how many passages were moved.

    They arrive there now and go on by this version, also those who were to finish on an earlier one. Nobody
    gets a mail again that the ledger has. Of those who become due at once each wakes ``gap_ms`` after the one
    before. Waits for those whom a worker has in hand, then raises ByHandError; the others are moved all the
    same.
    """
    with database.read() as connection:
        row = connection.execute(sa.select(j.mode, j.version).where(j.id == program.journey_id)).one()
    if row.mode == "continuous" and row.version != program.version:
        raise _newer_version()
    _check_target(program, to_step)
    who = [*_inside(program.journey_id, people), e.step != to_step]
    if row.mode == "one_off":
        _check_one_off(database, program, who, to_step)
    slot = 0

    def do(connection: sa.Connection, place: _Place, chosen: Chosen, now: int) -> None:
        nonlocal slot
        connection.execute(sa.update(enrollment).where(chosen(e.id)).values(pinned_version=None))
        ways = leading(program, place.step, MOVED, to_step, "")
        relocate(
            connection, ways, place.step, sa.literal(MOVED, sa.Text), chosen, now=now, run_id=None, sleep={}
        )
        if gap_ms:
            slot = queue_up(connection, chosen, gap_ms, now, max(slot, now))

    def tell(connection: sa.Connection, place: _Place, number: int, now: int) -> None:
        detail = {"from": place.step, "to": to_step, "gap_ms": gap_ms}
        _audit(connection, program.key, "moved", by, reason, program.version, number, detail, now)

    def still_newest(connection: sa.Connection) -> None:
        if row.mode == "continuous" and not stays_newest(connection, program):
            raise _newer_version()

    return _take_away(database, who, MOVED, do, tell, still_newest)


def remove_people(database: Database, journey_key: str, people: People, *, by: str, reason: str) -> int:
    """Have them leave the journey; returns how many passages ended. Waits and raises as ``move_people``."""
    with database.read() as connection:
        journey_id = connection.execute(sa.select(j.id).where(j.key == journey_key)).scalar_one()
    who = _inside(journey_id, people)
    return _remove(database, journey_id, journey_key, who, BY_HAND, by, reason)


def everybody_leaves(database: Database, journey_key: str, *, by: str, reason: str) -> int:
    """The journey is over for all who are inside; as ``remove_people``."""
    with database.read() as connection:
        journey_id = connection.execute(sa.select(j.id).where(j.key == journey_key)).scalar_one()
    who = [e.journey_id == journey_id, e.wake_at.is_not(None)]
    return _remove(database, journey_id, journey_key, who, ENDED, by, reason)


def retry_held(database: Database, program: Program, step: str, *, by: str, reason: str = "") -> int:
    """Have the mails of a step that could not be sent tried now; returns how many.

    Those that wait for the morning, for room under a cap or for an end of a pause wait on.
    """
    now = database.clock().now()
    with database.write() as connection:
        number = release_held(connection, program, step, now=now)
        if number:
            detail = {"step": step}
            _audit(connection, program.key, "retried", by, reason, program.version, number, detail, now)
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
class _Place:
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


Do = Callable[[sa.Connection, _Place, Chosen, int], None]
Tell = Callable[[sa.Connection, _Place, int, int], None]


def _remove(
    database: Database, journey_id: int, key: str, who: list[Predicate], why: str, by: str, reason: str
) -> int:
    def do(connection: sa.Connection, place: _Place, chosen: Chosen, now: int) -> None:
        program = leading(Program(journey_id, place.version, key, {}, {}), place.step, REMOVED, None, why)
        outcome = sa.literal(REMOVED, sa.Text)
        relocate(connection, program, place.step, outcome, chosen, now=now, run_id=None, sleep={})

    def tell(connection: sa.Connection, place: _Place, number: int, now: int) -> None:
        detail = {"from": place.step, "why": why}
        _audit(connection, key, "removed", by, reason, place.version, number, detail, now)

    return _take_away(database, who, REMOVED, do, tell)


def leading(program: Program, step: str, outcome: str, target: str | None, why: str) -> Program:
    """The program in which a step has this way out."""
    steps: dict[str, StepLogic] = {**program.steps, step: _Left(why)}
    return replace(program, steps=steps, targets={**program.targets, step: {outcome: target}})


def _inside(journey_id: int, people: People) -> list[Predicate]:
    found: list[Predicate] = [e.journey_id == journey_id, e.wake_at.is_not(None)]
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
    return found


def _take_away(
    database: Database,
    who: list[Predicate],
    outcome: str,
    do: Do,
    tell: Tell,
    check: Callable[[sa.Connection], None] = lambda _: None,
) -> int:
    """Take them from where they are, step by step and chunk by chunk, each with its line in the log.

    Whom somebody else has in hand is skipped and tried again. ``check`` begins each transaction and raises
    when nothing more may be done.
    """
    with database.read() as connection:
        people = array("q", connection.scalars(sa.select(e.id).where(*who).order_by(e.id)))
    until = time.monotonic() + PATIENCE
    done = 0
    while people:
        for start in range(0, len(people), CHUNK):
            done += _take_chunk(
                database, people[start : start + CHUNK].tolist(), who, outcome, do, tell, check
            )
        people = _remaining(database, people, who)
        if people and time.monotonic() > until:
            raise ByHandError(
                Said(
                    en="{left} people are being served right now and were left where they are; {done} are "
                    "done. Try again in a minute.",
                    ja="{left}人は処理中のため変更していません（{done}人は完了しました）。"
                    "1分ほど待ってからもう一度お試しください。",
                ).filled(left=f"{len(people):,}", done=f"{done:,}")
            )
        if people:
            time.sleep(0.2)
    return done


def _take_chunk(
    database: Database,
    ids: list[int],
    who: list[Predicate],
    outcome: str,
    do: Do,
    tell: Tell,
    check: Callable[[sa.Connection], None],
) -> int:
    dialect = "sqlite" if database.is_sqlite else "postgresql"
    these = [one_of(dialect, e.id, ids), *who]
    version = sa.func.coalesce(e.pinned_version, e.version)
    with database.read() as connection:
        rows = connection.execute(sa.select(e.step, version).where(*these).distinct()).all()
    done = 0
    for place in sorted((_Place(*row) for row in rows), key=lambda place: (place.step, place.version)):
        with database.write() as connection:
            check(connection)
            now = database.clock().now()
            free = sa.or_(e.claim.is_(None), e.wake_at <= now)  # or its worker was not heard of again
            here = [*these, free, e.step == place.step, version == place.version]
            taken, chosen = take(connection, here, CHUNK, sa.literal(outcome, sa.Text))
            if not taken:
                continue
            close_mails(connection, place.step, chosen)
            connection.execute(
                sa.update(enrollment).where(chosen(e.id), e.hold.is_not(None)).values(hold=None)
            )
            tell(connection, place, taken, now)
            do(connection, place, chosen, now)
        done += taken
    return done


def _remaining(database: Database, people: array[int], who: list[Predicate]) -> array[int]:
    dialect = "sqlite" if database.is_sqlite else "postgresql"
    left = array("q")
    with database.read() as connection:
        for start in range(0, len(people), CHUNK):
            these = one_of(dialect, e.id, people[start : start + CHUNK].tolist())
            left.extend(connection.scalars(sa.select(e.id).where(these, *who).order_by(e.id)))
    return left


def _newer_version() -> ByHandError:
    return ByHandError(
        Said(
            en="A newer version was published meanwhile. Reload and try again.",
            ja="その間に新しいバージョンが公開されました。再読み込みしてからもう一度お試しください。",
        )
    )


def _check_target(program: Program, to_step: str) -> None:
    if to_step not in program.steps:
        raise ByHandError(
            Said(
                en="This journey has no step “{step}”. It has: {known}.",
                ja="このジャーニーに「{step}」というステップはありません。選べるステップ: {known}",
            ).filled(step=to_step, known=", ".join(sorted(program.steps)))
        )
    if getattr(program.steps[to_step], "is_entry", False):
        raise ByHandError(
            Said(
                en="Nobody can stand at a step that lets people in. Choose the step after it.",
                ja="入口のステップへは移動できません。その次のステップを選んでください。",
            )
        )


def _check_one_off(database: Database, program: Program, who: list[Predicate], to_step: str) -> None:
    """In a one-off run a step's task ends once those before it are done: only those further on still run."""
    with database.read() as connection:
        places = connection.execute(sa.select(e.step, e.version).where(*who).distinct()).all()
    if any(row.version != program.version for row in places):
        raise ByHandError(
            Said(
                en="Some of these people are in a run of an earlier version: they can only be taken out.",
                ja="以前のバージョンの実行に含まれる人がいるため、移動できません（終了させることはできます）。",
            )
        )
    for row in places:
        if to_step not in _further_on(program.targets, row.step):
            raise ByHandError(
                Said(
                    en="In a one-off run people can only be moved forward: “{to}” does not come after "
                    "“{step}”.",
                    ja="1回限りの配信では、先のステップへの移動だけができます。"
                    "「{to}」は「{step}」より後のステップではありません。",
                ).filled(to=to_step, step=row.step)
            )


def _further_on(targets: Mapping[str, Mapping[str, str | None]], step: str) -> set[str]:
    found: set[str] = set()
    ahead = [step]
    while ahead:
        for target in targets.get(ahead.pop(), {}).values():
            if target is not None and target not in found:
                found.add(target)
                ahead.append(target)
    return found


def _audit(
    connection: sa.Connection,
    key: str,
    action: Action,
    by: str,
    reason: str,
    version: int,
    people: int,
    detail: Mapping[str, Any],
    now: int,
) -> None:
    write_audit(
        connection, key, action, by=by, now=now, version=version, people=people, reason=reason, detail=detail
    )
