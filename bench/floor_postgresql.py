"""The bare floor's SQL for PostgreSQL."""

from __future__ import annotations

from array import array
from dataclasses import asdict
from typing import Any

import psycopg

from bench import plan
from bench.floor import Mails

_DUE = (
    "SELECT id FROM ma_enrollment WHERE journey_id = %(journey)s AND step = %(step)s AND wake_at <= %(now)s "
    "ORDER BY wake_at LIMIT %(limit)s"
)
_LOG = (
    "INSERT INTO ma_move (enrollment_id, journey_id, version, from_step, outcome, to_step, at, run_id) "
    "SELECT id, %(journey)s, %(version)s, %(step)s, %(outcome)s, %(target)s, %(now)s, %(run)s FROM changed"
)
_ENTER = (
    "WITH changed AS (INSERT INTO ma_enrollment (journey_id, version, contact_id, entry_key, cohort, step, "
    "entered_at, arrived_at, wake_at) SELECT %(journey)s, %(version)s, id, '', '', %(target)s, %(now)s, "
    "%(now)s, %(now)s FROM ma_contact WHERE id BETWEEN %(low)s AND %(high)s ORDER BY id RETURNING id) " + _LOG
)
_CLAIM = (
    f"WITH held AS (UPDATE ma_enrollment SET claim = %(batch)s, wake_at = %(lease)s WHERE id IN ({_DUE}) "
    "RETURNING id, contact_id) "
    "INSERT INTO ma_message (enrollment_id, step, journey_id, contact_id, channel, conn_id, template, "
    "purpose, state, batch, created_at) SELECT id, %(step)s, %(journey)s, contact_id, %(channel)s, "
    "%(conn_id)s, %(template)s, %(purpose)s, 'sending', %(batch)s, %(now)s FROM held ORDER BY id "
    "RETURNING id, enrollment_id"
)
_ACCEPT = (
    "UPDATE ma_message SET state = 'accepted', provider_id = %(provider_id)s, sent_at = %(now)s "
    "WHERE id BETWEEN %(first_mail)s AND %(last_mail)s"
)
_TO_WAIT = (
    "WITH changed AS (UPDATE ma_enrollment SET step = %(target)s, arrived_at = %(now)s, "
    "deadline_at = %(deadline)s, wake_at = %(deadline)s, claim = NULL WHERE id = ANY(%(ids)s) RETURNING id) "
) + _LOG
_MAILED_OUT = (
    "WITH changed AS (UPDATE ma_enrollment SET wake_at = NULL, claim = NULL, left_at = %(now)s, "
    "left_reason = 'completed' WHERE id = ANY(%(ids)s) RETURNING id) "
) + _LOG
_EVENTS = (
    "INSERT INTO ma_event (type, at, received_at, contact_id, message_id, machine, dedupe_key) "
    "SELECT 'email.open', %(now)s, %(now)s, contact_id, message_id, false, key "
    "FROM unnest(%(contacts)s::bigint[], %(messages)s::bigint[], %(keys)s::text[]) "
    "AS t(contact_id, message_id, key)"
)
_WAKE = (
    "UPDATE ma_enrollment SET wake_at = %(now)s WHERE contact_id = ANY(%(contacts)s) AND wake_at IS NOT NULL"
)
_BRANCH = (
    "WITH changed AS (UPDATE ma_enrollment SET step = %(target)s, arrived_at = %(now)s, deadline_at = NULL, "
    f"wake_at = %(now)s WHERE id IN ({_DUE}) RETURNING id) " + _LOG
)
_ALERT = (
    "WITH changed AS (UPDATE ma_enrollment SET wake_at = NULL, left_at = %(now)s, left_reason = 'completed' "
    f"WHERE id IN ({_DUE}) RETURNING id, contact_id), "
    "alerted AS (INSERT INTO ma_alert (enrollment_id, step, journey_id, contact_id, reason, created_at) "
    "SELECT id, %(step)s, %(journey)s, contact_id, %(reason)s, %(now)s FROM changed) " + _LOG
)
_REST = "UPDATE ma_journey_step SET wake_at = %(again)s WHERE journey_id = %(journey)s AND step = %(step)s"


class PostgresqlFloor:
    """``connection`` is the driver's own; see ``floor.Statements``."""

    def __init__(
        self, connection: psycopg.Connection[Any], journey_id: int, version: int, mails: Mails
    ) -> None:
        self._connection = connection
        self._known = {"journey": journey_id, "version": version, "run": plan.RUN_ID, **asdict(mails)}

    def _execute(self, sql: str, **values: Any) -> psycopg.Cursor[Any]:
        return self._connection.execute(sql, self._known | values)

    def enter(self, low: int, high: int) -> None:
        step = {"step": plan.ENTRY, "outcome": "entered", "target": plan.FIRST}
        self._execute(_ENTER, now=plan.START, low=low, high=high, **step)
        self._connection.commit()

    def rest(self, now: int) -> None:
        self._execute(_REST, step=plan.ENTRY, again=now + 24 * plan.HOUR)
        self._connection.commit()

    def claim(self, step: str, template: str, now: int, limit: int, batch: str) -> Any:
        values = {"step": step, "now": now, "limit": limit, "batch": batch, "lease": now + 300_000}
        rows = self._execute(_CLAIM, template=template, **values).fetchall()
        self._connection.commit()
        if not rows:
            return None
        return {"first_mail": rows[0][0], "last_mail": rows[-1][0], "ids": [row[1] for row in rows]}

    def settle(self, step: str, now: int, held: Any, provider_id: str | None = None) -> None:
        target = plan.WAIT if step == plan.FIRST else None
        self._execute(_ACCEPT, now=now, provider_id=provider_id, **held)
        values = {"step": step, "outcome": "sent", "target": target, "now": now, **held}
        if target:
            self._execute(_TO_WAIT, deadline=now + plan.WITHIN, **values)
        else:
            self._execute(_MAILED_OUT, **values)
        self._connection.commit()

    def take_in(self, batch: list[plan.Open], mails: array[int]) -> None:
        contacts = [o.contact_id for o in batch]
        self._execute(
            _EVENTS,
            now=batch[0].at,
            contacts=contacts,
            messages=[mails[contact] for contact in contacts],
            keys=[o.dedupe_key for o in batch],
        )
        self._execute(_WAKE, now=batch[0].at, contacts=contacts)
        self._connection.commit()

    def branch(self, outcome: str, target: str, now: int, limit: int) -> int:
        values = {"step": plan.WAIT, "outcome": outcome, "target": target, "now": now, "limit": limit}
        moved = self._execute(_BRANCH, **values).rowcount
        self._connection.commit()
        return moved

    def alert(self, now: int, limit: int) -> int:
        values = {"step": plan.ALERT, "outcome": "alerted", "target": None, "now": now, "limit": limit}
        left = self._execute(_ALERT, reason=plan.REASON, **values).rowcount
        self._connection.commit()
        return left
