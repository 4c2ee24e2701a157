"""``airflow-ma sending`` and what ``status`` and ``where`` say of mails that wait."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from airflow_ma.channels import registry
from airflow_ma.channels.channel import Account, Delivery, Receipt, SentMail
from airflow_ma.cli import main
from airflow_ma.engine.clock import HOUR, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import pause_sending, pauses
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import message
from tests.channels.test_delivery import LOST, World
from tests.dag.conftest import airflow_metadata  # noqa: F401
from tests.journeys import add_contacts

WRONG_KEY = "SendGrid does not know this API key"


def call(*words: object, language: str = "en") -> Result:
    spoken = [str(word) for word in ("--lang", language, *words)]
    return CliRunner().invoke(main, spoken, catch_exceptions=False)


def lines(result: Result) -> list[str]:
    return [" ".join(line.replace("│", "|").split()) for line in result.stdout.splitlines()]


def cells(result: Result, word: str) -> list[str]:
    """The cells of the row that has the word."""
    (row,) = (line for line in lines(result) if line.startswith("|") and word in line)
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_an_empty_installation_says_so(installed: Database) -> None:
    assert call("sending", "status").stdout.startswith("Nothing was sent and no mail waits.")
    assert call("sending", "unknown").stdout.startswith("There are none")
    assert call("sending", "reconcile").stdout.startswith("Nothing to ask")
    assert call("sending", "resume").stdout == "No connection is paused.\n"


def test_status_shows_connections_and_whoever_waits(installed: Database, clock: ManualClock) -> None:
    world = World(installed)
    add_contacts(installed, 2, tag="in", consented_at=None)
    add_contacts(installed, 3, tag="in", timezone="Europe/London")
    lost, busy, _ = add_contacts(installed, 3, tag="in")
    world.enter()
    answers = {lost: LOST, busy: Receipt(Delivery.RETRYABLE, "421 come back later")}
    world.channel.answer = lambda person: answers.get(person, Receipt(Delivery.ACCEPTED))
    world.deliver()
    shown = call("sending", "status")
    assert shown.exit_code == 0, shown.stderr
    assert cells(shown, "shop") == ["shop", "open", "1", "2", "0", "1", "1", "0"]
    assert "Since 2026-11-30 10:00" in lines(shown)
    assert "Not sent over shop: no consent on record 2" in lines(shown)
    assert "Next try over shop: 2026-12-01 10:01" in lines(shown)
    assert cells(shown, "quiet hours") == ["delivery", "mail0", "3", "quiet hours", "2026-12-01 17:00"]
    assert cells(shown, "421")[2:4] == ["1", "could not be sent, tried again: 421 come back later"]
    assert any("1 mails may or may not have gone out" in line for line in lines(shown))
    told = json.loads(call("sending", "status", "--json").stdout)
    assert told["connections"][0]["reasons"] == {"no_consent": 2}
    assert told["connections"][0]["next_try"] == "2026-12-01T10:01:00+09:00"
    assert told["waiting"][0]["earliest"] == "2026-12-01T17:00:00+09:00"
    journey = call("status", "delivery")
    assert cells(journey, "quiet hours") == ["mail0", "3", "quiet hours", "2026-12-01 17:00"]
    assert "perhaps sent 1" in " ".join(lines(journey))
    whole = json.loads(call("status", "delivery", "--json").stdout)
    assert {one["why"] for one in whole["waiting_mails"]} == {"quiet_hours", "retryable"}
    with installed.write() as connection:
        reason = "the mail server wants another login (535 5.7.8): correct the connection 'shop'"
        pause_sending(connection, "shop", at=clock.now(), reason=reason)
    assert lines(call("sending", "status"))[0].endswith(reason)
    japanese = call("sending", "status", language="ja")
    assert (
        "理由: メールサーバーがログイン情報を受け付けません（535 5.7.8）。接続「shop」を修正"
        in japanese.stdout
    )
    assert cells(japanese, "shop")[1] == "停止中"
    assert "待機中のメール" in japanese.stdout


def test_pausing_and_resuming(installed: Database, clock: ManualClock) -> None:
    world = World(installed)
    add_contacts(installed, 1, tag="in")
    world.enter()
    world.deliver()
    without = call("sending", "pause", "shop")
    assert without.exit_code == 2
    assert "--reason" in without.stderr
    paused = call("sending", "pause", "shop", "--reason", WRONG_KEY)
    assert paused.stdout.startswith("Nothing goes out over shop any more")
    again = call("sending", "pause", "shop", "--reason", "other")
    assert again.stdout == f"shop was paused before; the reason stays: {WRONG_KEY}\n"
    add_contacts(installed, 2, tag="in")
    world.enter()
    world.deliver()
    shown = call("sending", "status")
    assert lines(shown)[0] == f"PAUSED: nothing goes out over shop since 2026-12-01 10:00: {WRONG_KEY}"
    assert lines(shown)[1].strip() == "When that is settled: airflow-ma sending resume shop"
    assert cells(shown, "shop")[1] == "PAUSED"
    waits = ["delivery", "mail0", "2", "sending is paused", "when sending is resumed"]
    assert cells(shown, "sending is paused") == waits
    where = call("where", "c2").stdout
    assert f"waits at mail0: sending is paused (shop since 2026-12-01 10:00:00: {WRONG_KEY})" in where
    wrong = call("sending", "resume", "shoe")
    assert (wrong.exit_code, wrong.stderr) == (1, "shoe is not paused\n")
    assert call("sending", "resume").stdout.startswith("Mail goes out again over shop")
    due = ["delivery", "mail0", "2", "sending was resumed", "due: the next run sends it"]
    assert cells(call("sending", "status"), "sending was resumed") == due
    assert "配信の再開済み" in call("sending", "status", language="ja").stdout
    assert "Now: at mail0, the next run looks at it" in call("where", "c2").stdout
    assert world.deliver().moved == {"sent": 2}


def test_a_whole_channel_can_be_paused_before_its_first_mail(installed: Database) -> None:
    assert call("sending", "pause", "sendgrid", "--reason", "x").exit_code == 0
    with installed.read() as connection:
        assert [pause.conn_id for pause in pauses(connection)] == ["sendgrid"]


@pytest.mark.usefixtures("airflow_metadata")
def test_a_typing_mistake_pauses_nothing(installed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = call("sending", "pause", "sendgird_default", "--reason", "x")
    assert wrong.exit_code == 1
    assert wrong.stderr.startswith("Error: there is no Airflow connection 'sendgird_default'")
    with installed.read() as connection:
        assert pauses(connection) == []
    new = json.dumps({"conn_type": "sendgrid", "password": "SG.x"})
    monkeypatch.setenv("AIRFLOW_CONN_NEW_ACCOUNT", new)
    assert call("sending", "pause", "new_account", "--reason", "x").exit_code == 0


def test_unknown_mails_say_what_will_happen(installed: Database, clock: ManualClock) -> None:
    world = World(installed)
    world.channel.answer = lambda _: LOST
    for _ in range(3):
        add_contacts(installed, 1, tag="in")
        world.enter()
        world.deliver()
        clock.advance(MINUTE)
    first = call("sending", "unknown", "--limit", 2)
    row = cells(first, "c1@example.com")
    assert row[:5] == ["delivery", "mail0", "c1@example.com", "2026-12-01 10:00", "no answer"]
    assert row[5].endswith("after 2026-12-01 11:00 given up, never sent")  # "again" is on the next line
    assert "c3@example.com" not in first.stdout
    after = first.stderr.split("--after ")[1].strip()
    rest = call("sending", "unknown", "--after", after)
    assert "c3@example.com" in rest.stdout
    assert "c2@example.com" not in rest.stdout
    assert rest.stderr == ""
    (told,) = json.loads(call("sending", "unknown", "--after", after, "--json").stdout)
    assert (told["email"], told["fate"]) == ("c3@example.com", "given_up")
    assert told["decided_at"] == "2026-12-01T11:02:00+09:00"
    assert call("sending", "unknown", "--after", "yesterday").exit_code == 2
    japanese = call("sending", "unknown", language="ja").stdout
    assert "打ち切り" in japanese


class Answering:
    """A channel whose provider knows what became of some mails."""

    name = "scripted"
    idempotent = False
    log: Mapping[int, Delivery] = {}

    def __init__(self, database: Database, account: Account | None) -> None:
        pass

    def trace(self, mails: Sequence[SentMail]) -> Mapping[int, Delivery]:
        return {mail.message_id: self.log.get(mail.message_id, Delivery.UNKNOWN) for mail in mails}


def test_reconciling_asks_every_connection(
    installed: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._BUILT_IN, "scripted", (__name__, "Answering"))
    world = World(installed)
    found, _ = add_contacts(installed, 2, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    world.deliver()
    with installed.write() as connection:
        over = {found: "scripted"}  # the channel itself: it needs no connection
        for person, conn_id in over.items():
            mine = message.c.contact_id == person
            connection.execute(sa.update(message).where(mine).values(conn_id=conn_id))
    Answering.log = {world.message_id(found): Delivery.ACCEPTED}
    clock.advance(3 * MINUTE)
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps({"conn_type": "postgres", "host": "db"}))
    result = call("sending", "reconcile")
    assert result.exit_code == 1
    assert result.stdout == "scripted: 1 found out, 0 to be sent again, 0 given up, 0 still unknown\n"
    assert "'shop' is of type 'postgres', which sends no mail" in result.stderr
    assert world.states()[found][0] == "accepted"
    clock.advance(HOUR)
    with installed.write() as connection:
        connection.execute(sa.update(message).values(conn_id="scripted"))
    done = call("sending", "reconcile")
    assert done.exit_code == 0
    assert done.stdout == "scripted: 0 found out, 0 to be sent again, 1 given up, 0 still unknown\n"


def told_of(person: str, language: str = "en") -> str:
    return call("where", person, language=language).stdout


def test_where_says_in_a_sentence_why_a_mail_waits(installed: Database, clock: ManualClock) -> None:
    world = World(installed, "marketing", mails=3)
    add_contacts(installed, 1, tag="in", timezone="Europe/London")
    add_contacts(installed, 2, tag="in")
    world.enter()
    world.channel.answer = lambda person: Receipt(
        Delivery.ACCEPTED if person == 2 else Delivery.RETRYABLE, "421 busy"
    )
    for step in ("mail0", "mail1", "mail2"):
        world.deliver(step)
    assert "Now: waits at mail0 for 2026-12-01 08:00 their time: quiet hours 21:00–08:00" in told_of("c1")
    assert (
        "Now: waits at mail2 until 2026-12-02 10:00: had as many mails as one person may get (2 a day, 6 in 7 days)"
        in told_of("c2")
    )
    assert (
        "Now: waits at mail0: the mail could not be sent (421 busy); next try at 2026-12-01 10:01, attempt 2"
        in told_of("c3")
    )
    assert "現地時間 2026-12-01 08:00 に送信します" in told_of("c1", "ja")
    found = json.loads(call("where", "c1", "--json").stdout)
    mail = found["passages"][0]["waiting"]["mail"]
    assert (mail["why"], mail["until"]) == ("quiet_hours", "2026-12-01T08:00:00+00:00")


def test_where_says_what_becomes_of_an_unknown_mail(installed: Database, clock: ManualClock) -> None:
    world = World(installed, "transactional")
    add_contacts(installed, 1, tag="in")
    world.enter()
    world.channel.answer = lambda _: LOST
    world.deliver()
    assert (
        "waits at mail0: the mail may be out (no answer); sent again at 2026-12-01 11:00 if there is no trace of it, "
        "attempt 2 of 3" in told_of("c1")
    )


def test_where_says_why_a_mail_was_refused_and_what_was_agreed(
    installed: Database, clock: ManualClock
) -> None:
    world = World(installed)
    add_contacts(installed, 1, tag="in", consented_at=None)
    add_contacts(installed, 1, tag="in", unsubscribed_at=clock.now())
    add_contacts(installed, 1, tag="in", email=None, email_key=None)
    add_contacts(installed, 3, tag="in")
    with installed.write() as connection:
        reasons = {"c4": "bounce", "c5": "complaint", "c6": "manual"}
        suppress(
            connection,
            [Suppression(f"{key}@example.com", why, clock.now(), "test") for key, why in reasons.items()],
        )
    world.enter()
    world.deliver()
    said = {
        "c1": ("no consent on record", "Marketing mail: never said anything; not allowed by the setting"),
        "c2": ("unsubscribed", "Marketing mail: withdrawn on 2026-12-01 10:00:00"),
        "c3": ("has no mail address", "Marketing mail: agreed on 1970-01-01 09:00:00"),
        "c4": (
            "the address bounced",
            "The address gets no mail: came back (bounce), since 2026-12-01 10:00:00",
        ),
        "c5": ("reported as spam", "The address gets no mail: reported as spam"),
        "c6": ("put on the suppression list by hand", "The address gets no mail: put on the list by hand"),
    }
    for key, (why, agreed) in said.items():
        story = told_of(key)
        assert f"mail sale_announcement from mail0: not sent ({why})" in story
        assert agreed in story
    assert "未送信 (受信の同意が記録されていない)" in told_of("c1", "ja")
    found: dict[str, Any] = json.loads(call("where", "c4", "--json").stdout)
    assert found["suppressed"] == {"reason": "bounce", "at": "2026-12-01T10:00:00+09:00"}
    assert found["consented_at"] == "1970-01-01T09:00:00+09:00"


def test_the_commands_explain_themselves_in_both_languages(installed: Database) -> None:
    for name in ("status", "unknown", "pause", "resume", "reconcile"):
        english = call("sending", name, "--help")
        japanese = call("sending", name, "--help", language="ja")
        assert english.exit_code == japanese.exit_code == 0
        assert english.stdout.isascii()
        assert not japanese.stdout.isascii()
