"""What a run left behind, so that two runs can be proved to have done the same work."""

from __future__ import annotations

from airflow_ma.engine.database import Database

Outcome = dict[str, list[list[object]]]

_STATES = {
    "ma_enrollment": (
        "journey_id, version, cohort, step, left_reason, CASE WHEN wake_at IS NULL THEN 1 END, "
        "CASE WHEN deadline_at IS NULL THEN 1 END, claim",
        "SUM(contact_id)",
    ),
    "ma_move": ("journey_id, version, from_step, outcome, to_step, run_id", "SUM(enrollment_id)"),
    "ma_message": (
        "journey_id, step, channel, conn_id, template, purpose, state, reason, attempts",
        "SUM(contact_id), SUM(enrollment_id), COUNT(sent_at), COUNT(provider_id)",
    ),
    "ma_event": ("type", "SUM(contact_id), SUM(message_id), SUM(at)"),
    "ma_alert": ("journey_id, step, reason", "SUM(contact_id), SUM(enrollment_id)"),
    "ma_entry_request": ("step", "SUM(contact_id)"),
}
"""Table -> what makes two rows alike, and sums that tell whom they are about."""


class DifferentWorkError(RuntimeError):
    """The two sides left different rows: comparing their cost says nothing."""


def outcome(database: Database) -> Outcome:
    """Table -> its rows by state: how many, and whom they are about."""
    found: Outcome = {}
    with database.read() as connection:
        for table, (alike, sums) in _STATES.items():
            keys = ", ".join(str(n + 1) for n in range(alike.count(", ") + 1))
            query = f"SELECT {alike}, COUNT(*), {sums} FROM {table} GROUP BY {keys} ORDER BY {keys}"
            found[table] = [[_plain(value) for value in row] for row in connection.exec_driver_sql(query)]
    return found


def written(database: Database) -> Outcome:
    """PostgreSQL's own count of row versions it has inserted, updated and deleted in each table.

    The floor does not count its moves by the hour, which is a row for each of our chunks.
    """
    query = (
        "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables "
        "WHERE starts_with(relname, 'ma_') AND relname <> 'ma_flow' ORDER BY relname"
    )
    with database.read() as connection:
        return {f"row versions in {row[0]}": [list(row[1:])] for row in connection.exec_driver_sql(query)}


def assert_same(ours: Outcome, floor: Outcome) -> None:
    """Raise DifferentWorkError unless both did the same."""
    for what in sorted(ours.keys() | floor.keys()):
        if ours.get(what) != floor.get(what):
            raise DifferentWorkError(
                f"this measurement is void: {what}: the engine {ours.get(what)}, "
                f"the bare floor {floor.get(what)}"
            )


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else int(str(value))
