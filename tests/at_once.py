"""The same work by several people at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")


def at_once(work: Callable[[Given], Answer], each: Collection[Given]) -> list[Answer]:
    """What ``work`` gives for each, in threads that begin together. Raises what it raised for one of them."""
    all_are_here = threading.Barrier(len(each))

    def begin(one: Given) -> Answer:
        all_are_here.wait(30)
        return work(one)

    with ThreadPoolExecutor(len(each)) as threads:
        return list(threads.map(begin, each))
