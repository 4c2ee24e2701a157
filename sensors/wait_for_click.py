"""Wait for click: hold each contact until a link of an earlier mail is clicked, or until time is up."""

from __future__ import annotations

from typing import Annotated, Any

from airflow_ma.contacts.conditions import url_matches
from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.engine.tables import event
from airflow_ma.journey.duration import Duration, days


class WaitForClickSensor(StepSensor):
    """Hold each contact until a link of an earlier mail is clicked, or until time is up."""

    title = {"en": "Wait for click", "ja": "クリックを待つ"}
    about = {
        "en": "Holds each contact until a link of an earlier mail is clicked, or until time is up.",
        "ja": "前に送ったメールのリンクがクリックされるか、期限が来るまで待ちます。",
    }
    sentence = {
        "en": "Waits up to {within} for a click in {mail}[ on {url}]",
        "ja": "{mail}[の{url}]のクリックを最長{within}待つ",
    }
    icon = "cursor"
    reacts_to = ("email.click",)
    outcomes = ("clicked", "not_clicked")
    outcome_titles = {
        "clicked": {"en": "Clicked", "ja": "クリックした"},
        "not_clicked": {"en": "Not clicked", "ja": "クリックしなかった"},
    }

    def __init__(
        self,
        *,
        mail: Annotated[
            str, Setting(en="Which mail", ja="どのメール", refers_to="send_email", widget="step")
        ],
        url: Annotated[
            str | None,
            Setting(en="Only links like (* for anything)", ja="対象リンク（*は任意の文字）", widget="url"),
        ] = None,
        within: Annotated[Duration, Setting(en="Wait for at most", ja="待つ期間")] = days(3),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.mail = mail
        self.url = url
        self.within = within

    def cases(self, at: Arrivals) -> Cases:
        only = [] if self.url is None else [url_matches(event.c.url, self.url)]
        clicked = at.message(self.mail).has("email.click", where=only)
        return {"clicked": clicked, "not_clicked": at.waited(self.within)}
