"""What SendGrid reports about a mail: event objects with the fields that its Event Webhook documents."""

from __future__ import annotations

import base64
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.sendgrid.mails import Mail

USER_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
_ENGAGED = {"ip": "203.0.113.7", "useragent": USER_AGENT}
_GROUP = {**_ENGAGED, "url": "https://u1.ct.sendgrid.net/asm/", "asm_group_id": 10}
_NUMBERS = itertools.count(1)

DROP_REASONS = (
    "Bounced Address",
    "Unsubscribed Address",
    "Spam Reporting Address",
    "Invalid",
    "Invalid SMTPAPI header",
    "Spam Content",
    "Recipient List over Package Quota",
)
ACCOUNT_CHANGES = ("compliance_suspend", "compliance_deactivate", "compliance_ban")

# What each kind carries beyond the common fields. "blocked", "no_mx" and "async_bounce" are kinds of ours,
# which SendGrid reports as bounce, and "machine_open" is its open.
_CARRIES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "processed": ("processed", {}),
    "delivered": ("delivered", {"ip": "192.0.2.10", "tls": 1, "response": "250 2.0.0 OK 1755119505 - gsmtp"}),
    "deferred": ("deferred", {"ip": "192.0.2.10", "response": "451 4.3.0 Try again later", "attempt": "1"}),
    "bounce": (
        "bounce",
        {
            "type": "bounce",
            "status": "5.1.1",
            "reason": "550 5.1.1 The email account that you tried to reach does not exist.",
            "bounce_classification": "Invalid Address",
            "ip": "192.0.2.10",
            "tls": 1,
        },
    ),
    "blocked": (
        "bounce",
        {
            "type": "blocked",
            "status": "4.7.1",
            "reason": "421 4.7.1 Too many connections, try again later",
            "bounce_classification": "Reputation",
            "ip": "192.0.2.10",
            "tls": 1,
        },
    ),
    "no_mx": (
        "bounce",  # seen in the wild: a domain that does not exist has no status
        {
            "type": "blocked",
            "reason": "unable to get mx info: failed to get IPs from PTR record: unrecognized address",
            "bounce_classification": "Unclassified",
            "tls": 0,
        },
    ),
    "async_bounce": (
        "bounce",
        {
            "type": "bounce",
            "status": "5.2.2",
            "reason": "552 5.2.2 Mailbox full",
            "bounce_classification": "Mailbox Unavailable",
        },
    ),
    "dropped": ("dropped", {"reason": DROP_REASONS[0], "status": "5.0.0"}),
    "open": ("open", {**_ENGAGED, "sg_content_type": "html", "sg_machine_open": False}),
    "machine_open": (
        "open",
        {"ip": "17.58.98.1", "useragent": "Mozilla/5.0", "sg_content_type": "html", "sg_machine_open": True},
    ),
    "click": (
        "click",
        {**_ENGAGED, "url_offset": {"index": 0, "type": "html"}, "url": "https://example.com/"},
    ),
    "spamreport": ("spamreport", {}),
    "unsubscribe": ("unsubscribe", _ENGAGED),
    "group_unsubscribe": ("group_unsubscribe", _GROUP),
    "group_resubscribe": ("group_resubscribe", _GROUP),
}
KINDS = tuple(_CARRIES)
_WITH_SMTP_ID = frozenset({"processed", "delivered", "deferred", "bounce", "dropped"})


def event(
    kind: str,
    *,
    email: str,
    at: int,
    sg_message_id: str | None,
    custom_args: Mapping[str, str] | None = None,
    categories: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """One event as SendGrid posts it. ``kind``: one of ``KINDS``; ``at`` in seconds; ``more`` overrides fields.

    An ``async_bounce`` comes long after delivery and knows neither message id nor custom arguments.
    """
    name, carries = _CARRIES[kind]
    made: dict[str, Any] = dict(custom_args or {}) if kind != "async_bounce" else {}
    made |= {"email": email, "event": name, "timestamp": at, **carries}
    made["sg_event_id"] = _event_id(name, sg_message_id)
    if kind != "async_bounce" and sg_message_id is not None:
        made["sg_message_id"] = sg_message_id
        if name in _WITH_SMTP_ID:
            made["smtp-id"] = f"<{sg_message_id.partition('.')[0]}@geopod-ismtpd-1>"
        if categories:
            made["category"] = list(categories)
    return {**made, **more}


def account_status_change(at: int, *, kind: str = ACCOUNT_CHANGES[0]) -> dict[str, Any]:
    """SendGrid has stopped the account: no recipient, no message."""
    return {
        "event": "account_status_change",
        "sg_event_id": _event_id("account_status_change", None),
        "timestamp": at,
        "type": kind,
    }


def _event_id(name: str, sg_message_id: str | None) -> str:
    told = f"{name}-{next(_NUMBERS)}-50485195-{(sg_message_id or 'none').partition('.')[0]}-0"
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


class Events:
    """What became of the fake's mails, by ``sg_message_id``."""

    def __init__(self) -> None:
        self.by_message: dict[str, list[dict[str, Any]]] = {}

    def clear(self) -> None:
        self.by_message.clear()

    def add(self, kind: str, mail: Mail, *, at: int | None = None, **more: Any) -> dict[str, Any]:
        """Let this happen to the mail. ``at`` in ms; None: one second after the last thing that happened."""
        before = self.by_message.setdefault(mail.sg_message_id, [])
        last = before[-1]["timestamp"] if before else mail.at // 1000
        made = event(
            kind,
            email=mail.to,
            at=last + 1 if at is None else at // 1000,
            sg_message_id=mail.sg_message_id,
            custom_args=mail.custom_args,
            categories=mail.categories,
            **more,
        )
        before.append(made)
        return made

    def live(self, mails: Iterable[Mail], *, seed: int, urls: Sequence[str] = ()) -> list[dict[str, Any]]:
        """A likely life of each mail, in order: most are delivered, some opened by machines or people."""
        dice = random.Random(seed)
        found: list[dict[str, Any]] = []
        for mail in mails:
            for kind in dice.choices(_LIVES, weights=_CHANCES)[0]:
                more: dict[str, Any] = {"url": dice.choice(urls)} if kind == "click" and urls else {}
                found.append(self.add(kind, mail, **more))
        return found


_DELIVERED = ("processed", "delivered")
_CHANCES, _LIVES = zip(
    (50, _DELIVERED),
    (15, (*_DELIVERED, "machine_open")),
    (15, (*_DELIVERED, "open")),
    (8, (*_DELIVERED, "open", "click")),
    (3, ("processed", "deferred", "delivered")),
    (2, ("processed", "bounce")),
    (1, ("processed", "blocked")),
    (1, (*_DELIVERED, "async_bounce")),
    (2, ("dropped",)),
    (1, (*_DELIVERED, "open", "spamreport")),
    (1, (*_DELIVERED, "unsubscribe")),
    (1, (*_DELIVERED, "group_unsubscribe", "group_resubscribe")),
    strict=True,
)
