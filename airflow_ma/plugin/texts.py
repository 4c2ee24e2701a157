"""What our pages say, in English and Japanese."""

from __future__ import annotations

from airflow_ma.plugin import sending_texts

LANGUAGES = {"en": "English", "ja": "日本語"}

_TEXTS: dict[str, tuple[str, str]] = {
    "mailbox": ("Sandbox mailbox", "サンドボックスの受信箱"),
    "about": (
        "These mails went to nobody: the sandbox keeps them here. Open one, follow its links, answer it, "
        "and the contact moves on as a real one would.",
        "ここにあるメールは実際には送信されていません。開く、リンクをたどる、返信するなどの操作をすると、"
        "実際のお客様と同じようにコンタクトが次のステップへ進みます。",
    ),
    "search": ("Search", "検索"),
    "search_hint": ("Name, address or subject", "氏名・アドレス・件名"),
    "search_clear": ("Show all", "検索をやめる"),
    "to": ("To", "宛先"),
    "from": ("From", "差出人"),
    "subject": ("Subject", "件名"),
    "journey": ("Journey and step", "ジャーニーとステップ"),
    "delivered": ("Delivered", "配信日時"),
    "reactions": ("Reactions", "反応"),
    "unread": ("unread", "未読"),
    "opened": ("opened", "開封"),
    "opened_by_machine": ("opened by a machine", "自動開封"),
    "clicked": ("clicked", "クリック"),
    "replied": ("replied", "返信"),
    "unsubscribed": ("unsubscribed", "配信停止"),
    "newest": ("Newest", "最新へ"),
    "older": ("Older", "以前のメール"),
    "none": ("No mails yet.", "まだメールはありません。"),
    "none_found": ("No mail matches.", "該当するメールはありません。"),
    "part_html": ("Mail", "表示"),
    "part_text": ("Text", "テキスト"),
    "part_headers": ("Headers", "ヘッダー"),
    "template": ("Template", "テンプレート"),
    "happened": ("What happened with it", "このメールへの反応"),
    "happened_none": ("Nothing yet.", "まだ反応はありません。"),
    "email.open": ("Opened", "開封"),
    "email.click": ("Clicked", "クリック"),
    "reply": ("Replied", "返信"),
    "email.unsubscribe": ("Unsubscribed", "配信停止"),
    "by_machine": ("by a machine", "自動"),
    "answer": ("Answer as the contact", "お客様として返信する"),
    "answer_send": ("Send the reply", "返信する"),
    "problem": ("This did not work", "処理できませんでした"),
    "refused": (
        "You have no right to this. Reading contacts' mails needs the right to edit their journey's DAG; "
        "ask the administrator of this Airflow.",
        "この操作を行う権限がありません。お客様宛てのメールを見るには、そのジャーニーのDAGを編集する権限が必要です。"
        "Airflowの管理者にお問い合わせください。",
    ),
    "no_such_mail": ("There is no such mail in the sandbox mailbox.", "このメールは受信箱にありません。"),
    "empty_reply": (
        "The reply is empty. Write something first.",
        "返信の内容が空です。本文を入力してください。",
    ),
    "invalid": (
        "This address or form is not right: a number is wrong, or a text is too long.",
        "アドレスまたは入力内容に誤りがあります。番号の間違いや、長すぎる文章がないかご確認ください。",
    ),
    "no_database": (
        "The database cannot be used now. Nothing is lost: what is due goes on once it is back.",
        "現在データベースを利用できません。失われるものはなく、復旧すると処理が再開されます。",
    ),
    "not_found": ("There is no such page.", "ページが見つかりません。"),
    "language": ("Language", "言語"),
    "sections": ("Pages", "ページ"),
    "back_mailbox": ("All mails", "メール一覧"),
    **sending_texts.TEXTS,
}


def text(language: str, name: str) -> str:
    """The text of that name; what has none is said to be a page that is not there."""
    english, japanese = _TEXTS.get(name, _TEXTS["not_found"])
    return japanese if language == "ja" else english
