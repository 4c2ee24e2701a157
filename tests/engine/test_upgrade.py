"""A database of the previous schema, with live journeys in it, is brought to this one: nobody is stuck."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command

from airflow_ma.dag import Journey, days
from airflow_ma.engine.changes import settle_rules
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database, _alembic
from airflow_ma.engine.flow import flow_totals
from airflow_ma.engine.program import publish_program
from airflow_ma.engine.tables import change_rule, enrollment
from airflow_ma.operators import AudienceOperator, EndOperator
from airflow_ma.sensors import WaitSensor
from tests.journeys import add_contacts, assert_sound, places, sweep


def journey(wait: str) -> Journey:
    with Journey("upgraded") as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        people >> WaitSensor(task_id=wait, duration=days(1)) >> EndOperator(task_id="end", reason="through")
    return made


def to(database: Database, revision: str) -> None:
    with database.write() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        (command.downgrade if revision == "0003" else command.upgrade)(config, revision)


def test_live_journeys_survive_the_upgrade(database: Database, clock: ManualClock) -> None:
    old, new = journey("wait"), journey("pause")
    (first,) = add_contacts(database, 1, tag="in")
    sweep(old, database)
    new.program(database)
    with database.write() as connection:  # the older program knew no rules: who stood there was stranded
        connection.execute(sa.delete(change_rule))
        connection.execute(sa.text("UPDATE ma_journey_step SET wake_at = 0 WHERE step = 'people'"))
    (second,) = add_contacts(database, 1, tag="in")
    sweep(new, database)
    to(database, "0003")
    to(database, "head")
    assert places(database) == {first: "wait", second: "pause"}
    assert settle_rules(database, new.program(database)) == {"finish": 1}
    with database.read() as connection:
        pinned = connection.execute(sa.select(enrollment.c.contact_id, enrollment.c.pinned_version)).all()
        flow = {(r.from_step, r.to_step): r.number for r in flow_totals(connection, 1)}
    assert dict(tuple(row) for row in pinned) == {first: 1, second: None}
    assert flow == {("people", "wait"): 1, ("people", "pause"): 1}
    clock.advance(DAY)
    sweep(new, database)
    assert places(database) == {first: "wait", second: "left: through"}
    assert_sound(database)


def test_a_version_that_came_back_does_not_hinder_a_downgrade(database: Database, clock: ManualClock) -> None:
    one, two = journey("wait"), journey("pause")
    for made in (one, two, one):
        with database.write() as connection:
            publish_program(connection, made.graph, made.steps, now=clock.now())
    to(database, "0003")
    with database.read() as connection:
        digests = connection.scalars(sa.text("SELECT digest FROM ma_journey_version ORDER BY version")).all()
    assert digests[2] == one.graph.digest()
    assert len(set(digests)) == 3
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(sa.text("UPDATE ma_journey_version SET digest = 'x'"))
    to(database, "head")
    assert one.program(database).version == 3
