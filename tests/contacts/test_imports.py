"""Importing real files into real databases: what is stored, what is rejected and why."""

from __future__ import annotations

import contextlib
import csv
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_ma.contacts import imports
from airflow_ma.contacts.imports import ContactsFileError, ImportResult, import_contacts
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, contact_tag, journey_step
from tests.contacts.people import add_contact


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


def load(database: Database, file: Path, text: str | bytes, **more: Any) -> ImportResult:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = import_contacts(database, file, **more)
    assert result.read == result.created + result.updated + result.unchanged + result.rejected
    return result


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.created, result.updated, result.unchanged, result.rejected


def stored(database: Database) -> dict[str, Any]:
    with database.read() as connection:
        return {row.key: row for row in connection.execute(sa.select(contact))}


def tags(database: Database, key: str) -> set[str]:
    with database.read() as connection:
        mine = sa.select(contact_tag.c.tag).join(contact, contact.c.id == contact_tag.c.contact_id)
        return set(connection.scalars(mine.where(contact.c.key == key)))


def rejected(result: ImportResult) -> list[tuple[int, str]]:
    assert result.rejects_path is not None
    with result.rejects_path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=result.delimiter))
    assert rows[0][:2] == ["rejected_line", "rejected_reason"]
    assert len(rows) == result.rejected + 1
    return [(int(row[0]), row[1]) for row in rows[1:]]


def test_every_column_finds_its_place(database: Database, file: Path, clock: ManualClock) -> None:
    text = (
        "key,email,name,language,timezone,tags,score,plan,visits,rate,zip,beta,empty\n"
        'C1,Ann@Example.com,"Lee, Ann",en-US,america/new_york,vip; news;vip,12,pro,3,-2.5,0123,TRUE,\n'
        "C2,,,,,,,12345678901234567890,0,1.,1e5,False,\n"
    )
    result = load(database, file, text)
    assert (counts(result), result.encoding, result.delimiter) == ((2, 0, 0, 0), "utf-8", ",")
    assert result.rejects_path is None
    assert not list(file.parent.glob("*rejects*"))
    people = stored(database)
    ann, other = people["C1"], people["C2"]
    assert (ann.email, ann.email_key, ann.name) == ("Ann@Example.com", "ann@example.com", "Lee, Ann")
    assert (ann.language, ann.timezone, ann.score) == ("en", "America/New_York", 12)
    assert ann.attributes == {"plan": "pro", "visits": 3, "rate": -2.5, "zip": "0123", "beta": True}
    assert ann.attributes["beta"] is True
    assert ann.created_at == ann.updated_at == clock.now()
    assert tags(database, "C1") == {"vip", "news"}
    assert (other.email, other.name, other.language, other.timezone) == (None, None, "ja", "Asia/Tokyo")
    assert other.attributes == {
        "plan": "12345678901234567890", "visits": 0, "rate": "1.", "zip": "1e5", "beta": False
    }  # fmt: skip


def test_a_second_import_changes_only_what_is_new(database: Database, file: Path, clock: ManualClock) -> None:
    head = "key,email,name,tags,score,plan,n\n"
    load(database, file, head + "A,a@x.jp,Ann,vip,5,pro,1\nB,b@x.jp,Bob,,0,free,1\nC,c@x.jp,Cat,,0,,\n")
    before = stored(database)
    clock.advance(1000)
    assert counts(import_contacts(database, file)) == (0, 0, 3, 0)
    assert stored(database) == before
    text = "key,email,tags,plan,city\nA,A@x.jp,vip,pro,\nB,,,pro,東京\nC,,new,,\nD,d@x.jp,,,\n"
    assert counts(load(database, file, text)) == (1, 3, 0, 0)
    after = stored(database)
    assert after["A"].email == "A@x.jp"
    assert after["B"].email == "b@x.jp"
    assert after["B"].attributes == {"plan": "pro", "n": 1, "city": "東京"}
    assert (after["B"].name, after["A"].score) == ("Bob", 5)
    assert tags(database, "A") == {"vip"}
    assert tags(database, "C") == {"new"}
    assert {key: row.updated_at - row.created_at for key, row in after.items()} == {
        "A": 1000, "B": 1000, "C": 1000, "D": 0
    }  # fmt: skip


