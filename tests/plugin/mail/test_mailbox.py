"""Reading the mailbox, on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.events import NewEvent, record_events
from airflow_ma.engine.tables import journey, journey_step
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import Reader
from airflow_ma.plugin.mail import mailbox
from tests.plugin.conftest import put_mail


def reader_of(database: Database, *keys: str) -> Reader:
    with database.read() as connection:
        found = connection.scalars(sa.select(journey.c.id).where(journey.c.key.in_(keys)))
        return Reader(database, frozenset(found))


def happen(database: Database, message_id: int, kind: str, *, machine: bool = False) -> None:
    now = database.clock().now()
    new = NewEvent(
        kind, now, f"{kind}{message_id}{machine}", message_id, message_id=message_id, machine=machine
    )
    with database.write() as connection:
        record_events(connection, [new], now=now)


def test_only_mails_of_the_readers_journeys_are_there(database: Database) -> None:
    put_mail(database, 1, journey_key="sale")
    put_mail(database, 2, journey_key="cold")
    reader = reader_of(database, "sale")
    assert [mail.message_id for mail in mailbox.newest(reader, limit=10)] == [1]
    assert [mail.message_id for mail in mailbox.following(reader, after=0, limit=10)] == [1]
    assert mailbox.one(reader, 2) is None
    assert mailbox.newest(reader_of(database), limit=10) == []


def test_badges_tell_humans_from_machines(database: Database) -> None:
    for number in (1, 2, 3):
        put_mail(database, number)
    happen(database, 1, "email.open", machine=True)
    happen(database, 2, "email.open", machine=True)
    happen(database, 2, "email.open")
    happen(database, 2, "email.click")
    happen(database, 3, "email.click", machine=True)
    happen(database, 3, "reply")
    happen(database, 3, "email.unsubscribe")
    one, two, three = mailbox.following(reader_of(database, "sale"), after=0, limit=10)
    assert (one.opened, one.opened_by_machine, one.clicked) == (False, True, False)
    assert (two.opened, two.opened_by_machine, two.clicked) == (True, False, True)
    assert (three.clicked, three.replied, three.unsubscribed) == (False, True, True)


def test_a_mail_lists_what_happened_and_is_marked_read_once(database: Database) -> None:
    put_mail(database, 1)
    reader = reader_of(database, "sale")
    happen(database, 1, "email.open")
    mail = mailbox.one(reader, 1)
    assert mail is not None
    assert [happened.type for happened in mail.events] == ["email.open"]
    assert not mail.read
    mailbox.mark_read(reader, 1)
    again = mailbox.one(reader, 1)
    assert again is not None
    assert again.read


def test_a_step_without_a_name_is_called_like_its_kind(database: Database) -> None:
    put_mail(database, 1)
    with database.write() as connection:
        connection.execute(sa.update(journey_step).values(title=journey_step.c.step, kind="send_email"))
    (mail,) = mailbox.newest(reader_of(database, "sale"), limit=10)
    assert mail.step_title == Said(en="Send email", ja="メールを送る")


def test_search_and_paging_work_together(database: Database) -> None:
    for number in range(1, 6):
        put_mail(database, number, subject="Sale" if number % 2 else "News")
    reader = reader_of(database, "sale")
    assert [mail.message_id for mail in mailbox.newest(reader, search="sale", limit=2)] == [5, 3]
    assert [mail.message_id for mail in mailbox.newest(reader, search="sale", before=3, limit=2)] == [1]
