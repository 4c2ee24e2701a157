"""The reference journey, built with the product's own steps."""

from __future__ import annotations

from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.operators import AlertSalesOperator, AudienceOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor
from bench import plan


def reference_journey() -> Journey:
    """Mail; who opens it goes to sales, who does not within three days gets a second mail."""
    with Journey(plan.JOURNEY) as journey:
        everybody = AudienceOperator(task_id=plan.ENTRY)
        first = SendEmailOperator(task_id=plan.FIRST, template="first")
        opened = WaitForOpenSensor(task_id=plan.WAIT, mail=plan.FIRST, within=days(3))
        sales = AlertSalesOperator(task_id=plan.ALERT, reason=plan.REASON)
        second = SendEmailOperator(task_id=plan.SECOND, template="second")
        everybody >> first >> opened
        opened >> Label("opened") >> sales
        opened >> Label("not_opened") >> second
    return journey
