"""The texts of ``airflow-ma sending`` and of mails that wait, in English and Japanese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "help_sending": (
        "See what sending does, stop it and let it go on.",
        "メール配信の状況を確認し、停止や再開を行います。",
    ),
    "help_sending_status": (
        "Show every connection: paused or not, what went out, what did not and why, and which mails wait.",
        "接続ごとに、停止中かどうか、送信済みの件数、送信しなかった件数とその理由、待機中のメールを表示します。",
    ),
    "help_sending_unknown": (
        "List the mails that may or may not have gone out, and what will become of each.",
        "送信されたかどうか不明なメールと、それぞれの今後の扱いを一覧表示します。",
    ),
    "help_sending_pause": (
        "Send nothing over the connection CONN_ID until it is resumed. The name of a channel, such as "
        "sendgrid, stops all its connections.",
        "接続 CONN_ID での配信を、再開するまですべて止めます。"
        "チャネル名（sendgrid など）を指定すると、そのチャネルの接続をすべて止めます。",
    ),
    "help_sending_resume": (
        "Let mail go out again over the connection CONN_ID; without CONN_ID, over all that are paused.",
        "接続 CONN_ID での配信を再開します。CONN_ID を省くと、停止中の接続をすべて再開します。",
    ),
    "help_sending_reconcile": (
        "Ask the providers now about mails that may or may not have gone out. Steps do so by themselves as "
        "well.",
        "送信されたか不明なメールについて、今すぐ配信サービスに問い合わせます。"
        "通常はステップが自動的に行います。",
    ),
    "option_pause_reason": (
        "Why, for those who find it paused.",
        "停止の理由。停止中であることに気づいた人に表示されます。",
    ),
    "option_hours": ("Count the mails of so many hours.", "集計する時間（時間数）。"),
    "option_after": (
        "Go on where an earlier list ended; it says where.",
        "前回の一覧の続きから表示します。指定する値は前回の一覧の最後に表示されます。",
    ),
    "not_after": (
        "'{value}' is not what an earlier list gave at its end, such as 1767225600000-42",
        "「{value}」は、前回の一覧の最後に表示された値（例: 1767225600000-42）ではありません",
    ),
    "paused_since": (
        "PAUSED: nothing goes out over {conn_id} since {at}: {reason}",
        "停止中: {at} から {conn_id} での配信を止めています。理由: {reason}",
    ),
    "how_to_resume": (
        "  When that is settled: airflow-ma sending resume {conn_id}",
        "  問題がなくなったら再開してください: airflow-ma sending resume {conn_id}",
    ),
    "counted_since": ("Since {at}", "{at} 以降"),
    "counted_newest": ("Since {at} (the newest {number} mails)", "{at} 以降（直近 {number} 通）"),
    "nothing_sent": (
        "Nothing was sent and no mail waits. Are people due all the same? See: airflow-ma status",
        "送信したメールも、待機中のメールもありません。"
        "対象者が進まない場合は airflow-ma status で確認してください。",
    ),
    "connection": ("Connection", "接続"),
    "state": ("State", "状態"),
    "state_paused": ("PAUSED", "停止中"),
    "state_open": ("open", "配信中"),
    "n_accepted": ("Sent", "送信済み"),
    "n_rejected": ("Not sent", "未送信"),
    "n_sending": ("Being sent", "送信中"),
    "n_retryable": ("To be tried again", "再送待ち"),
    "n_unresolved": ("Perhaps sent", "送信不明"),
    "n_given_up": ("Given up", "打ち切り"),
    "not_sent_over": ("Not sent over {conn_id}: {reasons}", "{conn_id} で送信しなかったもの: {reasons}"),
    "next_try_over": ("Next try over {conn_id}: {at}", "{conn_id} での次の再送: {at}"),
    "waiting_mails": ("Waiting mails", "待機中のメール"),
    "number": ("Number", "件数"),
    "why": ("Why", "理由"),
    "until": ("Goes out", "送信の予定"),
    "see_unknown": (
        "{number} mails may or may not have gone out; see: airflow-ma sending unknown",
        "送信されたか不明なメールが {number} 通あります。詳しくは: airflow-ma sending unknown",
    ),
    "unknown_none": (
        "There are none. (Mails of a worker that dies show up here within five minutes.)",
        "該当はありません（処理が中断した場合、その分は5分以内にここに表示されます）。",
    ),
    "to_whom": ("To", "宛先"),
    "since": ("Since", "いつから"),
    "fate": ("What will happen", "今後の扱い"),
    "more_unknown": (
        "There are more: airflow-ma sending unknown --after {after}",
        "続きがあります: airflow-ma sending unknown --after {after}",
    ),
    "pause_needs_reason": (
        "say why, for those who find it paused: --reason 'wrong price in the mail'",
        "停止の理由を指定してください（例: --reason '本文の価格に誤り'）",
    ),
    "now_paused": (
        "Nothing goes out over {conn_id} any more; batches already handed over are finished. "
        "Mails wait and none is lost. To go on: airflow-ma sending resume {conn_id}",
        "{conn_id} での配信を止めました。すでに引き渡した分は送信されます。"
        "残りのメールは失われず、待機します。再開するには: airflow-ma sending resume {conn_id}",
    ),
    "paused_before": (
        "{conn_id} was paused before; the reason stays: {reason}",
        "{conn_id} はすでに停止中です。理由は元のままです: {reason}",
    ),
    "now_resumed": (
        "Mail goes out again over {conn_id}: whoever waited is due now. Continuous journeys go on by "
        "themselves; in a one-off campaign clear the failed task, with downstream.",
        "{conn_id} での配信を再開しました。待機中だった人には次の実行で送信します。"
        "継続型のジャーニーは自動的に進みます。"
        "単発キャンペーンでは、失敗したタスクを下流も含めてクリアしてください。",
    ),
    "not_paused": ("{conn_id} is not paused", "{conn_id} は停止していません"),
    "none_paused": ("No connection is paused.", "停止中の接続はありません。"),
    "nothing_unknown": (
        "Nothing to ask: the fate of every mail is known.",
        "問い合わせるメールはありません。すべてのメールの結果が判明しています。",
    ),
    "reconciled": (
        "{conn_id}: {found} found out, {resent} to be sent again, {given_up} given up, "
        "{waiting} still unknown",
        "{conn_id}: 判明 {found} 通、再送 {resent} 通、打ち切り {given_up} 通、不明のまま {waiting} 通",
    ),
    # Why a person's mail waits.
    "mail_quiet_hours": (
        "waits at {title} for {until} their time: quiet hours {rule}",
        "{title} で待機中。配信を控える時間帯（{rule}）のため、現地時間 {until} に送信します",
    ),
    "mail_frequency_cap": (
        "waits at {title} until {until}: had as many mails as one person may get ({rule})",
        "{title} で待機中。1人あたりの配信頻度の上限（{rule}）に達しているため、{until} まで送信しません",
    ),
    "mail_paused": (
        "waits at {title}: sending is paused ({pauses}); the mail goes out once it is resumed",
        "{title} で待機中。配信が停止されています（{pauses}）。再開すると送信されます",
    ),
    "mail_retryable": (
        "waits at {title}: the mail could not be sent ({reason}); next try at {until}, attempt {attempt}",
        "{title} で待機中。メールを送信できませんでした（{reason}）。{until} に再送します（{attempt} 回目）",
    ),
    "mail_unresolved_sent_again": (
        "waits at {title}: the mail may be out ({reason}); sent again at {until} if there is no trace of it, "
        "attempt {attempt} of {most}",
        "{title} で待機中。メールが送信されたか不明です（{reason}）。"
        "{until} までに記録が見つからなければ再送します（{most} 回中 {attempt} 回目）",
    ),
    "mail_unresolved_given_up": (
        "waits at {title}: the mail may be out ({reason}); given up at {until} if there is no trace of it",
        "{title} で待機中。メールが送信されたか不明です（{reason}）。"
        "{until} までに記録が見つからなければ打ち切ります",
    ),
    "pause_of": ("{conn_id} since {at}: {reason}", "{conn_id}、{at} から: {reason}"),
    "marketing_mail": ("Marketing mail: {state}", "広告・宣伝メール: {state}"),
    "given_up": ("perhaps sent, given up", "不明のまま打ち切り"),
}  # fmt: skip
