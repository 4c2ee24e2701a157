"""Wait for reply: hold each contact until it answers an earlier mail, or until time is up."""

from __future__ import annotations

from typing import Annotated, Any

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.journey.duration import Duration, days


class WaitForReplySensor(StepSensor):
    """Hold each contact until it answers, or until time is up. A late answer to an earlier mail counts, too."""

    title = {"en": "Wait for reply", "ja": "返信を待つ"}
    outcomes = ("replied", "no_reply")

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
