"""Every text of the command line, in English and Japanese."""

from __future__ import annotations

import os

from airflow_ma.cli import consent_texts, journey_texts, mail_texts, sending_texts
from airflow_ma.insight import event_texts

LANGUAGES = ("en", "ja")

TEXTS: dict[str, tuple[str, str]] = {
    # What commands and options are for: help_COMMAND_SUBCOMMAND, option_NAME.
    "help": (
        "Marketing automation on Apache Airflow.",
        "Apache Airflow で動くマーケティングオートメーションです。",
    ),
    "help_check": (
        "Check journeys in Python or YAML files before Airflow sees them.",
        "Python や YAML のジャーニーを、Airflow に読み込ませる前に検査します。",
    ),
    "help_collector": (
        "Run the collector: opens, clicks, replies and site visits come in here.",
        "コレクターを起動します。開封・クリック・返信・サイト訪問を受け付けます。",
    ),
    "help_contacts": ("Contacts: import them from a file.", "顧客（コンタクト）をファイルから取り込みます。"),
    "help_contacts_import": (
        "Create and update contacts from the CSV file FILE, one per row, by their key. Rows that cannot be "
        "loaded are written to NAME.rejects.csv beside it, with line and reason. Exits 0 when all rows were "
        "loaded, 3 when some were rejected, 1 when the file cannot be imported.",
        "CSV ファイル FILE から顧客を登録・更新します。1行が1人で、キー（顧客ID）で照合します。"
        "取り込めない行は行番号と理由を付けて、同じフォルダーの「元の名前.rejects.csv」に書き出します。"
        "終了コードは、すべて取り込めたら 0、一部を取り込めなければ 3、"
        "ファイル自体を取り込めなければ 1 です。",
    ),
    "help_db": ("The database of airflow_ma.", "airflow_ma のデータベースを管理します。"),
    "help_db_check": (
        "Say whether the database is there and of the right version.",
        "データベースがあるか、バージョンが合っているかを確かめます。",
    ),
    "help_db_migrate": (
        "Create the tables, or bring them to this program's version.",
        "テーブルを作成するか、このプログラムのバージョンに更新します。",
    ),
    "help_health": (
        "Say whether all is well, and what to do if not. Exits 1 when something is bad.",
        "正常に動いているかどうかと、問題への対処を表示します。問題があれば終了コードは 1 です。",
    ),
    "health_good": ("ok", "正常"),
    "health_warning": ("warning", "注意"),
    "health_bad": ("BAD", "問題"),
    "help_status": (
        "Show how the journey JOURNEY goes, step by step; without JOURNEY, all of them in a line each.",
        "ジャーニー JOURNEY の状況をステップごとに表示します。JOURNEY を省くと、すべてを1行ずつ表示します。",
    ),
    "help_where": (
        "Show where a person is and how they got there. PERSON is a mail address or a contact's key.",
        "ある人が今どこにいて、どう進んできたかを表示します。PERSON はメールアドレスか顧客のキーです。",
    ),
    "option_help": ("Show this text.", "この説明を表示します。"),
    "option_lang": (
        "Language of what is shown; by default that of LANG.",
        "表示する言語。指定しなければ LANG に従います。",
    ),
    "option_version": ("Show the version.", "バージョンを表示します。"),
    "option_json": ("As JSON, for other programs.", "ほかのプログラムで使えるよう JSON で出力します。"),
    "option_encoding": (
        "Encoding of the file, such as utf-8, cp932 (Shift_JIS) or euc_jp; found out if not given.",
        "ファイルの文字コード（utf-8、cp932（Shift_JIS）、euc_jp など）。指定しなければ自動で判別します。",
    ),
    "option_consent": (
        "Where all people in the file agreed to marketing mail, such as 'newsletter form, spring 2026'.",
        "ファイル内の全員が広告・宣伝メールの受信に同意した場所や経緯"
        "（例:「2026年春 メルマガ登録フォーム」）。",
    ),
    "option_consent_at": (
        "When they agreed, such as 2026-04-01; today if not given.",
        "同意した日（例: 2026-04-01）。指定しなければ今日とみなします。",
    ),
    "option_cohort": (
        "Only the people of one run of a one-off campaign.",
        "単発キャンペーンの1回分の対象者だけに絞ります。",
    ),
    "option_host": ("Address to listen on.", "待ち受けるアドレス。"),
    "option_port": ("Port to listen on.", "待ち受けるポート。"),
    # Messages.
    "error": ("Error: {message}", "エラー: {message}"),
    "no_person": (
        "there is no contact with the mail address or key '{who}'",
        "メールアドレスまたはキーが「{who}」の顧客はいません",
    ),
    "no_journey": (
        "there is no journey '{journey}'; there are: {known}",
        "ジャーニー「{journey}」はありません。あるのは: {known}",
    ),
    "no_journey_yet": (
        "there is no journey '{journey}': none has run yet",
        "ジャーニー「{journey}」はありません。まだどのジャーニーも実行されていません",
    ),
    "database_failed": (
        "the database did not answer as it should: {reason}",
        "データベースが正しく応答しません: {reason}",
    ),
    "migrated": (
        "The database is at version {version}: {url}",
        "データベースはバージョン {version} です: {url}",
    ),
    "ready": ("The database is ready: {url}", "データベースは使えます: {url}"),
    "importing": ("Importing {file}", "{file} を取り込んでいます"),
    "imported": ("Import of {file}", "{file} の取り込み結果"),
    "read": ("Rows read", "読み込んだ行"),
    "created": ("Created", "新規登録"),
    "updated": ("Updated", "更新"),
    "unchanged": ("Unchanged", "変更なし"),
    "rejected": ("Rejected", "取り込めなかった行"),
    "encoding": ("Encoding", "文字コード"),
    "delimiter": ("Delimiter", "区切り文字"),
    "comma": ("comma", "カンマ"),
    "semicolon": ("semicolon", "セミコロン"),
    "tab": ("tab", "タブ"),
    "see_rejects": (
        "{number} rows were not loaded. They are in {file} with the reasons: correct and import that file.",
        "{number} 行を取り込めませんでした。理由を付けて {file} に書き出しました。直して取り込んでください。",
    ),
    "consent_needs_text": (
        "say where the people agreed: --consent 'newsletter form, spring 2026'",
        "同意を得た場所や経緯を指定してください（例: --consent '2026年春 メルマガ登録フォーム'）",
    ),
    "withheld": (
        "{number} people have unsubscribed or their address is suppressed: "
        "that stays so, whatever the file says.",
        "{number} 人は配信停止済みか、送信停止リストにあるアドレスです。ファイルの内容にかかわらず、"
        "配信停止のままにしました。",
    ),
    "without_consent": (
        "{number} people may not get marketing mail yet: their consent is not on record. If they agreed, "
        "import the file again and say where: airflow-ma contacts import {file} --consent 'newsletter form, "
        "spring 2026', or add the column consented_at. docs/consent.md has more.",
        "{number} 人は受信の同意が記録されていないため、まだ広告・宣伝メールを送れません。"
        "同意を得ている場合は、その経緯を付けてもう一度取り込んでください: "
        "airflow-ma contacts import {file} --consent '2026年春 メルマガ登録フォーム'。"
        "consented_at（同意日）の列を加えても構いません。詳しくは docs/consent.ja.md をご覧ください。",
    ),
    "no_journeys": ("No journey has run yet.", "まだ実行されたジャーニーはありません。"),
    "journey": ("Journey", "ジャーニー"),
    "title": ("Title", "名前"),
    "step": ("Step", "ステップ"),
    "entered": ("Entered", "参加"),
    "active": ("Under way", "進行中"),
    "left": ("Left", "離脱・完了"),
    "messages": ("Mails", "メール"),
    "alerts": ("Alerts", "営業への連絡"),
    "alerts_open": ("Open alerts", "未対応の連絡"),
    "arrived": ("Arrived", "到着"),
    "waiting": ("Waiting", "待機中"),
    "left_by": ("Left by", "次へ進んだ結果"),
    "left_for": ("Left for", "離脱・完了の理由"),
    "version": ("Version", "バージョン"),
    "lost": ("Lost", "行方不明"),
    "doubled": ("Doubled", "重複"),
    "overdue": (
        "{number} people have been due for over two minutes: no run takes them on. Does a step fail (the log "
        "of its task says why)? Are Airflow's scheduler and triggerer running, is the DAG unpaused, "
        "is a run stuck? "
        "See docs/operations.md.",
        "2分以上、処理待ちの人が {number} 人います。実行が進んでいません。"
        "失敗しているステップはありませんか（原因はそのタスクのログにあります）。"
        "Airflow のスケジューラーとトリガラーは動いていますか。DAG は一時停止されていませんか。"
        "止まったままの実行はありませんか。docs/operations.ja.md をご覧ください。",
    ),
    "wrong": (
        "{lost} lost, {doubled} doubled: this must never happen. Please report it.",
        "行方不明 {lost}、重複 {doubled}。起きてはならないことです。開発元へご報告ください。",
    ),
    "person": (
        "{name} · key {key} · score {score} · {timezone}",
        "{name} · キー {key} · スコア {score} · {timezone}",
    ),
    "tags": ("Tags: {tags}", "タグ: {tags}"),
    "in_no_journey": ("Is in no journey and never was.", "どのジャーニーにも参加したことがありません。"),
    "passage": ("{title} ({journey}), entered {at}", "{title}（{journey}）、{at} に参加"),
    "move": ("{title}: {outcome} → {to}", "{title}: {outcome} → {to}"),
    "move_left": ("{title}: {outcome}, left the journey", "{title}: {outcome}、ジャーニーを終了"),
    "message": ("mail {template} from {title}: {state}", "{title} のメール {template}: {state}"),
    "alert": ("{title}: sales was told. {reason}", "{title}: 営業へ連絡。{reason}"),
    "answer": ("{title}: sales answered {outcome}", "{title}: 営業の回答は {outcome}"),
    "by_machine": ("(a machine)", "（機械によるもの）"),
    "now": ("Now", "現在"),
    "waits": ("waits at {title}", "{title} で待機中"),
    "waits_until": ("waits at {title} until {until}", "{title} で {until} まで待機中"),
    "planned": (
        "at {title}, goes on at {at} (people are let through a few at a time)",
        "{title} にいて、{at} に進む予定です（少しずつ進行中）",
    ),
    "due": ("at {title}, the next run looks at it", "{title} にいて、次の実行で判定されます"),
    "held": ("at {title}, a run is acting on it now", "{title} で処理中です"),
    "has_left": ("has left: {reason}", "終了: {reason}"),
    "elsewhere": ("Outside journeys", "ジャーニー外の出来事"),
    # Names of events and of states of messages.
    "sending": ("being sent", "送信中"),
    "retryable": ("to be tried again", "再送待ち"),
    "accepted": ("sent", "送信済み"),
    "unknown": ("perhaps sent", "送信されたか不明"),
    "rejected_mail": ("not sent", "未送信"),
    **event_texts.EVENTS,
    **consent_texts.TEXTS,
    **journey_texts.TEXTS,
    **mail_texts.TEXTS,
    **sending_texts.TEXTS,
}  # fmt: skip


def say(key: str, language: str, /, **values: object) -> str:
    """One text in one language, filled in."""
    return TEXTS[key][LANGUAGES.index(language)].format(**values)


def language_of_environment() -> str:
    """Japanese where the locale is, else English."""
    locale = next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
    )
    return "ja" if locale.lower().startswith("ja") else "en"
