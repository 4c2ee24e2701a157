"""What publishing a draft would do, looked at without doing it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import sqlalchemy as sa

from airflow_ma.dag.declaration import StepError
from airflow_ma.engine.changes.applying import Standing, standing
from airflow_ma.engine.changes.approvals import waiting_request
from airflow_ma.engine.changes.blast import due_at_once
from airflow_ma.engine.changes.drafts import DraftConflictError
from airflow_ma.engine.changes.newcomers import count_newcomers
from airflow_ma.engine.changes.rules import Rule as EngineRule
from airflow_ma.engine.steps import EnteringStep
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys.known import Known
from airflow_ma.plugin.publish.approval import approval_view
from airflow_ma.plugin.publish.change_plan import ChangePlan
from airflow_ma.plugin.publish.diff_view import as_written_back, diff_view
from airflow_ma.plugin.publish.first_mail import first_mail
from airflow_ma.plugin.publish.models import DueNow, Earlier, Place, Preview, Rule, ToPreview


def preview(builder: Builder, found: Known, wanted: ToPreview) -> Preview:
    """What publishing that revision of the draft would do. Raises ApiError, DraftConflictError."""
    if found.draft is None or found.draft.revision != wanted.revision:
        raise DraftConflictError(found.draft)
    plan = ChangePlan(found, found.document)
    rules = plan.rules(wanted.rules)
    before = None if plan.before is None else as_written_back(plan.before)
    journey_id = found.registered.id if found.registered else None
    now = builder.database.clock().now()
    with builder.database.read() as connection:
        people = [] if journey_id is None else standing(connection, journey_id)
        engine_rules = plan.engine_rules(rules, wanted.per_hour, here(people).keys())
        due, new_people = reach(connection, plan, engine_rules, now)
        waiting = waiting_request(connection, found.key)
    diff = diff_view(before, as_written_back(plan.after), here(people) if plan.keeps_places else None)
    return Preview(
        first=found.registered is None,
        version=found.registered.version if found.registered else None,
        inside=sum(one.people for one in people),
        diff=diff,
        places=_places(plan, rules, people),
        earlier=_earlier(people),
        due_now=[DueNow(step=step, title=plan.title(step), people=due[step]) for step in due if due[step]],
        new_people=new_people,
        first_mail=first_mail(plan, now) if found.registered is None else None,
        approval=approval_view(builder, sum(due.values()) + (new_people or 0), waiting),
    )


def here(people: Iterable[Standing]) -> Counter[str]:
    """Step -> people at it whom the newest version moves."""
    found: Counter[str] = Counter()
    for one in people:
        if not one.pinned:
            found[one.step] += one.people
    return found


def reach(
    connection: sa.Connection,
    plan: ChangePlan,
    rules: Sequence[EngineRule],
    now: int,
    *,
    for_sure: bool = False,
) -> tuple[Mapping[str, int], int | None]:
    """Mail step -> people whose mail becomes due at once, and how many the audience lets in (None: nobody).

    Nothing of it can be told while the draft has errors, nor of newcomers while their list cannot be read:
    with ``for_sure`` that raises ApiError.
    """
    program = plan.program()
    if program is None or plan.journey is None:
        return {}, None
    entries = {
        step.task_id: cast("EnteringStep", step) for step in plan.journey.steps.values() if step.is_entry
    }
    try:
        again = plan.after.mode == "one_off"
        newcomers = count_newcomers(connection, program, entries, again=again, now=now)
    except StepError as error:  # a list that cannot be read; the check has it if there is none
        if for_sure:
            raise _unread_list() from error
        newcomers = None
    due = due_at_once(connection, program, rules, now=now) if plan.found.registered else {}
    return due, newcomers


def _unread_list() -> ApiError:
    return ApiError(
        422,
        "list",
        "The list of those who may enter cannot be read, so nobody knows how many people this reaches. Save "
        "the list as CSV (UTF-8) and try again.",
        "対象者のリストを読み込めないため、何人に届くかを確認できません。"
        "リストを CSV（UTF-8）で保存し直してから、もう一度お試しください。",
    )


def _places(plan: ChangePlan, rules: Mapping[str, Rule], people: Sequence[Standing]) -> list[Place]:
    versions: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in people:
        if not one.pinned:
            versions[one.step][str(one.version)] = one.people
    return [
        Place(
            step=step,
            title=plan.title(step),
            change=change,
            people=sum(versions[step].values()),
            versions=versions[step],
            choices=plan.choices(step, change),
            rule=rules[step],
            targets=plan.targets(step),
            suggested=plan.suggested(step),
        )
        for step, change in plan.changed.items()
        if step in versions and change != "added"
    ]


def _earlier(people: Sequence[Standing]) -> list[Earlier]:
    pinned: Counter[int] = Counter()
    for one in people:
        if one.pinned:
            pinned[one.version] += one.people
    return [Earlier(version=version, people=number) for version, number in sorted(pinned.items())]
