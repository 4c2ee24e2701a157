"""Wait for consent: hold each contact until it has agreed to marketing mail, or until time is up."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.journey.duration import Duration, days


class WaitForConsentSensor(StepSensor):
    """Hold each contact until it agrees to marketing mail, or until time is up."""

    title = {"en": "Wait for consent", "ja": "配信の同意を待つ"}
    about = {
        "en": "Holds each contact until it agrees to marketing mail, or until time is up.",
        "ja": "メール配信に同意するか、期限が来るまで待ちます。",
    }
    notes = {
        "en": "Who has agreed already goes on at once; who has unsubscribed must agree again.",
        "ja": "すでに同意している人はすぐに次へ進みます。配信停止した人には、もう一度同意してもらう必要があります。",
    }
    sentence = {
        "en": "Waits up to {within} for consent to marketing mail",
        "ja": "配信の同意を最長{within}待つ",
    }
    icon = "check"
    reacts_to = ("consent.given",)
    outcomes = ("confirmed", "not_confirmed")
    outcome_titles = {
        "confirmed": {"en": "Agreed", "ja": "同意した"},
        "not_confirmed": {"en": "Did not agree", "ja": "同意しなかった"},
    }

    def __init__(
        self,
        *,
        within: Annotated[Duration, Setting(en="Wait for at most", ja="待つ期間")] = days(7),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.within = within

    def cases(self, at: Arrivals) -> Cases:
        agreed = at.contact_matches(
            lambda person: sa.and_(person.c.consented_at.is_not(None), person.c.unsubscribed_at.is_(None))
        )
        return {"confirmed": agreed, "not_confirmed": at.waited(self.within)}
