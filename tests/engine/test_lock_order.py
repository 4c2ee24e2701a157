"""Waking people up takes their rows in the order of their ids: two who do so at once never deadlock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt, SendingPausedError
from airflow_ma.engine.clock import NEVER, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import release_held
from airflow_ma.engine.mail.pauses import resume_sending
from airflow_ma.engine.mail.unknown import resolve
from airflow_ma.engine.tables import enrollment, message
from tests.channels.test_delivery import LOST, World
from tests.journeys import add_contacts

PEOPLE = 6
e, m = enrollment.c, message.c


def _paused(world: World) -> Callable[[], object]:
    world.channel.failure = SendingPausedError("the key is wrong")
    world.deliver()
    with world.database.write() as connection:  # those of the first batch sleep for the same now
        connection.execute(sa.update(enrollment).values(hold="paused", wake_at=NEVER))
    return lambda: resume_sending(world.database)


def _held(world: World) -> Callable[[], object]:
    world.channel.answer = lambda _: Receipt(Delivery.RETRYABLE, "the provider is busy")
    world.deliver()

    def release() -> None:
        with world.database.write() as connection:
            release_held(connection, world.program, "mail0", now=world.database.clock().now())

    return release


def _unknown(world: World) -> Callable[[], object]:
    world.channel.answer = lambda _: LOST
    world.deliver()
    with world.database.read() as connection:
        found = dict.fromkeys(connection.scalars(sa.select(m.id)), Delivery.ACCEPTED)

    def find_out() -> None:
        with world.database.write() as connection:
            resolve(connection, found, now=world.database.clock().now())

    return find_out


@pytest.mark.parametrize("asleep", [_paused, _held, _unknown])
def test_rows_are_locked_in_the_order_of_their_ids(
    postgres_database: Database, clock: ManualClock, asleep: Callable[[World], Callable[[], object]]
) -> None:
    database = postgres_database
    add_contacts(database, PEOPLE, tag="in")
    world = World(database, "transactional")
    world.enter()
    wake = asleep(world)
    with database.read() as connection:
        ids = list(connection.scalars(sa.select(e.id).order_by(e.id)))
    for number in reversed(ids):  # table and indexes now have them in the opposite order
        with database.write() as connection:
            connection.execute(sa.update(enrollment).where(e.id == number).values(wake_at=e.wake_at - 1))
    waking = threading.Thread(target=wake)
    with database.engine.begin() as first:
        first.execute(sa.select(e.id).where(e.id == ids[0]).with_for_update())
        waking.start()
        _until_somebody_waits(database)
        with database.engine.begin() as others:  # whoever waits for the first has none of the others
            free = sa.select(e.id).where(e.id > ids[0]).with_for_update(skip_locked=True)
            assert len(others.execute(free).all()) == PEOPLE - 1
    waking.join(10)
    with database.read() as connection:
        assert set(connection.scalars(sa.select(e.wake_at))) == {clock.now()}, "everybody is due"


def _until_somebody_waits(database: Database) -> None:
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        with database.engine.connect() as connection:
            if connection.scalar(waits):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the row")
