"""What each acting or splitting step does to people, on both databases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.dag import Journey, StepError, days
from airflow_ma.engine.advance import advance
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.control.by_hand import People, move_people
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alert, contact, contact_tag, enrollment, journey_step
from airflow_ma.journey.model import Source
from airflow_ma.operators import (
    AlertSalesOperator,
    AudienceOperator,
    EndOperator,
    RandomSplitOperator,
    SplitOperator,
    UpdateContactOperator,
)
from airflow_ma.sensors import WaitSensor
from tests.journeys import add_contacts, assert_sound, happen, places, sweep


def test_update_contact_merges_forgets_tags_and_scores(database: Database) -> None:
    with Journey("update") as journey:
        people = AudienceOperator(task_id="people")
        people >> UpdateContactOperator(
            task_id="note",
            attributes={"plan": "pro", "seats": 3, "old": None, "日本語": "はい"},
            add_tags=["warm", "seen"],
            remove_tags=["cold"],
            add_score=-5,
        )
    first, second = add_contacts(
        database, 2, tag="cold", attributes={"plan": "free", "old": 1, "kept": [1], "日本語": "いいえ"}
    )
    with database.write() as connection:
        connection.execute(sa.insert(contact_tag).values(contact_id=first, tag="warm"))
    sweep(journey, database)
    with database.read() as connection:
        rows = connection.execute(sa.select(contact)).all()
        tags = {tuple(row) for row in connection.execute(sa.select(contact_tag))}
    for row in rows:
        assert row.attributes == {"plan": "pro", "seats": 3, "kept": [1], "日本語": "はい"}
        assert row.score == -5
        assert row.updated_at > 0
    assert tags == {(person, tag) for person in (first, second) for tag in ("warm", "seen")}
    assert set(places(database).values()) == {"left: completed"}
    assert_sound(database)


def test_a_score_counts_once_a_passage_also_for_who_is_moved_back(
    database: Database, clock: ManualClock
) -> None:
    with Journey("score") as journey:
        people = AudienceOperator(task_id="people")
        note = UpdateContactOperator(task_id="note", attributes={"seen": True}, add_score=5)
        people >> note >> WaitSensor(task_id="wait", duration=days(1)) >> EndOperator(task_id="end")
    program = journey.program(database)
    back, other = add_contacts(database, 2)
    sweep(journey, database)
    assert scores(database) == {back: 5, other: 5}
    (late,) = add_contacts(database, 1)
    with database.write() as connection:
        connection.execute(sa.update(journey_step).where(journey_step.c.step == "people").values(wake_at=0))
    move_people(database, program, People(contacts=[back]), "note", by="ann", reason="too early")
    sweep(journey, database)
    assert set(places(database).values()) == {"wait"}
    assert scores(database) == {back: 5, other: 5, late: 5}


def test_a_score_counts_for_each_of_two_passages_at_once(database: Database) -> None:
    with Journey("score", mode="one_off") as journey:
        people = AudienceOperator(task_id="people")
        wait = WaitSensor(task_id="wait", duration=days(1))
        people >> wait >> UpdateContactOperator(task_id="note", add_score=5) >> EndOperator(task_id="end")
    (person,) = add_contacts(database, 1)
    for run in ("first", "second"):
        sweep(journey, database, cohort=run)
    with database.write() as connection:
        connection.execute(sa.update(enrollment).values(step="note", wake_at=0))
    assert advance(database, journey.program(database), "note") == {"done": 2}
    assert scores(database) == {person: 10}


def scores(database: Database) -> dict[int, int]:
    with database.read() as connection:
        return {row.id: row.score for row in connection.execute(sa.select(contact.c.id, contact.c.score))}


def test_split_takes_the_first_way_that_fits(database: Database) -> None:
    with Journey("split") as journey:
        people = AudienceOperator(task_id="people")
        split = SplitOperator(
            task_id="split",
            branches={
                "vip": {"tag": "vip"},
                "big": {"attribute": "seats", "at_least": 10},
                "shopper": {"event": "page.view", "url": "*/shop/*", "within": "1 day"},
            },
        )
        people >> split
        for outcome in split.outcomes:
            split >> Label(outcome) >> EndOperator(task_id=f"end_{outcome}", reason=outcome)
    (vip,) = add_contacts(database, 1, tag="vip", attributes={"seats": 50})
    (big,) = add_contacts(database, 1, attributes={"seats": 10})
    shopper, other = add_contacts(database, 2, attributes={"seats": "many"})
    happen(database, "page.view", shopper, url="https://x.example/shop/1")
    sweep(journey, database)
    assert places(database) == {
        vip: "left: vip",
        big: "left: big",
        shopper: "left: shopper",
        other: "left: other",
    }


def test_random_split_keeps_its_shares_and_two_of_them_are_independent(database: Database) -> None:
    with Journey("random") as journey:
        people = AudienceOperator(task_id="people")
        first = RandomSplitOperator(task_id="first", shares={"a": 30, "b": 70})
        people >> first
        for one in ("a", "b"):
            second = RandomSplitOperator(task_id=f"second_{one}", shares={"x": 50, "y": 50})
            first >> Label(one) >> second
            for two in ("x", "y"):
                second >> Label(two) >> EndOperator(task_id=f"end_{one}{two}", reason=one + two)
    number = 6000
    add_contacts(database, number)
    sweep(journey, database)
    count = Counter(place.removeprefix("left: ") for place in places(database).values())
    expected = {"ax": 0.15, "ay": 0.15, "bx": 0.35, "by": 0.35}
    chi2 = sum((count[k] - number * share) ** 2 / (number * share) for k, share in expected.items())
    assert chi2 < 16.3, count  # 3 degrees of freedom, p = 0.001; the draw is fixed, so this cannot flicker


def test_alert_says_who_why_and_what_to_do_once(database: Database, clock: ManualClock) -> None:
    with Journey("alert") as journey:
        people = AudienceOperator(task_id="people")
        people >> AlertSalesOperator(
            task_id="call", reason="価格を2回閲覧", advice="電話する", assignee="Sato"
        )
    (person,) = add_contacts(database, 1)
    sweep(journey, database)
    sweep(journey, database)
    with database.read() as connection:
        (row,) = connection.execute(sa.select(alert)).all()
    assert (row.contact_id, row.reason, row.advice, row.assignee) == (
        person,
        "価格を2回閲覧",
        "電話する",
        "Sato",
    )
    assert row.created_at == clock.now()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_audience_from_a_list_of_keys_or_addresses(
    database: Database, tmp_path: Path, encoding: str
) -> None:
    listed = tmp_path / "lists" / "list.csv"
    listed.parent.mkdir()
    listed.write_text("email,名前\nC1@Example.com,山田\n\nc3,佐藤\nnobody,x\n", encoding=encoding)
    with Journey("listed") as journey:
        people = AudienceOperator(task_id="people", csv_list="lists/list.csv")
        people.source = Source(str(tmp_path / "journey.yaml"), 1)
        people >> EndOperator(task_id="end")
    first, _, third = add_contacts(database, 3)
    sweep(journey, database)
    assert set(places(database)) == {first, third}


def test_a_list_that_is_not_there_says_where_it_was_looked_for(database: Database) -> None:
    with Journey("unlisted") as journey:
        AudienceOperator(task_id="people", csv_list="gone.csv") >> EndOperator(task_id="end")
    with pytest.raises(StepError, match=r"cannot read the list .*operators/gone\.csv"):
        sweep(journey, database)


@pytest.mark.parametrize("written", ["key\nc1\n".encode("utf-16"), b"k\0e\0y\0\n\0", b"key\n\x81"])
def test_a_list_in_no_encoding_we_know_says_what_to_do(
    database: Database, tmp_path: Path, written: bytes
) -> None:
    (tmp_path / "list.csv").write_bytes(written)
    with Journey("listed") as journey:
        people = AudienceOperator(task_id="people", csv_list="list.csv")
        people.source = Source(str(tmp_path / "journey.yaml"), 1)
        people >> EndOperator(task_id="end")
    with pytest.raises(StepError, match=r"list\.csv is no CSV file in UTF-8 or Shift_JIS; save it as"):
        sweep(journey, database)


def test_the_check_finds_a_list_that_is_not_there(tmp_path: Path) -> None:
    missing = AudienceOperator(task_id="people", csv_list="gone.csv")
    missing.source = Source(str(tmp_path / "journey.yaml"), 1)
    (problem,) = missing.inspect()
    assert problem.rule == "missing-list"
    assert "gone.csv" in problem.message
    (tmp_path / "gone.csv").write_text("c1\n")
    assert list(missing.inspect()) == []


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../secret.csv", r"..\..\secret.csv", r"C:\secret.csv", "a/../../b"]
)
def test_a_list_lies_beside_the_journey(path: str) -> None:
    with pytest.raises(StepError, match="must be a file beside"):
        AudienceOperator(task_id="people", csv_list=path)


def test_one_contact_enters_once_however_often_one_looks(database: Database, clock: ManualClock) -> None:
    with Journey("once") as journey:
        AudienceOperator(task_id="people", when={"event": "order.completed"}) >> EndOperator(task_id="end")
    journey.program(database)
    (person,) = add_contacts(database, 1)
    for _ in range(3):
        happen(database, "order.completed", person)
        clock.advance(1000)
        happen(database, "order.completed", person)
        sweep(journey, database)
        clock.advance(1000)
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(enrollment)) == 1


def test_end_states_its_reason(database: Database) -> None:
    with Journey("ended") as journey:
        AudienceOperator(task_id="people") >> EndOperator(task_id="end", reason="資料請求")
    (person,) = add_contacts(database, 1)
    sweep(journey, database)
    assert places(database) == {person: "left: 資料請求"}
