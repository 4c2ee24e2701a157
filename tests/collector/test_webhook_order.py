"""Whatever order a provider tells it in, and however often: the same stands there in the end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.channels.links import LinkSigner
from airflow_ma.collector.reports import write_reports
from airflow_ma.collector.sendgrid_events import read_events
from airflow_ma.engine.clock import HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import consent, contact, enrollment, event, message, suppression
from tests.collector.conftest import World
from tests.fakes.sendgrid.events import DROP_REASONS, KINDS
from tests.fakes.sendgrid.events import event as told
from tests.fakes.sendgrid.webhooks import in_batches, written

PEOPLE = 12


@pytest.fixture
def people(database: Database, clock: ManualClock) -> World:
    world = World(database, clock, LinkSigner.from_settings())
    for number in range(1, PEOPLE + 1):
        world.add_contact(
            number, email=f"c{number}@example.com", email_key=f"c{number}@example.com", consented_at=5
        )
    clock.advance(HOUR)
    return world


def reset(world: World) -> None:
    """Some messages are known to be sent, of some nobody knows, some are under way."""
    asleep = world.clock.now() + HOUR
    with world.database.write() as connection:
        for table in (event, suppression, consent):
            connection.execute(sa.delete(table))
        connection.execute(sa.update(enrollment).values(wake_at=asleep))
        connection.execute(sa.update(contact).values(consented_at=5, unsubscribed_at=None))
        states = {n: ("accepted", "unknown", "sending")[n % 3] for n in range(1, PEOPLE + 1)}
        connection.execute(
            sa.update(message).values(
                state=sa.case(states, value=message.c.id),
                sent_at=sa.case((message.c.id % 3 == 0, 7), else_=sa.null()),
                reason=None,
                resolved_at=None,
                provider_id=None,
            )
        )


def lives(world: World, dice: random.Random) -> list[dict[str, Any]]:
    """What happens to everybody's mail; nothing twice within a second for the same person."""
    found = []
    for number in range(1, PEOPLE + 1):
        seconds = dice.sample(range(10_000), dice.randrange(0, 7))
        for second in seconds:
            kind = dice.choice(KINDS)
            more = {"reason": dice.choice(DROP_REASONS[:1])} if kind == "dropped" else {}
            found.append(
                told(
                    kind,
                    email=f"C{number}@example.com",
                    at=world.clock.now() // 1000 + second,
                    sg_message_id=f"sg{number}.recvd",
                    custom_args={"ma_message": world.signer.message_tag(number)},
                    **more,
                )
            )
    return found


def tell(world: World, batches: Iterator[list[Any]]) -> None:
    for batch in batches:
        reports = read_events(written(batch), world.signer.read_tag).reports
        with world.database.write() as connection:
            write_reports(connection, reports, world.clock)


def standing(world: World) -> dict[str, Any]:
    """Everything that the events left, but for the ids and the log of what was said."""
    m, c, e = message.c, contact.c, event.c
    queries = {
        "messages": sa.select(m.id, m.state, m.reason, m.sent_at, m.resolved_at).order_by(m.id),
        "contacts": sa.select(c.id, c.unsubscribed_at.is_(None)).order_by(c.id),
        "suppressed": sa.select(suppression.c.email_key, suppression.c.reason).order_by(
            suppression.c.email_key
        ),
        "events": sa.select(e.dedupe_key, e.type, e.at, e.contact_id, e.message_id, e.machine)
        .where(e.dedupe_key.like("%:sg:%"))
        .order_by(e.dedupe_key),
        "awake": sa.select(enrollment.c.id)
        .where(enrollment.c.wake_at <= world.clock.now() + 10_000_000)
        .order_by("id"),
    }
    with world.database.read() as connection:
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in queries.items()}


@pytest.mark.parametrize("seed", range(8))
def test_order_and_repetition_make_no_difference(people: World, seed: int) -> None:
    dice = random.Random(seed)
    events = lives(people, dice)
    reset(people)
    tell(people, in_batches(sorted(events, key=lambda one: one["timestamp"]), size=1_000))
    expected = standing(people)
    for shuffle in range(3):
        reset(people)
        tell(
            people,
            in_batches(events, size=dice.choice((1, 3, 20)), seed=seed * 100 + shuffle, duplicates=0.5),
        )
        assert standing(people) == expected, f"seed {seed}, shuffle {shuffle}"
    heard_of = {row[4] for row in expected["events"]}
    for number, state, _, sent_at, resolved_at in expected["messages"]:
        if number in heard_of:
            assert state in ("accepted", "rejected")
        elif number % 3:
            assert (state, sent_at, resolved_at) == (("unknown", "sending")[number % 3 - 1], None, None)
