"""The mail with which a journey begins, and when it leaves: what nobody wants to learn afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow_ma.config import settings
from airflow_ma.engine.mail.pacing import read_pacing
from airflow_ma.engine.mail.rules import MARKETING
from airflow_ma.plugin.publish.change_plan import ChangePlan
from airflow_ma.plugin.publish.models import FirstMail


def first_mail(plan: ChangePlan, now: int) -> FirstMail | None:
    """The first mail right behind an entry, to whoever enters ``now`` (ms); None when none is there.

    Quiet hours are those of the installation's time zone. A journey that runs once begins when it is started.
    """
    if plan.journey is None or plan.after.mode != "continuous":
        return None
    ways = plan.journey.graph.targets()
    entries = [step.task_id for step in plan.journey.steps.values() if step.is_entry]
    nexts = [target for entry in entries for target in ways[entry].values() if target is not None]
    for step in nexts:
        purpose = getattr(plan.journey.steps[step], "purpose", None)
        if purpose is not None:
            return FirstMail(step=step, title=plan.title(step), held_until=_held_until(purpose, now))
    return None


def _held_until(purpose: str, now: int) -> datetime | None:
    rules = settings()
    quiet = read_pacing(rules.quiet_hours, "").quiet
    if quiet is None or purpose != MARKETING:
        return None
    over = quiet.over_at(rules.timezone, now)
    return None if over is None else datetime.fromtimestamp(over / 1000, tz=UTC)
