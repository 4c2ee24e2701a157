"""The texts of ``airflow-ma journey``, in English and Japanese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "help_journey": (
        "Pause a journey, close it, and move the people in it.",
        "ジャーニーの一時停止や受付終了、進行中の人の移動などを行います。",
    ),
    "help_journey_pause": (
        "Stop the journey KEY: nobody moves and nobody enters until it is resumed. Nothing is lost.",
        "ジャーニー KEY を一時停止します。再開するまで、誰も次に進まず、新しく入ることもありません。"
        "失われるものはありません。",
    ),
    "help_journey_resume": (
        "Let the journey KEY go on after a pause.",
        "一時停止したジャーニー KEY を再開します。",
    ),
    "help_journey_close": (
        "Let nobody into the journey KEY any more.",
        "ジャーニー KEY の受付を終了します。新しく入る人はいなくなります。",
    ),
    "help_journey_reopen": (
        "Let people into the journey KEY again. Who came while it was closed is not let in afterwards.",
        "ジャーニー KEY の受付を再開します。受付終了中に条件を満たした人は対象になりません。",
    ),
    "help_journey_archive": (
        "Put the journey KEY away, in which nobody is any more. Airflow loses one from the builder.",
        "進行中の人がいないジャーニー KEY をアーカイブします。"
        "ビルダーで作成したものは Airflow の一覧からも消えます。",
    ),
    "help_journey_unarchive": (
        "Take the journey KEY out of the archive. One from the builder is then a draft.",
        "ジャーニー KEY をアーカイブから戻します。ビルダーで作成したものは下書きになります。",
    ),
    "help_journey_move": (
        "Move people in the journey KEY to another step. Nobody gets a mail there that they had before.",
        "ジャーニー KEY の中の人を別のステップに移動します。受け取り済みのメールが再び届くことはありません。",
    ),
    "help_journey_newest": (
        "Have people who finish on an earlier version of the journey KEY go on with the newest one. They stay"
        " where they are. Waits count from when each arrived; nobody gets a mail that they had before.",
        "ジャーニー KEY で以前のバージョンのまま進行中の人を、今いるステップで最新版に切り替えます。"
        "待ち時間は到着した時点から数え直します。受け取り済みのメールが再び届くことはありません。",
    ),
    "help_journey_remove": (
        "Take people out of the journey KEY.",
        "ジャーニー KEY の中の人を終了させます。",
    ),
    "help_journey_retry": (
        "Try the mails again now that could not be sent at a step of the journey KEY.",
        "ジャーニー KEY のステップで送信できず再送待ちになっているメールを、今すぐ再送します。",
    ),
    "option_why": ("Why; it is kept with your user name.", "理由。ユーザー名とともに記録されます。"),
    "option_deadlines": (
        "stood-still: waits go on as if time had stood still. catch-up: whose time is up goes on at once.",
        "stood-still: 停止中は時間が止まっていたものとして、待ち時間を続けます。"
        "catch-up: 停止中に期限が来た人はすぐに進みます。",
    ),
    "option_people": (
        "finish: who is inside goes on to the end. leave: they all leave now.",
        "finish: 進行中の人は最後まで進みます。leave: 全員を今すぐ終了させます。",
    ),
    "option_contact": (
        "A mail address or a contact's key; can be given several times.",
        "メールアドレスまたは顧客のキー。複数回指定できます。",
    ),
    "option_at_step": (
        "Everybody at this step; with --contact, only those of them.",
        "このステップにいる全員。--contact と一緒に指定すると、そのうちの該当者だけになります。",
    ),
    "option_held": (
        "Only those whose mail waits for this: quiet_hours, frequency_cap, paused, unresolved or retryable.",
        "この理由でメールが待機中の人だけ: quiet_hours、frequency_cap、paused、unresolved、retryable。",
    ),
    "option_to": ("The step they go to.", "移動先のステップ。"),
    "option_per_hour": (
        "Let at most so many an hour become due there.",
        "移動先で処理の対象になる人数の上限（1時間あたり）。",
    ),
    "option_newest_per_hour": (
        "Let at most so many of those an hour go on whose time is up by the newest version.",
        "最新版ではすぐに次へ進むことになる人数の上限（1時間あたり）。",
    ),
    "option_retry_step": ("The step whose mails are meant.", "対象のメールのステップ。"),
    "journey_needs_reason": ("say why", "理由を入力してください"),
    "journey_needs_people": (
        "Say whom: --contact, --step, or both",
        "対象者を --contact か --step（または両方）で指定してください",
    ),
    "journey_paused": (
        "{journey} is paused. Airflow shows its DAG as active: runs start nothing until you resume it.",
        "{journey} を一時停止しました。Airflow 上では有効のままですが、再開するまで何も進みません。",
    ),
    "journey_was_paused": ("{journey} was paused before.", "{journey} はすでに一時停止しています。"),
    "journey_resumed": ("{journey} goes on.", "{journey} を再開しました。"),
    "journey_not_paused": ("{journey} is not paused.", "{journey} は一時停止していません。"),
    "journey_closed": ("{journey} is closed: nobody enters.", "{journey} の受付を終了しました。"),
    "journey_reopened": ("{journey} lets people in again.", "{journey} の受付を再開しました。"),
    "journey_not_closed": ("{journey} is not closed.", "{journey} は受付中です。"),
    "journey_archived": ("{journey} is in the archive.", "{journey} をアーカイブしました。"),
    "journey_was_archived": (
        "{journey} was in the archive before.",
        "{journey} はすでにアーカイブされています。",
    ),
    "journey_unarchived": ("{journey} is out of the archive.", "{journey} をアーカイブから戻しました。"),
    "journey_not_archived": ("{journey} is not in the archive.", "{journey} はアーカイブされていません。"),
    "people_moved": ("Moved to {step}: {number}", "{step} に移動した人数: {number}"),
    "people_gone_on": (
        "Not at that step any more, left alone: {number}",
        "すでにそのステップにいないため変更しなかった人数: {number}",
    ),
    "people_on_newest": (
        "Go on with version {version}: {number}",
        "バージョン{version}に切り替えた人数: {number}",
    ),
    "people_not_on_earlier": (
        "Not at that step on an earlier version, left alone: {number}",
        "以前のバージョンでそのステップにいないため変更しなかった人数: {number}",
    ),
    "people_left": ("Left the journey: {number}", "終了した人数: {number}"),
    "mails_retried": ("Tried again now: {number}", "今すぐ再送するメール: {number}通"),
}
