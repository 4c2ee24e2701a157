"""A task for those who look after the installation: it looks at the health and tells them of troubles."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from airflow.configuration import conf
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from airflow_ma.config import settings
from airflow_ma.engine.clock import from_ms
from airflow_ma.engine.database import open_database
from airflow_ma.insight.alarms import WARN_AFTER_MINUTES, due_alarms, mark_told, message_of
from airflow_ma.insight.health import read_health
from airflow_ma.insight.health_texts import STATES

HEALTH_PATH = "/airflow-ma/health"
Notifier = Callable[[Any], Any]
log = logging.getLogger(__name__)


class HealthCheckOperator(BaseOperator):
    """Tell once of every trouble that begins, gets worse or ends; fail while something is bad.

    ``notifiers``: any of Airflow's notifiers, or functions of the context. The message is there in English
    and Japanese: ``{{ health.subject }}``, ``{{ health.text }}`` and ``{{ health.html }}`` of templates.
    ``warn_after_minutes``: real minutes that a warning must last before it is told; what is bad is told at
    once. This is no step of a journey: use it in a DAG of its own, see ``dags/airflow_ma_health.py``.
    """

    ui_color = "#e5f6eb"

    def __init__(
        self,
        *,
        notifiers: Sequence[Notifier] = (),
        warn_after_minutes: int = WARN_AFTER_MINUTES,
        fail_when_bad: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.notifiers = list(notifiers)
        self.warn_after_minutes = warn_after_minutes
        self.fail_when_bad = fail_when_bad

    def execute(self, context: Any) -> str:
        """The state: good, warning or bad. Raises AirflowFailException when it is bad."""
        database = open_database()
        health = read_health(database)
        for check in health.checks:
            if check.state != "good":
                log.warning("%s: %s %s", check.state, check.title.en, check.said.en)
        alarms = due_alarms(database, health, warn_after_minutes=self.warn_after_minutes)
        if alarms:
            zone = settings().timezone
            when = {one.id: str(from_ms(one.since, zone).format("YYYY-MM-DD HH:mm")) for one in alarms}
            link = (conf.get("api", "base_url", fallback="") or "").rstrip("/") + HEALTH_PATH
            message = message_of(alarms, when, link)
            for notifier in self.notifiers:
                # A copy: notifiers fill in their templates for good, and this one is used again.
                copy.copy(notifier)({**context, "health": asdict(message)})
            mark_told(database, alarms)
            log.info("told: %s", message.subject)
        if health.state == "bad" and self.fail_when_bad:
            bad = "; ".join(check.said.en for check in health.checks if check.state == "bad")
            raise AirflowFailException(f"{STATES['bad'].en}. {bad}")
        return health.state
