"""Answers that many pages ask for at once and again and again: worked out by one of them, for all."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Answer(Generic[T]):
    """One answer, and the lock of who works it out."""

    def __init__(self) -> None:
        self.working = threading.Lock()
        self.value: T | None = None
        self.good_until = 0.0


class SharedAnswers(Generic[T]):
    """Keeps each answer for some seconds; several threads may ask at once.

    One that took long is kept for longer: working out the same answer never takes more than a
    ``share`` of one core. The ``most`` answers that were asked for last are kept.
    """

    def __init__(self, *, seconds: float, share: float = 0.05, most: int = 256) -> None:
        self.seconds, self.share, self.most = seconds, share, most
        self._answers: OrderedDict[Hashable, _Answer[T]] = OrderedDict()
        self._changing = threading.Lock()

    def get(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The answer to ``key``. Who asks while another one works it out gets the answer before, if any."""
        with self._changing:
            answer = self._answers.setdefault(key, _Answer())
            self._answers.move_to_end(key)
            while len(self._answers) > self.most:
                self._answers.popitem(last=False)
        if (value := self._kept(answer)) is not None:
            return value
        first = answer.value is None
        if not answer.working.acquire(blocking=first):
            assert answer.value is not None  # noqa: S101 - an answer is never taken back
            return answer.value
        try:
            if (value := self._kept(answer)) is not None:  # another one was faster
                return value
            began = time.monotonic()
            value = work_out()
            done = time.monotonic()
            answer.value = value
            answer.good_until = done + max(self.seconds, (done - began) / self.share)
            return value
        finally:
            answer.working.release()

    def _kept(self, answer: _Answer[T]) -> T | None:
        return answer.value if time.monotonic() < answer.good_until else None
