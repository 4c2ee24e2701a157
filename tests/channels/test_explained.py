"""Every sentence of the channels has its Japanese, found where it is shown."""

from __future__ import annotations

import ast
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from airflow_ma.channels.channel import Account
from airflow_ma.channels.explained.installation_texts import INSTALLATION
from airflow_ma.channels.explained.sendgrid_texts import SENDGRID
from airflow_ma.channels.explained.sentences import explained, in_japanese
from airflow_ma.channels.explained.smtp_texts import SMTP
from airflow_ma.channels.explained.template_texts import TEMPLATES
from airflow_ma.channels.sendgrid.errors import what_to_do
from airflow_ma.channels.smtp.answers import Answer, Stage, receipt_of, trouble_for_all
from airflow_ma.channels.smtp.connect import ServerOptions, _explained
from airflow_ma.channels.template_language import TemplateError
from airflow_ma.channels.templates import load_template
from airflow_ma.engine.mail.message import Receipt

ROOT = Path(__file__).parents[2]
ALL = [*SENDGRID, *SMTP, *INSTALLATION, *TEMPLATES]
VALUE = "7"
"""Stands for whatever a sentence has in it."""
IN_LETTERS = re.compile(r"[ぁ-んァ-ヶ一-龠]")
# What Airflow's own Test button says, which knows no language; and what only the writer of a channel sees.
ELSEWHERE = {"check.py"}


def written(node: ast.expr, names: dict[str, list[ast.expr]], depth: int = 0) -> list[str]:
    """What an expression may be as a text, with 7 for values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [
            written(part.value if isinstance(part, ast.FormattedValue) else part, names, depth)
            for part in node.values
        ]
        return ["".join(one) for one in product(*parts)]
    if isinstance(node, ast.IfExp):
        return written(node.body, names, depth) + written(node.orelse, names, depth)
    if isinstance(node, ast.Name) and depth < 3 and node.id in names:
        return [text for value in names[node.id] for text in written(value, names, depth + 1)]
    return [VALUE]


def told(call: ast.Call) -> Iterator[ast.expr]:
    """The argument of a call that people are shown."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    first = ast.unparse(call.args[0]) if call.args else ""
    if name in {"Receipt", "Answer"} and first.startswith(("Delivery.", "Outcome.")):
        if first != "Outcome.REFUSED":  # its text is made of SendGrid's answer
            yield from call.args[1:2]
    elif name in {"ChannelError", "SendingPausedError", "TemplateError", "_held"}:
        yield from call.args[:1]


def sentences() -> list[str]:
    found: set[str] = set()
    for file in [*(ROOT / "airflow_ma" / "channels").rglob("*.py"), ROOT / "airflow_ma/dag/connections.py"]:
        if file.name in ELSEWHERE:
            continue
        module = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
        for scope in [*functions, *(node for node in module.body if isinstance(node, ast.Assign))]:
            names: dict[str, list[ast.expr]] = {}
            for node in [*module.body, *ast.walk(scope)]:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    names.setdefault(node.targets[0].id, []).append(node.value)
            for call in ast.walk(scope):
                for argument in told(call) if isinstance(call, ast.Call) else ():
                    found |= set(written(argument, names))
    elsewhere = {
        "unsubscribed",  # a word of the ledger: insight.sending_texts.REASONS has those
        f"the mail server of connection '{VALUE}' {VALUE}",  # test_why_a_mail_server_cannot_be_used
    }
    return sorted(one for one in found - elsewhere if re.search(r"[a-z]{3}", one))


def test_the_sentences_are_found() -> None:
    found = sentences()
    assert len(found) > 60
    assert "SendGrid did not answer in time" in found
    assert f"the mail server refused {VALUE} ({VALUE})" in found


@pytest.mark.parametrize("sentence", sentences())
def test_every_sentence_has_its_japanese(sentence: str) -> None:
    japanese = in_japanese(sentence)
    assert IN_LETTERS.search(japanese), sentence
    # What stands for a value is in both, so that nothing is lost.
    assert (VALUE in sentence) <= (VALUE in japanese)


@pytest.mark.parametrize(("english", "japanese"), ALL)
def test_both_have_the_same_values(english: str, japanese: str) -> None:
    placeholders = [set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text)) for text in (english, japanese)]
    missing = placeholders[0] - placeholders[1]
    assert placeholders[1] <= placeholders[0]
    assert missing <= {"channel"}, "it is in the Japanese by its own name"


@pytest.mark.parametrize(
    ("status", "words", "meant"),
    [
        (401, "The provided authorization grant is invalid, expired, or revoked", "API キーを受け付けません"),
        (403, "access forbidden", "「Mail Send」の権限"),
        (
            403,
            "The from address does not match a verified Sender Identity",
            "送信元アドレスが SendGrid で認証されて",
        ),
        (451, "gone", "リージョン"),
        (401, "Maximum credits exceeded", "通数を使い切った"),
    ],
)
def test_what_sendgrid_says_of_the_account(status: int, words: str, meant: str) -> None:
    content = f'{{"errors": [{{"message": "{words}"}}]}}'.encode()
    said = explained(what_to_do(status, content, "shop"))
    assert words in said.en
    assert "SendGrid refuses all mail over connection 'shop'" in said.en
    assert meant in said.ja
    assert f"HTTP {status}" in said.ja
    assert words in said.ja, "in its own words, too"
    assert "「shop」" in said.ja
    assert "配信を再開してください" in said.ja


