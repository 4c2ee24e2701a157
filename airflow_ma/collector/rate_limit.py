"""Saying no to who asks too often. In memory: each collector counts for itself, and forgets at its end."""

from __future__ import annotations

import threading
import time

KEYS_KEPT = 10_000


class RateLimit:
    """At most ``most`` requests of one key within ``seconds`` (real ones)."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._seen: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Whether this one more request is allowed; those that are refused do not count."""
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._seen.pop(key, []) if now - at < self._seconds]
            allowed = len(recent) < self._most
            if allowed:
                recent.append(now)
            self._seen[key] = recent  # at the end: the keys stay in the order in which they were seen
            while len(self._seen) > KEYS_KEPT:
                del self._seen[next(iter(self._seen))]
        return allowed
