"""`airflow-ma check`: file, line and what to do, in an exit code that CI understands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from airflow_ma.cli import main
from airflow_ma.cli.check import check
from airflow_ma.config import settings
from airflow_ma.dag.connections import account
from airflow_ma.engine.database import Database
from tests.dag.conftest import airflow_metadata  # noqa: F401
from tests.journeys import add_contacts

DAGS = Path(__file__).parents[2] / "dags"

PYTHON = """\
from airflow.sdk import Label
from airflow_ma.dag import Journey
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor

with Journey("mine"):
    people = AudienceOperator(task_id="people")
    mail = SendEmailOperator(task_id="mail", template="{template}")
    opened = WaitForOpenSensor(task_id="opened", mail="mail", within="{within}")
    people >> mail >> opened
    opened >> Label("{label}") >> EndOperator(task_id="end")
"""
GOOD = {"template": "sale_announcement", "within": "2 days", "label": "opened | not_opened"}


@pytest.fixture
def write(tmp_path: Path):
    def make(**changes: str) -> Path:
        (tmp_path / "emails").unlink(missing_ok=True)
        (tmp_path / "emails").symlink_to(DAGS / "emails")
        file = tmp_path / "mine.py"
        file.write_text(PYTHON.format(**{**GOOD, **changes}), encoding="utf-8")
        return file

    return make


def test_the_examples_are_good() -> None:
    result = CliRunner().invoke(check, [str(DAGS)])
    assert result.exit_code == 0, result.output
    assert "3 journeys, 0 errors" in result.stderr


def test_a_good_file_is_good(write) -> None:
    result = CliRunner().invoke(check, [str(write())])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("changes", "line", "says"),
    [
        ({"template": "sale_anouncement"}, 8, "did you mean 'sale_announcement'"),
        ({"within": "-1 day"}, 9, "a wait must be longer than zero"),
        ({"label": "openend | not_opened"}, 9, "Did you mean 'opened'?"),
        ({"label": "opened"}, 9, "outcome 'not_opened' of 'opened' leads nowhere"),
    ],
)
def test_a_fault_is_told_with_file_line_and_fix(write, changes: dict[str, str], line: int, says: str) -> None:
    file = write(**changes)
    result = CliRunner().invoke(check, [str(file)])
    assert result.exit_code == 1
    assert f"{file}:{line}: error: " in result.stdout
    assert says in result.stdout


def test_a_sender_that_is_not_set_is_warned_about_once(write, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SENDER_NAME", "POSTAL_ADDRESS"):
        monkeypatch.setenv(f"AIRFLOW_MA_{name}", "")
    settings.cache_clear()
    file = write()
    file.write_text(
        file.read_text().replace(
            "people >> mail",
            "more = SendEmailOperator(task_id='m', template='sale_announcement')\n    people >> more >> mail",
        )
    )
    result = CliRunner().invoke(main, ["--lang", "en", "check", str(file)])
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first.startswith("warning: AIRFLOW_MA_SENDER_NAME is not set. Set it to the name of the sender")
    assert second.startswith("warning: AIRFLOW_MA_POSTAL_ADDRESS is not set. ")
    assert second.endswith("[sender]")
    japanese = CliRunner().invoke(main, ["--lang", "ja", "check", str(file)])
    assert "警告: AIRFLOW_MA_POSTAL_ADDRESS が設定されていないため送信できません。" in japanese.stdout
    assert "送信者の住所を設定してください" in japanese.stdout
    file.write_text(file.read_text().replace('template="sale', 'purpose="transactional", template="sale')
                    .replace("template='sale", "purpose='transactional', template='sale"))  # fmt: skip
    assert CliRunner().invoke(check, [str(file)]).stdout == ""


def test_a_collector_that_nobody_reaches_is_warned_about_where_real_mail_is_sent(
    write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", '{"conn_type": "smtp", "host": "mail.example"}')
    monkeypatch.setenv("AIRFLOW_MA_CHANNEL", "smtp")
    monkeypatch.setenv("AIRFLOW_MA_COLLECTOR_URL", "http://localhost:8091")
    settings.cache_clear()
    result = CliRunner().invoke(check, [str(write())])
    assert result.exit_code == 0
    assert result.stdout.startswith("warning: AIRFLOW_MA_COLLECTOR_URL is http://localhost:8091, and nobody")
    assert len(result.stdout.splitlines()) == 1


def test_a_link_without_https_is_an_error_with_file_and_line(write, tmp_path: Path) -> None:
    file = write(template="bare")
    (tmp_path / "emails").unlink()
    home = tmp_path / "emails/bare/en"
    home.mkdir(parents=True)
    (home / "subject.txt").write_text("Sale")
    (home / "body.html").write_text('<p>Hello</p>\n<p><a href="example.com/x">Sale</a></p>')
    result = CliRunner().invoke(check, [str(file)])
    assert result.exit_code == 1
    assert f"{home / 'body.html'}, line 2: the link to 'example.com/x' leads nowhere" in result.stdout


def test_a_connection_that_airflow_does_not_have_is_warned_about(
    write,
    monkeypatch: pytest.MonkeyPatch,
    airflow_metadata: None,  # noqa: F811
    tmp_path: Path,
) -> None:
    from airflow import settings as of_airflow
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    monkeypatch.setenv("AIRFLOW_CONN_IN_ENVIRONMENT", "smtp://mail.example")
    with create_session() as session:
        session.add(Connection(conn_id="stored", conn_type="sendgrid", password="SG.secret"))

    def told(conn_id: str, language: str = "en") -> str:
        file = write(template=f'sale_announcement", conn_id="{conn_id}')
        result = CliRunner().invoke(main, ["--lang", language, "check", str(file)])
        assert result.exit_code == 0, result.output
        return result.stdout

    try:
        assert told("in_environment") == told("stored") == ""
        missing = told("smtp_shop")
        assert "mine.py:8: warning: there is no Airflow connection 'smtp_shop'" in missing
        assert "airflow connections add smtp_shop --conn-type smtp" in missing
        assert "警告: このメールの送信に使う Airflow の接続「smtp_shop」がありません。" in told(
            "smtp_shop", "ja"
        )
        monkeypatch.setenv("AIRFLOW_MA_CHANNEL", "sendgrid")
        monkeypatch.setenv("AIRFLOW_MA_COLLECTOR_URL", "https://mail.shop.example")
        settings.cache_clear()
        result = CliRunner().invoke(check, [str(write())])
        assert "there is no Airflow connection 'sendgrid_default'" in result.stdout, "the channel's default"
        assert account("stored")[1].password == "SG.secret", "the command line sends over the same ones"
        nowhere = tmp_path / "nobody.db"
        monkeypatch.setattr(of_airflow, "SQL_ALCHEMY_CONN", f"sqlite:///{nowhere}")
        assert told("smtp_shop") == "", "nobody can be asked"
        assert not nowhere.exists()
    finally:
        with create_session() as session:
            session.execute(sa.delete(Connection).where(Connection.conn_id == "stored"))


def test_whatever_a_file_raises_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import airflow_ma\n1 / 0\n")
    (tmp_path / "b.py").write_text("import airflow_ma\ndef (:\n")
    result = CliRunner().invoke(check, [str(tmp_path)])
    assert result.exit_code == 1
    assert "a.py:2: error: ZeroDivisionError" in result.stdout
    assert "b.py:2: error: SyntaxError" in result.stdout


def test_duplicate_ids_and_journeys(tmp_path: Path) -> None:
    text = "from airflow_ma.dag import Journey\nfrom airflow_ma.operators import AudienceOperator\nwith Journey('x'):\n    AudienceOperator(task_id='p')\n"
    (tmp_path / "a.py").write_text(text)
    (tmp_path / "b.py").write_text(text)
    (tmp_path / "c.py").write_text(text + "    AudienceOperator(task_id='p')\n")
    result = CliRunner().invoke(check, [str(tmp_path)])
    assert result.exit_code == 1
    assert "the journey 'x' is also in" in result.stdout
    assert "c.py:5: error: two steps are called 'p'. Give one of them another name [duplicate-id]" in (
        result.stdout
    )


def test_nothing_to_check_is_an_error(tmp_path: Path) -> None:
    assert CliRunner().invoke(check, [str(tmp_path)]).exit_code == 1
    missing = CliRunner().invoke(check, [str(tmp_path / "none.yaml")])
    assert missing.exit_code == 1
    assert missing.stdout.startswith(f"{tmp_path / 'none.yaml'}: error: there is no such file or folder. ")
    told = json.loads(CliRunner().invoke(check, ["--json", str(tmp_path / "none.yaml")]).stdout)
    assert (told["file"], told["line"]) == (str(tmp_path / "none.yaml"), None)


def test_json_for_other_programs(write) -> None:
    result = CliRunner().invoke(check, ["--json", str(write(within="0 days"))])
    (problem,) = [json.loads(row) for row in result.stdout.splitlines()]
    assert problem["line"] == 9
    assert problem["severity"] == "error"


@pytest.mark.parametrize("by_option", [True, False])
def test_it_speaks_japanese(write, by_option: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(label="openend | not_opened")
    if not by_option:
        monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    result = CliRunner().invoke(main, [*(["--lang", "ja"] if by_option else []), "check", str(file)])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        f"{file}:9: エラー: ステップ「opened」に「openend」という結果はありません。"
        "「opened」ではありませんか？ [unknown-outcome]"
    )
    assert result.stderr == "ファイル 1 件、ジャーニー 0 件、エラー 2 件\n"


def test_a_step_and_a_template_are_explained_in_japanese(write) -> None:
    for changes, detail, fix in (
        (
            {"within": "-1 day"},
            "「待つ期間」: 0より長い期間にしてください",
            "指定してください（例：3日） [cannot-load]",
        ),
        (
            {"within": '2 days", colour="red'},
            "「colour」という設定はありません",
            "この設定を削除してください [cannot-load]",
        ),
        (
            {"template": "sale"},
            "にメールテンプレート「sale」がありません",
            "テンプレートの内容を直してください [unknown-template]",
        ),
    ):
        result = CliRunner().invoke(main, ["--lang", "ja", "check", str(write(**changes))])
        assert detail in result.stdout
        assert result.stdout.endswith(f"{fix}\n")


def test_what_others_say_stays_english_with_a_japanese_fix(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import airflow_ma\n\nraise RuntimeError('the list is empty')\n")
    result = CliRunner().invoke(main, ["--lang", "ja", "check", str(tmp_path)])
    assert result.stdout == (
        f"{tmp_path}/own.py:3: エラー: RuntimeError: the list is empty。この箇所を直してください [cannot-load]\n"
    )


@pytest.mark.parametrize(
    ("text", "japanese"),
    [
        ("mode: weekly\nsteps: {}", "mode に「weekly」は使えません"),
        (
            "steps: {a: {kind: sendmail}}",
            "「sendmail」という種類はありません。「send_email」ではありませんか？",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_japanese(tmp_path: Path, text: str, japanese: str) -> None:
    (tmp_path / "x.yaml").write_text(f"journey: x\ntitle: x\n{text}\n")
    assert japanese in CliRunner().invoke(main, ["--lang", "ja", "check", str(tmp_path)]).stdout


def test_a_wrong_setting_of_the_installation_is_told_in_japanese(
    write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "nine")
    settings.cache_clear()
    said = CliRunner().invoke(main, ["--lang", "ja", "check", str(write())]).stdout
    assert "AIRFLOW_MA_QUIET_HOURS は「21:00-08:00」のような形にするか、空にしてください。設定の値を" in said


def test_json_in_japanese_has_the_same_fields(write) -> None:
    file = str(write(label="opened"))
    english, japanese = (
        json.loads(CliRunner().invoke(main, ["--lang", language, "check", "--json", file]).stdout)
        for language in ("en", "ja")
    )
    assert list(english) == list(japanese)
    assert {key for key in english if english[key] != japanese[key]} == {"message", "fix"}
    assert 'opened >> Label("not_opened") >> ...' in japanese["fix"]


def test_files_of_other_encodings_and_twice_the_same_step_in_yaml(tmp_path: Path) -> None:
    (tmp_path / "sjis.yaml").write_bytes("journey: 日本".encode("cp932"))
    (tmp_path / "twice.yaml").write_text("journey: x\nsteps:\n  a: {kind: end}\n  a: {kind: end}\n")
    result = CliRunner().invoke(check, [str(tmp_path)])
    sjis, twice = result.stdout.splitlines()
    assert sjis == f"{tmp_path}/sjis.yaml:1: error: the file is not UTF-8. Save it as UTF-8 [yaml]"
    assert twice.startswith(f"{tmp_path}/twice.yaml:4: error: 'a' stands twice in steps")
    assert twice.endswith(". Rename one of them [duplicate-id]")


@pytest.fixture
def own_mail(tmp_path: Path):
    def make(body: str) -> Path:
        home = tmp_path / "emails" / "own" / "en"
        home.mkdir(parents=True)
        (home / "subject.txt").write_text("Hello")
        (home / "body.html").write_text(body)
        file = tmp_path / "mine.py"
        file.write_text(PYTHON.format(**{**GOOD, "template": "own"}), encoding="utf-8")
        return file

    return make


FOOTER = "{{ sender.name }} {{ sender.postal_address }} <a href='{{ unsubscribe_url }}'>Leave</a>"


@pytest.mark.parametrize(
    ("language", "said"), [("en_US", "the unsubscribe link"), ("ja_JP", "配信停止のリンク")]
)
def test_a_mail_that_the_law_forbids_is_found(
    own_mail, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
    result = CliRunner().invoke(check, [str(own_mail("{{ sender.name }} {{ sender.postal_address }}"))])
    assert result.exit_code == 1
    assert said in result.output
    assert "footer" in result.output


def test_a_variable_that_does_not_exist_is_found(own_mail) -> None:
    file = own_mail(f"<p>{{{{ contcat.name }}}}</p><p>{{{{ contact.compnay }}}}</p>{FOOTER}")
    in_ci = CliRunner().invoke(check, [str(file)])  # no database: nobody knows the attributes
    assert in_ci.exit_code == 1
    assert "body.html:1" in in_ci.output
    assert "did you mean 'contact.name'" in in_ci.output
    assert "compnay" not in in_ci.output


def test_an_attribute_that_nobody_has_is_a_warning(
    own_mail, database: Database, install: Callable[[Database], None]
) -> None:
    install(database)
    add_contacts(database, 2, attributes={"company": "Acme"})
    result = CliRunner().invoke(check, [str(own_mail(f"{{{{ contact.compnay }}}}{FOOTER}"))])
    assert result.exit_code == 0
    assert "contact.company" in result.output


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CHANNEL", "sendgird", "there is no such channel"),
        ("QUIET_HOURS", "9pm-8am", "must look like '21:00-08:00'"),
        ("FREQUENCY_CAPS", "2 per day", "must look like '2/1d, 6/7d'"),
    ],
)
def test_a_setting_with_which_nothing_can_be_sent_is_found(
    write, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW_MA_{name}", value)
    settings.cache_clear()
    result = CliRunner().invoke(check, [str(write())])
    assert result.exit_code == 1
    assert said in result.output
    assert "[setting]" in result.output
