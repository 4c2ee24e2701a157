"""A mail on its way, as the ledger and the channels see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Delivery(StrEnum):
    """What became of one mail, as far as the channel knows."""

    ACCEPTED = "accepted"
    """The provider has it."""
    REJECTED = "rejected"
    """It was certainly not sent and never will be."""
    RETRYABLE = "retryable"
    """It was certainly not sent; a later try may work."""
    UNKNOWN = "unknown"
    """It may or may not have been sent: never send it again blindly."""


class Recipient(NamedTuple):
    """The person a mail goes to."""

    contact_id: int
    key: str
    email: str
    name: str | None
    language: str
    timezone: str
    stored_attributes: str
    """As JSON: only a channel that fills them into a mail needs to read them."""
    tracks_opens: bool = True
    """Whether the mail may carry the picture that tells that it was opened."""
    tracks_clicks: bool = True
    """Whether its links may lead by way of the collector."""

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What else is known of the person."""
        attributes: dict[str, Any] = json.loads(self.stored_attributes)
        return attributes


class OutgoingMail(NamedTuple):
    """One mail to one person; ``message_id`` is its row in the ledger."""

    message_id: int
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel's answer for one mail. ``reason`` is for people and carries no personal data."""

    delivery: Delivery
    reason: str | None = None
    provider_id: str | None = None
    retry_after: float | None = None
    """Real seconds before another try makes sense, for a mail that can be retried."""
    suppress: str | None = None
    """Why the address is to get no mail any more (``bounce``), if the refusal says so."""


class SentMail(NamedTuple):
    """A mail of which nobody knows whether it went out."""

    message_id: int
    email: str
    created_at: int
    """When it was handed to the channel, ms."""
    provider_id: str | None
