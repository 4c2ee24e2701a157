"""The texts of ``airflow-ma consent``, ``suppression`` and ``db prune``, in English and Japanese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "help_consent": (
        "Show what a person has agreed to and the whole record of it; write down what they told you "
        "otherwise. PERSON is a mail address or a contact's key.",
        "ある人の同意の状況と記録をすべて表示します。電話などで受けた意思表示の記録もできます。"
        "PERSON はメールアドレスか顧客のキーです。",
    ),
    "help_suppression": (
        "Addresses that get no mail, whoever they belong to.",
        "送信停止リスト（誰のものであってもメールを送らないアドレス）を管理します。",
    ),
    "help_suppression_list": (
        "Show the addresses, newest first, and why each gets no mail.",
        "送信停止中のアドレスとその理由を、新しい順に表示します。",
    ),
    "help_suppression_add": (
        "Send no mail to ADDRESSES any more, not even transactional mail.",
        "ADDRESSES へのメール送信を、事務的なメールも含めて停止します。",
    ),
    "help_suppression_remove": (
        "Let ADDRESSES get mail again. Who unsubscribed or never agreed still gets no marketing mail.",
        "ADDRESSES へのメール送信を再開します。"
        "配信停止した人や同意のない人には、引き続き広告・宣伝メールは送られません。",
    ),
    "help_db_prune": (
        "Remove old events and mailbox mails, as AIRFLOW_MA_KEEP_EVENTS_DAYS and "
        "AIRFLOW_MA_KEEP_MAILBOX_DAYS say. What journeys under way still need, the record of consent and the "
        "ledger of mails stay.",
        "AIRFLOW_MA_KEEP_EVENTS_DAYS と AIRFLOW_MA_KEEP_MAILBOX_DAYS に従い、"
        "古い行動の記録とメールボックスのメールを削除します。進行中のジャーニーに必要な記録、同意の記録、送信の記録は残します。",
    ),
    "option_give": (
        "Write down that they agreed to this purpose.",
        "この目的に同意したことを記録します。",
    ),
    "option_withdraw": (
        "Write down that they withdrew from this purpose; holds at once.",
        "この目的への同意を取り消したことを記録します。直ちに有効になります。",
    ),
    "option_source": (
        "Where they said so, such as 'phone call with Sato'; needed with --give and --withdraw.",
        "意思表示を受けた場所や経緯（例:「電話、担当 佐藤」）。--give と --withdraw では必須です。",
    ),
    "option_wording": (
        "Version of the text that they agreed to.",
        "同意した文言の版。",
    ),
    "option_reason": ("Only those for this reason.", "この理由のものだけに絞ります。"),
    "option_limit": ("Show this many at most.", "表示する最大件数。"),
    "option_detail": ("Why, for those who look later.", "理由のメモ。"),
    "needs_source": (
        "say where they said so: --source 'phone call with Sato'",
        "意思表示を受けた場所や経緯を --source で指定してください（例: --source '電話、担当 佐藤'）",
    ),
    "give_or_withdraw": (
        "give either --give or --withdraw, not both",
        "--give と --withdraw は同時に指定できません",
    ),
    "not_an_address": ("'{value}' is not a mail address", "「{value}」はメールアドレスの形式ではありません"),
    "consent_person": ("{name} · key {key}", "{name} · キー {key}"),
    "purpose_email": ("Marketing mail", "広告・宣伝メール"),
    "purpose_open_tracking": ("Tracking of opens", "開封の計測"),
    "purpose_click_tracking": ("Tracking of clicks", "クリックの計測"),
    "purpose_web_tracking": ("Tracking of visits", "サイト閲覧の計測"),
    "agreed": ("agreed", "同意"),
    "withdrew": ("withdrew", "取り消し"),
    "agreed_at": ("agreed on {at}", "{at} に同意"),
    "withdrew_at": ("withdrawn on {at}", "{at} に取り消し"),
    "never_yes": ("never said anything; allowed by the setting", "意思表示なし（設定により可）"),
    "never_no": ("never said anything; not allowed by the setting", "意思表示なし（設定により不可）"),
    "is_suppressed": (
        "The address gets no mail: {reason}, since {at}",
        "このアドレスには送信していません: {reason}（{at} から）",
    ),
    "no_statements": ("Nothing is on record.", "記録はありません。"),
    "recorded": ("Written down.", "記録しました。"),
    "recorded_already": ("That was so already.", "すでにその状態です。"),
    "when": ("When", "日時"),
    "purpose": ("Purpose", "目的"),
    "said": ("Said", "意思表示"),
    "source": ("Where", "場所・経緯"),
    "wording": ("Wording", "文言の版"),
    "ip": ("IP address", "IP アドレス"),
    "detail": ("Detail", "補足"),
    "reason": ("Reason", "理由"),
    "address": ("Address", "アドレス"),
    "reason_bounce": ("came back (bounce)", "不達（バウンス）"),
    "reason_complaint": ("reported as spam", "迷惑メール報告"),
    "reason_invalid": ("not a working address", "無効なアドレス"),
    "reason_unsubscribe": ("unsubscribed", "配信停止"),
    "reason_manual": ("put on the list by hand", "手動で追加"),
    "nothing_suppressed": ("The list is empty.", "リストは空です。"),
    "more_suppressed": (
        "{number} more; show them with --limit",
        "ほかに {number} 件あります。--limit で表示件数を増やせます",
    ),
    "suppression_added": (
        "{number} addresses get no mail now.",
        "{number} 件のアドレスへの送信を停止しました。",
    ),
    "suppression_removed": (
        "{number} addresses were taken off the list.",
        "{number} 件のアドレスをリストから外しました。",
    ),
    "not_on_list": ("not on the list: {address}", "リストにありません: {address}"),
    "events_pruned": (
        "Removed {number} events from before {before}.",
        "{before} より前の行動の記録を {number} 件削除しました。",
    ),
    "events_needed": (
        "Kept {number} older ones that journeys under way still need.",
        "進行中のジャーニーに必要な {number} 件は残しました。",
    ),
    "events_kept": ("Events are kept for ever.", "行動の記録は無期限に保存します。"),
    "runs_pruned": (
        "Removed {number} records of runs from before {before}.",
        "{before} より前の実行の記録を {number} 件削除しました。",
    ),
    "mails_pruned": (
        "Removed {number} mailbox mails from before {before}.",
        "{before} より前のメールボックスのメールを {number} 件削除しました。",
    ),
    "mails_kept": ("Mailbox mails are kept for ever.", "メールボックスのメールは無期限に保存します。"),
}  # fmt: skip
