"""Who gets a mail, who must wait, and what becomes of mails that nobody can vouch for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import (
    ChannelError,
    Delivery,
    OutgoingMail,
    Receipt,
    SendingPausedError,
    SentMail,
)
from airflow_ma.channels.delivery import Delivered, deliver, terms_of
from airflow_ma.channels.templates import load_template
from airflow_ma.dag import Journey
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock, to_ms
from airflow_ma.engine.database import Database
from airflow_ma.engine.events import wake_contacts
from airflow_ma.engine.mail.ledger import claim, withdrawn
from airflow_ma.engine.mail.pauses import pauses, resume_sending
from airflow_ma.engine.tables import contact, enrollment, message, move, suppression
from airflow_ma.engine.work import steps_with_work
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from tests.journeys import add_contacts, assert_sound, places

EMAILS = Path(__file__).parents[2] / "dags" / "emails"
ACCEPTED = Receipt(Delivery.ACCEPTED)
LOST = Receipt(Delivery.UNKNOWN, "no answer")


class Scripted:
    """A channel that does what the test says, and remembers whom it was asked to serve."""

    name = "scripted"
    idempotent = False
    batch = 1_000

    def __init__(self, answer: Callable[[int], Receipt] = lambda _: ACCEPTED) -> None:
        self.answer = answer
        self.asked: list[int] = []
        self.failure: ChannelError | None = None
        self.log: dict[int, Delivery] | None = {}
        """What the provider's log tells; None: it cannot be asked for now."""

    def send(self, template: Any, mails: Sequence[OutgoingMail], *, now: int, **_: Any) -> list[Receipt]:
        if self.failure is not None:
            raise self.failure
        self.asked += [mail.recipient.contact_id for mail in mails]
        return [self.answer(mail.recipient.contact_id) for mail in mails]

    def trace(self, mails: Sequence[SentMail]) -> Mapping[int, Delivery]:
        if self.log is None:
            return {}
        return {mail.message_id: self.log.get(mail.message_id, Delivery.UNKNOWN) for mail in mails}


class World:
    """One journey with one mail, whose people have just arrived at it."""

    def __init__(self, database: Database, purpose: str = "marketing", mails: int = 1) -> None:
        self.database = database
        with Journey("delivery") as self.journey:
            step: Any = AudienceOperator(task_id="people", where={"tag": "in"})
            for number in range(mails):
                mail = SendEmailOperator(
                    task_id=f"mail{number}", template="sale_announcement", purpose=purpose
                )
                step >> mail
                step = mail
            step >> EndOperator(task_id="end")
        self.program = self.journey.program(database)
        self.purpose = purpose
        self.channel = Scripted()

    def enter(self) -> None:
        self.journey.steps["people"].move_contacts(self.database, self.program, cohort=None, run_id=None)

    def deliver(self, step: str = "mail0") -> Delivered:
        terms = terms_of(self.channel, "sale_announcement", conn_id="shop", purpose=self.purpose)
        template = load_template(EMAILS, "sale_announcement")
        done = deliver(self.database, self.program, step, self.channel, template, terms)
        assert_sound(self.database)
        return done

    def states(self) -> dict[int, tuple[str, str | None]]:
        m = message.c
        with self.database.read() as connection:
            rows = connection.execute(sa.select(m.contact_id, m.state, m.reason))
            return {row.contact_id: (row.state, row.reason) for row in rows}

    def holds(self) -> dict[int, tuple[str | None, int]]:
        e = enrollment.c
        with self.database.read() as connection:
            rows = connection.execute(
                sa.select(e.contact_id, e.hold, e.wake_at).where(e.wake_at.is_not(None))
            )
            return {row.contact_id: (row.hold, row.wake_at) for row in rows}

    def message_id(self, person: int) -> int:
        with self.database.read() as connection:
            found = connection.scalar(sa.select(message.c.id).where(message.c.contact_id == person))
        assert found is not None
        return found


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def suppress(database: Database, person: int, reason: str) -> None:
    with database.write() as connection:
        key = connection.scalar(sa.select(contact.c.email_key).where(contact.c.id == person))
        connection.execute(sa.insert(suppression).values(email_key=key, reason=reason, at=0, source="test"))


