"""A worker process for the kill tests: sweeps the journey for ever, until somebody kills it."""

from __future__ import annotations

import time
from multiprocessing.synchronize import Event
from typing import Any

from airflow.sdk import Label

from airflow_ma.channels import sandbox
from airflow_ma.dag import Journey, days
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.operators import AlertSalesOperator, AudienceOperator, RandomSplitOperator, SendEmailOperator
from airflow_ma.sensors import WaitForOpenSensor


def journey() -> Journey:
    with Journey("killed") as built:
        people = AudienceOperator(task_id="people", where={"tag": "in"})
        split = RandomSplitOperator(task_id="split", shares={"a": 50, "b": 50})
        mails = [SendEmailOperator(task_id=f"mail_{n}", template="sale_announcement") for n in "ab"]
        waits = [WaitForOpenSensor(task_id=f"wait_{n}", mail=f"mail_{n}", within=days(1)) for n in "ab"]
        hot = AlertSalesOperator(task_id="hot", reason="opened or not")
        people >> split
        for name, mail, wait in zip("ab", mails, waits, strict=True):
            split >> Label(name) >> mail >> wait
            wait >> Label("opened | not_opened") >> hot
    return built


def work(url: str, now: int, pause: float, ready: Event) -> None:
    """Sweep the journey for ever; ``pause`` seconds around each delivery give the killer a chance."""
    database = Database(url, clock=ManualClock(at=now))
    send = sandbox.SandboxChannel.send

    def slow_send(self: Any, template: Any, mails: Any, **kwargs: Any) -> Any:
        time.sleep(pause)
        receipts = send(self, template, mails, **kwargs)
        time.sleep(pause)
        return receipts

    sandbox.SandboxChannel.send = slow_send  # type: ignore[method-assign]
    SendEmailOperator.batch = 20  # many batches: more moments to die in
    built = journey()
    program = built.program(database)
    ready.set()
    while True:
        for step in built.graph.ordered():
            built.steps[step.id].move_contacts(database, program, cohort=None, run_id="killed")
