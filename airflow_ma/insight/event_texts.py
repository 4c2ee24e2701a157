"""What events are called, in English and Japanese."""

from __future__ import annotations

EVENTS: dict[str, tuple[str, str]] = {
    "email.open": ("opened the mail", "メールを開封"),
    "email.click": ("clicked in the mail", "メール内のリンクをクリック"),
    "email.unsubscribe": ("unsubscribed", "配信停止"),
    "email.complaint": ("reported the mail as spam", "迷惑メールとして報告"),
    "email.processed": ("the provider took the mail", "配信サービスが受付"),
    "email.delivered": ("the mail was delivered", "メールが届いた"),
    "email.deferred": ("the mail is delayed", "配信が遅延"),
    "email.blocked": ("the mail was blocked", "受信側がメールを拒否"),
    "email.bounce": ("the address bounced", "宛先不明で不達（バウンス）"),
    "email.dropped": ("the provider did not send the mail", "配信サービスが送信を中止"),
    "consent.requested": ("asked for our mails", "メール配信を申し込み"),
    "consent.given": ("agreed to marketing mail", "メール受信に同意"),
    "reply": ("replied", "返信"),
    "page.view": ("looked at a page", "ページを閲覧"),
    "page.dwell": ("stayed on a page", "ページに滞在"),
    "order.completed": ("placed an order", "注文"),
}  # fmt: skip

_DELIVERY = frozenset({"processed", "delivered", "deferred", "blocked", "bounce", "dropped"})
OURS = frozenset(f"email.{name}" for name in _DELIVERY)
"""What happens to a mail on its way: nothing that the person did."""
COMMON = (
    "page.view", "page.dwell", "email.open", "email.click", "reply", "order.completed", "consent.given",
    "email.unsubscribe",
)  # fmt: skip
"""What a journey may react to, even where it has not happened yet."""
