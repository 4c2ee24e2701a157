"""What people are told about sending: the numbers of each connection, who waits and why, and unknown mails."""

from __future__ import annotations

import string

import pendulum
import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Delivery, Receipt, SendingPausedError
from airflow_ma.config import settings
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock, to_ms
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import pause_sending, resume_sending
from airflow_ma.engine.tables import contact, enrollment, journey, message
from airflow_ma.insight import sending as module
from airflow_ma.insight import sending_texts
from airflow_ma.insight.person import WaitingMail, find_person
from airflow_ma.insight.progress import journey_progress
from airflow_ma.insight.sending import Sending, WaitingMails, sending, unresolved_connections, waiting_mails
from airflow_ma.insight.sending_texts import fate_text, reason_text, rule_text, span_text, wait_text
from airflow_ma.insight.unknown import After, UnknownMail, unknown_mails
from tests.channels.test_delivery import LOST, World
from tests.journeys import add_contacts

BUSY = Receipt(Delivery.RETRYABLE, "the provider is busy")
WINDOW = 24 * HOUR


def state(database: Database, *, since: int | None = None, journeys: set[int] | None = None) -> Sending:
    begin = database.clock().now() - WINDOW if since is None else since
    with database.read() as connection:
        return sending(connection, since=begin, journeys=journeys)


def waiting(database: Database, **which: object) -> list[WaitingMails]:
    with database.read() as connection:
        return waiting_mails(connection, **which)  # type: ignore[arg-type]


def unknown(database: Database, **which: object) -> list[UnknownMail]:
    with database.read() as connection:
        return unknown_mails(connection, patience=HOUR, **{"limit": 50, **which})  # type: ignore[arg-type]


def journey_of(world: World) -> int:
    return world.program.journey_id


def test_each_mail_is_counted_once_under_its_connection(database: Database, clock: ManualClock) -> None:
    world = World(database)
    sent, busy, lost = add_contacts(database, 3, tag="in")
    add_contacts(database, 2, tag="in", consented_at=None)
    add_contacts(database, 1, tag="in", unsubscribed_at=1)
    world.enter()
    answers = {busy: BUSY, lost: LOST}
    world.channel.answer = lambda person: answers.get(person, Receipt(Delivery.ACCEPTED))
    world.deliver()
    (shop,) = state(database).connections
    assert (shop.conn_id, shop.channel, shop.pause) == ("shop", "scripted", None)
    assert (shop.accepted, shop.rejected, shop.retryable, shop.unresolved) == (1, 3, 1, 1)
    assert (shop.sending, shop.given_up) == (0, 0)
    assert list(shop.reasons.items()) == [("no_consent", 2), ("unsubscribed", 1)]
    assert shop.next_try == clock.now() + MINUTE
    assert world.states()[sent][0] == "accepted"
    assert state(database, journeys=set()).connections == ()
    assert state(database, journeys={journey_of(world)}).connections == (shop,)
    clock.advance(2 * DAY)
    (later,) = state(database).connections
    assert (later.accepted, later.rejected) == (0, 0), "they lie before the window"
    assert (later.retryable, later.unresolved) == (1, 1), "they are open, however old"
    world.deliver()
    (given_up,) = state(database, since=0).connections
    assert (given_up.unresolved, given_up.given_up) == (0, 1)


def test_a_pause_is_told_even_when_nothing_has_gone_out_yet(database: Database, clock: ManualClock) -> None:
    with database.write() as connection:
        pause_sending(connection, "shop", at=clock.now(), reason="the key is wrong")
    found = state(database)
    (shop,) = found.connections
    assert (shop.conn_id, shop.accepted) == ("shop", 0)
    assert shop.pause is not None
    assert shop.pause.reason == "the key is wrong"
    assert [pause.conn_id for pause in found.pauses] == ["shop"]


def test_the_pause_of_a_channel_stops_its_connections(database: Database, clock: ManualClock) -> None:
    world = World(database)
    add_contacts(database, 1, tag="in")
    world.enter()
    world.deliver()
    with database.write() as connection:
        pause_sending(connection, "scripted", at=clock.now(), reason="the account is suspended")
    (shop,) = state(database).connections
    assert shop.pause is not None
    assert shop.pause.conn_id == "scripted"


