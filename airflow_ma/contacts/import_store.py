"""Storing a batch of imported contacts with a handful of statements, whatever its size."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.config import settings
from airflow_ma.contacts.import_consents import Consents
from airflow_ma.contacts.import_rows import ContactRow
from airflow_ma.contacts.import_texts import RowError
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import contact, contact_tag

IMPORT_LOCK = 7_046_029_254_386_353_131
"""Advisory lock on PostgreSQL: imports take turns batch by batch."""
STORED = ("key", "email", "email_key", "name", "language", "timezone", "score", "attributes", "consented_at")


@dataclass(slots=True)
class Stored:
    """What became of a batch: counts, rejected rows, and key -> line of those that were accepted."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    unasked: int = 0
    """Those of them with an address whose consent to marketing mail is not on record."""
    withheld: int = 0
    """Those of them who have withdrawn it, or whose address is suppressed, whatever the file says."""
    bad: list[tuple[int, list[str], RowError]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


class SeenKeys:
    """The keys of the rows accepted so far and their lines, outside our own memory."""

    def __init__(self) -> None:
        self._known = sqlite3.connect("", isolation_level=None)  # a temporary file, deleted when closed
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA cache_size=-16384",
            "CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID",
        ):
            self._known.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._known.close()

    def lines(self, keys: Iterable[str]) -> dict[str, int]:
        """Those of the keys that were seen, with their lines."""
        asked = json.dumps(list(keys))
        query = "SELECT key, line FROM seen WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._known.execute(query, (asked,)))

    def add(self, lines: Mapping[str, int]) -> None:
        """Remember these."""
        self._known.execute("BEGIN")
        self._known.executemany("INSERT INTO seen VALUES (?, ?)", lines.items())
        self._known.execute("COMMIT")


def store(connection: sa.Connection, rows: Sequence[ContactRow], seen: Mapping[str, int], now: int) -> Stored:
    """Create and update contacts, in the order of the rows. ``seen``: keys of earlier rows, with lines."""
    result = Stored()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(IMPORT_LOCK)))
    consents = Consents(connection, rows, now)
    existing = _existing(connection, [row.key for row in rows])
    owners = _owners(connection, [row.email_key for row in rows if row.email_key])
    tags = _tags(connection, rows, existing)
    defaults = settings()
    changed: list[dict[str, Any]] = []
    tagged: dict[str, set[str]] = {}
    for row in rows:
        try:
            _check(row, result.lines.get(row.key) or seen.get(row.key), owners)
        except RowError as problem:
            result.bad.append((row.line, row.fields, problem))
            continue
        result.lines[row.key] = row.line
        known = existing.get(row.key)
        new_tags = set(row.tags) - tags.get(row.key, set())
        changes: dict[str, Any] = consents.judge(row, known)
        if known is None:
            result.created += 1
            values = _new(row, defaults.language, defaults.timezone) | changes
        else:
            changes |= _changes(row, known)
            if not changes and not new_tags:
                result.unchanged += 1
                continue
            result.updated += 1
            values = {name: getattr(known, name) for name in STORED} | changes
        changed.append({**values, "created_at": now, "updated_at": now})
        if new_tags:
            tagged[row.key] = new_tags
        if row.email_key:
            if known is not None and known.email_key:
                owners.pop(known.email_key, None)
            owners[row.email_key] = row.key
    _upsert(connection, changed, tagged)
    consents.write_down()
    result.unasked, result.withheld = consents.unasked, consents.withheld
    return result


def _existing(connection: sa.Connection, keys: Sequence[str]) -> dict[str, sa.Row[Any]]:
    c = contact.c
    columns = [c.id, c.unsubscribed_at, *(c[name] for name in STORED)]
    dialect = connection.dialect.name
    query: sa.Select[Any] = sa.select(*columns).where(one_of(dialect, c.key, keys))
    if dialect == "postgresql":  # a step may be changing them just now
        query = query.order_by(c.id).with_for_update()
    return {row.key: row for row in connection.execute(query).all()}


