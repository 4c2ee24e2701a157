"""Split: each contact goes the first way whose condition it satisfies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator

from airflow_ma.contacts.conditions import Condition, matches
from airflow_ma.dag.declaration import OutcomeName, Setting, StepError
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.steps import Arrivals, Cases, Predicate
from airflow_ma.journey.said import Said, SaidError


def _some(branches: dict[str, Condition]) -> dict[str, Condition]:
    if not branches:
        raise SaidError(
            "name at least one way and its condition",
            Said(
                en="add at least one way with its condition", ja="条件付きのルートを1つ以上追加してください"
            ),
        )
    return branches


class SplitOperator(StepOperator):
    """Split contacts by what is known of them or what they did; the first condition that holds wins."""

    title = {"en": "Split", "ja": "条件で分ける"}
    about = {
        "en": "Each contact goes the first way whose condition holds; everybody else goes the last one.",
        "ja": "条件を上から順に確かめ、最初に当てはまったルートへ進みます。どれにも当てはまらない人は「それ以外」へ進みます。",
    }
    sentence = {
        "en": "Splits by {branches}, else {otherwise}",
        "ja": "{branches}、それ以外は{otherwise}に分ける",
    }
    group = "split"
    icon = "branch"
    primary = True
    outcome_settings = ("branches", "otherwise")

    def __init__(
        self,
        *,
        branches: Annotated[
            dict[OutcomeName, Condition],
            AfterValidator(_some),
            Setting(en="Ways", ja="分け方", widget="branches"),
        ],
        otherwise: Annotated[
            OutcomeName,
            Setting(
                en="Everybody else",
                ja="それ以外",
                help=("Name of the way for the rest", "残りの人が進むルートの名前です"),
            ),
        ] = "other",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.branches = branches
        self.otherwise = otherwise
        if otherwise in branches:
            raise StepError(
                f"step '{self.task_id}' (SplitOperator): '{otherwise}' is one of the branches and also where "
                "everybody else goes; name it otherwise",
                settings=("otherwise",),
                said=Said(
                    en="Two ways have the same name: rename the one for everybody else",
                    ja="同じ名前のルートが2つあります。「それ以外」の名前を変えてください",
                ),
            )

    def cases(self, at: Arrivals) -> Cases:
        chosen: dict[str, Predicate] = {
            name: at.contact_matches(self._matcher(condition, at))
            for name, condition in self.branches.items()
        }
        return {**chosen, self.otherwise: sa.true()}

    def leave_reason(self, outcome: str) -> str:
        return outcome

    @staticmethod
    def _matcher(condition: Condition, at: Arrivals) -> Callable[[sa.FromClause], Predicate]:
        return lambda contact: matches(condition, contact=contact, now=at.now)
