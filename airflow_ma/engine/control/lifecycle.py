"""Pausing, resuming, closing and archiving a journey: what holds for everybody in it at once."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa

from airflow_ma.engine.changes.audit import write_audit
from airflow_ma.engine.changes.drafts import create_draft, find_draft, save_draft
from airflow_ma.engine.changes.releases import add_release, newest_release
from airflow_ma.engine.clock import NEVER
from airflow_ma.engine.control.by_hand import everybody_leaves
from airflow_ma.engine.control.standstill import ProgramOf, Stretch, shift_moments
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import enrollment, entry_request, journey, journey_draft, journey_step
from airflow_ma.journey.said import Said, SaidError

Deadlines = Literal["stood_still", "catch_up"]
Remaining = Literal["finish", "leave"]
d, e, j, s = journey_draft.c, enrollment.c, journey.c, journey_step.c


class LifecycleError(SaidError):
    """It cannot be done with this journey now; ``said`` says why and what to do."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en, said)


def pause_journey(database: Database, key: str, *, by: str, reason: str) -> bool:
    """From now on nobody in it moves and nobody enters; False if it was paused before.

    Mails that are on their way are settled all the same, and what happens meanwhile is kept.
    """
    now = database.clock().now()
    with database.write() as connection:
        row = _locked(connection, key)
        _must_be_in_use(row)
        if row.paused_at is not None:
            return False
        _set(connection, row.id, paused_at=now)
        write_audit(connection, key, "paused", by=by, now=now, version=row.version, reason=reason)
    return True


def resume_journey(
    database: Database, key: str, programs: ProgramOf, *, deadlines: Deadlines, by: str, reason: str
) -> bool:
    """Everybody goes on; False if it was not paused.

    ``stood_still``: what waits for a moment waits as much longer as the journey was paused; moments in local
    time that were missed are looked for anew. ``catch_up``: whose moment has come is due at once.
    ``programs`` gives the program of any version of the journey in which people wait.

    The moments are shifted in chunks while the journey is still paused, and how far that has come is in the
    transaction of each chunk: after a crash the next call goes on there, and then makes good for the time
    until then.
    """
    known: dict[int, Program] = {}

    def program(version: int) -> Program:
        return known.get(version) or known.setdefault(version, programs(version))

    began: int | None = None
    while True:
        now = database.clock().now()
        with database.write() as connection:
            row = _locked(connection, key)
            if row.paused_at is None:
                return False
            if row.resuming_at is None:
                if deadlines == "catch_up":
                    return _goes_on(connection, row, deadlines, by, reason, now)
                began = now
                _set(connection, row.id, resuming_at=now, shifted_to=0)
                continue
            stretch = Stretch(row.paused_at, row.resuming_at)
            last = shift_moments(connection, row.id, stretch, program, row.shifted_to or 0)
            if last is not None:
                _set(connection, row.id, shifted_to=last)
            elif row.resuming_at == began:
                return _goes_on(connection, row, deadlines, by, reason, now)
            else:  # somebody began this and never came to its end: it has stood still since
                _set(connection, row.id, paused_at=row.resuming_at, resuming_at=None, shifted_to=None)


def close_journey(database: Database, key: str, *, people: Remaining, by: str, reason: str) -> int:
    """From now on nobody enters; who is inside goes on (``finish``) or leaves now; returns how many left.

    Raises ByHandError when a worker has some of them in hand for so long that they could not leave.
    """
    now = database.clock().now()
    with database.write() as connection:
        row = _locked(connection, key)
        _must_be_in_use(row)
        if row.closed_at is None:
            _set(connection, row.id, closed_at=now)
            write_audit(
                connection, key, "closed", by=by, now=now, version=row.version, reason=reason,
                detail={"people": people},
            )  # fmt: skip
        _drop_requests(connection, row.id)
    return everybody_leaves(database, key, by=by, reason=reason) if people == "leave" else 0


def reopen_journey(database: Database, key: str, *, by: str, reason: str) -> bool:
    """People enter again; False if it was not closed. What knocked meanwhile is not let in."""
    now = database.clock().now()
    with database.write() as connection:
        row = _locked(connection, key)
        _must_be_in_use(row)
        if row.closed_at is None:
            return False
        _drop_requests(connection, row.id)
        _set(connection, row.id, closed_at=None)
        _wake_entries(connection, row.id, now)
        write_audit(connection, key, "reopened", by=by, now=now, version=row.version, reason=reason)
    return True


