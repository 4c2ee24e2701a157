"""What every channel is: it takes a batch of mails of one template and says what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from airflow_ma.engine.mail import Delivery, OutgoingMail, Receipt, Recipient

if TYPE_CHECKING:
    from airflow_ma.channels.templates import EmailTemplate

__all__ = ["Channel", "ChannelError", "Delivery", "OutgoingMail", "Receipt", "Recipient"]


class ChannelError(RuntimeError):
    """The channel cannot send anything at all (bad key, wrong settings); says what to do."""


class Channel(Protocol):
    """A way to deliver mail."""

    name: str
    idempotent: bool
    """Whether sending the same message id again can never reach the person twice."""

    def send(self, template: EmailTemplate, mails: Sequence[OutgoingMail], *, now: int) -> list[Receipt]:
        """Deliver the mails, one receipt for each, in the same order. ``now`` is in ms.

        Raises ChannelError when nothing was sent and nothing can be.
        """
        ...