def _owners(connection: sa.Connection, email_keys: Sequence[str]) -> dict[str, str]:
    c = contact.c
    mine = one_of(connection.dialect.name, c.email_key, email_keys)
    rows = connection.execute(sa.select(c.email_key, c.key).where(mine))
    return {row.email_key: row.key for row in rows}


def _tags(
    connection: sa.Connection, rows: Sequence[ContactRow], existing: Mapping[str, sa.Row[Any]]
) -> dict[str, set[str]]:
    key_of = {existing[row.key].id: row.key for row in rows if row.tags and row.key in existing}
    t = contact_tag.c
    found: dict[str, set[str]] = {}
    if key_of:
        mine = one_of(connection.dialect.name, t.contact_id, list(key_of))
        for row in connection.execute(sa.select(t.contact_id, t.tag).where(mine)):
            found.setdefault(key_of[row.contact_id], set()).add(row.tag)
    return found


def _check(row: ContactRow, earlier_line: int | None, owners: Mapping[str, str]) -> None:
    if earlier_line:
        raise RowError("duplicate", key=row.key, line=earlier_line)
    owner = owners.get(row.email_key) if row.email_key else None
    if owner not in (None, row.key):
        raise RowError("taken", value=row.email, key=owner)


def _new(row: ContactRow, language: str, timezone: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "email": row.email,
        "email_key": row.email_key,
        "name": row.name,
        "language": row.language or language,
        "timezone": row.timezone or timezone,
        "score": row.score or 0,
        "attributes": row.attributes,
        "consented_at": None,
    }


def _changes(row: ContactRow, known: sa.Row[Any]) -> dict[str, Any]:
    """What the row says that is not so yet."""
    changes = {
        name: value
        for name in ("email", "email_key", "name", "language", "timezone", "score")
        if (value := getattr(row, name)) is not None and value != getattr(known, name)
    }
    old = known.attributes
    # True equals 1 in Python, but not for the people who wrote it.
    new = {
        name: value
        for name, value in row.attributes.items()
        if name not in old or type(old[name]) is not type(value) or old[name] != value
    }
    if new:
        changes["attributes"] = {**old, **new}
    return changes


def _upsert(connection: sa.Connection, changed: list[dict[str, Any]], tagged: Mapping[str, set[str]]) -> None:
    if not changed:
        return
    c = contact.c
    on_postgresql = connection.dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    statement = insert(contact)
    new = {name: statement.excluded[name] for name in changed[0] if name not in ("key", "created_at")}
    upsert = statement.on_conflict_do_update(index_elements=[c.key], set_=new)
    # Each in the way that is fastest on its database; in order, as addresses may change hands.
    if on_postgresql:
        connection.execute(upsert.from_select(list(changed[0]), _recordset(changed)))
    else:
        sql = upsert.compile(connection.engine, column_keys=list(changed[0]))
        for row in changed:
            row["attributes"] = json.dumps(row["attributes"])
        in_order = itemgetter(*getattr(sql, "positiontup", ()))
        connection.exec_driver_sql(str(sql), [in_order(row) for row in changed])
    if tagged:
        mine = one_of(connection.dialect.name, c.key, list(tagged))
        ids = connection.execute(sa.select(c.key, c.id).where(mine)).all()
        connection.execute(
            insert(contact_tag).on_conflict_do_nothing(),
            [{"contact_id": row.id, "tag": tag} for row in ids for tag in sorted(tagged[row.key])],
        )


def _recordset(rows: Sequence[Mapping[str, Any]]) -> sa.Select[Any]:
    """The rows as one JSON parameter that PostgreSQL takes apart."""
    names = list(rows[0])
    text = json.dumps([{**row, "number": number} for number, row in enumerate(rows)])
    columns = [sa.column(name, contact.c[name].type) for name in names]
    given = (
        sa.func.jsonb_to_recordset(sa.cast(sa.literal(text, sa.Text), postgresql.JSONB))
        .table_valued(*columns, sa.column("number", sa.Integer))
        .render_derived(name="given", with_types=True)
    )
    return sa.select(*(given.c[name] for name in names)).order_by(given.c.number)
