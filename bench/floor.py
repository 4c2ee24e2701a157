"""The bare floor: what the journey would cost if somebody wrote the least SQL that leaves the same rows.

It goes through the database driver alone, on the same connection settings, in chunks of the engine's
size, and it knows everything beforehand: who is due, who opened, where each step leads.
"""

from __future__ import annotations

import uuid
from array import array
from dataclasses import dataclass
from typing import Any, Protocol

from airflow_ma.engine import advance, enroll
from airflow_ma.engine.database import Database
from bench import discard, plan
from bench.mails import first_mails
from bench.meter import Meter


@dataclass(frozen=True)
class Mails:
    """What the ledger says of every mail alike."""

    channel: str = discard.NAME
    conn_id: str = discard.NAME
    purpose: str = "marketing"


class Statements(Protocol):
    """The hand-written SQL of one database. Each method is one transaction."""

    def enter(self, low: int, high: int) -> None:
        """Contacts ``low`` to ``high`` enter and stand at the first mail."""
        ...

    def rest(self, now: int) -> None:
        """The audience was looked through."""
        ...

    def claim(self, step: str, template: str, now: int, limit: int, batch: str) -> Any:
        """Take hold of those who are due and write their mails as ``sending``; falsy if nobody is due."""
        ...

    def settle(self, step: str, now: int, held: Any, provider_id: str | None = None) -> None:
        """The mails are accepted and the contacts go on: from the first to the wait, from others out."""
        ...

    def take_in(self, batch: list[plan.Open], mails: array[int]) -> None:
        """Store the opens and wake their contacts."""
        ...

    def branch(self, outcome: str, target: str, now: int, limit: int) -> int:
        """Those who are due at the wait go to ``target``; returns how many."""
        ...

    def alert(self, now: int, limit: int) -> int:
        """Those who are due at the alert get one and leave; returns how many."""
        ...


class Floor:
    """Runs the whole journey and books what each phase cost."""

    def __init__(self, statements: Statements, database: Database, meter: Meter) -> None:
        self.statements = statements
        self.database = database
        self.meter = meter

    def run(self, size: int) -> None:
        do, phase = self.statements, self.meter.phase
        with phase("enter"):
            for low in range(1, size + 1, enroll.CHUNK):
                do.enter(low, min(size, low + enroll.CHUNK - 1))
            do.rest(plan.START)
        with phase("first mail"):
            self._send(plan.FIRST, "first", plan.START)
        mails = first_mails(self.database, size)
        now = plan.START
        for batch in plan.opens(size):
            now = batch[0].at
            with phase("open events"):
                do.take_in(batch, mails)
        with phase("opened"):
            while do.branch("opened", plan.ALERT, now, advance.CHUNK) == advance.CHUNK:
                pass
        with phase("alert"):
            while do.alert(now, advance.CHUNK) == advance.CHUNK:
                pass
        now = plan.START + plan.WITHIN + 2 * plan.HOUR
        with phase("deadline"):
            do.rest(now)
            while do.branch("not_opened", plan.SECOND, now, advance.CHUNK) == advance.CHUNK:
                pass
        with phase("second mail"):
            self._send(plan.SECOND, "second", now)

    def _send(self, step: str, template: str, now: int) -> None:
        while held := self.statements.claim(
            step, template, now, discard.DiscardChannel.batch, uuid.uuid4().hex
        ):
            self.statements.settle(step, now, held)