def test_true_and_one_are_different_values(database: Database, file: Path) -> None:
    load(database, file, "key,n\nA,1\n")
    assert counts(load(database, file, "key,n\nA,true\n")) == (0, 1, 0, 0)
    assert stored(database)["A"].attributes["n"] is True


def test_bad_rows_are_written_beside_the_file_and_the_good_ones_load(database: Database, file: Path) -> None:
    load(database, file, "key,email\nOLD,old@x.jp\n")
    text = (
        "key,email,name,language,timezone,score,tags\n"
        "G1,g1@x.jp,,,,,\n"
        ",nokey@x.jp,,,,,\n"
        "G2,not-an-address,,,,,\n"
        "G2,g2@x.jp,second line wins as the first was bad,,,,\n"
        "G1,again@x.jp,,,,,\n"
        "G3,OLD@x.jp,,,,,\n"
        "G4,G1@X.jp,,,,,\n"
        "G5,,,klingon,,,\n"
        "G6,,,,Mars/Base,,\n"
        "G7,,,,,1.5,\n"
        "G8,,,,,99999999999,\n"
        "G9,g9@x.jp\n"
        "G10,,a\0b,,,,\n"
        '"G11,g11@x.jp,,,,,\n'
        f"{'k' * 256},,,,,,\n"
        f"G12,,,,,,{'t' * 101}\n"
        "\n"
        ",,,,,,\n"
        "G13,g13@x.jp,last,,,,\n"
    )
    result = load(database, file, text)
    assert set(stored(database)) == {"OLD", "G1", "G2", "G13"}
    assert stored(database)["G2"].email == "g2@x.jp"
    assert result.rejects_path == file.with_name("customers.rejects.csv")
    assert rejected(result) == [
        (3, "has no key"),
        (4, "'not-an-address' is not a mail address"),
        (6, "the key 'G1' was already on line 2"),
        (7, "the address 'OLD@x.jp' belongs to the contact with the key 'OLD'"),
        (8, "the address 'G1@X.jp' belongs to the contact with the key 'G1'"),
        (9, "unknown language 'klingon'; write a two-letter code such as ja or en"),
        (10, "unknown time zone 'Mars/Base'; write a name such as Asia/Tokyo"),
        (11, "the score '1.5' is not a whole number between -2147483648 and 2147483647"),
        (12, "the score '99999999999' is not a whole number between -2147483648 and 2147483647"),
        (13, "has 2 columns, the header has 7; a delimiter or a quote may be missing"),
        (14, "contains NUL characters"),
        (15, 'the quotes (") cannot be read; write a quote inside text as ""'),
        (16, "the key is longer than 255 characters"),
        (17, "the tag 'tttttttttttttttttttt...' is longer than 100 characters"),
    ]


def test_a_corrected_rejects_file_can_be_imported(database: Database, file: Path) -> None:
    result = load(database, file, "key;email;plan\nA;bad;pro\n")
    assert result.rejects_path is not None
    corrected = result.rejects_path.read_bytes().replace(b";bad;", b";a@x.jp;")
    again = load(database, result.rejects_path, corrected)
    assert (counts(again), again.encoding, again.delimiter) == ((1, 0, 0, 0), "utf-8-sig", ";")
    assert stored(database)["A"].attributes == {"plan": "pro"}


def test_reasons_are_told_in_japanese(database: Database, file: Path) -> None:
    result = load(database, file, "key,email\nA,ダメ\nA2\n", language="ja")
    assert rejected(result) == [
        (2, "「ダメ」はメールアドレスの形式ではありません"),
        (3, "列数が 1 です（見出しは 2 列）。区切り文字や引用符が抜けていませんか"),
    ]


def test_an_address_may_change_hands_in_one_file(database: Database, file: Path) -> None:
    load(database, file, "key,email\nA,shared@x.jp\nB,b@x.jp\n")
    result = load(database, file, "key,email\nA,new@x.jp\nC,shared@x.jp\nB,new@x.jp\n")
    assert counts(result) == (1, 1, 0, 1)
    assert {key: row.email for key, row in stored(database).items()} == {
        "A": "new@x.jp", "B": "b@x.jp", "C": "shared@x.jp"
    }  # fmt: skip
    assert rejected(result) == [(4, "the address 'new@x.jp' belongs to the contact with the key 'A'")]


