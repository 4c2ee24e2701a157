"""Alert sales: a task for a salesperson, with the reason why now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.steps import Batch
from airflow_ma.engine.tables import alert, enrollment

Sentence = Annotated[str, Field(min_length=1, max_length=500)]


class AlertSalesOperator(StepOperator):
    """Give each contact to sales: who it is, why now, what to do. What they did stands beside it."""

    title = {"en": "Alert sales", "ja": "営業へ連絡"}
    about = {
        "en": "Hands each contact to a salesperson, with the reason why now.",
        "ja": "今連絡すべき理由を添えて、営業担当に引き継ぎます。",
    }
    sentence = {
        "en": "Tells sales[ ({assignee})]: {reason}",
        "ja": "営業[（{assignee}）]へ連絡: {reason}",
    }
    group = "act"
    icon = "bell"
    primary = True
    outcomes = ("alerted",)
    outcome_titles = {"alerted": {"en": "Alerted", "ja": "連絡済み"}}

    def __init__(
        self,
        *,
        reason: Annotated[
            Sentence,
            Setting(
                en="Why now",
                ja="なぜ今か",
                widget="long_text",
                help=("What the salesperson reads first", "営業担当が最初に読む文章です"),
            ),
        ],
        advice: Annotated[
            Sentence | None, Setting(en="What to do", ja="次にすること", widget="long_text")
        ] = None,
        assignee: Annotated[
            Annotated[str, Field(max_length=200)] | None,
            Setting(
                en="Who",
                ja="担当者",
                help=(
                    "Name or address; empty: the whole sales team",
                    "名前かアドレス。空欄なら営業チーム全体",
                ),
            ),
        ] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.reason = reason
        self.advice = advice
        self.assignee = assignee

    def writes(self, batch: Batch) -> Sequence[sa.Executable]:
        columns = {
            "enrollment_id": enrollment.c.id,
            "step": sa.literal(batch.step, sa.Text),
            "journey_id": enrollment.c.journey_id,
            "contact_id": enrollment.c.contact_id,
            "reason": sa.literal(self.reason, sa.Text),
            "advice": sa.literal(self.advice, sa.Text),
            "assignee": sa.literal(self.assignee, sa.Text),
            "created_at": sa.literal(batch.now, sa.BigInteger),
        }
        people = sa.select(*columns.values()).where(batch.chosen(enrollment.c.id)).order_by(enrollment.c.id)
        insert = postgresql.insert if batch.dialect == "postgresql" else sqlite.insert
        # Who was moved back to this step is known to sales already.
        return [insert(alert).from_select(list(columns), people).on_conflict_do_nothing()]
