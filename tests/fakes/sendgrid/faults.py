"""What can go wrong between us and SendGrid, by name: single faults, and seeded plans of many."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Literal

Place = Literal["send", "logs", "scopes"]
Cut = Literal["early", "unread", "answer", "mid_answer", "down"]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request."""

    name: str
    status: int | None = None
    """The answer's status; None: as if nothing were wrong."""
    html: bool = False
    """The proxy's page in place of SendGrid's JSON."""
    kept: bool = False
    """Whether the mails are accepted all the same."""
    cut: Cut | None = None
    """``early``: before the body was read. ``unread``: after, nothing kept. ``answer``: all kept, no answer.
    ``mid_answer``: all kept, half an answer. ``down``: nothing kept, and nobody listens for ``delay``."""
    delay: float = 0.0
    """Seconds before the answer; what is kept is kept before them."""
    reset_in: float | None = None
    """Seconds until ``X-RateLimit-Reset``; None: the header is missing, as SendGrid's mail/send does it."""
    message: str | None = None
    """Says something else in ``errors``."""


NAMED: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        *(Fault(str(status), status) for status in (400, 401, 403, 413, 451, 500, 503)),
        Fault("429", 429, reset_in=1.0),
        Fault("429_bare", 429),
        *(Fault(f"{status}_html", status, html=True) for status in (400, 403, 413, 429, 500, 502, 503, 504)),
        *(Fault(f"{status}_kept", status, kept=True) for status in (500, 503)),
        *(Fault(f"{status}_html_kept", status, html=True, kept=True) for status in (502, 504)),
        Fault("302", 302, html=True),
        Fault("slow", delay=1.0, kept=True),
        Fault("slow_503", 503, delay=1.0),
        Fault("cut_early", cut="early"),
        Fault("cut_before", cut="unread"),
        Fault("cut_after", cut="answer", kept=True),
        Fault("cut_mid_answer", cut="mid_answer", kept=True),
        Fault("down", cut="down", delay=0.5),
    )
}
"""All faults by name. "kept" in a name: the mails go out although the answer says otherwise."""


def fault(name: str | int, **changes: Any) -> Fault:
    """The named fault, changed. Raises KeyError for a name that is not in ``NAMED``."""
    return replace(NAMED[str(name)], **changes)


class Faults:
    """The faults to come, and the count of those that came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next: dict[Place, deque[Fault | None]] = {"send": deque(), "logs": deque(), "scopes": deque()}
        self._plan: tuple[random.Random, list[Fault], list[float]] | None = None
        self.seen: Counter[str] = Counter()

    def add(self, faults: list[Fault | None], *, on: Place) -> None:
        """Queue faults for the next requests; None lets a request through, also past the plan."""
        with self._lock:
            self._next[on].extend(faults)

    def plan(self, seed: int, rates: Mapping[str, float], **changes: Any) -> None:
        """From now on each mail/send fails with these chances (they add up to 1 at most), drawn from ``seed``.

        ``changes`` go to every fault of the plan, say ``reset_in=0.05``. Empty rates end the plan.
        """
        if sum(rates.values()) > 1:
            raise ValueError(f"the chances of a plan add up to 1 at most, not {sum(rates.values())}")
        faults = [
            fault(name, **{key: value for key, value in changes.items() if _has(name, key)}) for name in rates
        ]
        with self._lock:
            self._plan = (random.Random(seed), faults, list(rates.values())) if rates else None

    def take(self, on: Place) -> Fault | None:
        """What goes wrong with the request at hand."""
        with self._lock:
            found = self._draw(on)
            if found is not None:
                self.seen[found.name] += 1
            return found

    def clear(self) -> None:
        """No faults from now on."""
        with self._lock:
            self._plan = None
            for queue in self._next.values():
                queue.clear()
            self.seen.clear()

    def _draw(self, on: Place) -> Fault | None:
        if self._next[on]:
            return self._next[on].popleft()
        if on != "send" or self._plan is None:
            return None
        dice, faults, rates = self._plan
        return dice.choices([*faults, None], weights=[*rates, max(0.0, 1 - sum(rates))])[0]


def _has(name: str, key: str) -> bool:
    """Whether a plan's change to ``key`` means anything for this fault."""
    given = NAMED[name]
    return getattr(given, key) not in (None, 0.0) if key in ("delay", "reset_in") else True
