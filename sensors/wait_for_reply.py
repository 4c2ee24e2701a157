"""Wait for reply: hold each contact until it answers an earlier mail, or until time is up."""

from __future__ import annotations

from typing import Annotated, Any

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.journey.duration import Duration, days


class WaitForReplySensor(StepSensor):
    """Hold each contact until it answers, or until time is up."""

    title = {"en": "Wait for reply", "ja": "返信を待つ"}
    about = {
        "en": "Holds each contact until it answers an earlier mail, or until time is up.",
        "ja": "前に送ったメールに返信が来るか、期限が来るまで待ちます。",
    }
    notes = {
        "en": "A late answer to an earlier mail counts, too.",
        "ja": "それより前のメールに後から届いた返信も、返信とみなします。",
    }
    sentence = {
        "en": "Waits up to {within} for a reply to {mail}",
        "ja": "{mail}への返信を最長{within}待つ",
    }
    icon = "reply"
    reacts_to = ("reply",)
    outcomes = ("replied", "no_reply")
    outcome_titles = {
        "replied": {"en": "Replied", "ja": "返信あり"},
        "no_reply": {"en": "No reply", "ja": "返信なし"},
    }

    def __init__(
        self,
        *,
        mail: Annotated[
            str, Setting(en="Which mail", ja="どのメール", refers_to="send_email", widget="step")
        ],
        within: Annotated[Duration, Setting(en="Wait for at most", ja="待つ期間")] = days(3),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.mail = mail
        self.within = within

    def cases(self, at: Arrivals) -> Cases:
        # Who answers the first mail late, while we wait for an answer to the second, has answered.
        answered = at.message(self.mail).has("reply", any_mail=True)
        return {"replied": answered, "no_reply": at.waited(self.within)}
