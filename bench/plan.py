"""What both sides do: the numbers, the times and the names of the reference journey's parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

START = 1_796_086_800_000
"""The moment (ms) at which the journey starts."""
HOUR = 3_600_000
WITHIN = 3 * 24 * HOUR
"""How long the journey waits for an open, ms."""
EVENTS_A_TRANSACTION = 1_000
OPENING_PERCENT = 40

JOURNEY = "bench"
ENTRY, FIRST, WAIT, ALERT, SECOND = "everybody", "first_mail", "opened", "sales", "second_mail"
REASON = "Opened the first mail"
RUN_ID = "scheduled__2026-12-01T00:07:00+00:00"

LOOKING = "looking"
"""Ours alone: asking who has work, and steps that found nobody."""
PHASES = ("enter", "first mail", "open events", "opened", "alert", "deadline", "second mail")


def rows(phase: str, size: int) -> int:
    """The contacts that a phase moves, or the events it takes in."""
    openers = size * OPENING_PERCENT // 100
    if phase in ("enter", "first mail"):
        return size
    return openers if phase in ("open events", "opened", "alert") else size - openers


def moves(size: int) -> int:
    """The moves of the whole journey, entering included."""
    return sum(rows(phase, size) for phase in PHASES if phase != "open events")


@dataclass(frozen=True)
class Open:
    """One contact opens the first mail."""

    contact_id: int
    at: int
    dedupe_key: str


def opens(size: int) -> Iterator[list[Open]]:
    """The opens in batches of one transaction each; contacts come in scattered order, as in life."""
    stride = 7_368_787  # a prime: the walk meets every contact once before it meets one twice
    batch: list[Open] = []
    for number in range(rows("open events", size)):
        contact_id = number * stride % size + 1
        at = START + HOUR + number // EVENTS_A_TRANSACTION * 1_000
        batch.append(Open(contact_id, at, f"{at // 1000:011d}:email.open:{contact_id}"))
        if len(batch) == EVENTS_A_TRANSACTION:
            yield batch
            batch = []
    if batch:
        yield batch
