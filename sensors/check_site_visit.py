"""Check site visit: hold each contact until it has visited pages of the site, or until time is up."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from airflow_ma.contacts.conditions import url_matches
from airflow_ma.contacts.expressions import json_number
from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.engine.tables import event
from airflow_ma.journey.duration import Duration, days, to_ms


class CheckSiteVisitSensor(StepSensor):
    """Hold each contact until it has visited certain pages often or long enough, or until time is up."""

    title = {"en": "Check site visit", "ja": "サイト訪問を確認"}
    about = {
        "en": "Holds each contact until it has visited certain pages often or long enough, or until time is up.",
        "ja": "指定したページを決めた回数または時間以上見るか、期限が来るまで待ちます。",
    }
    notes = {
        "en": "Visits count from the moment the mail `since_mail` was sent, else from entering the journey: who "
        "came before getting to this step has come.",
        "ja": "メール `since_mail` の送信以降、指定がなければジャーニーへの参加以降の訪問を数えます。このステップに"
        "着く前に訪問した人も、訪問したとみなします。",
    }
    sentence = {
        "en": "Waits up to {within} for visits to {url}[, {times} times][, at least {dwell}][, since {since_mail}]",
        "ja": "{url}の訪問を最長{within}待つ[（{times}回以上）][（滞在{dwell}以上）][（{since_mail}の後）]",
    }
    icon = "globe"
    reacts_to = ("page.view", "page.dwell")
    outcomes = ("visited", "not_visited")
    outcome_titles = {
        "visited": {"en": "Visited", "ja": "訪問した"},
        "not_visited": {"en": "Not visited", "ja": "訪問しなかった"},
    }

    def __init__(
        self,
        *,
        url: Annotated[
            str,
            Field(min_length=1),
            Setting(en="Pages (* for anything)", ja="ページ（*は任意の文字）", widget="url"),
        ] = "*",
        times: Annotated[int, Field(ge=1, le=1000), Setting(en="At least this often", ja="回数（以上）")] = 1,
        dwell: Annotated[
            Duration | None, Setting(en="Stayed at least", ja="滞在時間（以上）", widget="short_duration")
        ] = None,
        within: Annotated[Duration, Setting(en="Wait for at most", ja="待つ期間")] = days(2),
        since_mail: Annotated[
            str | None,
            Setting(en="Since this mail", ja="このメール以降", refers_to="send_email", widget="step"),
        ] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.times = times
        self.dwell = dwell
        self.within = within
        self.since_mail = since_mail

    def cases(self, at: Arrivals) -> Cases:
        since = at.entered_at if self.since_mail is None else at.message(self.since_mail).sent_at()
        page = url_matches(event.c.url, self.url)
        if self.dwell is None:
            visited = at.happened("page.view", page, since=since, times=self.times)
        else:
            stayed = json_number(event.c.properties, sa.literal("dwell_ms", sa.Text())) >= to_ms(self.dwell)
            visited = at.happened("page.dwell", page, stayed, since=since, times=self.times)
        return {"visited": visited, "not_visited": at.waited(self.within)}
