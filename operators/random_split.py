"""Random split: a fixed share of the contacts goes each way, for trying out what works better."""

from __future__ import annotations

import hashlib
from itertools import accumulate
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from airflow_ma.dag.declaration import OutcomeName, Setting
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.journey.said import Said, SaidError

Share = Annotated[int, Field(ge=1, le=99)]
_PRIME = 2_147_483_647  # 2**31 - 1: products of two numbers below it stay within 64 bits


def _whole(shares: dict[str, int]) -> dict[str, int]:
    if len(shares) < 2 or sum(shares.values()) != 100:
        total = sum(shares.values())
        raise SaidError(
            f"give two ways or more, together 100 percent (these are {total})",
            Said(
                en=f"give two ways or more, together 100 percent (now {total})",
                ja=f"2つ以上のルートを作り、合計を100％にしてください（現在{total}％）",
            ),
        )
    return shares


class RandomSplitOperator(StepOperator):
    """Split contacts by chance."""

    title = {"en": "Random split", "ja": "ランダムに分ける"}
    about = {
        "en": "Sends a fixed share of the contacts each way, to find out what works better.",
        "ja": "決めた割合でランダムに分けます。どちらがよいかを試すとき（A/Bテスト）に使います。",
    }
    notes = {
        "en": "A contact keeps its way, however often the step is run again.",
        "ja": "同じ人が進むルートは、ステップを何度実行し直しても変わりません。",
    }
    sentence = {"en": "Splits by chance: {shares}", "ja": "ランダムに分ける: {shares}"}
    group = "split"
    icon = "dice"
    outcome_settings = ("shares",)

    def __init__(
        self,
        *,
        shares: Annotated[
            dict[OutcomeName, Share],
            AfterValidator(_whole),
            Setting(en="Percent for each way", ja="各ルートの割合（％）", widget="shares"),
        ],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.shares = shares

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
