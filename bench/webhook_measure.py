"""Taking in a provider's events, part by part, in turn with the bare SQL that leaves the same rows."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from airflow_ma.channels.links import LinkSigner
from airflow_ma.collector.reports import write_reports
from airflow_ma.collector.sendgrid_events import Report, read_events
from airflow_ma.collector.signature import is_genuine, read_keys
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import enrollment, event
from bench import plan
from bench.meter import Cost, Meter
from bench.webhook_events import BATCH, Provider, batches, fill

VERIFYING, PARSING, WRITING, FLOOR = "verifying", "parsing", "writing", "bare SQL"
WARM_UP = 3

_COLUMNS = "type, at, received_at, contact_id, message_id, url, properties, machine, dedupe_key"
_BARE = {
    "sqlite": (
        f"INSERT INTO ma_event ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "UPDATE ma_enrollment SET wake_at = ? WHERE id = ?",
    ),
    "postgresql": (
        f"INSERT INTO ma_event ({_COLUMNS}) SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bigint[], "
        "%b::bigint[], %b::bigint[], %b::text[], %b::jsonb[], %b::boolean[], %b::text[])",
        "UPDATE ma_enrollment SET wake_at = %s WHERE id = ANY(%b)",
    ),
}


def run_webhook(
    url: str, size: int, stored: int, count: int, scattered: bool, server_pid: int | None
) -> dict[str, Any]:
    """``count`` batches of 1,000 on each side; costs by part, and the mean size of a body in bytes."""
    clock = ManualClock(plan.START)
    database = Database(url, clock=clock)
    fill(database, size, stored)
    provider, signer = Provider(), LinkSigner.from_settings()
    keys = read_keys(provider.key)
    meter = Meter(server_pid)
    bare = _Bare(database)
    bodies = 0
    for number, events in enumerate(batches(size, 2 * (count + WARM_UP), scattered=scattered)):
        clock.at = max(one["timestamp"] for one in events) * 1000 + 5_000
        delivery = provider.sign(events)
        contacts = {signer.read_tag(one["ma_message"]) for one in events}
        _put_to_sleep(database, [i for i in contacts if i is not None])
        if not number:  # what the benchmark itself holds must not be gone through again and again
            gc.collect()
            gc.freeze()
        spent: dict[str, Cost] = {}
        if number % 2:
            reports = read_events(delivery.body, signer.read_tag).reports
            rows = bare.rows(reports, clock.now())
            with meter.cost() as spent[FLOOR]:
                bare.write(rows, clock.now())
        else:
            with meter.cost() as spent[VERIFYING]:
                assert is_genuine(keys, delivery.timestamp, delivery.signature, delivery.body)
            with meter.cost() as spent[PARSING]:
                reports = read_events(delivery.body, signer.read_tag).reports
            with meter.cost() as spent[WRITING], database.write() as connection:
                assert write_reports(connection, reports, clock).stored == BATCH
        if number >= 2 * WARM_UP:
            bodies += len(delivery.body)
            for part, cost in spent.items():
                meter.book(part, cost)
    _check(database, stored + 2 * (count + WARM_UP) * BATCH)
    bare.close()
    database.dispose()
    return {"phases": meter.as_data(), "body": bodies / (2 * count), "events": count * BATCH}


def _put_to_sleep(database: Database, contacts: list[int]) -> None:
    """As a sweep does between two batches: every event of the batch finds somebody to wake."""
    e = enrollment.c
    with database.write() as connection:
        asleep = sa.update(enrollment).where(e.contact_id.in_(contacts), e.wake_at < e.deadline_at)
        connection.execute(asleep.values(wake_at=e.deadline_at))


def _check(database: Database, expected: int) -> None:
    with database.read() as connection:
        found = connection.scalar(sa.select(sa.func.count()).select_from(event))
    if found != expected:
        raise AssertionError(f"{found} events in the database, and {expected} were told")


class _Bare:
    """The driver's own connection with the product's settings; what runs on it goes past SQLAlchemy.

    It knows beforehand whom an event is about and that it is new; it looks nothing up and locks nothing.
    """

    def __init__(self, database: Database) -> None:
        self._pooled = database.engine.raw_connection()
        self._connection: Any = self._pooled.driver_connection
        self._insert, self._wake = _BARE["sqlite" if database.is_sqlite else "postgresql"]
        self._is_sqlite = database.is_sqlite

    def rows(self, reports: Sequence[Report], now: int) -> list[tuple[Any, ...]]:
        from orjson import dumps

        return [
            (
                one.meaning.type,
                one.at,
                now,
                one.message_id,
                one.message_id,
                one.url,
                dumps(one.properties).decode() if one.properties else None,
                one.machine,
                one.dedupe_key,
            )
            for one in sorted(reports, key=lambda one: one.dedupe_key)
        ]

    def write(self, rows: list[tuple[Any, ...]], now: int) -> None:
        ids = sorted({row[3] for row in rows})
        if self._is_sqlite:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(self._insert, rows)
            self._connection.executemany(self._wake, [(now, i) for i in ids])
            self._connection.execute("COMMIT")
            return
        self._connection.execute(self._insert, [list(column) for column in zip(*rows, strict=True)])
        self._connection.execute(self._wake, (now, ids))
        self._connection.commit()

    def close(self) -> None:
        self._pooled.close()
