"""The Japanese of what any channel says, and of what is wrong with how an installation is set up."""

from __future__ import annotations

INSTALLATION: tuple[tuple[str, str], ...] = (
    ("the contact's address is not a mail address", "メールアドレスの形式が正しくない"),
    ("refused while sending", "送信時に拒否された"),
    ("sending broke off ({place})", "送信が予期せず中断しました（{place}）"),
    (
        "the mails could not be written ({place}); nothing was sent",
        "メールを作成できず、送信していません（{place}）",
    ),
    (
        "'{name}' is a template that SendGrid holds, and this mail goes over SMTP; use a template of "
        "your own, or a SendGrid connection",
        "「{name}」は SendGrid に保存されているテンプレートなので、SMTP では送信できません。"
        "自社のテンプレートか、SendGrid の接続を使ってください",
    ),
    (
        "'{name}' is a template that SendGrid holds, and the sandbox cannot fill it in; use a template "
        "of your own here",
        "「{name}」は SendGrid に保存されているテンプレートなので、サンドボックスでは使えません。"
        "自社のテンプレートを使ってください",
    ),
    (
        "there is no channel '{name}'; set AIRFLOW_MA_CHANNEL to one of: {known}",
        "「{name}」という送信方法はありません。AIRFLOW_MA_CHANNEL を次のいずれかにしてください: {known}",
    ),
    (
        "this database runs on the sandbox's fast clock, and '{name}' sends real mail; use another "
        "database for it",
        "このデータベースでは時間が早送りされているため、実際に送信する「{name}」は使えません。"
        "別のデータベースを使ってください",
    ),
    (
        "the channel '{name}' sends over an Airflow connection; name one with conn_id, or add one called "
        "'{conn_id}'",
        "「{name}」での送信には Airflow の接続が必要です。ステップの「送信に使う接続」で指定するか、"
        "接続「{conn_id}」を追加してください",
    ),
    (
        "there is no Airflow connection '{conn_id}'; add it under Admin > Connections, or with: {command}",
        "Airflow の接続「{conn_id}」がありません。［管理］→［接続］で追加するか、"
        "次のコマンドで追加してください: {command}",
    ),
    (
        "the Airflow connection '{conn_id}' is of type '{kind}', which sends no mail; use a connection "
        "of one of these types: {known}",
        "Airflow の接続「{conn_id}」のタイプ「{kind}」では、メールを送信できません。"
        "次のいずれかのタイプの接続を使ってください: {known}",
    ),
    (
        "the extra fields of the Airflow connection '{conn_id}' are not a JSON object; correct them",
        "Airflow の接続「{conn_id}」の Extra が JSON オブジェクトではありません。修正してください",
    ),
    (
        "Airflow's SMTP hook cannot log in over connection '{conn_id}' ({kind}); press Test on the "
        "connection to see why",
        "Airflow の SMTP フックが接続「{conn_id}」でログインできません（{kind}）。"
        "接続のテストボタンで理由を確認してください",
    ),
    (
        "Airflow's SMTP hook gave no session for connection '{conn_id}'",
        "Airflow の SMTP フックで接続「{conn_id}」に接続できませんでした",
    ),
    # The database, and settings of all mails
    (
        "there is no database at {file}; run: airflow-ma db migrate",
        "{file} にデータベースがありません。airflow-ma db migrate を実行してください",
    ),
    (
        "the database has no airflow_ma tables, this program needs {needed}; run: airflow-ma db migrate",
        "データベースに airflow_ma のテーブルがありません（必要なバージョン: {needed}）。airflow-ma db "
        "migrate を実行してください",
    ),
    (
        "the database is at version {found}, this program needs {needed}; run: airflow-ma db migrate",
        "データベースはバージョン {found} ですが、このプログラムには {needed} が必要です。airflow-ma db "
        "migrate を実行してください",
    ),
    (
        "the database is at version {found}, which this program does not know: it was written by a newer "
        "airflow_ma. Install that version, or restore a backup made before the upgrade",
        "データベースのバージョン {found} は、より新しい airflow_ma で作られたものです。"
        "そのバージョンをインストールするか、アップグレード前のバックアップを戻してください",
    ),
    (
        "the database {url} is locked by another program for {seconds} seconds; close what holds it open "
        "for writing, or use PostgreSQL when many programs write at once",
        "データベース {url} が、別のプログラムに {seconds} 秒以上ロックされています。"
        "書き込みのために開いているプログラムを閉じるか、同時に書き込むプログラムが多い場合は PostgreSQL "
        "を使ってください",
    ),
    (
        "cannot use the database {url}: {why}. Is it running, and is AIRFLOW_MA_DATABASE_URL right?",
        "データベース {url} を使えません（{why}）。動作しているか、AIRFLOW_MA_DATABASE_URL "
        "が正しいか確認してください",
    ),
    (
        "{file} is not a database that airflow_ma can read: {why}",
        "{file} は airflow_ma で読めるデータベースではありません（{why}）",
    ),
    (
        "AIRFLOW_MA_QUIET_HOURS must look like '21:00-08:00', or be empty",
        "AIRFLOW_MA_QUIET_HOURS は「21:00-08:00」のような形にするか、空にしてください",
    ),
    (
        "AIRFLOW_MA_QUIET_HOURS begin and end at the same time: no mail would ever go out",
        "AIRFLOW_MA_QUIET_HOURS の開始と終了が同じ時刻のため、メールをまったく送信できません",
    ),
    (
        "AIRFLOW_MA_FREQUENCY_CAPS must look like '2/1d, 6/7d' (two mails a day, six in seven days), or "
        "be empty",
        "AIRFLOW_MA_FREQUENCY_CAPS は「2/1d, 6/7d」（1日2通、7日間6通）のような形にするか、空にしてください",
    ),
    (
        "signed links need at least one key; see AIRFLOW_MA_SECRET_KEYS",
        "リンクの署名に使う鍵がありません。AIRFLOW_MA_SECRET_KEYS を設定してください",
    ),
    (
        "a key id must be 1 to 15 ASCII characters, not {key_id}",
        "AIRFLOW_MA_SECRET_KEYS の鍵の ID {key_id} は、半角1〜15文字にしてください",
    ),
    (
        "the secret of key {key_id} must be 16 bytes or more",
        "AIRFLOW_MA_SECRET_KEYS の鍵 {key_id} は、16文字以上にしてください",
    ),
)
"""English as it is stored and raised, and Japanese; the first that fits counts."""
