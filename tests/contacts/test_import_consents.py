"""Consent in imported files: taken over with its proof, and never against what a person said since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from airflow_ma.contacts.consent import Statement, history, record_consent
from airflow_ma.contacts.imports import GivenConsent, ImportResult, import_contacts
from airflow_ma.engine.clock import DAY, HOUR, ManualClock, to_ms
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import consent, contact, enrollment, event
from tests.contacts.people import add_contact


def load(database: Database, folder: Path, text: str, **more: Any) -> ImportResult:
    file = folder / "customers.csv"
    file.write_text(text, encoding="utf-8")
    return import_contacts(database, file, **more)


def people(database: Database) -> dict[str, Any]:
    with database.read() as connection:
        return {row.key: row for row in connection.execute(sa.select(contact))}


def log(database: Database, key: str) -> list[Statement]:
    number = people(database)[key].id
    with database.read() as connection:
        return history(connection, number)


def reasons(result: ImportResult) -> list[str]:
    assert result.rejects_path is not None
    lines = result.rejects_path.read_text(encoding="utf-8-sig").splitlines()
    return [line.split(",")[1].strip('"') for line in lines[1:]]


def tokyo(text: str) -> int:
    moment = pendulum.parse(text, tz="Asia/Tokyo")
    assert isinstance(moment, pendulum.DateTime)
    return to_ms(moment)


def test_columns_say_when_where_and_to_what(database: Database, tmp_path: Path) -> None:
    text = (
        "key,email,consented_at,consent_source,consent_wording\n"
        "A,A@x.jp,2026-04-01,spring form,v3\n"
        "B,b@x.jp,2026/4/1 9:30,,\n"
        "C,c@x.jp,,,\n"
        "D,d@x.jp,2026-04-01T09:30:00Z,,\n"
        "E,e@x.jp,2026年4月1日,,\n"
        "F,,2026-04-01 09:30:15.5+0900,fair,\n"
    )
    result = load(database, tmp_path, text)
    assert (result.created, result.unasked, result.withheld) == (6, 1, 0)
    day = tokyo("2026-04-01")
    assert {key: row.consented_at for key, row in people(database).items()} == {
        "A": day, "B": day + 9 * HOUR + HOUR // 2, "C": None, "D": day + 18 * HOUR + HOUR // 2,
        "E": day, "F": day + 9 * HOUR + HOUR // 2 + 15_000,
    }  # fmt: skip
    assert log(database, "A") == [Statement("email", True, day, "spring form", "v3", None, None, "a@x.jp")]
    assert [one.source for one in log(database, "B")] == ["import of customers.csv"]
    assert [(one.source, one.email_key) for one in log(database, "F")] == [("fair", None)]
    assert log(database, "C") == []
    assert [name for name in people(database)["A"].attributes if "consent" in name] == []


def test_one_source_for_all_rows_and_the_rows_own_words_first(
    database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    given = GivenConsent(clock.now() - DAY, "newsletter form, spring 2026")
    text = "key,email,同意日,同意の取得元\nA,a@x.jp,,\nB,b@x.jp,2026-01-02,\nC,c@x.jp,,fair\n"
    result = load(database, tmp_path, text, consent=given)
    assert (result.created, result.unasked) == (3, 0)
    told = {key: [(one.at, one.source) for one in log(database, key)] for key in "ABC"}
    assert told == {
        "A": [(given.at, given.source)],
        "B": [(tokyo("2026-01-02"), given.source)],
        "C": [(given.at, "fair")],
    }


def test_the_same_file_again_adds_nothing(database: Database, tmp_path: Path, clock: ManualClock) -> None:
    text = "key,email,consented_at\nA,a@x.jp,2026-04-01\n"
    load(database, tmp_path, text)
    before = people(database)
    clock.advance(DAY)
    result = load(database, tmp_path, text.replace("04-01", "05-01"))
    assert (result.unchanged, result.unasked, result.withheld) == (1, 0, 0)
    assert people(database) == before
    assert len(log(database, "A")) == 1


def test_who_is_known_can_get_it_later_and_is_woken(
    database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    now = clock.now()
    load(database, tmp_path, "key,email\nA,a@x.jp\nB,b@x.jp\n")
    with database.write() as connection:
        for row in connection.execute(sa.select(contact.c.id)).all():
            connection.execute(
                sa.insert(enrollment).values(
                    journey_id=1, version=1, contact_id=row.id, entry_key="", cohort="", step="wait",
                    entered_at=now, arrived_at=now, wake_at=now + DAY,
                )
            )  # fmt: skip
    clock.advance(HOUR)
    result = load(database, tmp_path, "key,consented_at\nA,2026-04-01\nB,\n")
    assert (result.updated, result.unchanged, result.unasked) == (1, 1, 1)
    known = people(database)
    with database.read() as connection:
        wakes = {row.contact_id: row.wake_at for row in connection.execute(sa.select(enrollment))}
        assert connection.scalar(sa.select(sa.func.count()).select_from(event)) == 0
    assert wakes == {known["A"].id: clock.now(), known["B"].id: now + DAY}
    assert log(database, "A")[0].email_key == "a@x.jp"


@pytest.mark.parametrize("reason", ["unsubscribe", "bounce", "complaint", "invalid", "manual"])
def test_an_import_never_brings_back_who_said_no(
    database: Database, tmp_path: Path, clock: ManualClock, reason: str
) -> None:
    with database.write() as connection:
        gone = add_contact(connection, "GONE", email="gone@x.jp", consented_at=5)
        record_consent(connection, gone, "email", False, at=clock.now(), source="test")
        listed = [
            Suppression(f"{name}@x.jp", reason, clock.now(), "test") for name in ("new", "old", "moved")
        ]
        suppress(connection, listed)
        add_contact(connection, "OLD", email="old@x.jp")
        add_contact(connection, "MOVED", email="before@x.jp")
    text = (
        "key,email,consented_at\nGONE,,2026-04-01\nGONE2,gone@x.jp,2026-04-01\nNEW,NEW@x.jp,2026-04-01\n"
        "OLD,,2026-04-01\nMOVED,moved@x.jp,2026-04-01\nFINE,fine@x.jp,2026-04-01\n"
    )
    result = load(database, tmp_path, text, consent=GivenConsent(clock.now(), "all of them"))
    assert (result.withheld, result.unasked, result.rejected) == (4, 0, 1)
    found = people(database)
    assert found["GONE"].unsubscribed_at == clock.now()
    assert [row.key for row in found.values() if row.consented_at not in (None, 5)] == ["FINE"]
    with database.read() as connection:
        assert list(connection.scalars(sa.select(consent.c.granted).order_by(consent.c.id))) == [False, True]


def test_what_is_wrong_with_a_consent_is_said(sqlite_database: Database, tmp_path: Path) -> None:
    text = (
        "key,email,consented_at,consent_source\n"
        "A,a@x.jp,1.4.2026,\nB,b@x.jp,2026-13-01,\nC,c@x.jp,2099-01-01,\nD,d@x.jp,,form\n"
        f"E,e@x.jp,2026-04-01,{'f' * 201}\n"
    )
    result = load(sqlite_database, tmp_path, text)
    assert (result.rejected, result.created, result.unasked) == (5, 0, 0)
    assert reasons(result) == [
        "'1.4.2026' is not a date of consent; write it as 2026-04-01 or 2026-04-01 09:30",
        "'2026-13-01' is not a date of consent; write it as 2026-04-01 or 2026-04-01 09:30",
        "the date of consent '2099-01-01' is in the future",
        "says where or to what the person agreed",
        "the consent source or wording 'ffffffffffffffffffff...' is longer than 200 characters",
    ]


def test_consents_in_many_batches_are_all_written(sqlite_database: Database, tmp_path: Path) -> None:
    rows = "".join(f"K{n},k{n}@x.jp,2026-04-01\n" for n in range(4_500))
    assert load(sqlite_database, tmp_path, "key,email,consented_at\n" + rows).created == 4_500
    with sqlite_database.read() as connection:
        logged = connection.scalar(sa.select(sa.func.count(sa.distinct(consent.c.contact_id))))
        held = connection.scalar(sa.select(sa.func.count(contact.c.consented_at)))
    assert logged == held == 4_500
