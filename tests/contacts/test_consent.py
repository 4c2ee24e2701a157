"""Consent: the log, what it makes of the contact and its address, and who is woken by it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.contacts.consent import (
    PURPOSES,
    TRACKING,
    Tracking,
    history,
    record_consent,
    tracking_allowed,
    tracks,
)
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import (
    consent,
    contact,
    enrollment,
    entry_request,
    event,
    journey_step,
    suppression,
)
from tests.at_once import at_once
from tests.contacts.people import NOW, add_contact


@pytest.fixture
def ann(database: Database) -> int:
    """A contact who has agreed to nothing and waits in a journey until tomorrow."""
    with database.write() as connection:
        number = add_contact(connection, "A", email="Ann@Example.com")
        connection.execute(
            sa.insert(enrollment).values(
                journey_id=1, version=1, contact_id=number, entry_key="", cohort="", step="wait",
                entered_at=NOW, arrived_at=NOW, wake_at=NOW + 86_400_000,
            )
        )  # fmt: skip
    return number


def say(database: Database, person: int, granted: bool, **more: Any) -> bool:
    values = {"at": NOW, "source": "test"} | more
    with database.write() as connection:
        return record_consent(connection, person, values.pop("purpose", "email"), granted, **values)


def look(database: Database, person: int) -> Any:
    with database.read() as connection:
        return connection.execute(sa.select(contact).where(contact.c.id == person)).one()


def events(database: Database) -> list[tuple[str, int]]:
    with database.read() as connection:
        rows = connection.execute(sa.select(event).order_by(event.c.id))
        return [(row.type, row.at - NOW) for row in rows]


def suppressed(database: Database) -> dict[str, str]:
    with database.read() as connection:
        rows = connection.execute(sa.select(suppression.c.email_key, suppression.c.reason))
        return {row.email_key: row.reason for row in rows}


def said(database: Database, person: int) -> list[tuple[str, bool, int]]:
    with database.read() as connection:
        return [(one.purpose, one.granted, one.at - NOW) for one in history(connection, person)]


def test_given_then_withdrawn_then_given_again(database: Database, ann: int) -> None:
    assert say(database, ann, True, wording="v1", ip="192.0.2.1", source="form", detail="d")
    assert (look(database, ann).consented_at, look(database, ann).unsubscribed_at) == (NOW, None)
    assert suppressed(database) == {}
    assert say(database, ann, False, at=NOW + 5)
    assert (look(database, ann).consented_at, look(database, ann).unsubscribed_at) == (NOW, NOW + 5)
    assert suppressed(database) == {"ann@example.com": "unsubscribe"}
    assert say(database, ann, True, wording="v1", at=NOW + 9)
    assert (look(database, ann).consented_at, look(database, ann).unsubscribed_at) == (NOW + 9, None)
    assert suppressed(database) == {}
    assert events(database) == [("consent.given", 0), ("email.unsubscribe", 5), ("consent.given", 9)]
    with database.read() as connection:
        first, *_ = rows = history(connection, ann)
        assert connection.scalar(sa.select(enrollment.c.wake_at)) == NOW
    assert [(one.granted, one.at) for one in rows] == [(True, NOW), (False, NOW + 5), (True, NOW + 9)]
    assert (first.purpose, first.wording, first.source, first.ip, first.detail, first.email_key) == (
        "email", "v1", "form", "192.0.2.1", "d", "ann@example.com"
    )  # fmt: skip


def test_the_same_again_changes_nothing(database: Database, ann: int) -> None:
    for granted in (True, False):
        assert say(database, ann, granted, wording="v1")
        for later in (0, 7):
            assert not say(database, ann, granted, wording="v1", at=NOW + later)
    assert said(database, ann) == [("email", True, 0), ("email", False, 0)]
    assert len(events(database)) == 2
    assert look(database, ann).unsubscribed_at == NOW


def test_a_new_wording_is_logged_but_is_no_new_event(database: Database, ann: int) -> None:
    say(database, ann, True, wording="v1")
    assert not say(database, ann, True, wording="v2", at=NOW + 3)
    assert said(database, ann) == [("email", True, 0), ("email", True, 3)]
    assert look(database, ann).consented_at == NOW + 3
    assert events(database) == [("consent.given", 0)]


def test_what_was_said_later_stays_in_force(database: Database, ann: int) -> None:
    """A request that waited while the database was away comes after a newer one."""
    say(database, ann, True, at=NOW + 10)
    assert not say(database, ann, False, at=NOW + 4)
    assert look(database, ann).unsubscribed_at is None
    assert suppressed(database) == {}
    assert said(database, ann) == [("email", False, 4), ("email", True, 10)]
    say(database, ann, False, at=NOW + 20)
    assert not say(database, ann, True, at=NOW + 15)
    assert look(database, ann).unsubscribed_at == NOW + 20
    say(database, ann, False, purpose="open_tracking", at=NOW + 8)
    assert not say(database, ann, True, purpose="open_tracking", at=NOW + 7)
    assert look(database, ann).open_tracking is False


@pytest.mark.parametrize("reason", ["bounce", "complaint", "invalid", "manual"])
def test_consent_does_not_lift_what_else_suppresses_an_address(
    database: Database, ann: int, reason: str
) -> None:
    with database.write() as connection:
        suppress(connection, [Suppression("ann@example.com", reason, NOW, "webhook")])
    say(database, ann, True)
    assert suppressed(database) == {"ann@example.com": reason}
    assert look(database, ann).consented_at == NOW


@pytest.mark.parametrize("purpose", TRACKING)
def test_tracking_is_a_matter_of_its_own(database: Database, ann: int, purpose: Tracking) -> None:
    assert say(database, ann, False, purpose=purpose)
    assert not say(database, ann, False, purpose=purpose, at=NOW + 1)
    person = look(database, ann)
    assert {one: getattr(person, one) for one in TRACKING} == dict.fromkeys(TRACKING) | {purpose: False}
    assert (person.unsubscribed_at, suppressed(database), events(database)) == (None, {}, [])
    assert say(database, ann, True, purpose=purpose, at=NOW + 2)
    assert getattr(look(database, ann), purpose) is True


@pytest.mark.parametrize("setting", ["opt_in", "opt_out"])
def test_who_never_said_anything_is_tracked_as_the_setting_says(
    database: Database, ann: int, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_TRACKING", setting)
    settings.cache_clear()
    say(database, ann, True, purpose="open_tracking")
    say(database, ann, False, purpose="click_tracking")
    with database.read() as connection:
        found = [tracks(connection, ann, purpose) for purpose in TRACKING]
        in_sql = connection.execute(sa.select(*(tracking_allowed(contact.c[one]) for one in TRACKING))).one()
        assert not tracks(connection, 404, "web_tracking")
    assert found == list(in_sql) == [True, False, setting == "opt_out"]


def test_journeys_that_listen_are_asked_to_let_the_contact_in(database: Database, ann: int) -> None:
    with database.write() as connection:
        connection.execute(
            sa.insert(journey_step).values(
                journey_id=7, step="in", kind="audience", title="", position=0, version=1,
                listens_to="email.unsubscribe",
            )
        )  # fmt: skip
    say(database, ann, False)
    with database.read() as connection:
        (asked,) = connection.execute(sa.select(entry_request))
    assert (asked.journey_id, asked.contact_id) == (7, ann)


def test_nobody_is_no_error_and_no_address_is_no_suppression(database: Database, ann: int) -> None:
    assert not say(database, 404, False)
    with database.write() as connection:
        number = add_contact(connection, "B")
    assert say(database, number, False)
    assert suppressed(database) == {}
    assert said(database, 404) == []


def test_everything_is_undone_with_the_callers_transaction(database: Database, ann: int) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        record_consent(connection, ann, "email", False, at=NOW, source="test")
        raise ZeroDivisionError
    assert (said(database, ann), events(database), suppressed(database)) == ([], [], {})
    assert look(database, ann).unsubscribed_at is None


def test_the_log_cannot_be_changed(database: Database, ann: int) -> None:
    for purpose in PURPOSES:
        say(database, ann, True, purpose=purpose)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), database.write() as connection:
        connection.execute(sa.update(consent).values(granted=False))
    assert all(granted for _, granted, _ in said(database, ann))


def test_many_at_once_agree_in_the_end(database: Database, ann: int) -> None:
    """Twenty clicks from four threads: one log row for each change, one state, no deadlock."""

    def click(number: int) -> None:
        for turn in range(5):
            say(database, ann, bool((number + turn) % 2), at=NOW + turn)

    at_once(click, range(4))
    with database.read() as connection:
        last = history(connection, ann)[-1]
    person = look(database, ann)
    assert (person.unsubscribed_at is None) == last.granted
    assert (suppressed(database) == {}) == last.granted
