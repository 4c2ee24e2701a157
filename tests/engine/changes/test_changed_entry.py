"""Who enters, how often and in what mode is changed while people are inside or on their way in.

What other tools' users report, replayed against ours:
nobody may be let in twice, left outside or stranded inside.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import ModeError
from airflow_ma.engine.tables import entry_request
from tests.engine.changes.changing import publish, row_of, run
from tests.engine.line_journey import KEY, ends, joined, line, mail, newcomers, wait
from tests.engine.live_journey import make
from tests.journeys import add_contacts, assert_sound, happen, mails, places, sweep

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def test_re_entry_during_a_change_is_one_passage_at_a_time(database: Database, clock: ManualClock) -> None:
    every_time = joined("page.view", "every_time")
    old = line(mail("news"), wait("pause"), entry=every_time)
    new = line(mail("news"), wait("other"), entry=every_time)
    (person,) = add_contacts(database, 1)
    run(database, old)
    happen(database, "page.view", person, url="https://shop.example/1")
    run(database, old)
    happen(database, "page.view", person, url="https://shop.example/2")
    publish(database, new)
    run(database, new)
    assert row_of(database, person).pinned_version == 1, "one passage, on the version it began with"
    clock.advance(DAY)
    run(database, new)
    assert places(database) == {person: "left: through"}
    happen(database, "page.view", person, url="https://shop.example/3")
    run(database, new)
    assert places(database) == {person: "other"}
    clock.advance(DAY)
    run(database, new)
    assert mails(database) == {(person, "news"): 2}, "two passages, a mail each"
    assert_sound(database)


@pytest.mark.parametrize("inside", [True, False])
def test_entry_changed_from_events_to_an_audience_lets_nobody_in_again(
    database: Database, clock: ManualClock, *, inside: bool
) -> None:
    (person,) = add_contacts(database, 1, tag="in")
    old = line(mail("news"), wait("pause"), entry=joined("page.view", "every_time"))
    run(database, old)
    happen(database, "page.view", person, url="https://shop.example/")
    run(database, old)
    if not inside:
        clock.advance(DAY)
        run(database, old)
    new = line(mail("news"), wait("pause"))
    publish(database, new)
    run(database, new)
    once = line(mail("news"), wait("pause"), entry=joined("page.view"))
    publish(database, once)
    happen(database, "page.view", person, url="https://shop.example/again")
    run(database, once)
    assert mails(database) == {(person, "news"): 1}
    ends(database, clock, once)


def test_entry_changed_while_requests_wait_lets_in_only_who_does_what_it_now_asks(
    database: Database, clock: ManualClock
) -> None:
    viewer, buyer = add_contacts(database, 2)
    run(database, line(mail("thanks"), wait("pause"), entry=joined("page.view")))
    happen(database, "page.view", viewer, url="https://shop.example/")
    happen(database, "page.view", buyer, url="https://shop.example/")
    new = line(mail("thanks"), wait("pause"), entry=joined("order.completed"))
    publish(database, new)
    happen(database, "order.completed", buyer)
    run(database, new)
    assert mails(database) == {(buyer, "thanks"): 1}
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(entry_request)) == 0
    ends(database, clock, new)


def test_requests_that_wait_over_a_change_elsewhere_are_let_in(
    database: Database, clock: ManualClock
) -> None:
    (person,) = add_contacts(database, 1)
    run(database, line(mail("thanks"), wait("pause"), entry=joined("page.view")))
    happen(database, "page.view", person, url="https://shop.example/")
    new = line(mail("thanks"), wait("other"), entry=joined("page.view"))
    publish(database, new)
    run(database, new)
    assert places(database) == {person: "other"}
    ends(database, clock, new)


def test_continuous_journey_made_one_off_does_not_strand_its_people(
    database: Database, clock: ManualClock
) -> None:
    newcomers(database, 1)
    made = line(mail("news"), wait("pause"))
    run(database, made)
    once = make(KEY, mode="one_off")
    with pytest.raises(ModeError, match="1 people are in it"):
        sweep(once, database, cohort="run")
    run(database, made)
    ends(database, clock, made)
    sweep(once, database, cohort="run")
    assert once.program(database).version == 2


def test_one_off_journey_made_continuous_takes_its_people_along(
    database: Database, clock: ManualClock
) -> None:
    once = make(KEY, mode="one_off")
    person, other = add_contacts(database, 2, tag="in")
    sweep(once, database, cohort="run")
    happen(database, "email.open", other, "mail")
    new = line(mail("mail", purpose="transactional"), wait("later"))
    publish(database, new)
    run(database, new)
    assert places(database) == {person: "opened", other: "left: read it"}, "they finish as they began"
    clock.advance(3 * DAY)
    run(database, new)
    ends(database, clock, new)
    assert mails(database) == {(person, "mail"): 1, (other, "mail"): 1}
