"""Having people who finish on an earlier version go on with the newest one, at the step where they stand."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from airflow_ma.engine.changes.applying import adopt, spread
from airflow_ma.engine.control.by_hand import Done, Line, People, Place, inside, newer_version, take_away
from airflow_ma.engine.control.move_targets import ByHandError, is_entry
from airflow_ma.engine.control.standstill import being_resumed
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program, stays_newest
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import enrollment, journey
from airflow_ma.engine.take import Taken
from airflow_ma.journey.said import Said

ADOPTED = "@adopted"
"""Stands where an outcome must: nobody leaves their step."""

e, j = enrollment.c, journey.c


def on_earlier(journey_id: int, people: People) -> list[Predicate]:
    """The condition for those of them who finish on an earlier version."""
    return inside(journey_id, replace(people, pinned=True))


def continue_on_newest(
    database: Database, program: Program, people: People, *, by: str, reason: str, gap_ms: int = 0
) -> Done:
    """Those of them who finish on an earlier version go on with the program, the newest one.

    They stay where they are, and its settings hold for them as if they had come to the step under them:
    deadlines count from when each arrived. Nobody gets a mail again that the ledger has. Of those who become
    due at once each wakes ``gap_ms`` after the one before. Waits for those whom a worker has in hand, then
    raises ByHandError; the others go on all the same. Raises it, with nothing done, when the newest version
    has not got the step of one of them.
    """
    with database.read() as connection:
        check_newest(connection, program, people)
    slot = 0

    def do(connection: sa.Connection, place: Place, taken: Taken, now: int) -> None:
        nonlocal slot
        connection.execute(sa.update(enrollment).where(taken.chosen(e.id)).values(pinned_version=None))
        adopt(connection, program, place.step, taken.chosen, now)
        slot = spread(connection, taken.chosen, gap_ms, now, max(slot, now))

    def still_newest(connection: sa.Connection) -> None:
        if not stays_newest(connection, program):
            raise newer_version()
        if being_resumed(connection, program):
            raise _being_resumed()  # the pause is not yet among those that did not count

    who = [*on_earlier(program.journey_id, people), e.step.in_(places_in(program))]
    line = Line(program.key, "continued", by, reason, program.version, {"gap_ms": gap_ms})
    return take_away(database, who, people, ADOPTED, do, line, still_newest)


def check_newest(connection: sa.Connection, program: Program, people: People) -> None:
    """Raises ByHandError when they cannot go on with the program where they stand."""
    row = connection.execute(sa.select(j.mode, j.version).where(j.id == program.journey_id)).one()
    if row.mode == "one_off":
        raise _runs_once()
    if row.version != program.version:
        raise newer_version()
    there = connection.scalars(sa.select(e.step).where(*on_earlier(program.journey_id, people)).distinct())
    gone = sorted(set(there) - set(places_in(program)))
    if gone:
        raise _gone(gone, of_one=people.step is not None)


def places_in(program: Program) -> list[str]:
    """The steps where people can stand."""
    return [step for step in program.steps if not is_entry(program, step)]


def _gone(steps: list[str], *, of_one: bool) -> ByHandError:
    if of_one:
        return ByHandError(
            Said(
                en="The newest version no longer has this step. Move these people to another step instead: "
                "they then go on with the newest version, too.",
                ja="最新版にはこのステップがありません。代わりに別のステップへ移動してください"
                "（移動した人は最新版で続行します）。",
            )
        )
    return ByHandError(
        Said(
            en="The newest version no longer has the step where some of them stand ({steps}). Move those to "
            "another step instead: they then go on with the newest version, too.",
            ja="対象者がいるステップの一部が最新版にありません（{steps}）。その人たちは別のステップへ"
            "移動してください（移動した人は最新版で続行します）。",
        ).filled(steps=", ".join(steps))
    )


def _runs_once() -> ByHandError:
    return ByHandError(
        Said(
            en="In a journey that runs once, everybody goes on with the version they began with.",
            ja="1回限りの配信では、全員が開始時のバージョンのまま進みます。",
        )
    )


def _being_resumed() -> ByHandError:
    return ByHandError(
        Said(
            en="The journey is being resumed right now. Try again in a minute.",
            ja="ジャーニーを再開している途中です。1分ほど待ってからもう一度お試しください。",
        )
    )
