"""Each trouble is told when it begins, when it gets worse, and when it is over: once each."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.clock import MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alarm
from airflow_ma.insight.alarms import Alarm, due_alarms, mark_told, message_of
from airflow_ma.insight.health import Health
from airflow_ma.insight.health_checks import Check, State
from airflow_ma.journey.said import Said

SAID = Said(en="5 mails <wait>", ja="5 通が待機中")


def check(state: State, code: str = "unknown", journey: str | None = None) -> Check:
    return Check(code, state, SAID, Said(en="Look", ja="確認"), 5, 1, "mails", journey)


def look(database: Database, *checks: Check, told: bool = True) -> list[tuple[str, str, str]]:
    found = due(database, *checks)
    if told:
        mark_told(database, found)
    return [(one.id, one.what, one.state) for one in found]


def due(database: Database, *checks: Check) -> list[Alarm]:
    health = Health(database.clock().now(), checks, ())
    return due_alarms(database, health, warn_after_minutes=15)


def kept(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(sa.select(alarm.c.code).order_by(alarm.c.code)))


def test_a_warning_is_told_when_it_lasts(database: Database, clock: ManualClock) -> None:
    assert look(database, check("warning")) == []
    clock.advance(15 * MINUTE - 1)
    assert look(database, check("warning")) == []
    clock.advance(1)
    assert look(database, check("warning")) == [("unknown", "begun", "warning")]
    clock.advance(60 * MINUTE)
    assert look(database, check("warning")) == []
    assert look(database, check("good")) == [("unknown", "over", "good")]
    assert look(database, check("good")) == []
    assert kept(database) == []


def test_a_warning_that_passes_is_never_told(database: Database, clock: ManualClock) -> None:
    assert look(database, check("warning")) == []
    assert kept(database) == ["unknown"]
    assert look(database) == []
    assert kept(database) == []
    clock.advance(20 * MINUTE)
    assert look(database, check("warning")) == [], "it begins anew"


def test_what_is_bad_is_told_at_once_and_what_gets_worse_once_more(
    database: Database, clock: ManualClock
) -> None:
    assert look(database, check("bad", "runs", "sale"), check("bad", "runs", "care")) == [
        ("runs:sale", "begun", "bad"),
        ("runs:care", "begun", "bad"),
    ]
    assert look(database, check("bad", "runs", "sale")) == [("runs:care", "over", "good")]
    assert look(database, check("warning", "runs", "sale")) == [], "better, and not over"
    assert look(database, check("bad", "runs", "sale")) == [], "it was told before"
    look(database)
    look(database, check("warning"))
    clock.advance(15 * MINUTE)
    assert look(database, check("warning")) == [("unknown", "begun", "warning")]
    assert look(database, check("bad")) == [("unknown", "worse", "bad")]
    assert look(database, check("bad")) == []


def test_an_alarm_that_nobody_got_is_told_again(database: Database, clock: ManualClock) -> None:
    first = look(database, check("bad"), told=False)
    clock.advance(5 * MINUTE)
    assert look(database, check("bad")) == first
    assert look(database, check("good"), told=False) == [("unknown", "over", "good")]
    assert look(database, check("good")) == [("unknown", "over", "good")]


def test_minutes_are_real_ones_where_the_clock_runs_fast(database: Database, clock: ManualClock) -> None:
    clock.speed = 4_320
    look(database, check("warning"))
    clock.advance(60 * MINUTE)
    assert look(database, check("warning")) == []
    clock.advance(15 * MINUTE * 4_320)
    assert look(database, check("warning")) == [("unknown", "begun", "warning")]


def test_the_message_says_what_since_when_and_what_to_do_in_both_languages(
    database: Database, clock: ManualClock
) -> None:
    found = due(database, check("bad"))
    message = message_of(found, {"unknown": "2026-12-01 10:00"}, "https://airflow/airflow-ma/health")
    assert message.subject == "Problem: Mails perhaps sent / 問題: 送信されたか不明なメール"
    assert message.text.split("\n\n") == [
        "Problem: Mails perhaps sent\n5 mails <wait>\nSince 2026-12-01 10:00.\nWhat to do: Look",
        "問題: 送信されたか不明なメール\n5 通が待機中\n発生: 2026-12-01 10:00\n対処: 確認",
        "More on the page Health: https://airflow/airflow-ma/health\n"
        "詳しくは「稼働状況」のページへ: https://airflow/airflow-ma/health",
    ]
    assert "5 mails &lt;wait&gt;<br>" in message.html
    mark_told(database, found)
    (over,) = due(database)
    assert over.heading.ja == "解消: 送信されたか不明なメール"
    many = message_of([*found] * 5, {"unknown": ""}, "")
    assert many.subject.endswith(" +2")
