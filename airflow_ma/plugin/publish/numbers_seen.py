"""Whether the numbers that somebody saw before pressing Publish still hold: people move on all the time."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_ma.engine.changes.applying import standing
from airflow_ma.engine.changes.blast import due_at_once
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.publish.change_plan import ChangePlan
from airflow_ma.plugin.publish.models import Rule, Seen
from airflow_ma.plugin.publish.preview import here

LEAST_GROWTH = 5
"""People or mails; fewer come and go while somebody reads."""
SHARE = 0.1
"""Of what was seen; growth up to this surprises nobody."""
_CAME = Said(
    en="Meanwhile people have come to “{step}”: {now} stand there now, and you saw {seen}. "
    "Have a look, and publish again.",
    ja="確認している間に「{step}」にいる人が増えました（{seen}人→{now}人）。"
    "最新の内容を確認し、もう一度公開してください。",
)
_DUE = Said(
    en="Meanwhile more mails would go out at once: {now} now, and you saw {seen}. "
    "Have a look, and publish again.",
    ja="確認している間に、すぐに送信されるメールが増えました（{seen}通→{now}通）。"
    "最新の内容を確認し、もう一度公開してください。",
)


def check_numbers(
    builder: Builder, plan: ChangePlan, rules: Mapping[str, Rule], per_hour: int | None, seen: Seen
) -> None:
    """Raise ApiError when people are concerned where there were none, or many more people or mails are."""
    registered, program = plan.found.registered, plan.program()
    if registered is None or program is None or not plan.changed:
        return
    with builder.database.read() as connection:
        inside = here(standing(connection, registered.id))
        engine_rules = plan.engine_rules(rules, per_hour, inside.keys())
        due = sum(due_at_once(connection, program, engine_rules).values())
    for step in plan.changed:
        people = inside[step]
        if not people:
            continue
        before = seen.places.get(step, 0)
        if before == 0 or _grew(before, people):
            raise _changed(_CAME.filled(step=plan.title(step), now=f"{people:,}", seen=f"{before:,}"))
    if _grew(seen.due, due):
        raise _changed(_DUE.filled(now=f"{due:,}", seen=f"{seen.due:,}"))


def _grew(before: int, now: int) -> bool:
    return now - before >= LEAST_GROWTH and now > before * (1 + SHARE)


def _changed(said: Said) -> ApiError:
    return ApiError(409, "numbers_changed", said.en, said.ja)
