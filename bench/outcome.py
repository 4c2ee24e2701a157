"""What a run left behind, so that two runs can be proved to have done the same work."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.database import Database

Outcome = dict[str, list[list[object]]]

_QUERIES = {
    "ma_enrollment": (
        "SELECT journey_id, version, cohort, step, left_reason, CASE WHEN wake_at IS NULL THEN 1 END, "
        "CASE WHEN deadline_at IS NULL THEN 1 END, claim, {count}, SUM(contact_id) FROM ma_enrollment"
    ),
    "ma_move": (
        "SELECT journey_id, version, from_step, outcome, to_step, run_id, {count}, SUM(enrollment_id) FROM ma_move"
    ),
    "ma_message": (
        "SELECT journey_id, step, channel, template, state, reason, attempts, {count}, SUM(contact_id), "
        "SUM(enrollment_id), COUNT(sent_at) FROM ma_message"
    ),
    "ma_event": "SELECT type, {count}, SUM(contact_id), SUM(message_id), SUM(at) FROM ma_event",
    "ma_alert": "SELECT journey_id, step, reason, {count}, SUM(contact_id), SUM(enrollment_id) FROM ma_alert",
    "ma_entry_request": "SELECT step, {count} FROM ma_entry_request",
    "ma_mailbox": "SELECT sender, {count} FROM ma_mailbox",
}


class DifferentWorkError(RuntimeError):
    """The two sides left different rows: comparing their cost says nothing."""


def outcome(database: Database) -> Outcome:
    """Table -> its rows by state: how many, and sums of ids that tell whom they are about."""
    found: Outcome = {}
    with database.read() as connection:
        for table, query in _QUERIES.items():
            columns = query.removeprefix("SELECT ").split("{count}")[0].rstrip(", ")
            keys = ", ".join(str(n + 1) for n in range(_width(columns)))
            text = sa.text(query.replace("{count}", "COUNT(*)") + f" GROUP BY {keys} ORDER BY {keys}")
            rows = connection.execute(text)
            found[table] = [[_plain(value) for value in row] for row in rows]
    return found


def assert_same(ours: Outcome, floor: Outcome) -> None:
    """Raise DifferentWorkError unless both left the same rows."""
    for table in _QUERIES:
        if ours[table] != floor[table]:
            raise DifferentWorkError(
                f"{table}: the engine left {ours[table]}, the bare floor {floor[table]}; this measurement is void"
            )


def written(database: Database) -> dict[str, dict[str, int]]:
    """PostgreSQL's own count of row versions written, table by table; of all transactions so far."""
    query = "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE relname LIKE 'ma\\_%'"
    with database.read() as connection:
        rows = connection.exec_driver_sql(query.replace("%", "%%")).all()
    return {row[0]: {"inserted": row[1], "updated": row[2], "deleted": row[3]} for row in rows}


def _width(columns: str) -> int:
    return columns.count(", ") + 1


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else int(str(value))