def test_only_the_newest_mails_are_counted(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(database)
    begin = clock.now()
    for _ in range(3):
        add_contacts(database, 2, tag="in")
        world.enter()
        world.deliver()
        clock.advance(HOUR)
    monkeypatch.setattr(module, "NEWEST", 3)
    found = state(database)
    assert (found.shortened, found.since) == (True, begin + HOUR)
    assert found.connections[0].accepted == 3
    assert not state(database, since=begin + HOUR).shortened
    monkeypatch.setattr(module, "NEWEST", 6)
    found = state(database)
    assert (found.shortened, found.connections[0].accepted) == (False, 6)


def test_many_reasons_are_summed_up(database: Database) -> None:
    world = World(database)
    people = add_contacts(database, 12, tag="in")
    world.enter()
    world.channel.answer = lambda person: Receipt(Delivery.REJECTED, f"550 no {max(person, people[3])}")
    world.deliver()
    (shop,) = state(database).connections
    assert next(iter(shop.reasons.items())) == (f"550 no {people[3]}", 4)
    assert len(shop.reasons) == module.MOST_REASONS + 1
    assert (list(shop.reasons)[-1], sum(shop.reasons.values())) == (module.OTHER, 12)


def test_who_waits_is_told_by_step_with_reason_and_time(database: Database, clock: ManualClock) -> None:
    """At 10:00 in Tokyo it is 01:00 in London: quiet hours until 08:00 there."""
    world = World(database, mails=2)
    add_contacts(database, 2, tag="in", timezone="Europe/London")
    add_contacts(database, 1, tag="in", timezone="Europe/Paris")
    add_contacts(database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: BUSY
    world.deliver()
    quiet, tried = waiting(database)
    eight = to_ms(pendulum.datetime(2026, 12, 1, 8, tz="Europe/London"))
    assert (quiet.journey, quiet.step, quiet.why, quiet.number) == ("delivery", "mail0", "quiet_hours", 3)
    assert (quiet.earliest, quiet.latest) == (eight - HOUR, eight)
    assert (tried.why, tried.number, tried.reason) == ("retryable", 1, "the provider is busy")
    assert tried.earliest == tried.latest == clock.now() + MINUTE
    assert waiting(database, journeys=set()) == []
    assert waiting(database, journeys={journey_of(world)}) == [quiet, tried]
    assert waiting(database, cohort="other") == []
    with database.read() as connection:
        assert journey_progress(connection, "delivery").waiting_mails == (quiet, tried)
    world.channel.failure = SendingPausedError("the key is wrong")
    clock.at = eight
    world.deliver()
    clock.advance(3 * MINUTE)
    world.deliver()
    (paused,) = waiting(database)
    assert (paused.why, paused.number) == ("paused", 4), "whoever could not be sent to waits for the same now"
    assert (paused.earliest, paused.latest) == (None, None)
    (shop,) = state(database).connections
    assert shop.next_try is None
    world.channel.failure = None
    resume_sending(database, "shop")
    (resumed,) = waiting(database)
    assert (resumed.why, resumed.number) == ("resumed", 4), "until a run takes them"
    assert (resumed.earliest, resumed.latest) == (clock.now(), clock.now())
    world.channel.answer = lambda _: Receipt(Delivery.ACCEPTED)
    world.deliver()
    assert waiting(database) == []


@pytest.mark.parametrize("stopped", ["shop", "scripted"])
def test_what_is_to_be_tried_again_has_no_time_while_sending_is_paused(
    database: Database, clock: ManualClock, stopped: str
) -> None:
    world = World(database)
    add_contacts(database, 2, tag="in")
    world.enter()
    world.channel.answer = lambda _: BUSY
    world.deliver()
    with database.write() as connection:
        pause_sending(connection, stopped, at=clock.now(), reason="wrong price in the mail")
    (tried,) = waiting(database)
    assert (tried.why, tried.number, tried.reason) == ("retryable", 2, "the provider is busy")
    assert (tried.earliest, tried.latest) == (None, None)
    assert next(one for one in state(database).connections if one.conn_id == "shop").next_try is None
    resume_sending(database, stopped)
    (tried,) = waiting(database)
    assert tried.earliest == clock.now() + MINUTE, "nothing had put them to sleep: their time stands"
    assert state(database).connections[0].next_try == clock.now() + MINUTE


def test_unknown_mails_say_what_becomes_of_them(database: Database, clock: ManualClock) -> None:
    world = World(database)
    (person,) = add_contacts(database, 1, tag="in", name="Hanako")
    world.enter()
    world.channel.answer = lambda _: LOST
    world.deliver()
    (mail,) = unknown(database)
    assert (mail.journey, mail.step, mail.conn_id) == ("delivery", "mail0", "shop")
    assert (mail.since, mail.decided_at) == (clock.now(), clock.now() + HOUR)
    assert (mail.fate, mail.reason, mail.attempts) == ("given_up", "no answer", 1)
    assert (mail.key, mail.name, mail.email) == (f"c{person}", "Hanako", f"c{person}@example.com")
    assert "Hanako" not in repr(mail)
    assert f"c{person}" not in repr(mail)
    assert "after 11:00 given up, never sent again" in fate_text(mail.fate, mail.attempts, "en", "11:00")
    assert "11:00 を過ぎても確認できなければ打ち切り" in fate_text(mail.fate, mail.attempts, "ja", "11:00")
    assert unknown(database, journeys=set()) == []
    with database.read() as connection:
        assert unresolved_connections(connection) == {"shop": "scripted"}
    with database.write() as connection:
        connection.execute(sa.delete(contact))
    assert [one.email for one in unknown(database)] == [None]
    clock.advance(HOUR)
    world.deliver()
    assert unknown(database) == []


def test_an_unknown_transactional_mail_is_sent_again_so_many_times(
    database: Database, clock: ManualClock
) -> None:
    world = World(database, "transactional")
    add_contacts(database, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    world.deliver()
    (mail,) = unknown(database)
    assert mail.fate == "sent_again"
    assert "sent again at 11:00 if there is no trace: attempt 2 of 3" in fate_text(
        mail.fate, mail.attempts, "en", "11:00"
    )
    assert "（3 回中 2 回目）" in fate_text(mail.fate, mail.attempts, "ja", None)
    (held,) = waiting(database)
    assert held.why == "unresolved"
    with database.read() as connection:
        (passage,) = find_person(connection, "c1", now=clock.now()).passages
    assert passage.waiting is not None
    assert passage.waiting.mail == WaitingMail("unresolved", mail.decided_at, "no answer", 1, "sent_again")
    with database.write() as connection:
        connection.execute(sa.update(message).values(attempts=3))
    assert unknown(database)[0].fate == "given_up"


def test_unknown_mails_come_in_pages_and_each_once(database: Database, clock: ManualClock) -> None:
    world = World(database)
    world.channel.answer = lambda _: LOST
    for _ in range(3):
        add_contacts(database, 3, tag="in")
        world.enter()
        world.deliver()
        clock.advance(MINUTE)
    every = [mail.message_id for mail in unknown(database)]
    assert len(every) == 9
    seen: list[int] = []
    after = None
    while page := unknown(database, after=after, limit=2):
        seen += [mail.message_id for mail in page]
        after = After(page[-1].since, page[-1].message_id)
    assert seen == every


def test_the_indexes_answer_and_no_table_is_read(sqlite_database: Database) -> None:
    """Unknown mails are found by their own index: a million others cost nothing."""
    seen: list[tuple[str, object]] = []

    def remember(_c: object, _cur: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    with sqlite_database.read() as connection:
        sa.event.listen(sqlite_database.engine, "before_cursor_execute", remember)
        unknown_mails(connection, patience=HOUR, journeys={1}, after=After(1, 1), limit=5)
        sending(connection, since=0)
        sa.event.remove(sqlite_database.engine, "before_cursor_execute", remember)
        plans = [
            row[3]
            for statement, values in seen
            if "ma_message" in statement and "'retryable'" not in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]
        ]
    assert any("ix_ma_message_unresolved" in plan for plan in plans)
    assert "SCAN ma_message" not in plans


@pytest.mark.parametrize(
    ("values", "why", "until"),
    [
        ({"timezone": "Europe/London"}, "quiet_hours", "2026-12-01T17:00"),
        ({}, "paused", None),
    ],
)
def test_a_person_is_told_why_their_mail_waits(
    database: Database, clock: ManualClock, values: dict[str, str], why: str, until: str | None
) -> None:
    world = World(database)
    add_contacts(database, 1, tag="in", **values)
    world.enter()
    if why == "paused":
        with database.write() as connection:
            pause_sending(connection, "shop", at=clock.now(), reason="wrong price")
    world.deliver()
    with database.read() as connection:
        (passage,) = find_person(connection, "c1", now=clock.now()).passages
    assert passage.waiting is not None
    mail = passage.waiting.mail
    assert mail is not None
    assert mail.why == why
    at = None if mail.until is None else pendulum.from_timestamp(mail.until / 1000, tz="Asia/Tokyo")
    assert (at.format("YYYY-MM-DD[T]HH:mm") if at else None) == until
    assert [pause.reason for pause in mail.pauses] == (["wrong price"] if why == "paused" else [])


def test_a_mail_that_went_out_waits_for_nothing(database: Database, clock: ManualClock) -> None:
    world = World(database, mails=2)
    add_contacts(database, 1, tag="in")
    world.enter()
    world.deliver()
    with database.read() as connection:
        found = find_person(connection, "c1", now=clock.now())
    assert found.passages[0].waiting is not None
    assert found.passages[0].waiting.mail is None
    assert (found.consented_at, found.suppressed) == (0, None)


def test_a_journey_tells_given_up_mails_from_open_ones(database: Database, clock: ManualClock) -> None:
    world = World(database)
    add_contacts(database, 2, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    world.deliver()
    with database.write() as connection:
        one = sa.select(sa.func.min(message.c.id)).scalar_subquery()
        connection.execute(sa.update(message).where(message.c.id == one).values(resolved_at=clock.now()))
    with database.read() as connection:
        assert journey_progress(connection, "delivery").messages == {"mail0": {"given_up": 1, "unknown": 1}}
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey)) == 1


def test_times_are_told_as_spans() -> None:
    def moment(ms: int) -> str:
        return f"{ms // HOUR}:00"

    assert span_text(None, None, 0, "en", moment) == "when sending is resumed"
    assert span_text(HOUR, 2 * HOUR, 3 * HOUR, "en", moment) == "due: the next run sends it"
    assert span_text(5 * HOUR, 5 * HOUR + 1, 0, "en", moment) == "5:00"
    assert span_text(5 * HOUR, 7 * HOUR, 6 * HOUR, "ja", moment) == "6:00 から 7:00 にかけて"


def test_rules_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rule_text("quiet_hours", "ja") == "21:00〜08:00"
    assert rule_text("frequency_cap", "ja") == "1日に 2 通、7日間に 6 通"
    assert rule_text("paused", "en") == ""
    monkeypatch.setenv("AIRFLOW_MA_FREQUENCY_CAPS", "1/1h, 3/36h")
    settings.cache_clear()
    assert rule_text("frequency_cap", "en") == "1 an hour, 3 in 36 hours"
    monkeypatch.setenv("AIRFLOW_MA_FREQUENCY_CAPS", "often")
    settings.cache_clear()
    assert rule_text("frequency_cap", "en") == "often"


def test_words_are_there_in_both_languages() -> None:
    catalogues = (
        sending_texts.REASONS,
        sending_texts.WAITS,
        sending_texts._FATES,
        sending_texts._SPANS,
        sending_texts._CAPS,
    )
    for catalogue in catalogues:
        for key, (english, japanese) in catalogue.items():
            fields = [
                {name for _, name, _, _ in string.Formatter().parse(text) if name}
                for text in (english, japanese)
            ]
            assert fields[0] == fields[1], key
            assert english.isascii(), key
    assert reason_text("no_consent", "en") == "no consent on record"
    assert reason_text("550 no such user", "ja") == "550 no such user"
    assert reason_text(None, "ja") == "理由不明"
    assert wait_text("paused", "ja") == "配信の一時停止中"


@pytest.mark.parametrize("column", [enrollment.c.hold])
def test_every_hold_has_words(column: sa.Column[str]) -> None:
    named = {
        word.strip(" ,.") for word in (column.comment or "").split(":")[1].replace(" or ", ",").split(",")
    }
    assert named <= sending_texts.WAITS.keys()
