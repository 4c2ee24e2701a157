"""The texts of ``airflow-ma mail``, in English and Japanese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "help_mail": ("See mails as people would get them.", "受信者に届くとおりのメールを確認します。"),
    "help_mail_test": (
        "Send a test mail of the template TEMPLATE, marked “[Test]”. It goes over the connection that real "
        "mails go over, is counted nowhere, and its unsubscribe link does nothing. Exits 0 when it went to "
        "every address, else 1.",
        "テンプレート TEMPLATE のメールを、件名に【テスト】を付けてテスト送信します。"
        "実際の配信と同じ接続で送信しますが、集計の対象にならず、配信停止リンクも無効です。"
        "終了コードは、すべての宛先に送信できたら 0、できなければ 1 です。",
    ),
    "option_test_to": (
        "Where it goes; up to five times.",
        "送信先のメールアドレス。5つまで繰り返し指定できます。",
    ),
    "option_test_contact": (
        "Key of the contact whose data it is filled with; somebody made up if not given.",
        "内容に差し込む顧客のキー。指定しなければ架空の人のデータを使います。",
    ),
    "option_test_conn_id": (
        "The Airflow connection; that of the installation's channel if not given.",
        "送信に使う Airflow の接続。指定しなければ標準のチャネルの接続を使います。",
    ),
    "option_test_language": (
        "Language of the mail, such as ja; the person's own if not given.",
        "メールの言語（例: ja）。指定しなければ本人の言語になります。",
    ),
    "option_test_purpose": ("Kind of mail.", "メールの種類。"),
    "no_contact_of_key": (
        "there is no contact with the key '{key}'",
        "キーが「{key}」の顧客はいません",
    ),
    "test_mail_sent": (
        "Sent to {to} over {connection}.",
        "{to} にテスト送信しました（{connection}）。",
    ),
    "test_mail_unsure": (
        "No answer came from the mail server: it may or may not have arrived at {to}. Look there first.",
        "メールサーバーから応答がなく、{to} に届いたか確認できません。先に受信を確認してください。",
    ),
    "test_mail_not_sent": (
        "Not sent to {to}: {why}",
        "{to} には送信できませんでした: {why}",
    ),
}  # fmt: skip