@pytest.mark.parametrize(
    ("purpose", "served"),
    [("marketing", {"fine"}), ("transactional", {"fine", "unsubscribed", "left_the_list", "no_consent"})],
)
def test_nobody_gets_what_they_must_not_get(database: Database, purpose: str, served: set[str]) -> None:
    world = World(database, purpose)
    people = {
        "fine": add_contacts(database, 1, tag="in")[0],
        "unsubscribed": add_contacts(database, 1, tag="in", unsubscribed_at=1)[0],
        "no_consent": add_contacts(database, 1, tag="in", consented_at=None)[0],
        "no_address": add_contacts(database, 1, tag="in", email=None, email_key=None)[0],
    }
    for reason in ("bounce", "complaint", "manual"):
        people[reason] = add_contacts(database, 1, tag="in")[0]
        suppress(database, people[reason], reason)
    people["left_the_list"] = add_contacts(database, 1, tag="in")[0]
    suppress(database, people["left_the_list"], "unsubscribe")
    world.enter()
    done = world.deliver()
    assert {name for name, person in people.items() if person in world.channel.asked} == served
    assert done.moved == {"sent": len(served), "not_sent": len(people) - len(served)}
    reasons = {name: world.states()[person][1] for name, person in people.items() if name not in served}
    assert reasons == {
        name: "unsubscribed" if name == "left_the_list" else name for name in people if name not in served
    }


def test_opt_out_needs_no_recorded_consent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_CONSENT", "opt_out")
    add_contacts(world.database, 2, tag="in", consented_at=None)
    world.enter()
    assert world.deliver().moved == {"sent": 2}


def test_who_leaves_the_list_while_a_mail_is_held_does_not_get_it(world: World, clock: ManualClock) -> None:
    (person,) = add_contacts(world.database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: Receipt(Delivery.RETRYABLE, "busy")
    assert world.deliver().held == {"busy": 1}
    with world.database.write() as connection:
        connection.execute(sa.update(contact).values(unsubscribed_at=clock.now()))
    clock.advance(HOUR)
    world.channel.answer = lambda _: ACCEPTED
    assert world.deliver().moved == {"not_sent": 1}
    assert world.states() == {person: ("rejected", "unsubscribed")}
    assert world.channel.asked == [person]


def test_night_is_each_contacts_own(world: World, clock: ManualClock) -> None:
    """At 10:00 in Tokyo it is 20:00 the day before in New York and 01:00 in London."""
    tokyo = add_contacts(world.database, 1, tag="in", timezone="Asia/Tokyo")[0]
    london = add_contacts(world.database, 1, tag="in", timezone="Europe/London")[0]
    nowhere = add_contacts(world.database, 1, tag="in", timezone="Mars/Olympus")[0]  # counts as UTC
    new_york = add_contacts(world.database, 1, tag="in", timezone="America/New_York")[0]
    world.enter()
    done = world.deliver()
    assert sorted(world.channel.asked) == sorted([tokyo, new_york])
    assert done.put_off == {"quiet_hours": 2}
    eight = to_ms(pendulum.datetime(2026, 12, 1, 8, tz="Europe/London"))
    assert world.holds()[london] == world.holds()[nowhere] == ("quiet_hours", eight)
    with world.database.write() as connection:
        wake_contacts(connection, [london], now=clock.now())  # whatever they do at night
    assert world.deliver().put_off == {"quiet_hours": 1}
    clock.at = eight
    assert world.deliver().moved == {"sent": 2}
    assert sorted(world.channel.asked) == sorted([tokyo, new_york, london, nowhere])


def test_a_third_mail_a_day_waits_for_tomorrow(database: Database, clock: ManualClock) -> None:
    world = World(database, mails=3)
    add_contacts(database, 2, tag="in")
    world.enter()
    start = clock.now()
    world.deliver("mail0")
    clock.advance(HOUR)
    world.deliver("mail1")
    clock.advance(HOUR)
    assert world.deliver("mail2").put_off == {"frequency_cap": 2}
    assert set(world.holds().values()) == {("frequency_cap", start + DAY)}
    clock.at = start + DAY
    assert world.deliver("mail2").moved == {"sent": 2}


def test_transactional_mail_knows_no_night_and_no_cap(database: Database, clock: ManualClock) -> None:
    world = World(database, "transactional", mails=4)
    add_contacts(database, 1, tag="in")
    world.enter()
    clock.at = to_ms(pendulum.datetime(2026, 12, 2, 3, tz="Asia/Tokyo"))
    assert [world.deliver(f"mail{n}").moved for n in range(4)] == [{"sent": 1}] * 4


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QUIET_HOURS", "21-8", "must look like '21:00-08:00'"),
        ("QUIET_HOURS", "08:00-08:00", "no mail would ever go out"),
        ("FREQUENCY_CAPS", "2 per day", "must look like '2/1d, 6/7d'"),
    ],
)
def test_a_malformed_setting_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW_MA_{name}", value)
    with pytest.raises(ValueError, match=said):
        world.deliver()


