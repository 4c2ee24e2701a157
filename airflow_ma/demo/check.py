"""``make demo-check``: the demo without a browser, and whether all its numbers add up."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from airflow_ma.demo.crowd import read_journal
from airflow_ma.demo.environment import Place
from airflow_ma.demo.messages import say, text
from airflow_ma.demo.run import CAMPAIGNS, ONE_OFF, Demo, DemoError, audience, running
from airflow_ma.engine.tables import alert, contact, message
from airflow_ma.insight.progress import JourneyProgress, journey_progress

LIMIT_SECONDS = 290.0
"""After this time since the start the check gives up and says who is still where."""
_CALM_SECONDS = 20.0
SALE = "sale_announcement"


@dataclass
class Findings:
    """The numbers of one demo that has come to its end, from three sides: ours, Airflow's, the crowd's."""

    progress: dict[str, JourneyProgress]
    audiences: dict[str, int]
    accepted: int
    mails: list[dict[str, Any]]
    alerts: dict[tuple[str, str], set[str]]
    """(journey, step) -> addresses of whom sales was told about."""
    steps: dict[int, str]
    """Message id -> the step that sent it."""
    acts: list[dict[str, Any]]
    failed_runs: list[str]
    failed_tasks: list[str]
    seconds_per_day: float
    unfinished: bool = False
    wrong: list[str] = field(default_factory=list)


def check(place: Place) -> int:
    """Run a demo to its end and judge it; the exit code: 0 when everything adds up."""
    begin = time.monotonic()
    with running(place) as demo:
        say("waiting")
        finished = _wait_for_end(demo, begin + LIMIT_SECONDS)
        found = _collect(demo)
        found.unfinished = not finished
    for progress in found.progress.values():
        Console().print(_step_table(progress))
    Console().print(_fact_table(found))
    wrong = judge(found)
    seconds = round(time.monotonic() - begin)
    if wrong:
        say("bad", count=len(wrong))
        print("\n".join(f"  - {line}" for line in wrong))
        return 1
    say("good", seconds=seconds)
    return 0


def _wait_for_end(demo: Demo, end: float) -> bool:
    shown = 0.0
    while time.monotonic() < end:
        demo.pause(2.0)
        if time.monotonic() - shown > 20:
            print(demo.status(), flush=True)
            shown = time.monotonic()
        with demo.database.read() as connection:
            progress = {key: journey_progress(connection, key) for key in CAMPAIGNS}
        if all(p.entered and not p.active for p in progress.values()) and _run_is_over(demo):
            _calm_down(demo, time.monotonic() + _CALM_SECONDS)
            return True
    return False


def _run_is_over(demo: Demo) -> bool:
    try:
        return all(run["state"] in ("success", "failed") for run in demo.api.runs(ONE_OFF))
    except httpx.TransportError:
        return False


def _calm_down(demo: Demo, end: float) -> None:
    """Let the runs that late clicks have started come to their end, so that none is cut off."""
    while time.monotonic() < end and any(run["state"] in ("running", "queued") for run in demo.api.runs()):
        demo.pause(1.0)


def _collect(demo: Demo) -> Findings:
    try:
        runs = demo.api.runs(state=["failed"])
        tasks = demo.api.task_instances(state=["failed", "upstream_failed"])
        mails = list(demo.api.mails())
    except httpx.HTTPError as error:
        raise DemoError(f"Airflow's API did not answer at the end: {error}") from error
    a, m, c = alert.c, message.c, contact.c
    with demo.database.read() as connection:
        progress = {key: journey_progress(connection, key) for key in CAMPAIGNS}
        accepted = connection.scalar(sa.select(sa.func.count()).where(m.state == "accepted")) or 0
        steps = {row.id: row.step for row in connection.execute(sa.select(m.id, m.step))}
        told = connection.execute(
            sa.select(a.journey_id, a.step, c.email).join(contact, c.id == a.contact_id)
        ).all()
        keys = _journey_keys(connection)
    alerts: dict[tuple[str, str], set[str]] = {}
    for row in told:
        alerts.setdefault((keys[row.journey_id], row.step), set()).add(row.email)
    return Findings(
        progress=progress,
        audiences={key: len(audience(tag)) for key, tag in CAMPAIGNS.items()},
        accepted=accepted,
        mails=mails,
        alerts=alerts,
        steps=steps,
        acts=read_journal(demo.place.journal),
        failed_runs=[f"{run['dag_id']} {run['dag_run_id']}" for run in runs],
        failed_tasks=[f"{task['dag_id']} {task['task_id']} ({task['dag_run_id']})" for task in tasks],
        seconds_per_day=demo.place.seconds_per_day,
    )
