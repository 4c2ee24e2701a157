"""What the demo says in the terminal, in English and Japanese by ``LANG``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["en", "ja"]

TEXTS: dict[str, tuple[str, str]] = {
    "migrate": ("Preparing the database", "データベースを準備しています"),
    "import": (
        "Importing {count} fictional customers",
        "架空の顧客 {count} 人を取り込んでいます",
    ),
    "clock": (
        "Time runs fast: one day takes {pace} seconds (sandbox only)",
        "時間を早送りします: 1日が{pace}秒で進みます(サンドボックス専用)",
    ),
    "collector": ("Starting the collector and the shop", "コレクターとショップを起動しています"),
    "airflow": (
        "Starting Airflow; this takes half a minute or so",
        "Airflow を起動しています(30秒ほどかかります)",
    ),
    "airflow_ready": ("Airflow is up ({seconds} s)", "Airflow が起動しました({seconds}秒)"),
    "dags": ("Waiting for the campaigns to load", "キャンペーンの読み込みを待っています"),
    "crowd": (
        "Sending in the customers, who now read their mail",
        "顧客役のプログラムを起動しています(メールを読み始めます)",
    ),
    "cold_started": (
        "Started the one-off campaign cold_outreach",
        "1回かぎりのキャンペーン cold_outreach を開始しました",
    ),
    "goes_on": (
        "Going on from where the demo was; start over with: make demo-reset",
        "前回の続きから再開します。最初からやり直すには: make demo-reset",
    ),
    "box_title": ("The demo is running", "デモを実行中です"),
    "box_airflow": ("Airflow", "Airflow"),
    "box_builder": ("Builder", "ジャーニービルダー"),
    "box_campaign": ("Campaign", "キャンペーン"),
    "box_mailbox": ("Mailbox", "受信箱"),
    "box_health": ("Health", "稼働状況"),
    "box_shop": ("Shop", "ショップ"),
    "box_time": ("Time", "時間"),
    "box_pace": (
        "one day = {pace} s; no mail leaves this machine",
        "1日 = {pace}秒。メールは外部に送信されません",
    ),
    "box_end": ("End it", "終了"),
    "box_how": ("Ctrl-C; the next make demo goes on from there", "Ctrl-C(次の make demo で続きから再開)"),
    "status": (
        "day {day}: sale {sale_active} under way, {sale_left} done | outreach {cold_active} under way, "
        "{cold_left} done | {messages} mails, {alerts} alerts to sales",
        "経過{day}日: セール 進行中{sale_active}人・完了{sale_left}人 | "
        "新規開拓 進行中{cold_active}人・完了{cold_left}人 | "
        "メール{messages}通・営業へのアラート{alerts}件",
    ),
    "stopping": ("Stopping everything", "すべて停止しています"),
    "stopped": ("Stopped. Nothing is left running.", "停止しました。残っているプロセスはありません。"),
    "port_taken": (
        "Port {port} is taken by another program. End that program, or choose another port: "
        "{variable}={other} make demo",
        "ポート {port} はほかのプログラムが使用中です。そのプログラムを終了するか、"
        "別のポートを指定してください: {variable}={other} make demo",
    ),
    "bad_port": (
        "{variable} must be a port number from 1024 to 65535, not '{value}'",
        "{variable} には 1024 から 65535 までのポート番号を指定してください('{value}' は使えません)",
    ),
    "same_port": (
        "{first} and {second} are both {port}; give each its own port",
        "{first} と {second} がどちらも {port} です。別々のポートを指定してください",
    ),
    "already": (
        "A demo is already running in this folder (process {pid}). Look at it in the browser, or end it with "
        "Ctrl-C in its terminal first.",
        "このフォルダーではすでにデモが実行中です(プロセス {pid})。ブラウザーでご覧いただくか、"
        "先にそのターミナルで Ctrl-C を押して終了してください。",
    ),
    "program_ended": (
        "{name} ended by itself (code {code}). The end of {log}:",
        "{name} が予期せず終了しました(コード {code})。{log} の末尾:",
    ),
    "airflow_late": (
        "Airflow did not become ready within {seconds} s. The end of {log}:",
        "Airflow が{seconds}秒以内に起動しませんでした。{log} の末尾:",
    ),
    "dag_missing": (
        "Airflow has not loaded the campaign {dag}. What it says about the files in dags/:",
        "Airflow がキャンペーン {dag} を読み込めませんでした。dags/ のファイルについての報告:",
    ),
    "no_reason": ("nothing; see {log}", "報告なし。{log} をご覧ください"),
    "step_failed": ("This did not work: {command}", "次のコマンドが失敗しました: {command}"),
    "crowd_rests": (
        "The customers have stopped for now; campaigns and mailbox stay open.",
        "顧客役のプログラムは終了しました。キャンペーンとメールボックスは引き続きご覧いただけます。",
    ),
    "reset_done": (
        "Removed {folder}. The next demo starts fresh.",
        "{folder} を削除しました。次回は最初から始まります。",
    ),
    "reset_nothing": ("There is nothing to remove.", "削除するものはありません。"),
    "no_checkout": (
        "There are no campaigns in {folder}/dags. Change to the folder you cloned airflow_ma into.",
        "{folder}/dags にキャンペーンがありません。airflow_ma をクローンしたフォルダーで実行してください。",
    ),
    "waiting": (
        "Waiting until everybody has left both campaigns",
        "全員がキャンペーンを終えるまで待っています",
    ),
    "step": ("Step", "ステップ"),
    "arrived": ("Arrived", "到達"),
    "still": ("Waiting", "待機中"),
    "left_by": ("Left by", "結果"),
    "fact": ("What", "項目"),
    "number": ("Number", "値"),
    "of_audience": ("{entered} entered (audience {audience})", "{entered}人が開始(対象 {audience}人)"),
    "sent": ("messages sent", "送信メール"),
    "in_mailbox": ("mails in the mailbox", "メールボックスのメール"),
    "duplicates": ("people or mails doubled", "重複した人・メール"),
    "lost": ("people lost", "行方不明の人"),
    "alerts": ("alerts to sales", "営業へのアラート"),
    "failed_runs": ("failed runs", "失敗した実行"),
    "failed_tasks": ("failed task instances", "失敗したタスク"),
    "crowd_did": ("what the customers did", "顧客の行動"),
    "good": ("Everything adds up ({seconds} s).", "すべての数が合いました({seconds}秒)。"),
    "bad": ("This does not add up ({count}):", "数が合いません({count}件):"),
    "wrong_unfinished": (
        "{journey}: time is up, and {waiting} people still wait at '{step}'",
        "{journey}: 制限時間を過ぎましたが、'{step}' で{waiting}人が待っています",
    ),
    "wrong_run": (
        "time is up, and not everybody has left both campaigns, or the run of {journey} still goes on",
        "制限時間を過ぎましたが、まだ終えていない人がいるか、{journey} の実行が続いています",
    ),
    "wrong_never_ran": ("{journey} has never run", "{journey} が一度も実行されていません"),
    "wrong_entered": (
        "{journey}: {entered} people entered, but the CSV has {audience} for it",
        "{journey}: {entered}人が開始しましたが、CSVの対象者は{audience}人です",
    ),
    "wrong_sum": (
        "{journey}: {entered} entered, but {active} under way and {left} who left make {total}",
        "{journey}: 開始{entered}人に対し、進行中{active}人と終了{left}人の合計は{total}人です",
    ),
    "wrong_step": (
        "{journey}, step '{step}': {arrived} arrived, but {waiting} waiting and {left} who left make {total}",
        "{journey} のステップ '{step}': 到達{arrived}人に対し、待機と通過は計{total}人です({waiting}+{left})",
    ),
    "wrong_mailbox": (
        "{accepted} messages were accepted, but the mailbox holds {mails}",
        "送信済みメール{accepted}通に対し、メールボックスには{mails}通あります",
    ),
    "wrong_messages": (
        "the campaigns say they sent {messages} messages, but {accepted} were accepted",
        "キャンペーンの送信数{messages}通に対し、受け付けられたのは{accepted}通です",
    ),
    "wrong_doubled_mail": (
        "the mail '{subject}' reached the same person {times} times",
        "メール「{subject}」が同じ人に{times}回届きました",
    ),
    "wrong_doubled": (
        "{journey}: {number} people or mails are doubled",
        "{journey}: 重複が{number}件あります",
    ),
    "wrong_lost": ("{journey}: {number} people are lost", "{journey}: {number}人が行方不明です"),
    "wrong_no_alert": ("nobody was raised to sales", "営業へのアラートが1件もありません"),
    "wrong_alerts": (
        "{journey}: {stated} alerts are reported, but {found} are stored",
        "{journey}: アラートの報告は{stated}件ですが、保存されているのは{found}件です",
    ),
    "wrong_missed": (
        "{journey}, step '{step}': sales was not told about {number} people whom the crowd's journal names",
        "{journey} のステップ '{step}': 顧客側の記録では対象の{number}人が、営業に伝わっていません",
    ),
    "wrong_unfounded": (
        "{journey}, step '{step}': sales was told about {number} people who did nothing of the kind",
        "{journey} のステップ '{step}': 該当する行動のない{number}人が、営業に伝えられました",
    ),
    "wrong_trouble": (
        "a customer met an error: {act} of message {message}: {trouble}",
        "顧客の操作でエラーが発生しました: メッセージ{message}の{act}: {trouble}",
    ),
    "wrong_failed_run": ("failed in Airflow: {what}", "Airflow で失敗: {what}"),
}


def language(environ: Mapping[str, str] = os.environ) -> Language:
    """Japanese when the terminal's locale is Japanese, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return "ja" if value.startswith("ja") else "en"
    return "en"


def text(key: str, **values: object) -> str:
    """The text for ``key`` in the terminal's language, filled in."""
    english, japanese = TEXTS[key]
    return (japanese if language() == "ja" else english).format(**values)


def say(key: str, **values: object) -> None:
    """Print one text at once."""
    print(text(key, **values), flush=True)
