"""Split: each contact goes the first way whose condition it satisfies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator, Field

from airflow_ma.contacts.conditions import Condition, matches
from airflow_ma.dag.declaration import Setting, StepError
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.steps import Arrivals, Cases, Predicate

Outcome = Annotated[str, Field(pattern=r"^[^|]{1,60}$")]


def _some(branches: dict[str, Condition]) -> dict[str, Condition]:
    if not branches:
        raise ValueError("name at least one way and its condition")
    return branches


class SplitOperator(StepOperator):
    """Split contacts by what is known of them or what they did; the first condition that holds wins."""

    title = {"en": "Split", "ja": "条件で分ける"}
    primary = True

    def __init__(
        self,
        *,
        branches: Annotated[
            dict[Outcome, Condition],
            AfterValidator(_some),
            Setting(en="Ways", ja="分け方", widget="branches"),
        ],
        otherwise: Annotated[Outcome, Setting(en="Everybody else", ja="それ以外")] = "other",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.branches = branches
        self.otherwise = otherwise
        self.outcomes = (*branches, otherwise)
        if otherwise in branches:
            raise StepError(
                f"step '{self.task_id}' (SplitOperator): '{otherwise}' is one of the branches and also where "
                "everybody else goes; name it otherwise"
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
