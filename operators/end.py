"""End: contacts leave the journey here, for a stated reason."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepOperator
from airflow_ma.insight.timeline_texts import COMPLETED


class EndOperator(StepOperator):
    """Let contacts leave the journey, and write down why."""

    title = {"en": "End", "ja": "終了"}
    about = {
        "en": "Contacts leave the journey here; why is written down.",
        "ja": "ここでジャーニーを終えます。終えた理由が記録されます。",
    }
    sentence = {"en": "Leaves the journey[: {reason}]", "ja": "ジャーニーを終了[：{reason}]"}
    group = "end"
    icon = "flag"
    outcomes = ("left",)
    outcome_titles = {"left": {"en": "Left", "ja": "終了"}}
    is_end = True

    def __init__(
        self,
        *,
        reason: Annotated[
            str,
            Field(min_length=1, max_length=200),
            Setting(
                en="Reason",
                ja="理由",
                widget="text",
                help=("Shown in the history of each contact", "コンタクトの履歴に表示されます"),
                choices=((COMPLETED, "Completed", "完了"),),
            ),
        ] = COMPLETED,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.reason = reason

    def leave_reason(self, outcome: str) -> str:
        return self.reason