def archive_journey(database: Database, key: str, *, by: str, reason: str) -> bool:
    """Put a journey away in which nobody is; False if it was put away before.

    One that was published in the builder is withdrawn: Airflow's bundle no longer has it.
    """
    now = database.clock().now()
    with database.write() as connection:
        row = _locked(connection, key)
        if row.archived_at is not None:
            return False
        inside = connection.scalar(
            sa.select(sa.func.count()).where(e.journey_id == row.id, e.wake_at.is_not(None))
        )
        if inside:
            raise LifecycleError(
                Said(
                    en="{number} people are still in it. Close it first and wait until they have finished, "
                    "or close it and let them leave.",
                    ja="まだ{number}人が進行中です。先に受付を終了して全員の完了を待つか、"
                    "全員を終了させてからアーカイブしてください。",
                ).filled(number=f"{inside:,}")
            )
        _drop_requests(connection, row.id)
        _set(connection, row.id, archived_at=now, closed_at=row.closed_at or now)
        release = newest_release(connection, key)
        write_audit(connection, key, "archived", by=by, now=now, version=row.version, reason=reason)
        if release is not None and not release.withdrawn:
            add_release(
                connection, key, release.version, release.document, release.layout,
                by=by, now=now, note=reason, withdrawn=True,
            )  # fmt: skip
    return True


def unarchive_journey(database: Database, key: str, *, by: str, reason: str) -> bool:
    """Take it out again; False if it was not put away. One from the builder is a draft until published."""
    now = database.clock().now()
    with database.write() as connection:
        # The draft before the journey, as who publishes does: else the two could wait for each other.
        connection.execute(sa.select(d.key).where(d.key == key).with_for_update())
        row = _locked(connection, key)
        if row.archived_at is None:
            return False
        _set(connection, row.id, archived_at=None, closed_at=None)
        _drop_requests(connection, row.id)
        _wake_entries(connection, row.id, now)
        release = newest_release(connection, key)
        if release is not None:
            draft = find_draft(connection, key)
            content = (key, release.document, release.layout)
            if draft is None:
                create_draft(connection, *content, by=by, now=now)
            elif draft.document is None:
                save_draft(connection, *content, revision=draft.revision, by=by, now=now)
        write_audit(connection, key, "unarchived", by=by, now=now, version=row.version, reason=reason)
    return True


def _locked(connection: sa.Connection, key: str) -> sa.Row[Any]:
    """The journey, which nobody else changes, enters or publishes until this transaction ends."""
    row = connection.execute(sa.select(journey).where(j.key == key).with_for_update()).one_or_none()
    if row is None:
        raise LifecycleError(
            Said(
                en="There is no journey “{key}” that has ever run here. Publish it first, or wait for its "
                "first run.",
                ja="「{key}」というジャーニーはまだ一度も実行されていません。先に公開するか、"
                "最初の実行を待ってください。",
            ).filled(key=key)
        )
    return row


def _must_be_in_use(row: sa.Row[Any]) -> None:
    if row.archived_at is not None:
        raise LifecycleError(
            Said(
                en="This journey is in the archive. Take it out of the archive first.",
                ja="このジャーニーはアーカイブされています。先にアーカイブから戻してください。",
            )
        )


def _set(connection: sa.Connection, journey_id: int, **values: int | None) -> None:
    connection.execute(sa.update(journey).where(j.id == journey_id).values(**values))


def _goes_on(
    connection: sa.Connection, row: sa.Row[Any], deadlines: Deadlines, by: str, reason: str, now: int
) -> bool:
    _set(connection, row.id, paused_at=None, resuming_at=None, shifted_to=None)
    # Whoever was looking through an audience when the pause came has not seen all of it.
    due = (s.journey_id == row.id, s.wake_at <= now)
    connection.execute(sa.update(journey_step).where(*due).values(wake_at=now))
    write_audit(
        connection, row.key, "resumed", by=by, now=now, version=row.version, reason=reason,
        detail={"deadlines": deadlines, "paused_ms": now - row.paused_at},
    )  # fmt: skip
    return True


def _drop_requests(connection: sa.Connection, journey_id: int) -> None:
    connection.execute(sa.delete(entry_request).where(entry_request.c.journey_id == journey_id))


def _wake_entries(connection: sa.Connection, journey_id: int, now: int) -> None:
    """Look through the audiences that were put to sleep because nobody might enter."""
    asleep = (s.journey_id == journey_id, s.wake_at == NEVER)
    connection.execute(sa.update(journey_step).where(*asleep).values(wake_at=now))