def test_trouble_with_the_account_pauses_everybody_until_somebody_resumes(
    world: World, clock: ManualClock
) -> None:
    people = add_contacts(world.database, 5, tag="in")
    world.enter()
    receipts = [ACCEPTED, *[Receipt(Delivery.RETRYABLE, "the key is wrong")] * 4]
    world.channel.failure = SendingPausedError("the key is wrong; mend the connection 'shop'", receipts)
    done = world.deliver()
    assert done.moved == {"sent": 1}
    assert done.held == {"the key is wrong": 4}
    with world.database.read() as connection:
        assert [(p.conn_id, p.reason) for p in pauses(connection)] == [("shop", str(world.channel.failure))]
    world.channel.failure = None
    people += add_contacts(world.database, 2, tag="in")
    world.enter()
    clock.advance(HOUR)
    done = world.deliver()
    assert done.put_off == {"paused": 6}
    assert isinstance(done.failure, SendingPausedError)
    assert world.channel.asked == []
    clock.advance(HOUR)
    with world.database.read() as connection:  # nobody starts runs in vain meanwhile
        assert "mail0" not in steps_with_work(connection, world.program, now=clock.now())
    assert resume_sending(world.database, "shop") == ["shop"]
    assert world.deliver().moved == {"sent": 6}
    assert len(set(world.channel.asked)) == 6


def test_a_channel_that_is_away_holds_the_mails_and_loses_none(world: World, clock: ManualClock) -> None:
    add_contacts(world.database, 3, tag="in")
    world.enter()
    world.channel.failure = ChannelError("nobody answers at mail.example:25")
    done = world.deliver()
    assert (done.held, done.failure) == ({"nobody answers at mail.example:25": 3}, world.channel.failure)
    world.channel.failure = None
    assert not world.deliver().moved  # not before the pause is over
    clock.advance(2 * MINUTE)
    assert world.deliver().moved == {"sent": 3}


