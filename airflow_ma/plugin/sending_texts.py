"""What the page about sending says, in English and Japanese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "sending": ("Sending", "配信"),
    "back_sending": ("Sending", "配信の状況へ"),
    "sending_about": (
        "What goes out, what waits and why, and mails whose fate is open. As of {time}.",
        "送信の状況と、待機中のメールとその理由、送信されたか不明なメールを確認できます（{time} 時点）。",
    ),
    "paused_title": ("Sending over {conn_id} is paused", "{conn_id} での配信を停止しています"),
    "paused_since": ("Nothing has gone out since {time}.", "{time} から、何も送信していません。"),
    "paused_mails": (
        "{number} mails wait for it in all. None is lost: they go out once sending is resumed.",
        "待機中のメールは合わせて {number} 通です。失われることはなく、再開すると送信されます。",
    ),
    "paused_none": (
        "Mails that become due will wait. None is lost.",
        "これから送信するメールは待機します。失われることはありません。",
    ),
    "paused_hint": (
        "First put right what is wrong with the connection (in Airflow: Admin › Connections), then resume.",
        "まず接続の問題を解決してから（Airflow の［管理］→［接続］）、再開してください。",
    ),
    "resume": ("Resume sending", "配信を再開する"),
    "resume_who": (
        "Somebody who may edit Airflow's connections can resume it.",
        "再開できるのは、Airflow の接続を編集できる人です。",
    ),
    "resumed": (
        "Sending goes on. Continuous journeys send what has waited within seconds; in a one-off campaign "
        "clear the failed task in Airflow, with downstream.",
        "配信を再開しました。継続型のジャーニーでは、待機中のメールがまもなく送信されます。"
        "単発キャンペーンでは、失敗したタスクを Airflow で下流も含めてクリアしてください。",
    ),
    "connections": ("Connections", "接続"),
    "hours_1": ("1 hour", "1時間"),
    "hours_24": ("24 hours", "24時間"),
    "hours_168": ("7 days", "7日間"),
    "counted_since": ("since {time}", "{time} 以降"),
    "counted_newest": (
        "since {time}: so many mails went out that only the newest are counted",
        "{time} 以降（件数が多いため、直近の分だけを集計しています）",
    ),
    "chip_open": ("Sending", "配信中"),
    "chip_paused": ("Paused", "停止中"),
    "channel_sandbox": ("Sandbox: nothing leaves", "サンドボックス（実際には送信しません）"),
    "channel_sendgrid": ("SendGrid", "SendGrid"),
    "channel_smtp": ("SMTP", "SMTP"),
    "n_accepted": ("sent", "送信済み"),
    "n_rejected": ("not sent", "送信しなかった"),
    "n_sending": ("being sent", "送信中"),
    "n_retryable": ("to be tried again", "再送待ち"),
    "n_unresolved": ("perhaps sent", "送信不明"),
    "n_given_up": ("perhaps sent, given up", "不明のまま打ち切り"),
    "next_try": ("next at {time}", "次は {time}"),
    "what_happens": ("what will happen", "今後の扱い"),
    "quiet_now": ("Nothing in this time.", "この期間の送信はありません。"),
    "waiting": ("Mails that wait", "待機中のメール"),
    "waiting_none": (
        "Nothing waits: every mail that was due has gone out.",
        "待機中のメールはありません。送信すべきメールはすべて送信されました。",
    ),
    "step": ("Journey and step", "ジャーニーとステップ"),
    "number": ("Mails", "件数"),
    "why": ("Why", "理由"),
    "until": ("Goes out", "送信の予定"),
    "explain_quiet_hours": (
        "No marketing mail at night: {rule} in each person's own time zone.",
        "広告・宣伝メールを送らない時間帯です（各人の現地時間で {rule}）。",
    ),
    "explain_frequency_cap": (
        "They had as many mails as one person may get: {rule}.",
        "1人に送れる数の上限に達しています（{rule}）。",
    ),
    "explain_paused": ("A connection is paused; see above.", "接続の配信を停止しているためです。"),
    "explain_unresolved": (
        "It may be out already, so it is not sent again blindly; see below.",
        "すでに届いている可能性があるため、確認できるまで再送しません。",
    ),
    "explain_retryable": ("It certainly did not go out.", "まだ送信されていないことは確かです。"),
    "unknown": ("Perhaps sent", "送信されたか不明なメール"),
    "unknown_about": (
        "The connection broke while the provider had these mails: they may have arrived, or not. "
        "Nobody gets a mail twice because of that.",
        "配信サービスに渡している途中で通信が途切れたメールです。届いた可能性も、届いていない可能性もあります。"
        "二重に届かないよう、確認できるまで再送しません。",
    ),
    "unknown_none": (
        "None. Mails of a worker that dies show up here within five minutes.",
        "該当するメールはありません。処理が中断した場合、その分は5分以内にここに表示されます。",
    ),
    "unknown_group": ("{number} mails over {conn_id}, {time}", "{number} 通、{conn_id}、{time}"),
    "unknown_one": ("1 mail over {conn_id}, {time}", "1 通、{conn_id}、{time}"),
    "recipients": ("Whom they are for", "宛先"),
    "hidden": (
        "Whom they are for is shown to those who may edit the journey's DAG.",
        "宛先は、ジャーニーの DAG を編集できる人にだけ表示されます。",
    ),
    "unknown_first": ("From the beginning", "最初から"),
    "unknown_next": ("Next", "次へ"),
    "empty_title": ("Nothing has been sent yet", "まだ何も送信していません"),
    "empty_about": (
        "As soon as a journey reaches a step that sends mail, you see here what goes out, what waits and "
        "until when, and why somebody gets nothing.",
        "メールを送るステップまでジャーニーが進むと、送信の状況、待機中のメールとその期限、"
        "送信されない理由をここで確認できます。",
    ),
    "empty_1": (
        "Put a step “Send email” into a journey and switch the journey on.",
        "ジャーニーに「メールを送る」ステップを置き、ジャーニーを有効にします。",
    ),
    "empty_2": (
        "Try it out: the sandbox sends to nobody and keeps every mail in its",
        "まず試してみます。サンドボックスは実際には送信せず、すべてのメールを次の場所に保管します:",
    ),
    "empty_3": (
        "For real mail, add a connection to SendGrid or to your mail server in Airflow under Admin › "
        "Connections, and name it in the step.",
        "実際に送信するには、Airflow の［管理］→［接続］で SendGrid またはメールサーバーへの接続を追加し、"
        "ステップで指定します。",
    ),
    "at_today": ("{time}", "{time}"),
    "at_tomorrow": ("{time} tomorrow", "明日 {time}"),
    "at_yesterday": ("{time} yesterday", "昨日 {time}"),
    "at_date": ("{time} on {name} {day}", "{month}月{day}日 {time}"),
    "at_year": ("{time} on {name} {day}, {year}", "{year}年{month}月{day}日 {time}"),
    "refused_sending": (
        "You have no right to this. How sending goes is shown to those who may see the DAG of a journey; ask "
        "the administrator of this Airflow.",
        "この操作を行う権限がありません。配信の状況は、ジャーニーの DAG を閲覧できる人に表示されます。"
        "Airflowの管理者にお問い合わせください。",
    ),
    "refused_resume": (
        "You have no right to this. Resuming needs the right to edit Airflow's connections; ask the "
        "administrator of this Airflow.",
        "この操作を行う権限がありません。配信を再開するには、Airflow の接続を編集する権限が必要です。"
        "Airflowの管理者にお問い合わせください。",
    ),
    "refused_origin": (
        "This did not come from this page, so nothing was changed. Open the page and try again.",
        "このページからの操作ではないため、何も変更していません。ページを開き直して、もう一度お試しください。",
    ),
}  # fmt: skip