@pytest.mark.parametrize(
    ("stage", "code", "text", "japanese"),
    [
        (
            Stage.RECIPIENT,
            550,
            b"5.1.1 no such user taro@example.jp",
            "メールサーバーが宛先アドレスを拒否しました（550 5.1.1: 宛先のメールボックスがない）",
        ),
        (Stage.END, 554, b"spam", "メールサーバーがメールの内容を拒否しました（554）"),
        (
            Stage.RECIPIENT,
            452,
            b"4.2.2 full",
            "メールサーバーが今は宛先アドレスを受け付けません（452 4.2.2）",
        ),
    ],
)
def test_what_a_mail_server_says_of_a_mail(stage: Stage, code: int, text: bytes, japanese: str) -> None:
    receipt: Receipt = receipt_of(Answer(stage, code, text))
    assert in_japanese(receipt.reason or "") == japanese


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (Answer(Stage.SENDER, 535, b"5.7.8 no"), "ログイン情報を受け付けません"),
        (Answer(Stage.SENDER, 550, b"5.7.1 no"), "送信元アドレスを拒否しました"),
        (Answer(Stage.RECIPIENT, 550, b"relay denied"), "中継を拒否しました"),
        (Answer(Stage.END, 550, b"5.4.5 enough"), "送信数の上限"),
    ],
)
def test_what_a_mail_server_says_of_the_account(answer: Answer, meant: str) -> None:
    error = trouble_for_all(answer, "shop_smtp")
    assert error is not None
    assert meant in in_japanese(str(error))
    assert "shop_smtp" in in_japanese(str(error))


def tls_error(error: ssl.SSLError, **said: str) -> ssl.SSLError:
    """As the ssl module makes them."""
    vars(error).update(said)
    return error


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (
            tls_error(ssl.SSLCertVerificationError(), verify_message="expired"),
            "証明書を信頼できません（expired）",
        ),
        (tls_error(ssl.SSLError(), reason="WRONG_VERSION_NUMBER"), "TLS で通信できません"),
        (smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported"), "ログインに対応していません"),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported"), "STARTTLSに対応していません"),
        (smtplib.SMTPConnectError(554, b"no"), "今は利用できません（554）"),
        (smtplib.SMTPServerDisconnected(), "接続を閉じたか"),
        (smtplib.SMTPException(), "ログイン方式"),
        (TimeoutError(), "30 秒以内に応答しません"),
        (ConnectionRefusedError(111, "Connection refused"), "接続できません（Connection refused）"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "ログインを拒否しました（535）"),
        (UnicodeEncodeError("ascii", "あ", 0, 1, "no"), "半角英数字"),
    ],
)
def test_why_a_mail_server_cannot_be_used(error: Exception, meant: str) -> None:
    account = Account("shop_smtp", host="mail.example.com", options={"disable_ssl": True})
    said = str(_explained(error, account, ServerOptions.of(account)))
    assert meant in in_japanese(said), said


@pytest.mark.parametrize(
    ("subject", "body", "meant"),
    [
        ("Hi", "{% if x %}", "body.html の"),
        (
            "Hi",
            "\n{{ contact.name | shout }}",
            "body.html の 2 行目: 「shout」という Liquid のフィルターはありません",
        ),
        ("Hi", '<a href="/sale">x</a>', "リンク「/sale」は、どこにもつながりません"),
        ("Hi", '<a href="https://a:b@example.com/">x</a>', "ユーザー名かパスワード"),
        (" ", "x", "subject.txt が空です"),
    ],
)
def test_what_is_wrong_with_a_template(tmp_path: Path, subject: str, body: str, meant: str) -> None:
    folder = tmp_path / "hello" / "ja"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text(subject)
    (folder / "body.html").write_text(body)
    with pytest.raises(TemplateError) as caught:
        load_template(tmp_path, "hello")
    assert meant in in_japanese(str(caught.value)), str(caught.value)


def test_the_words_of_others_stay_as_they_are() -> None:
    for words in ("本文の価格に誤り", "wrong price in the mail", "line 3, somewhere", ""):
        assert explained(words).en == explained(words).ja == words
    refused = explained("SendGrid refuses it: The subject is strange (subject)")
    assert refused.ja == "SendGrid がこのメールを拒否しました: The subject is strange (subject)"


@pytest.mark.parametrize(
    "words",
    ["dropped: " * 440, "x, line 1: " * 360, "7" + ": <" * 660 + "> is not closed" * 130 + "."],
    ids=["in itself", "in two ways", "almost"],
)
def test_no_words_of_a_provider_keep_it_busy(words: str) -> None:
    begun = time.process_time()
    assert in_japanese(words)
    assert time.process_time() - begun < 1


def test_a_value_that_quotes_our_words_stays_one_value() -> None:
    told = "SendGrid refuses it: no (HTTP 5: x); SendGrid refuses it: y"
    assert in_japanese(told).startswith("SendGrid がこのメールを拒否しました: no (HTTP 5: x); SendGrid")
    odd = "the connection 'a' has a wrong 'b' has a wrong 'c': it must be a number of seconds"
    assert "接続「a」の項目「b' has a wrong 'c」が正しくありません。秒数を" in in_japanese(odd)