def test_a_provider_that_asks_for_time_gets_it(world: World, clock: ManualClock) -> None:
    add_contacts(world.database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: Receipt(Delivery.RETRYABLE, "too many requests", retry_after=600)
    world.deliver()
    assert [wake_at - clock.now() for _, wake_at in world.holds().values()] == [600_000]


def test_an_unknown_marketing_mail_is_never_sent_again(world: World, clock: ManualClock) -> None:
    lost, found, refused = add_contacts(world.database, 3, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    done = world.deliver()
    assert (done.moved, done.unknown) == ({"sent": 3}, {"no answer": 3})
    clock.advance(6 * MINUTE)
    with world.database.read() as connection:  # somebody looks, although nobody is due
        assert "mail0" in steps_with_work(connection, world.program, now=clock.now())
    world.channel.log = {
        world.message_id(found): Delivery.ACCEPTED,
        world.message_id(refused): Delivery.REJECTED,
    }
    world.deliver()
    assert {p: s for p, (s, _) in world.states().items()} == {
        lost: "unknown",
        found: "accepted",
        refused: "rejected",
    }
    clock.advance(HOUR)
    world.deliver()
    assert world.states()[lost] == ("unknown", "no trace of it in time: given up")
    clock.advance(DAY)
    with world.database.read() as connection:
        assert "mail0" not in steps_with_work(connection, world.program, now=clock.now())
    world.journey.steps["end"].move_contacts(world.database, world.program, cohort=None, run_id=None)
    assert len(world.channel.asked) == 3
    assert set(places(world.database).values()) == {"left: completed"}


def test_an_unknown_transactional_mail_is_sent_again_when_no_trace_is_found(
    database: Database, clock: ManualClock
) -> None:
    world = World(database, "transactional")
    lost, found = add_contacts(database, 2, tag="in")
    world.enter()
    world.channel.answer = lambda person: LOST if len(world.channel.asked) < 4 else ACCEPTED
    assert world.deliver().moved == {}
    assert {hold for hold, _ in world.holds().values()} == {"unresolved"}
    with database.write() as connection:
        wake_contacts(connection, [lost, found], now=clock.now())  # must not make them impatient
    assert world.deliver().moved == {}
    assert len(world.channel.asked) == 2
    clock.advance(6 * MINUTE)
    world.channel.log = {world.message_id(found): Delivery.ACCEPTED}
    assert world.deliver().moved == {"sent": 1}
    world.channel.log = None
    clock.advance(2 * HOUR)
    world.deliver()
    assert world.channel.asked[2:] == []  # nobody could be asked, so nobody knows
    world.channel.log = {}
    clock.advance(HOUR)
    world.deliver()
    assert world.channel.asked[2:] == [lost]
    clock.advance(2 * HOUR)
    assert world.deliver().moved == {"sent": 1}
    assert world.channel.asked[2:] == [lost, lost]
    assert world.states()[lost] == ("accepted", None)


def test_sending_again_has_an_end(database: Database, clock: ManualClock) -> None:
    world = World(database, "transactional")
    (person,) = add_contacts(database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    moved = []
    for _ in range(6):
        moved.append(dict(world.deliver().moved))
        clock.advance(2 * HOUR)
    assert world.channel.asked == [person] * 3
    assert moved == [{}, {}, {}, {"sent": 1}, {}, {}]


def test_a_dead_workers_mails_are_unknown_not_sent_twice(world: World, clock: ManualClock) -> None:
    people = add_contacts(world.database, 2, tag="in")
    world.enter()

    def die(_: int) -> Receipt:
        raise KeyboardInterrupt

    world.channel.answer = die
    with pytest.raises(KeyboardInterrupt):
        world.deliver()
    world.channel.answer = lambda _: ACCEPTED
    assert not world.deliver().moved
    clock.advance(10 * MINUTE)
    assert world.deliver().moved == {"sent": 2}
    assert world.states() == dict.fromkeys(people, ("unknown", "the sending worker died"))
    assert len(world.channel.asked) == 2


def test_a_step_that_changed_its_connection_still_settles_what_went_over_the_old_one(
    database: Database, clock: ManualClock
) -> None:
    world = World(database, "transactional")
    add_contacts(database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    world.deliver()
    with database.write() as connection:
        connection.execute(sa.update(message).values(conn_id="the_old_one"))
    world.channel.answer = lambda _: ACCEPTED
    clock.advance(2 * HOUR)
    world.deliver()
    assert len(world.channel.asked) == 1
    clock.advance(DAY)
    assert world.deliver().moved == {"sent": 1}
    assert world.states()[1][0] == "accepted"


def test_a_log_that_never_answers_holds_nobody_for_ever(database: Database, clock: ManualClock) -> None:
    world = World(database, "transactional")
    add_contacts(database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST if len(world.channel.asked) == 1 else ACCEPTED
    world.channel.log = None
    world.deliver()
    clock.advance(23 * HOUR)
    assert not world.deliver().moved
    clock.advance(2 * HOUR)
    assert world.deliver().moved == {"sent": 1}


@pytest.mark.parametrize(("purpose", "days"), [("marketing", 3), ("transactional", 5)])
def test_trying_again_has_an_end(database: Database, clock: ManualClock, purpose: str, days: int) -> None:
    world = World(database, purpose)
    (person,) = add_contacts(database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: Receipt(Delivery.RETRYABLE, "mailbox full")
    start = clock.now()
    while not (moved := world.deliver().moved):
        assert clock.now() < start + 10 * DAY
        clock.advance(HOUR)
    assert moved == {"not_sent": 1}
    assert days * DAY <= clock.now() - start < (days + 1) * DAY
    assert world.states() == {person: ("rejected", "expired")}


def test_who_is_here_twice_is_counted_twice(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_FREQUENCY_CAPS", "1/1d")
    world = World(database)
    (person,) = add_contacts(database, 1, tag="in")
    world.enter()
    with database.write() as connection:
        row = {**connection.execute(sa.select(enrollment)).mappings().one(), "entry_key": "again"}
        entered = dict(connection.execute(sa.select(move)).mappings().one())
        del row["id"], entered["id"]
        again = connection.execute(sa.insert(enrollment).values(row).returning(enrollment.c.id)).scalar_one()
        connection.execute(sa.insert(move).values({**entered, "enrollment_id": again}))
    assert world.deliver().moved == {"sent": 1}
    clock.advance(1000)
    assert world.deliver().put_off == {"frequency_cap": 1}
    assert world.channel.asked == [person]
    clock.advance(DAY)
    assert world.deliver().moved == {"sent": 1}


def test_an_answer_after_the_lease_still_counts(database: Database, clock: ManualClock) -> None:
    world = World(database, "transactional")
    on_time, late = add_contacts(database, 2, tag="in")
    world.enter()

    def slow(person: int) -> Receipt:
        if person == on_time:  # while the batch is out, its lease ends and another worker takes it over
            clock.advance(10 * MINUTE)
            other = World.__new__(World)
            other.__dict__ |= world.__dict__ | {"channel": Scripted()}
            assert not other.deliver().moved
            assert {state for state, _ in other.states().values()} == {"unknown"}
        return ACCEPTED

    world.channel.answer = slow
    assert world.deliver().moved == {"sent": 2}
    assert {state for state, _ in world.states().values()} == {"accepted"}
    assert world.channel.asked == [on_time, late]


def test_an_address_that_does_not_exist_is_not_tried_again(world: World) -> None:
    (person,) = add_contacts(world.database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: Receipt(Delivery.REJECTED, "no such mailbox", suppress="bounce")
    assert world.deliver().moved == {"not_sent": 1}
    with world.database.read() as connection:
        row = connection.execute(sa.select(suppression)).one()
    assert (row.email_key, row.reason) == (f"c{person}@example.com", "bounce")


def test_who_leaves_while_the_batch_is_out_can_be_asked_for(world: World, clock: ManualClock) -> None:
    stays, leaves = add_contacts(world.database, 2, tag="in")
    world.enter()
    terms = terms_of(world.channel, "sale_announcement", conn_id="shop", purpose="marketing")
    outbox = claim(world.database, world.program, "mail0", terms, limit=10)
    ids = {mail.recipient.contact_id: mail.message_id for mail in outbox.mails}
    assert withdrawn(world.database, terms, list(ids.values())) == set()
    with world.database.write() as connection:
        connection.execute(
            sa.update(contact).where(contact.c.id == leaves).values(unsubscribed_at=clock.now())
        )
    assert withdrawn(world.database, terms, list(ids.values())) == {ids[leaves]}
    assert stays in ids
