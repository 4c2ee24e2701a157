"""The people behind the numbers: the same people, page by page, and what each waits for."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey
from airflow_ma.dag.explain import Explainer
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, NEVER, ManualClock, from_ms
from airflow_ma.engine.control.by_hand import People, move_people, remove_people
from airflow_ma.engine.database import Database
from airflow_ma.engine.runs import begin_run, end_run
from airflow_ma.engine.tables import enrollment, journey, journey_run, message, move
from airflow_ma.insight import people as insight
from airflow_ma.insight.people import Found, PassageMade, Wanted, people, way
from airflow_ma.insight.person import find_person
from airflow_ma.insight.standing import standings
from airflow_ma.insight.timeline import timeline
from airflow_ma.insight.watch import find_run
from tests.journeys import add_contacts, happen, sweep

e, m, mv = enrollment.c, message.c, move.c


@pytest.fixture
def sale(sale: Journey, database: Database, clock: ManualClock) -> Journey:
    """Six entered; two opened after an hour and wait."""
    add_contacts(database, 6, tag="in")
    sweep(sale, database)
    clock.advance(HOUR)
    happen(database, "email.open", 1, "mail")
    happen(database, "email.open", 2, "mail")
    sweep(sale, database)
    return sale


def ask(
    database: Database,
    step: str,
    what: Any,
    *,
    after: int | None = None,
    limit: int = 50,
    run: str = "",
    **more: Any,
) -> Found:
    with database.read() as connection:
        journey_id = connection.execute(sa.select(journey.c.id).where(journey.c.key == "sale")).scalar_one()
        found = find_run(connection, journey_id, run) if run else None
        return people(
            connection,
            journey_id,
            Wanted(step, what, run=found, **more),
            now=database.clock().now(),
            after=after,
            limit=limit,
            why=Explainer(connection),
        )


def keys(found: Found) -> list[str]:
    return [one.contact for one in found.people]


def update(database: Database, table: sa.Table, where: sa.ColumnElement[bool], **values: object) -> None:
    with database.write() as connection:
        connection.execute(sa.update(table).where(where).values(**values))


def way_of(database: Database, key: str) -> list[PassageMade] | None:
    with database.read() as connection:
        journey_id = connection.execute(sa.select(journey.c.id).where(journey.c.key == "sale")).scalar_one()
        return way(connection, journey_id, key, why=Explainer(connection))


def test_those_who_wait_with_since_when_and_for_what(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    found = ask(database, "opened", "waiting")
    assert (keys(found), found.total, found.next_after) == (["c6", "c5", "c4", "c3"], 4, None)
    one = found.people[0]
    assert (one.name, one.email, one.step) == (None, "c6@example.com", "opened")
    assert (one.since, one.until) == (clock.now() - HOUR, clock.now() - HOUR + 3 * DAY)
    assert one.why is not None
    assert one.why.ja == "次の行動を待っています: メールを開封、メール内のリンクをクリック、返信"
    assert (one.version, one.pinned) == (1, False)
    assert "c6" not in repr(one).replace("contact='c6'", "")


def test_pages_give_everybody_once(database: Database, sale: Journey) -> None:
    first = ask(database, "opened", "waiting", limit=3)
    assert (keys(first), first.total) == (["c6", "c5", "c4"], 4)
    second = ask(database, "opened", "waiting", limit=3, after=first.next_after)
    assert (keys(second), second.next_after, second.total) == (["c3"], None, None)


def test_due_pinned_and_held(database: Database, clock: ManualClock, sale: Journey) -> None:
    assert keys(ask(database, "wait", "due")) == []
    update(database, enrollment, e.contact_id == 3, hold="quiet_hours", wake_at=clock.now() + HOUR)
    update(database, enrollment, e.contact_id == 4, hold="frequency_cap", wake_at=NEVER)
    update(database, enrollment, e.contact_id == 5, pinned_version=1)
    update(database, journey, journey.c.key == "sale", version=2)
    clock.advance(DAY)
    due = ask(database, "wait", "due")
    assert keys(due) == ["c2", "c1"]
    assert due.people[0].why is not None
    assert due.people[0].why.en == "Is looked at with the next run"
    assert keys(ask(database, "opened", "held")) == ["c4", "c3"]
    quiet = ask(database, "opened", "held", hold="quiet_hours")
    assert keys(quiet) == ["c3"]
    pinned = ask(database, "opened", "pinned")
    assert [(one.contact, one.version, one.pinned) for one in pinned.people] == [("c5", 1, True)]


def test_mail_that_waits_says_why_and_until_when(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    until = clock.now() + HOUR
    update(database, enrollment, e.contact_id == 3, step="mail", hold="quiet_hours", wake_at=until)
    (one,) = ask(database, "mail", "held").people
    assert one.why is not None
    assert one.why.ja.startswith("メールの送信待ち: 配信を控える時間帯")
    assert one.until == until


def test_people_whose_mail_failed(database: Database, sale: Journey) -> None:
    update(database, message, m.contact_id == 1, state="rejected", reason="550 no such user")
    update(database, message, m.contact_id == 2, state="rejected", reason="no_consent")
    update(database, enrollment, e.contact_id.in_([3, 4]), step="mail")
    update(database, message, m.contact_id == 3, state="retryable", reason="timeout")
    update(database, message, m.contact_id == 4, state="unknown", reason="timeout")
    update(database, message, m.contact_id == 5, state="retryable", reason="has gone on since")
    found = ask(database, "mail", "failed")
    assert {one.contact: one.why.en for one in found.people if one.why} == {
        "c4": "perhaps sent, being found out: timeout",
        "c3": "could not be sent, tried again: timeout",
        "c1": "not sent: 550 no such user",
    }
    assert keys(ask(database, "mail", "failed", hold="retryable")) == ["c3"]
    first = ask(database, "mail", "failed", limit=2)
    assert keys(first) + keys(ask(database, "mail", "failed", limit=2, after=first.next_after)) == keys(found)


def test_who_came_and_who_left_by_which_way(database: Database, clock: ManualClock, sale: Journey) -> None:
    assert keys(ask(database, "people", "arrived")) == ["c6", "c5", "c4", "c3", "c2", "c1"]
    assert sorted(keys(ask(database, "opened", "arrived"))) == ["c1", "c2", "c3", "c4", "c5", "c6"]
    left = ask(database, "opened", "left", outcome="opened")
    assert keys(left) == ["c2", "c1"]
    assert {(one.step, one.since, one.why.ja if one.why else "") for one in left.people} == {
        ("wait", clock.now(), "開封した")
    }
    assert keys(ask(database, "opened", "left", outcome="not_opened")) == []
    clock.advance(DAY)
    sweep(sale, database)
    (one, _) = ask(database, "end", "left").people
    assert one.why is not None
    assert one.why.en == "through"


def test_moves_are_found_page_by_page_however_rare(
    database: Database, sale: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insight, "SCAN", 3)
    monkeypatch.setattr(insight, "MOST_SCANS", 2)
    seen: list[str] = []
    after, rounds, stops = None, 0, 0
    while True:
        found = ask(database, "people", "left", after=after, limit=2)
        seen += keys(found)
        stops += found.stopped
        rounds += 1
        if found.next_after is None:
            break
        assert found.next_after != after
        after = found.next_after
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1"]
    assert stops >= 1
    assert rounds < 10


def test_only_those_of_a_run(database: Database, clock: ManualClock, sale: Journey) -> None:
    program = sale.program(database)
    begin_run(database, program, "test2")
    clock.advance(DAY)
    sale.steps["wait"].move_contacts(database, program, cohort=None, run_id="test2")
    end_run(database, "sale", "test2")
    sale.steps["end"].move_contacts(database, program, cohort=None, run_id="later")
    assert keys(ask(database, "wait", "left", run="test2")) == ["c2", "c1"]
    assert keys(ask(database, "end", "arrived", run="test2")) == ["c2", "c1"]
    assert keys(ask(database, "end", "left", run="test2")) == []
    assert keys(ask(database, "opened", "left", run="test2")) == []
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey_run)) == 1


def test_the_way_of_a_person(database: Database, clock: ManualClock, sale: Journey) -> None:
    entered = clock.now() - HOUR
    clock.advance(DAY)
    sweep(sale, database)
    (one,) = way_of(database, "c1") or []
    assert (one.entered_at, one.left_at, one.now, one.version) == (entered, clock.now(), None, 1)
    assert one.left_reason is not None
    assert one.left_reason.en == "through"
    assert [(step.from_step, step.outcome, step.to_step, step.run_id) for step in one.moves] == [
        ("people", "entered", "mail", "test"),
        ("mail", "sent", "opened", "test"),
        ("opened", "opened", "wait", "test"),
        ("wait", "waited", "end", "test"),
        ("end", "left", None, "test"),
    ]
    (other,) = way_of(database, "c3") or []
    assert (one.finished, other.finished) == (True, False)
    assert (other.now, other.left_at, other.left_reason) == ("opened", None, None)
    assert way_of(database, "nobody") is None
    add_contacts(database, 1)
    assert way_of(database, "c7") == []


def test_what_was_done_by_hand_is_told_in_words(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    program = sale.program(database)
    move_people(database, program, People(contacts=[3, 4]), "wait", by="op", reason="")
    remove_people(database, "sale", People(contacts=[4]), by="op", reason="")
    moved = ask(database, "opened", "left", outcome="@moved")
    assert [one.why.ja for one in moved.people if one.why] == ["担当者により移動"] * 2
    (removed,) = ask(database, "wait", "left", outcome="@removed").people
    assert removed.why is not None
    assert (removed.contact, removed.why.ja, removed.why.en) == (
        "c4",
        "担当者により終了",
        "Taken out by the team",
    )
    (passage,) = way_of(database, "c4") or []
    assert (passage.left_reason, passage.finished) == (removed.why, False)
    with database.read() as connection:
        why = Explainer(connection)
        told = timeline(connection, 4, "Asia/Tokyo", journeys=[program.journey_id], why=why)
    by_hand = next(one for one in told if one.what == "moved")
    assert (by_hand.title.ja, by_hand.detail.ja if by_hand.detail else "") == (
        "開封を待つ: 担当者により移動",
        "「待つ」へ",
    )
    left = next(one for one in told if one.what == "left")
    assert left.detail is not None
    assert (left.title.ja, left.detail.ja) == ("「sale」から離脱", "担当者により終了")


def test_who_waits_for_their_turn_is_told_when_it_comes(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    program = sale.program(database)
    # A step that sends, and one that waits but for whom the case holds already.
    move_people(database, program, People(step="opened"), "mail", by="op", reason="", gap_ms=30 * MINUTE)
    found = ask(database, "mail", "waiting")
    assert {one.contact: one.why.ja for one in found.people if one.why} == {
        "c3": "まもなく次へ進みます",
        **{
            f"c{n}": f"{at}に送信予定（少しずつ送信中）"
            for n, at in ((4, _local(clock, 30)), (5, _local(clock, 60)))
        },
        "c6": f"{_local(clock, 90)}に送信予定（少しずつ送信中）",
    }
    assert [one.until for one in found.people] == [None] * 4
    with database.read() as connection:
        person = find_person(connection, "c5", now=clock.now())
        places = standings(
            connection, 5, journeys=[program.journey_id], now=clock.now(), why=Explainer(connection)
        )
    waiting = person.passages[0].waiting
    assert waiting is not None
    assert (waiting.planned, waiting.due) == (clock.now() + HOUR, False)
    assert places[0].waits_for.en.endswith("(they are sent a few at a time)")
    clock.advance(HOUR)
    assert {one.why.ja for one in ask(database, "mail", "waiting").people[1:] if one.why} == {
        "まもなく次へ進みます"
    }


def _local(clock: ManualClock, minutes: int) -> str:
    return str(from_ms(clock.now() + minutes * MINUTE, "Asia/Tokyo").format("M/D HH:mm"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [("changed", "ジャーニーの変更により終了"), ("ended", "ジャーニーの終了により、全員が終了")],
)
def test_whom_a_change_or_the_end_of_the_journey_took_out(
    database: Database, sale: Journey, reason: str, said: str
) -> None:
    remove_people(database, "sale", People(contacts=[4]), by="op", reason="")
    update(database, enrollment, e.contact_id == 4, left_reason=reason)
    (passage,) = way_of(database, "c4") or []
    assert passage.left_reason is not None
    assert passage.left_reason.ja == said


def test_a_word_of_the_author_stays_as_it_is(database: Database, clock: ManualClock, sale: Journey) -> None:
    clock.advance(DAY)
    sweep(sale, database)
    update(database, enrollment, e.contact_id == 1, left_reason="changed")
    (passage,) = way_of(database, "c1") or []
    assert passage.left_reason is not None
    assert passage.left_reason.ja == "changed"
