"""``airflow-ma mail test``: a test mail from the command line."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from airflow_ma.cli import main
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import audit, mailbox, message
from tests.contacts.people import add_contact
from tests.dag.conftest import airflow_metadata  # noqa: F401
from tests.fakes.smtp import SmtpSink


@pytest.fixture(autouse=True)
def installed(installed: Database, emails: None) -> Database:
    """The database that the commands open by themselves, with one contact in it."""
    with installed.write() as connection:
        add_contact(connection, "shop/1", name="花子", email="hanako@example.jp")
    return installed


def call(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", language, "mail", "test", *words], catch_exceptions=False)


def test_it_lands_in_the_sandbox_filled_and_marked_in_the_callers_language(installed: Database) -> None:
    words = ("sale_announcement", "--to", "ann@shop.example", "--to", "bob@shop.example")
    done = call(*words, "--contact", "shop/1", "--language", "en", language="ja")
    assert done.exit_code == 0
    assert done.stdout == "ann@shop.example, bob@shop.example にテスト送信しました（sandbox）。\n"
    with installed.read() as connection:
        mails = connection.execute(sa.select(mailbox)).all()
        for table in (message, audit):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert len(mails) == 2
    assert mails[0].subject.startswith("【テスト】花子, our winter sale")
    # Complaints about it are not those about a journey.
    assert mails[0].headers["Feedback-ID"].startswith("test.sale_announcement:test:marketing:")


@pytest.mark.usefixtures("airflow_metadata")
def test_it_goes_over_the_connection_that_is_named(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"conn_type": "smtp", "host": "127.0.0.1", "port": smtp_sink.port}
    told["extra"] = {"disable_ssl": True, "disable_tls": True}
    monkeypatch.setenv("AIRFLOW_CONN_POST_OFFICE", json.dumps(told))
    done = call("sale_announcement", "--to", "ann@shop.example", "--conn-id", "post_office")
    assert done.stdout == "Sent to ann@shop.example over post_office.\n"
    assert [mail.message["To"] for mail in smtp_sink.mails] == ["ann@shop.example"]
    gone = call("sale_announcement", "--to", "ann@shop.example", "--conn-id", "gone")
    assert gone.exit_code == 1
    assert "there is no Airflow connection 'gone'" in gone.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("sale", "--to", "ann@shop.example"),
            ("no mail template called “sale”", "「sale」というメールテンプレートは"),
        ),
        (("sale_announcement", "--to", "ann"), ("“ann” is not a mail address", "「ann」はメールアドレス")),
        (
            ("sale_announcement", "--to", "a@b.example", "--contact", "nobody"),
            ("no contact with the key 'nobody'", "キーが「nobody」の顧客はいません"),
        ),
    ],
)
def test_what_is_wrong_is_told_in_both_languages(
    installed: Database, words: tuple[str, ...], told: tuple[str, str]
) -> None:
    for language, text in zip(("en", "ja"), told, strict=True):
        done = call(*words, language=language)
        assert done.exit_code != 0
        assert text in done.stderr
    with installed.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(mailbox)) == 0
