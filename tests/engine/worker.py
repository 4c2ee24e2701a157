"""A worker process for the kill tests: sweeps the journey for ever, until somebody kills it."""

from __future__ import annotations

import sys
import time

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


if __name__ == "__main__":
    url, now, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    database = Database(url, clock=ManualClock(at=now))
    send = sandbox.SandboxChannel.send

    def slow_send(self, template, mails, *, now):  # type: ignore[no-untyped-def]
        time.sleep(pause)
        receipts = send(self, template, mails, now=now)
        time.sleep(pause)
        return receipts

    sandbox.SandboxChannel.send = slow_send  # type: ignore[method-assign]
    SendEmailOperator.batch = 20  # many batches: more moments to die in
    built = journey()
    program = built.program(database)
    print("ready", flush=True)
    while True:
        for step in built.graph.ordered():
            built.steps[step.id].move_contacts(database, program, cohort=None, run_id="killed")
