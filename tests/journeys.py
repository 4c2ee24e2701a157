"""Running journeys in tests as their DAG runs do: one sweep is every step once, in order."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import sqlalchemy as sa

from airflow_ma.dag import Journey
from airflow_ma.engine.database import Database
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events
from airflow_ma.engine.tables import contact, contact_tag, enrollment, mailbox, message, move


def add_contacts(database: Database, number: int, *, tag: str | None = None, **values: Any) -> list[int]:
    """Add contacts c1, c2 ... and return their ids."""
    with database.write() as connection:
        start = connection.scalar(sa.select(sa.func.count()).select_from(contact)) or 0
        rows = [
            {
                "key": f"c{n}",
                "email": f"c{n}@example.com",
                "email_key": f"c{n}@example.com",
                "language": "en",
                "timezone": "Asia/Tokyo",
                "attributes": {},
                "created_at": 0,
                "consented_at": 0,
                "updated_at": 0,
                **values,
            }
            for n in range(start + 1, start + number + 1)
        ]
        connection.execute(sa.insert(contact), rows)
        keys = [row["key"] for row in rows]
        ids = list(
            connection.scalars(sa.select(contact.c.id).where(contact.c.key.in_(keys)).order_by(contact.c.id))
        )
        if tag:
            connection.execute(sa.insert(contact_tag), [{"contact_id": i, "tag": tag} for i in ids])
    return ids


def sweep(journey: Journey, database: Database, *, cohort: str | None = None) -> dict[str, Counter[str]]:
    """What one DAG run does: step -> outcome -> contacts moved."""
    program = journey.program(database)
    done: dict[str, Counter[str]] = {}
    for step in journey.graph.ordered():
        logic = journey.steps[step.id]
        moved = logic.move_contacts(database, program, cohort=cohort, run_id="test")
        if moved:
            done[step.id] = moved
    return done


def places(database: Database) -> dict[int, str]:
    """Contact -> the step it stands at, or "left: reason"."""
    e = enrollment.c
    with database.read() as connection:
        rows = connection.execute(sa.select(e.contact_id, e.step, e.left_reason, e.wake_at)).all()
    return {
        row.contact_id: row.step if row.wake_at is not None else f"left: {row.left_reason}" for row in rows
    }


def happen(
    database: Database, event_type: str, contact_id: int, step: str | None = None, **values: Any
) -> None:
    """Something happens now: an event of that type, about the mail of ``step`` if one is named."""
    now = database.clock().now()
    with database.write() as connection:
        message_id = None
        if step is not None:
            message_id = connection.scalar(
                sa.select(message.c.id).where(message.c.contact_id == contact_id, message.c.step == step)
            )
            assert message_id is not None, f"contact {contact_id} got no mail from {step}"
        key = dedupe_key(now, event_type, contact_id, step, sorted(values.items()))
        record_events(
            connection,
            [NewEvent(event_type, now, key, contact_id=contact_id, message_id=message_id, **values)],
            now=now,
        )


def mails(database: Database) -> Counter[tuple[int, str]]:
    """(contact, step) -> mails in the mailbox."""
    query = sa.select(message.c.contact_id, message.c.step).join(
        mailbox, mailbox.c.message_id == message.c.id
    )
    with database.read() as connection:
        return Counter((row.contact_id, row.step) for row in connection.execute(query))


def assert_sound(database: Database) -> None:
    """Nobody is lost, nobody is at two places, no mail is doubled, and the moves explain every place."""
    m = move.c
    with database.read() as connection:
        enrollments = connection.execute(sa.select(enrollment)).all()
        moves = connection.execute(sa.select(move).order_by(m.id)).all()
        doubled = connection.execute(
            sa.select(message.c.enrollment_id, message.c.step)
            .group_by(message.c.enrollment_id, message.c.step)
            .having(sa.func.count() > 1)
        ).all()
        stray = connection.scalar(
            sa.select(sa.func.count())
            .select_from(mailbox)
            .outerjoin(message, message.c.id == mailbox.c.message_id)
            .where(
                sa.or_(message.c.id.is_(None), message.c.state.not_in(["accepted", "sending", "retryable"]))
            )
        )
    assert not doubled
    assert not stray
    way: dict[int, list[Any]] = {}
    for row in moves:
        way.setdefault(row.enrollment_id, []).append(row)
    assert way.keys() == {row.id for row in enrollments}
    for row in enrollments:
        steps = way[row.id]
        for before, after in itertools.pairwise(steps):
            assert before.to_step == after.from_step, f"enrollment {row.id}: {before} then {after}"
            assert before.at <= after.at
        last = steps[-1]
        if row.wake_at is None:
            assert last.to_step is None, f"enrollment {row.id} has left, but its last move leads on: {last}"
            assert row.left_at == last.at
            assert row.left_reason
        else:
            assert last.to_step == row.step, f"enrollment {row.id} stands at {row.step}, its moves say {last}"
            assert row.arrived_at == last.at
            assert row.left_at is None
