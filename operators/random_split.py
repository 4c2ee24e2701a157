"""Random split: a fixed share of the contacts goes each way, for trying out what works better."""

from __future__ import annotations

import hashlib
from itertools import accumulate
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.steps import Arrivals, Cases

Share = Annotated[int, Field(ge=1, le=99)]
_PRIME = 2_147_483_647  # 2**31 - 1: products of two numbers below it stay within 64 bits


def _whole(shares: dict[str, int]) -> dict[str, int]:
    if len(shares) < 2 or sum(shares.values()) != 100:
        raise ValueError(f"give two ways or more, together 100 percent (these are {sum(shares.values())})")
    return shares


class RandomSplitOperator(StepOperator):
    """Split contacts by chance. A contact keeps its way, however often the step is run again."""

    title = {"en": "Random split", "ja": "ランダムに分ける"}

    def __init__(
        self,
        *,
        shares: Annotated[
            dict[str, Share],
            AfterValidator(_whole),
            Setting(en="Percent for each way", ja="各ルートの割合（％）"),
        ],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.shares = shares
        self.outcomes = tuple(shares)

    def cases(self, at: Arrivals) -> Cases:
        # Multiplying by a number of the step's own, modulo a prime, spreads ids evenly, and two steps
        # split independently of each other (a universal hash family: Carter and Wegman, 1979).
        digest = hashlib.sha256(f"{self.dag_id}/{self.task_id}".encode()).digest()
        factor, offset = (
            int.from_bytes(part, "big") % (_PRIME - 1) + 1 for part in (digest[:8], digest[8:16])
        )
        mixed = ((at.contact_id % _PRIME) * factor + offset) % _PRIME
        drawn = mixed % 100
        bounds = list(accumulate(self.shares.values()))
        return {name: drawn < bound for name, bound in zip(self.shares, bounds, strict=True)}

    def leave_reason(self, outcome: str) -> str:
        return outcome
