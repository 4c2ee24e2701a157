"""Consent, the suppression list and pruning on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from airflow_ma.cli import main
from airflow_ma.config import settings
from airflow_ma.engine.clock import DAY, from_ms
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import clock as clock_table
from airflow_ma.engine.tables import contact, event
from tests.contacts.people import add_contact, add_event


@pytest.fixture
def installed(database: Database, install: Callable[[Database], None]) -> Database:
    """The database that the commands use, at the test's time; hanako agreed to nothing yet."""
    install(database)
    with database.write() as connection:
        frozen = {"id": 1, "real_at": 0, "shown_at": database.clock().now(), "speed": 1e-13}
        connection.execute(sa.insert(clock_table).values(frozen))
        add_contact(connection, "H1", email="Hanako@example.jp", name="花子")
    return database


def call(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_consent_is_written_down_and_shown(installed: Database) -> None:
    nothing = call("consent", "hanako@example.jp")
    assert nothing.exit_code == 0
    assert nothing.stdout.splitlines() == [
        "花子 <Hanako@example.jp> · key H1",
        "Marketing mail: never said anything; not allowed by the setting",
        "Tracking of opens: never said anything; allowed by the setting",
        "Tracking of clicks: never said anything; allowed by the setting",
        "Tracking of visits: never said anything; allowed by the setting",
        "Nothing is on record.",
    ]
    given = call("consent", "H1", "--give", "email", "--source", "fair, booth 3", "--wording", "v2")
    assert given.stdout.startswith("Written down.\n")
    assert "Marketing mail: agreed on 2026-12-01 10:00:00" in given.stdout
    assert "2026-12-01 10:00:00 Marketing mail agreed fair, booth 3 v2" in flat(given.stdout)
    call("consent", "H1", "--withdraw", "open_tracking", "--source", "phone")
    gone = call("consent", "H1", "--withdraw", "email", "--source", "phone")
    assert "Marketing mail: withdrawn on 2026-12-01 10:00:00" in gone.stdout
    assert "Tracking of opens: withdrew" in gone.stdout
    assert "The address gets no mail: unsubscribed, since 2026-12-01 10:00:00" in gone.stderr
    again = call("consent", "H1", "--withdraw", "email", "--source", "phone")
    assert again.stdout.startswith("That was so already.\n")
    told = json.loads(call("consent", "H1", "--json").stdout)
    assert told["unsubscribed_at"] == told["suppressed"]["at"] == "2026-12-01T10:00:00+09:00"
    assert (told["open_tracking"], told["click_tracking"]) == (False, None)
    assert [(one["purpose"], one["granted"]) for one in told["history"]] == [
        ("email", True), ("open_tracking", False), ("email", False)
    ]  # fmt: skip
    assert "広告・宣伝メール: 2026-12-01 10:00:00 に取り消し" in call("--lang", "ja", "consent", "H1").stdout


def test_consent_says_what_is_missing(installed: Database) -> None:
    assert "say where they said so" in call("consent", "H1", "--give", "email").stderr
    both = call("consent", "H1", "--give", "email", "--withdraw", "email", "--source", "x")
    assert (both.exit_code, "not both" in both.stderr) == (2, True)
    unknown = call("consent", "nobody@example.jp", "--give", "email", "--source", "x")
    assert (unknown.exit_code, unknown.stderr) == (
        1, "Error: there is no contact with the mail address or key 'nobody@example.jp'\n"
    )  # fmt: skip


def test_the_suppression_list(installed: Database) -> None:
    assert call("suppression", "list").stdout == "The list is empty.\n"
    added = call("suppression", "add", "A@x.jp", "b@x.jp", "a@X.jp", "--detail", "asked by letter")
    assert added.stdout == "2 addresses get no mail now.\n"
    with installed.write() as connection:
        bounce = Suppression("c@x.jp", "bounce", installed.clock().now() + 1, "sendgrid", "550")
        suppress(connection, [bounce])
    told = json.loads(call("suppression", "list", "--json").stdout)
    assert [(row["address"], row["reason"], row["detail"]) for row in told] == [
        ("c@x.jp", "bounce", "550"), ("a@x.jp", "manual", "asked by letter"),
        ("b@x.jp", "manual", "asked by letter"),
    ]  # fmt: skip
    shown = flat(call("suppression", "list", "--reason", "manual").stdout)
    assert "a@x.jp put on the list by hand 2026-12-01 10:00:00 airflow-ma asked by letter" in shown
    assert "c@x.jp" not in shown
    assert "2 more" in call("suppression", "list", "--limit", "1").stderr
    gone = call("suppression", "remove", "A@x.jp", "c@x.jp", "d@x.jp")
    assert (gone.exit_code, gone.stdout) == (1, "2 addresses were taken off the list.\n")
    assert gone.stderr == "not on the list: d@x.jp\n"
    assert [row["address"] for row in json.loads(call("suppression", "list", "--json").stdout)] == ["b@x.jp"]
    bad = call("suppression", "add", "not an address")
    assert (bad.exit_code, "'not an address' is not a mail address" in bad.stderr) == (2, True)


def test_an_import_says_who_may_not_be_mailed(
    installed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("key,email\nA,a@x.jp\nB,b@x.jp\nC,\n", encoding="utf-8")
    result = call("contacts", "import", file)
    assert result.exit_code == 0
    assert "2 people may not get marketing mail yet: their consent is not on record." in result.stderr
    assert "airflow-ma contacts import people.csv --consent" in result.stderr
    assert "2 人は受信の同意が記録されていない" in call("--lang", "ja", "contacts", "import", file).stderr
    call("suppression", "add", "b@x.jp")
    given = call("contacts", "import", file, "--consent", "newsletter form", "--consent-at", "2026/4/1")
    assert "1 people have unsubscribed or their address is suppressed" in given.stderr
    assert "may not get" not in given.stderr
    with installed.read() as connection:
        at = connection.scalar(sa.select(contact.c.consented_at).where(contact.c.key == "A"))
    assert from_ms(at or 0, "Asia/Tokyo").to_date_string() == "2026-04-01"
    monkeypatch.setenv("AIRFLOW_MA_CONSENT", "opt_out")
    settings.cache_clear()
    file.write_text("key,email\nD,d@x.jp\n", encoding="utf-8")
    assert call("contacts", "import", file).stderr == ""


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--consent", " "], "say where the people agreed"),
        (["--consent-at", "2026-04-01"], "say where the people agreed"),
        (["--consent", "x", "--consent-at", "1.4.2026"], "is not a date of consent"),
        (["--consent", "x", "--consent-at", "2099-01-01"], "is in the future"),
    ],
)
def test_a_consent_for_all_must_say_where_and_when(
    installed: Database, tmp_path: Path, options: list[str], complaint: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("key\nA\n", encoding="utf-8")
    result = call("contacts", "import", file, *options)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_pruning_says_what_it_removed(installed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with installed.write() as connection:
        add_event(connection, 1, "page.view", installed.clock().now() - 31 * DAY)
    monkeypatch.setenv("AIRFLOW_MA_KEEP_EVENTS_DAYS", "30")
    monkeypatch.setenv("AIRFLOW_MA_KEEP_MAILBOX_DAYS", "0")
    settings.cache_clear()
    result = call("db", "prune")
    assert result.stdout.splitlines() == [
        "Removed 1 events from before 2026-11-01.",
        "Removed 0 records of runs from before 2026-11-01.",
        "Mailbox mails are kept for ever.",
    ]
    with installed.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(event)) == 0
    monkeypatch.setenv("AIRFLOW_MA_KEEP_EVENTS_DAYS", "-1")
    settings.cache_clear()
    assert call("db", "prune").stderr.startswith("Error: AIRFLOW_MA_KEEP_EVENTS_DAYS: ")
