"""Numbers of test mails, which are in no ledger: nothing that is signed with them does anything."""

from __future__ import annotations

import secrets

FIRST = 1 << 52
"""No ledger grows so far; twice this is the largest number that scripts count to exactly."""


def new_trial_id() -> int:
    """The number of another test mail."""
    return FIRST + secrets.randbelow(FIRST)


def is_trial(message_id: int) -> bool:
    """Whether it is the number of a test mail."""
    return message_id >= FIRST
