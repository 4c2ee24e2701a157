"""``make demo-check``: the demo without a browser, and whether all its numbers add up."""

from __future__ import annotations

import time
from collections import Counter

import httpx
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from airflow_ma.demo.campaigns import CAMPAIGNS, ONE_OFF, audience, known_progress
from airflow_ma.demo.crowd import read_journal
from airflow_ma.demo.environment import Place
from airflow_ma.demo.messages import say, text
from airflow_ma.demo.run import Demo, DemoError, running
from airflow_ma.demo.verdict import Findings, judge
from airflow_ma.engine.tables import alert, contact, journey, message
from airflow_ma.insight.progress import JourneyProgress

LIMIT_SECONDS = 290.0
"""After this time since the start the check gives up and says who is still where."""
_CALM_SECONDS = 20.0


def check(place: Place) -> int:
    """Run a demo to its end and judge it; the exit code: 0 when everything adds up."""
    begin = time.monotonic()
    with running(place) as demo:
        say("waiting")
        finished = _wait_for_end(demo, begin + LIMIT_SECONDS)
        found = _collect(demo, finished)
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
            progress = known_progress(connection)
        if len(progress) == len(CAMPAIGNS) and all(map(_is_over, progress.values())) and _run_is_over(demo):
            _calm_down(demo, time.monotonic() + _CALM_SECONDS)
            return True
    return False


def _is_over(progress: JourneyProgress) -> bool:
    return progress.entered > 0 and not progress.active


def _run_is_over(demo: Demo) -> bool:
    try:
        return all(run["state"] in ("success", "failed") for run in demo.api.runs(ONE_OFF))
    except httpx.TransportError:
        return False


def _calm_down(demo: Demo, end: float) -> None:
    """Let the runs that late clicks have started come to their end, so that none is cut off."""
    while time.monotonic() < end and any(run["state"] in ("running", "queued") for run in demo.api.runs()):
        demo.pause(1.0)


def _collect(demo: Demo, finished: bool) -> Findings:
    try:
        runs = demo.api.runs(state=["failed"])
        tasks = demo.api.task_instances(state=["failed", "upstream_failed"])
        mails = list(demo.api.mails())
    except httpx.HTTPError as error:
        raise DemoError(f"Airflow's API did not answer at the end: {error}") from error
    a, m, c, j = alert.c, message.c, contact.c, journey.c
    with demo.database.read() as connection:
        progress = known_progress(connection)
        accepted = connection.scalar(sa.select(sa.func.count()).where(m.state == "accepted")) or 0
        steps = {row.id: row.step for row in connection.execute(sa.select(m.id, m.step))}
        told = connection.execute(
            sa.select(j.key, a.step, c.email)
            .select_from(alert)
            .join(journey, j.id == a.journey_id)
            .join(contact, c.id == a.contact_id)
        ).all()
    alerts: dict[tuple[str, str], set[str]] = {}
    for row in told:
        alerts.setdefault((row.key, row.step), set()).add(row.email)
    return Findings(
        progress=progress,
        finished=finished,
        audiences={key: frozenset(audience(tag)) for key, tag in CAMPAIGNS.items()},
        accepted=accepted,
        mails=Counter((mail["to_address"], mail["subject"]) for mail in mails),
        alerts=alerts,
        steps=steps,
        acts=read_journal(demo.place.journal),
        failed_runs=[f"{run['dag_id']} {run['dag_run_id']}" for run in runs],
        failed_tasks=[f"{task['dag_id']} {task['task_id']} ({task['dag_run_id']})" for task in tasks],
        seconds_per_day=demo.place.seconds_per_day,
    )


def _step_table(progress: JourneyProgress) -> Table:
    table = Table(title=progress.title, title_justify="left")
    for column, justify in (("step", "left"), ("arrived", "right"), ("still", "right"), ("left_by", "left")):
        table.add_column(text(column), justify=justify)  # type: ignore[arg-type]
    for step in progress.steps:
        left = ", ".join(f"{outcome} {number}" for outcome, number in sorted(step.left.items()))
        table.add_row(step.title, str(step.arrived), str(step.waiting), left)
    return table


def _fact_table(found: Findings) -> Table:
    table = Table(title_justify="left")
    table.add_column(text("fact"))
    table.add_column(text("number"), justify="right")
    parts = found.progress.values()
    acts = Counter(entry["act"] for entry in found.acts)
    for key, people in found.audiences.items():
        entered = found.progress[key].entered if key in found.progress else 0
        of = text("of_audience", entered=entered, audience=len(people))
        table.add_row(key, of)
    for fact, number in (
        ("sent", found.accepted),
        ("in_mailbox", found.mails.total()),
        ("duplicates", found.doubled_mails() + sum(part.doubled for part in parts)),
        ("lost", sum(part.lost for part in parts)),
        ("alerts", sum(map(len, found.alerts.values()))),
        ("failed_runs", len(found.failed_runs)),
        ("failed_tasks", len(found.failed_tasks)),
        ("crowd_did", ", ".join(f"{kind} {number}" for kind, number in acts.items())),
    ):
        table.add_row(text(fact), str(number))
    return table
