"""What every channel is: it takes a batch of mails of one template and says what became of each."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from airflow_ma.engine.mail.message import Delivery, OutgoingMail, Receipt, Recipient, SentMail

if TYPE_CHECKING:
    from airflow_ma.channels.provider_template import ProviderTemplate
    from airflow_ma.channels.templates import EmailTemplate

__all__ = [
    "Account",
    "Channel",
    "ChannelError",
    "Delivery",
    "OutgoingMail",
    "Receipt",
    "Recipient",
    "SendingPausedError",
    "SentMail",
    "Withdrawn",
]


class ChannelError(RuntimeError):
    """The channel cannot send (wrong settings, nobody there); says what to do.

    ``receipts``: what became of the mails that had been tried by then, one for each mail of the call.
    Without them certainly nothing was sent, and all the mails are held and tried again.
    """

    def __init__(self, message: str, receipts: Sequence[Receipt] = ()) -> None:
        super().__init__(message)
        self.receipts = list(receipts)


class SendingPausedError(ChannelError):
    """The provider does not let us send at all (bad key, account suspended): a person must look at it."""


@dataclass(frozen=True)
class Account:
    """Where and as whom to send: an Airflow connection, read by whoever opens the channel."""

    conn_id: str
    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The connection's extra fields."""
    connect: Callable[[], smtplib.SMTP] | None = field(default=None, repr=False)
    """Opens a session that is logged in, where Airflow's own connection knows how (OAuth)."""


Withdrawn = Callable[[Sequence[int]], Collection[int]]
"""Given message ids, those whose contact must not get the mail any more: unsubscribed a moment ago."""


class Channel(Protocol):
    """A way to deliver mail."""

    name: str
    idempotent: bool
    """Whether sending the same message id again can never reach the person twice."""

    batch: int
    """How many mails to hand over in one call: it must be done in a minute or two, and all of them are
    of unknown fate when the worker dies in it."""

    def send(
        self,
        template: EmailTemplate | ProviderTemplate,
        mails: Sequence[OutgoingMail],
        *,
        now: int,
        purpose: str = "marketing",
        withdrawn: Withdrawn | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> list[Receipt]:
        """Deliver the mails, one receipt for each, in the same order. ``now`` is in ms.

        ``headers``: those that all the mails have alike, in ASCII and each on one line.

        A call that takes more than a moment asks ``withdrawn`` again before each request. It must be done
        in 240 real seconds: then the mails' lease nears its end.

        Raises ChannelError when it cannot send, now or at all; see there for what was sent by then.
        """
        ...

    def trace(self, mails: Sequence[SentMail]) -> Mapping[int, Delivery]:
        """Message id -> what became of mails that may or may not have gone out.

        ``UNKNOWN``: asked for in vain, and asking will not help; for a transactional mail that is the sign
        to send it again. Left out: could not be asked for now.
        """
        ...
