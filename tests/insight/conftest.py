"""The journey whose numbers and people are looked at."""

from __future__ import annotations

import pytest
from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.operators import AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor, WaitSensor


@pytest.fixture
def sale(emails: None) -> Journey:
    """A mail; whoever opens it in time waits a day more; an end for all."""
    with Journey("sale") as made:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        mail = SendEmailOperator(task_id="mail", template="sale_announcement")
        opened = WaitForOpenSensor(task_id="opened", mail="mail", within=days(3))
        wait = WaitSensor(task_id="wait", duration=days(1))
        end = EndOperator(task_id="end", reason="through")
        people >> mail >> opened
        opened >> Label("opened") >> wait >> end
        opened >> Label("not_opened") >> end
    return made
