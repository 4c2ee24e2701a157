"""What a mail server's answer means for one mail, and for all the others."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from airflow_ma.channels.channel import ChannelError, Delivery, Receipt, SendingPausedError

_STATUS = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_QUEUED = re.compile(
    rb"(?:queued as |\bid=|^(?:2\.\d\.\d )?ok (?!queued))([\w.+-]{6,100})(?![\w@])", re.IGNORECASE
)
# Whole phrases: a single word of the server's text may be part of the recipient's address.
_NO_RELAY = re.compile(
    rb"relay(?:ing)?(?: access| is)? (?:denied|not|prohibited)"
    rb"|(?:unable|not|allowed|permitted)(?: to)? relay",
    re.IGNORECASE,
)
_MEANINGS = {
    "5.1.1": "no such mailbox",
    "5.1.2": "no such domain",
    "5.1.3": "no valid address",
    "5.1.6": "the mailbox has moved",
    "5.1.10": "the domain takes no mail",
    "5.2.1": "the mailbox is closed",
    "5.2.2": "the mailbox is full",
    "5.2.3": "the mail is too long",
    "5.7.1": "the server's rules forbid it",
}
_GONE_CODES = frozenset({550, 551, 553})
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""Nobody can be reached there, ever. A bare 550 is not enough: it may be a spam filter's opinion of us, and
one bad day would silence the whole list."""
_LOGIN_WANTED = frozenset({530, 535, 538})
_LIMIT_REACHED = "5.4.5"  # Gmail's; elsewhere this number comes as a temporary one


class Stage(StrEnum):
    """How far the mail had got when the server answered."""

    SENDER = "the sender's address"
    RECIPIENT = "the recipient's address"
    START = "the mail before reading it"
    END = "the mail after reading it"


class Answer(NamedTuple):
    """The server's last word on one mail."""

    stage: Stage
    code: int
    text: bytes
    """May name the recipient: never shown, never logged."""

    @property
    def shown(self) -> str:
        """The answer for people, without the server's text."""
        meaning = f": {_MEANINGS[self.status]}" if self.status in _MEANINGS else ""
        return f"{self.code} {self.status}".rstrip() + meaning

    @property
    def status(self) -> str:
        """The enhanced status code, such as 5.1.1; empty when the server gave none."""
        found = _STATUS.match(self.text)
        return found[1].decode() if found else ""


def receipt_of(answer: Answer) -> Receipt:
    """What became of the mail."""
    if answer.code < 300:
        found = _QUEUED.search(answer.text)
        return Receipt(Delivery.ACCEPTED, provider_id=found[1].decode() if found else None)
    if answer.code < 500:
        return Receipt(
            Delivery.RETRYABLE, f"the mail server does not take {answer.stage} now ({answer.shown})"
        )
    is_gone = answer.stage is Stage.RECIPIENT and answer.code in _GONE_CODES and answer.status in _GONE
    return Receipt(
        Delivery.REJECTED,
        f"the mail server refused {answer.stage} ({answer.shown})",
        suppress="bounce" if is_gone else None,
    )


def trouble_for_all(answer: Answer, conn_id: str) -> ChannelError | None:
    """The error to stop with when every other mail would get the same answer; None when only this one did."""
    if answer.code < 500:
        return None
    if answer.code in _LOGIN_WANTED:
        return SendingPausedError(
            f"the mail server wants another login ({answer.shown}): correct the connection '{conn_id}'"
        )
    if answer.stage is Stage.SENDER:
        return ChannelError(
            f"the mail server of connection '{conn_id}' refused the sender's address ({answer.shown}): "
            "set AIRFLOW_MA_SENDER_EMAIL to an address that this account may send from"
        )
    if answer.stage is Stage.RECIPIENT and _NO_RELAY.search(answer.text):
        return ChannelError(
            f"the mail server of connection '{conn_id}' passes no mail on for us ({answer.shown}): "
            "does the connection need a login, or the server our network address?"
        )
    if answer.text.startswith(_LIMIT_REACHED.encode()):
        return ChannelError(
            f"the account of connection '{conn_id}' has reached its sending limit ({answer.shown}); "
            "try again later, or raise the limit there"
        )
    return None
