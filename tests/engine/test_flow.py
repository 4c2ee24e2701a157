"""The sale campaign, contact by contact, on both databases with a clock that stands until told."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey
from airflow_ma.engine.clock import DAY, HOUR, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alert, contact, contact_tag, enrollment
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sale() -> Journey:
    return runpy.run_path(str(ROOT / "dags" / "sale_announcement.py"))["journey"]


def test_every_way_through_the_sale(database: Database, clock: ManualClock, sale: Journey) -> None:
    silent, opener, visitor, coats, shoes, hot = add_contacts(database, 6, tag="customer")
    stranger = add_contacts(database, 1)[0]

    first = sweep(sale, database)
    assert first["customers"] == {"entered": 6}
    assert first["announce"] == {"sent": 6}
    assert stranger not in places(database)
    assert set(places(database).values()) == {"opened"}
    assert_sound(database)

    clock.advance(HOUR)
    for person in (opener, visitor, coats, shoes, hot):
        happen(database, "email.open", person, "announce")
    for person, page in ((visitor, "sale"), (coats, "sale/coats"), (shoes, "sale/shoes"), (hot, "sale")):
        happen(database, "page.view", person, url=f"https://shop.example/{page}")
    assert sweep(sale, database)["opened"] == {"opened": 5}
    assert places(database)[opener] == "came"
    assert places(database)[visitor] == "prices"

    happen(database, "page.view", hot, url="https://shop.example/prices?x=1")
    sweep(sale, database)
    assert places(database)[hot] == "prices", "one look at the prices is not enough"
    clock.advance(1000)
    happen(database, "page.view", hot, url="https://shop.example/prices")
    sweep(sale, database)
    assert places(database)[hot] == "left: completed"
    with database.read() as connection:
        raised = connection.execute(sa.select(alert)).all()
        tags = connection.execute(sa.select(contact_tag).where(contact_tag.c.tag == "hot_lead")).all()
        score = connection.scalar(sa.select(contact.c.score).where(contact.c.id == hot))
    assert [(row.contact_id, row.step) for row in raised] == [(hot, "hot")]
    assert [row.contact_id for row in tags] == [hot]
    assert score == 20

    clock.advance(2 * DAY)
    sweep(sale, database)
    sent = mails(database)
    assert sent[opener, "ends_soon"] == 1
    assert sent[coats, "coats"] == 1
    assert sent[shoes, "shoes"] == 1
    assert sent[visitor, "sale"] == 1
    assert places(database)[silent] == "opened"

    clock.advance(DAY)
    sweep(sale, database)
    assert places(database)[silent] == "left: did not open the mail"
    assert {place.split(":")[0] for place in places(database).values()} == {"left"}
    assert set(sent.values()) == {1}
    assert len(sent) == 6 + 4
    assert_sound(database)
    assert sweep(sale, database) == {}, "who is through is left alone"


def test_an_open_before_the_contact_gets_there_counts(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    (person,) = add_contacts(database, 1, tag="customer")
    program = sale.program(database)
    for step in ("customers", "announce"):
        sale.steps[step].move_contacts(database, program, cohort=None, run_id=None)
    happen(database, "email.open", person, "announce")
    sweep(sale, database)
    assert places(database)[person] == "came"


def test_machine_opens_do_not_count(database: Database, clock: ManualClock, sale: Journey) -> None:
    (person,) = add_contacts(database, 1, tag="customer")
    sweep(sale, database)
    happen(database, "email.open", person, "announce", machine=True)
    sweep(sale, database)
    assert places(database)[person] == "opened"


def test_unsubscribed_contacts_get_no_mail_and_leave_with_a_reason(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    add_contacts(database, 1, tag="customer", unsubscribed_at=1)
    add_contacts(database, 1, tag="customer", email=None, email_key=None)
    sweep(sale, database)
    assert set(places(database).values()) == {"left: not_sent"}
    assert not mails(database)
    assert_sound(database)


def test_an_unrelated_event_does_not_lose_the_deadline(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    (person,) = add_contacts(database, 1, tag="customer")
    sweep(sale, database)
    clock.advance(DAY)
    happen(database, "page.view", person, url="https://elsewhere.example/")
    sweep(sale, database)
    with database.read() as connection:
        row = connection.execute(sa.select(enrollment)).one()
    assert row.step == "opened"
    assert row.wake_at == row.arrived_at + 3 * DAY


def test_new_contacts_enter_when_the_audience_is_looked_at_again(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    add_contacts(database, 2, tag="customer")
    sweep(sale, database)
    add_contacts(database, 3, tag="customer")
    assert sweep(sale, database)["customers"] == {"entered": 3}
    assert len(places(database)) == 5