JAPANESE = (
    "顧客ID,メールアドレス,氏名,言語,タイムゾーン,タグ,スコア,会員ランク\n"
    "1,a@x.jp,髙橋 花子,日本語,JST,常連；東京,7,金\n"
)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "forced", "said"),
    [
        ("utf-8", ",", None, "utf-8"),
        ("utf-8-sig", ",", None, "utf-8-sig"),
        ("cp932", ",", None, "cp932"),
        ("cp932", "\t", "Shift_JIS", "cp932"),
        ("utf-16", "\t", None, "utf-16"),
        ("utf-8-sig", ";", "utf-8", "utf-8-sig"),
    ],
)
def test_japanese_files_as_excel_writes_them(
    sqlite_database: Database, file: Path, encoding: str, delimiter: str, forced: str | None, said: str
) -> None:
    written = JAPANESE.replace(",", delimiter).replace("\n", "\r\n").encode(encoding)
    result = load(sqlite_database, file, written, encoding=forced)
    assert (counts(result), result.encoding, result.delimiter) == ((1, 0, 0, 0), said, delimiter)
    person = stored(sqlite_database)["1"]
    assert (person.name, person.email, person.language, person.timezone, person.score) == (
        "髙橋 花子", "a@x.jp", "ja", "Asia/Tokyo", 7
    )  # fmt: skip
    assert person.attributes == {"会員ランク": "金"}
    assert tags(sqlite_database, "1") == {"常連", "東京"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", r"customers\.csv is empty; its first line must name the columns"),
        ("\ufeff".encode(), "is empty; its first line"),
        (b"\n\nkey\nA\n", "line 3: these are not column names; the first line must be"),
        (b"email,name\na@x.jp,A\n", "line 1 names no column for the contact's key.*Found: email, name"),
        (b"key,plan,plan\n", "line 1: columns 2 and 3 are both called 'plan'; rename one"),
        (
            "メール,Eメール,key\n".encode(),
            "line 1: the columns メール, Eメール all mean the email; rename all",
        ),
        (b"PK\x03\x04rest", "is not a CSV file but an Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "is not a CSV file but an Excel workbook"),
        (b"%PDF-1.4", "is not a CSV file but looks like PDF"),
        (b"key\0,\0\n", "line 1: these are not column names"),
        (b"key\nA\n\xff\xfe\xfd\n", "line 3: the file is neither UTF-8 nor Shift_JIS text"),
        (
            "key,name\nA,東京都千代田区丸の内\n".encode() + b"\xe3\x81",
            "line 3: the file is UTF-8 up to here, then",
        ),
        (
            "key,name\nA,あいう\n".encode("euc_jp"),
            "line 2: the file could be Shift_JIS or EUC-JP; say which it is",
        ),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    sqlite_database: Database, file: Path, content: bytes, complaint: str
) -> None:
    with pytest.raises(ContactsFileError, match=complaint):
        load(sqlite_database, file, content)
    assert stored(sqlite_database) == {}


def test_a_path_that_is_no_file_says_so(sqlite_database: Database, tmp_path: Path, file: Path) -> None:
    with pytest.raises(ContactsFileError, match="is a folder; name the CSV file in it"):
        import_contacts(sqlite_database, tmp_path)
    with pytest.raises(ContactsFileError, match="there is no file"):
        import_contacts(sqlite_database, file)
    file.write_text("key\nA\n")
    with pytest.raises(ContactsFileError, match="unknown encoding 'klingon'; use utf-8, cp932"):
        import_contacts(sqlite_database, file, encoding="klingon")
    with pytest.raises(ContactsFileError, match="line 2: not valid ascii text; is the encoding right"):
        load(sqlite_database, file, "key\n東京\n", encoding="ascii")


def test_a_stray_quote_costs_one_row_however_much_follows(sqlite_database: Database, file: Path) -> None:
    rows = [f"K{n},n{n},x\n" for n in range(5_000)]
    rows[10] = 'K10,"n10,x\n'
    rows[3_000] = 'K3000,"two\nlines, and ""quotes""",x\n'
    result = load(sqlite_database, file, "key,name,plan\n" + "".join(rows))
    assert counts(result) == (4_999, 0, 0, 1)
    assert rejected(result)[0][0] == 12
    assert stored(sqlite_database)["K3000"].name == 'two\nlines, and "quotes"'


def test_columns_without_a_name_must_be_empty(sqlite_database: Database, file: Path) -> None:
    result = load(sqlite_database, file, "key,,plan,\nA,,pro,\nB,,pro,lost\n")
    assert counts(result) == (1, 0, 0, 1)
    assert rejected(result) == [(3, "has a value in column 4, which has no name in the header")]


def add_steps(database: Database) -> None:
    with database.write() as connection:
        for step, kind in (("start", "audience"), ("mail", "send_email")):
            connection.execute(
                sa.insert(journey_step).values(
                    journey_id=1, step=step, kind=kind, title=step, position=0, version=1
                )
            )


def wake_times(database: Database) -> dict[str, int | None]:
    with database.read() as connection:
        return {r.step: r.wake_at for r in connection.execute(sa.select(journey_step))}


def test_audiences_look_again_when_somebody_changed(
    database: Database, file: Path, clock: ManualClock
) -> None:
    add_steps(database)
    load(database, file, "key,email\n,nobody@x.jp\n")
    assert wake_times(database) == {"start": None, "mail": None}
    load(database, file, "key,email\nA,a@x.jp\n")
    first = clock.now()
    assert wake_times(database) == {"start": first, "mail": None}
    clock.advance(5000)
    import_contacts(database, file)
    assert wake_times(database)["start"] == first
    load(database, file, "key,plan\nA,pro\n")
    assert wake_times(database)["start"] == first + 5000


def test_an_interrupted_import_keeps_and_announces_whole_batches(
    sqlite_database: Database, file: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    add_steps(sqlite_database)
    text = "key,email\n" + "".join(f"K{n},k{n}@x.jp\n" for n in range(35)) + "BAD,bad\n"

    def stop(done: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(sqlite_database, file, text, progress=stop)
    assert len(stored(sqlite_database)) == 10
    assert wake_times(sqlite_database)["start"] == clock.now()
    assert {path.name for path in file.parent.iterdir() if "rejects" in path.name} == set()
    seen: list[tuple[int, int]] = []
    result = load(sqlite_database, file, text, progress=lambda done, size: seen.append((done, size)))
    assert counts(result) == (25, 0, 10, 1)
    assert len(seen) == 4
    assert seen[-1] == (len(text), len(text))


def test_duplicates_are_found_across_batches(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 3)
    text = "key,email\n" + "".join(f"K{n % 7},{n}@x.jp\n" for n in range(10)) + "L,2@x.jp\n"
    result = load(database, file, text)
    assert counts(result) == (7, 0, 0, 4)
    assert rejected(result) == [
        (9, "the key 'K0' was already on line 2"),
        (10, "the key 'K1' was already on line 3"),
        (11, "the key 'K2' was already on line 4"),
        (12, "the address '2@x.jp' belongs to the contact with the key 'K2'"),
    ]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=200), st.text('key,email;"\n\r\t\0あa@x.jp1', max_size=80).map(str.encode)
    )
)
def test_no_content_breaks_the_import(sqlite_database: Database, file: Path, content: bytes) -> None:
    for head in (b"", b"key,email\n"):
        with contextlib.suppress(ContactsFileError):
            load(sqlite_database, file, head + content)


def test_an_address_that_another_program_stores_meanwhile_is_rejected(
    postgres_database: Database, file: Path
) -> None:
    file.write_text("key,email\nA,a@x.jp\nB,b@x.jp\n")
    results: list[ImportResult] = []
    importer = threading.Thread(
        target=lambda: results.append(import_contacts(postgres_database, file)), daemon=True
    )
    with postgres_database.write() as connection:
        add_contact(connection, "other", email="b@x.jp")
        importer.start()
        blocked = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        end = time.monotonic() + 20
        while time.monotonic() < end and not connection.scalar(blocked):
            time.sleep(0.01)
        assert connection.scalar(blocked), "the import did not wait for the other program"
    importer.join(20)
    (result,) = results
    assert counts(result) == (1, 0, 0, 1)
    assert rejected(result) == [(3, "the address 'b@x.jp' belongs to the contact with the key 'other'")]
