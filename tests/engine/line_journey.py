"""Journeys in one line, changed while people are in them, and what must hold when all are through."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from airflow.sdk import Label

from airflow_ma.channels.channel import Delivery, Receipt
from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.control.by_hand import People, move_people
from airflow_ma.engine.database import Database
from airflow_ma.engine.enroll import rest_idle_entries
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import journey_step, message
from airflow_ma.insight.progress import journey_progress
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.operators.send_email import MailHeldError
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor
from tests.engine.changes.changing import open_rules, ready, run
from tests.engine.live_journey import counted, totals
from tests.journeys import add_contacts, assert_sound, mails, places

KEY = "line"
BUSY, UNCLEAR = Receipt(Delivery.RETRYABLE, "busy"), Receipt(Delivery.UNKNOWN, "no answer")
Made = Callable[[], Any]


def mail(step: str, template: str = "sale_announcement", **more: Any) -> Made:
    return lambda: SendEmailOperator(task_id=step, template=template, **more)


def wait(step: str, number: int = 1) -> Made:
    return lambda: WaitSensor(task_id=step, duration=days(number))


def opened(step: str, of: str, number: int = 3) -> Made:
    return lambda: WaitForOpenSensor(task_id=step, mail=of, within=days(number))


def line(*steps: Made, entry: Made | None = None, key: str = KEY) -> Journey:
    """One step after the other, whatever the outcome, and an end."""
    with Journey(key) as made:
        before = entry() if entry else AudienceOperator(task_id="people", where={"tag": "in"})
        for step in (*steps, lambda: EndOperator(task_id="end", reason="through")):
            after = step()
            if isinstance(before, WaitForOpenSensor):
                before >> Label("opened | not_opened") >> after
            else:
                before >> after
            before = after
    return made


def joined(event: str, re_entry: Any = "once") -> Made:
    return lambda: AudienceOperator(task_id="people", when={"event": event}, re_entry=re_entry)


def newcomers(database: Database, number: int) -> list[int]:
    """People whom the audience lets in with the next run."""
    people = add_contacts(database, number, tag="in")
    look(database)
    return people


def look(database: Database) -> None:
    """The audience is due."""
    with database.write() as connection:
        due = sa.update(journey_step).where(journey_step.c.step == "people")
        connection.execute(due.values(wake_at=0))


def rest(database: Database, made: Journey) -> None:
    """What the plan of a run does with entries that would let nobody in."""
    rest_idle_entries(database, made.program(database), ["people"])


def ends(database: Database, clock: ManualClock, made: Journey) -> None:
    """Everybody gets through from here on, is counted, and got each mail once at most."""
    for _ in range(12):
        clock.advance(10 * DAY)
        run(database, made)
    assert {place for place in places(database).values() if not place.startswith("left")} == set()
    run(database, made)
    rest(database, made)
    assert open_rules(database) == {}
    assert ready(database) == {}
    assert set(mails(database).values()) <= {1}
    assert_sound(database)
    with database.read() as connection:
        progress = journey_progress(connection, made.dag_id)
        left_over = connection.scalars(
            sa.select(message.c.id).where(message.c.state.in_(["sending", "retryable"]))
        ).all()
    assert (progress.lost, progress.doubled) == (0, 0)
    number = made.program(database).journey_id
    assert totals(database, number) == counted(database, number)
    assert not left_over, "a mail that nobody will ever settle"


def by_hand(database: Database, program: Program, people: list[int], to: str) -> int:
    return move_people(database, program, People(contacts=people), to, by="ann", reason="asked").people


def run_without_sending(database: Database, made: Journey, receipt: Receipt = BUSY) -> None:
    """A run in which the channel says this of every mail."""

    def answer(self: Any, template: Any, outgoing: Any, **_: Any) -> list[Receipt]:
        return [receipt] * len(outgoing)

    with pytest.MonkeyPatch.context() as patch, suppress(MailHeldError):
        patch.setattr(SandboxChannel, "send", answer)
        run(database, made)


def reached(database: Database) -> dict[int, set[str]]:
    """Contact -> the steps whose mail they have."""
    found: dict[int, set[str]] = {}
    for person, step in mails(database):
        found.setdefault(person, set()).add(step)
    return found
