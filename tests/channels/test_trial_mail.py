"""Test mails: what arrives, what is left alone, and why none goes out."""

from __future__ import annotations

import json
import re
from email.header import decode_header, make_header
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.channels.channel import Account, Channel
from airflow_ma.channels.links import LinkSigner, Purpose
from airflow_ma.channels.registry import open_channel
from airflow_ma.channels.templates import load_template
from airflow_ma.channels.trial_ids import is_trial
from airflow_ma.channels.trial_mail import SentTrial, Trial, TrialError, prepare_trial, send_trial
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.message import Recipient
from airflow_ma.engine.mail.pauses import pause_sending
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import contact, event, link, mailbox, message
from tests.channels.sendgrid_kit import open_at, set_sender, write_template
from tests.fakes.sendgrid import FakeSendGrid
from tests.fakes.smtp import SmtpSink

HANAKO = Recipient(7, "c7", "hanako@example.jp", "花子", "ja", "Asia/Tokyo", '{"company": "青葉"}')
EMAILS = Path(__file__).parents[2] / "dags" / "emails"


@pytest.fixture(autouse=True)
def _sender(monkeypatch: pytest.MonkeyPatch) -> None:
    set_sender(monkeypatch)


def trial(folder: Path = EMAILS, template: str = "sale_announcement", *to: str, **more: str) -> Trial:
    return Trial(folder, template, HANAKO, to or ("ann@shop.example",), **more)


def send(database: Database, wanted: Trial, channel: Channel | None = None) -> SentTrial:
    channel = channel or open_channel("sandbox", database)
    mail = prepare_trial(database, wanted, channel, channel.name)
    return send_trial(database, wanted, channel, mail, {"List-Id": "<sale.shop.example>"})


def refused(database: Database, wanted: Trial, channel: Channel | None = None) -> str:
    """Why it is refused, in both languages."""
    with pytest.raises(TrialError) as error:
        send(database, wanted, channel)
    assert re.search(r"[ぁ-ん]", error.value.said.ja)
    return error.value.said.en


def test_it_arrives_as_the_person_would_get_it_but_marked(database: Database) -> None:
    done = send(database, trial(EMAILS, "sale_announcement", "ann@shop.example", "bob@shop.example"))
    assert done.sent == ["ann@shop.example", "bob@shop.example"]
    with database.read() as connection:
        mails = connection.execute(sa.select(mailbox).order_by(mailbox.c.to_address)).all()
    assert [mail.to_address for mail in mails] == done.sent
    assert mails[0].subject.startswith("[Test] ")
    assert "花子" in mails[0].html
    assert "hanako@example.jp" not in mails[0].headers.values()
    assert mails[0].headers["List-Id"] == "<sale.shop.example>"
    assert send(database, trial(marked_in="ja")).sent
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(mailbox.c.subject.startswith("【テスト】")))


def test_nothing_in_it_is_tracked_and_its_unsubscribe_links_are_nobodys(database: Database) -> None:
    send(database, trial())
    with database.read() as connection:
        mail = connection.execute(sa.select(mailbox)).one()
        assert connection.scalar(sa.select(sa.func.count()).select_from(link)) == 0
        for table in (message, event, contact):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    ours = re.findall(
        r"https://mail\.shop\.example/(\w+)/([\w-]+)", mail.html + mail.text + str(mail.headers)
    )
    assert {kind for kind, _ in ours} == {"u"}
    assert len(ours) > 2
    signer = LinkSigner.from_settings()
    assert all(is_trial(signer.read(Purpose.UNSUBSCRIBE, token)[0]) for _, token in ours)


def test_what_looks_like_liquid_in_somebodys_values_stays_text(database: Database, tmp_path: Path) -> None:
    write_template(tmp_path, subject="{{ contact.company }}", language="ja")
    odd = "{{ 1 }}{% if %}{{% x %}{{{ {% raw %}{% endraw %}"
    person = HANAKO._replace(stored_attributes=json.dumps({"company": odd}))
    send(database, Trial(tmp_path, "hello", person, ["ann@shop.example"]))
    with database.read() as connection:
        assert connection.scalar(sa.select(mailbox.c.subject)) == f"[Test] {odd}"


def test_over_smtp_each_has_an_id_of_its_own_and_says_nothing_of_the_contact(
    sqlite_database: Database, smtp_sink: SmtpSink
) -> None:
    options = {"disable_ssl": True, "disable_tls": True}
    account = Account("post", host="127.0.0.1", port=smtp_sink.port, options=options)
    channel = open_channel("smtp", sqlite_database, account)
    wanted = trial(EMAILS, "sale_announcement", "ann@shop.example", "bob@shop.example", language="en")
    done = send(sqlite_database, wanted, channel)
    assert done.sent == ["ann@shop.example", "bob@shop.example"]
    first, second = (kept.message for kept in smtp_sink.mails)
    assert first["To"] == "ann@shop.example"
    assert first["Message-ID"] != second["Message-ID"]
    assert str(make_header(decode_header(first["Subject"]))).startswith("[Test] 花子, our winter sale")
    assert first["List-Unsubscribe-Post"]
    assert first["List-Id"]


