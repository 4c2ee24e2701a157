"""The bare floor's SQL for SQLite."""

from __future__ import annotations

import json
import sqlite3
from array import array
from dataclasses import asdict
from typing import Any

from bench import plan
from bench.floor import Mails

_DUE = (
    "SELECT id FROM ma_enrollment WHERE journey_id = :journey AND step = :step AND wake_at <= :now "
    "ORDER BY wake_at LIMIT :limit"
)
_LOG = (
    "INSERT INTO ma_move (enrollment_id, journey_id, version, from_step, outcome, to_step, at, run_id) "
    "SELECT id, :journey, :version, :step, :outcome, :target, :now, :run FROM "
)
_ENTER = (
    "INSERT INTO ma_enrollment (journey_id, version, contact_id, entry_key, cohort, step, entered_at, "
    "arrived_at, wake_at) SELECT :journey, :version, id, '', '', :target, :now, :now, :now "
    "FROM ma_contact WHERE id BETWEEN :low AND :high ORDER BY id"
)
_CLAIM = f"UPDATE ma_enrollment SET claim = :batch, wake_at = :lease WHERE id IN ({_DUE}) RETURNING id"
_WRITE_MAILS = (
    "INSERT INTO ma_message (enrollment_id, step, journey_id, contact_id, channel, conn_id, template, "
    "purpose, state, batch, created_at) SELECT id, :step, :journey, contact_id, :channel, :conn_id, "
    ":template, :purpose, 'sending', :batch, :now "
    "FROM ma_enrollment WHERE id BETWEEN :low AND :high AND claim = :batch ORDER BY id"
)
_ACCEPT = (
    "UPDATE ma_message SET state = 'accepted', provider_id = :provider_id, sent_at = :now "
    "WHERE id BETWEEN :first_mail AND :last_mail"
)
_HELD = "ma_enrollment WHERE id BETWEEN :low AND :high AND claim = :batch"
_TO_WAIT = (
    "UPDATE ma_enrollment SET step = :target, arrived_at = :now, deadline_at = :deadline, "
    "wake_at = :deadline, claim = NULL WHERE id BETWEEN :low AND :high AND claim = :batch"
)
_MAILED_OUT = (
    "UPDATE ma_enrollment SET wake_at = NULL, claim = NULL, left_at = :now, left_reason = 'completed' "
    "WHERE id BETWEEN :low AND :high AND claim = :batch"
)
_EVENT = (
    "INSERT INTO ma_event (type, at, received_at, contact_id, message_id, machine, dedupe_key) "
    "VALUES ('email.open', ?, ?, ?, ?, 0, ?)"
)
_WAKE = (
    "UPDATE ma_enrollment SET wake_at = ? "
    "WHERE contact_id IN (SELECT value FROM json_each(?)) AND wake_at IS NOT NULL"
)
_BRANCH = (
    "UPDATE ma_enrollment SET step = :target, arrived_at = :now, deadline_at = NULL, wake_at = :now "
    f"WHERE id IN ({_DUE})"
)
_ALERT = (
    "INSERT INTO ma_alert (enrollment_id, step, journey_id, contact_id, reason, created_at) "
    "SELECT id, :step, :journey, contact_id, :reason, :now "
    f"FROM ma_enrollment WHERE id IN ({_DUE}) ORDER BY id"
)
_OUT = (
    f"UPDATE ma_enrollment SET wake_at = NULL, left_at = :now, left_reason = 'completed' WHERE id IN ({_DUE})"
)
_REST = "UPDATE ma_journey_step SET wake_at = :again WHERE journey_id = :journey AND step = :step"


class SqliteFloor:
    """``connection`` is the driver's own, in autocommit mode; see ``floor.Statements``."""

    def __init__(self, connection: sqlite3.Connection, journey_id: int, version: int, mails: Mails) -> None:
        self._connection = connection
        self._known = {"journey": journey_id, "version": version, "run": plan.RUN_ID, **asdict(mails)}

    def _execute(self, sql: str, **values: Any) -> sqlite3.Cursor:
        return self._connection.execute(sql, self._known | values)

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def enter(self, low: int, high: int) -> None:
        self._begin()
        last = self._execute(_ENTER, target=plan.FIRST, now=plan.START, low=low, high=high).lastrowid
        if not last:  # the driver tells it for INSERT ... VALUES only
            last = self._execute("SELECT last_insert_rowid()").fetchone()[0]
        entered = {"step": plan.ENTRY, "outcome": "entered", "target": plan.FIRST, "now": plan.START}
        source = "ma_enrollment WHERE id BETWEEN :first AND :last ORDER BY id"
        self._execute(_LOG + source, first=last - (high - low), last=last, **entered)
        self._commit()

    def rest(self, now: int) -> None:
        self._begin()
        self._execute(_REST, step=plan.ENTRY, again=now + 24 * plan.HOUR)
        self._commit()

    def claim(self, step: str, template: str, now: int, limit: int, batch: str) -> Any:
        self._begin()
        ids = self._execute(
            _CLAIM, step=step, now=now, limit=limit, batch=batch, lease=now + 300_000
        ).fetchall()
        if not ids:
            self._commit()
            return None
        held = {"low": min(ids)[0], "high": max(ids)[0], "batch": batch}
        self._execute(_WRITE_MAILS, step=step, template=template, now=now, **held)
        last = self._execute("SELECT last_insert_rowid()").fetchone()[0]
        self._commit()
        return held | {"first_mail": last - len(ids) + 1, "last_mail": last}

    def settle(self, step: str, now: int, held: Any, provider_id: str | None = None) -> None:
        target = plan.WAIT if step == plan.FIRST else None
        self._begin()
        self._execute(_ACCEPT, now=now, provider_id=provider_id, **held)
        self._execute(f"{_LOG}{_HELD} ORDER BY id", step=step, outcome="sent", target=target, now=now, **held)
        if target:
            self._execute(_TO_WAIT, target=target, now=now, deadline=now + plan.WITHIN, **held)
        else:
            self._execute(_MAILED_OUT, now=now, **held)
        self._commit()

    def take_in(self, batch: list[plan.Open], mails: array[int]) -> None:
        self._begin()
        self._connection.executemany(
            _EVENT, [(o.at, o.at, o.contact_id, mails[o.contact_id], o.dedupe_key) for o in batch]
        )
        self._connection.execute(_WAKE, (batch[0].at, json.dumps([o.contact_id for o in batch])))
        self._commit()

    def branch(self, outcome: str, target: str, now: int, limit: int) -> int:
        values = {"step": plan.WAIT, "target": target, "now": now, "limit": limit}
        self._begin()
        self._execute(f"{_LOG}({_DUE}) ORDER BY id", outcome=outcome, **values)
        moved = self._execute(_BRANCH, **values).rowcount
        self._commit()
        return moved

    def alert(self, now: int, limit: int) -> int:
        values = {"step": plan.ALERT, "now": now, "limit": limit}
        self._begin()
        self._execute(_ALERT, reason=plan.REASON, **values)
        self._execute(f"{_LOG}({_DUE}) ORDER BY id", outcome="alerted", target=None, **values)
        left = self._execute(_OUT, **values).rowcount
        self._commit()
        return left
