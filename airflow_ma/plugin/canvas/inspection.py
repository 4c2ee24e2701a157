"""Looking at the files that steps need, in bounded time: a disk that hangs must not stop the check."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Hashable, Sequence

from airflow_ma.config import settings
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.problem import Problem

log = logging.getLogger(__name__)

KEPT_SECONDS = 10.0
"""While somebody types, the same mails are not read again."""
_MOST_KEPT = 2_000
_MOST_AT_ONCE = 4


class Inspections:
    """What ``StepOperator.inspect`` found lately."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[float, list[Problem]]] = {}
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def problems(self, steps: Sequence[StepOperator], patience: float) -> list[list[Problem] | None]:
        """What each step says; None for those that were not looked at within ``patience`` seconds."""
        fresh = time.monotonic() - KEPT_SECONDS
        keys = [_key(step) for step in steps]
        due = {
            key: step
            for key, step in zip(keys, steps, strict=True)
            if self._found.get(key, (0.0, []))[0] < fresh
        }
        if due and self._free.acquire(blocking=False):
            thread = threading.Thread(target=self._look, args=(due,), name="inspection", daemon=True)
            thread.start()
            thread.join(patience)
        return [found[1] if (found := self._found.get(key)) and found[0] >= fresh else None for key in keys]

    def _look(self, due: dict[Hashable, StepOperator]) -> None:
        try:
            if len(self._found) > _MOST_KEPT:
                self._found.clear()
            for key, step in due.items():
                try:
                    found = list(step.inspect())
                except Exception:
                    log.exception("looking at what a step of kind %s needs", step.kind)
                    found = []
                self._found[key] = (time.monotonic(), found)
        finally:
            self._free.release()


def _key(step: StepOperator) -> Hashable:
    written = json.dumps(step.settings, sort_keys=True, default=str)
    digest = hashlib.sha256(written.encode()).digest()  # settings may be long, and this is kept
    return step.kind, digest, step.source, str(settings().emails), settings().database