def test_over_sendgrid_nothing_is_tracked_and_refusals_are_told_by_address(
    sqlite_database: Database, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    write_template(tmp_path, language="ja")
    done = send(sqlite_database, trial(tmp_path, "hello"), open_at(fake_sendgrid, sqlite_database))
    assert done.sent == ["ann@shop.example"]
    (mail,) = fake_sendgrid.mails
    assert mail.subject == "[Test] Hello 花子"
    assert "https://shop.example/a?x=1" in mail.html
    assert mail.settings["tracking_settings"]["click_tracking"]["enable"] is False
    assert mail.settings["tracking_settings"]["open_tracking"]["enable"] is False
    assert mail.headers["List-Id"] == "<sale.shop.example>"


def test_where_no_answer_came_it_is_not_called_sent(sqlite_database: Database, smtp_sink: SmtpSink) -> None:
    options = {"disable_ssl": True, "disable_tls": True}
    account = Account("post", host="127.0.0.1", port=smtp_sink.port, options=options)
    smtp_sink.fail_next("cut_after")
    done = send(sqlite_database, trial(), open_channel("smtp", sqlite_database, account))
    assert (done.sent, done.unsure) == ([], ["ann@shop.example"])


def test_who_is_on_the_suppression_list_gets_none(database: Database) -> None:
    with database.write() as connection:
        gone = [
            Suppression("ann@shop.example", "bounce", 0, "test"),
            Suppression("bob@shop.example", "unsubscribe", 0, "test"),
        ]
        suppress(connection, gone)
    wanted = trial(EMAILS, "sale_announcement", "eve@shop.example", "Ann@shop.example")
    assert refused(database, wanted).startswith("Ann@shop.example is on the suppression list")
    assert "bob@" in refused(database, trial(EMAILS, "sale_announcement", "bob@shop.example"))
    assert send(database, trial(EMAILS, "confirm_signup", "bob@shop.example", purpose="transactional")).sent
    with database.read() as connection:
        assert connection.scalars(sa.select(mailbox.c.to_address)).all() == ["bob@shop.example"]


@pytest.mark.parametrize(
    ("listed", "to"),
    [
        ("ann@shop.example", '"ann"@shop.example'),
        ("ann@shop.example", "ann@ｓｈｏｐ.example"),
        ("ann@日本語.jp", "Ann@xn--wgv71a119e.jp"),
        ("ann@xn--wgv71a119e.jp", "ann@日本語.JP"),
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
    ],
)
def test_the_suppression_list_holds_however_an_address_is_written(
    sqlite_database: Database, listed: str, to: str
) -> None:
    with sqlite_database.write() as connection:
        suppress(connection, [Suppression(listed, "complaint", 0, "test")])
    told = refused(sqlite_database, trial(EMAILS, "sale_announcement", to))
    assert "suppression list" in told or "is not a mail address" in told


def test_a_language_that_the_mail_has_not_is_told(sqlite_database: Database) -> None:
    told = refused(sqlite_database, trial(language="fr"))
    assert told.endswith("is not written in the language “fr”. Choose one of: en, ja.")


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ((" ",), "Enter a mail address"),
        (("ann",), "“ann” is not a mail address"),
        (("ann＠shop.example",), "Write it like name@example.com"),
        (("Ann <ann@shop.example>",), "is not a mail address"),
        (("a@b.example", "a@b\r\nBcc: c@d.example"), "is not a mail address"),
        (tuple(f"p{n}@b.example" for n in range(6)), "5 addresses at most"),
    ],
)
def test_bad_addresses_are_told(sqlite_database: Database, to: tuple[str, ...], told: str) -> None:
    assert told in refused(sqlite_database, trial(EMAILS, "sale_announcement", *to))


def test_the_same_address_gets_it_once(sqlite_database: Database) -> None:
    done = send(sqlite_database, trial(EMAILS, "sale_announcement", "a@b.example", "A@B.example "))
    assert len(done.receipts) == 1


def test_a_paused_connection_sends_none(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        pause_sending(connection, "sandbox", at=0, reason="wrong price")
    assert refused(sqlite_database, trial()) == "Sending over “sandbox” is paused: wrong price"


def test_what_the_law_forbids_does_not_go_out_as_a_test_either(
    sqlite_database: Database, tmp_path: Path
) -> None:
    write_template(tmp_path, html="<p>Buy</p>")
    assert "the law demands it" in refused(sqlite_database, trial(tmp_path, "hello"))
    assert send(sqlite_database, trial(tmp_path, "hello", purpose="transactional")).sent


def test_a_mistake_in_the_template_is_told_without_folders(sqlite_database: Database, tmp_path: Path) -> None:
    write_template(tmp_path, language="ja")
    (tmp_path / "hello/ja/subject.txt").write_text("{{ 10 | divided_by: contact.none }}")
    told = refused(sqlite_database, trial(tmp_path, "hello"))
    assert "hello/ja/subject.txt, line 1" in told
    assert str(tmp_path) not in told
    assert "no mail template called “gone”" in refused(sqlite_database, trial(tmp_path, "gone"))
    assert "send a test mail of it there" in refused(sqlite_database, trial(tmp_path, "d-" + "0" * 32))


def test_a_server_that_is_not_there_is_told(sqlite_database: Database, smtp_sink: SmtpSink) -> None:
    options = {"disable_ssl": True, "disable_tls": True}
    account = Account("post", host="127.0.0.1", port=smtp_sink.port, options=options)
    smtp_sink.stop()
    channel = open_channel("smtp", sqlite_database, account)
    assert refused(sqlite_database, trial(), channel).startswith("The mail could not be sent: ")


def test_the_template_itself_is_untouched(sqlite_database: Database) -> None:
    before = load_template(EMAILS, "sale_announcement")
    send(sqlite_database, trial())
    assert load_template(EMAILS, "sale_announcement") is before
