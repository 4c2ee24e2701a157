"""Wait for open: hold each contact until an earlier mail is opened, or until time is up."""

from __future__ import annotations

from typing import Annotated, Any

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.journey.duration import Duration, days


class WaitForOpenSensor(StepSensor):
    """Hold each contact until an earlier mail is opened, or until time is up."""

    title = {"en": "Wait for open", "ja": "開封を待つ"}
    about = {
        "en": "Holds each contact until an earlier mail is opened, or until time is up.",
        "ja": "前に送ったメールが開封されるか、期限が来るまで待ちます。",
    }
    notes = {
        "en": "A click or a reply counts, too: some mail programs hide opens.",
        "ja": "クリックや返信も開封とみなします。メールソフトによっては、開封が分からないためです。",
    }
    sentence = {
        "en": "Waits up to {within} for an open of {mail}",
        "ja": "{mail}の開封を最長{within}待つ",
    }
    icon = "eye"
    reacts_to = ("email.open", "email.click", "reply")
    primary = True
    outcomes = ("opened", "not_opened")
    outcome_titles = {
        "opened": {"en": "Opened", "ja": "開封した"},
        "not_opened": {"en": "Not opened", "ja": "開封しなかった"},
    }

    def __init__(
        self,
        *,
        mail: Annotated[
            str, Setting(en="Which mail", ja="どのメール", refers_to="send_email", widget="step")
        ],
        within: Annotated[Duration, Setting(en="Wait for at most", ja="待つ期間")] = days(3),
        count_machine_opens: Annotated[
            bool,
            Setting(
                en="Count opens by mail software, too",
                ja="自動開封も数える",
                help=(
                    "Some mail software opens every mail by itself",
                    "メールソフトが自動的に開いたものも開封とみなします",
                ),
                advanced=True,
            ),
        ] = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.mail = mail
        self.within = within
        self.count_machine_opens = count_machine_opens

    def cases(self, at: Arrivals) -> Cases:
        # Mail software that blocks pictures hides opens: who clicked or replied has opened.
        opened = at.message(self.mail).has(
            "email.open", "email.click", "reply", human=not self.count_machine_opens
        )
        return {"opened": opened, "not_opened": at.waited(self.within)}
