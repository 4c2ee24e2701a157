"""Publishing: from a draft to something that Airflow runs within seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import builder_file, journey_from_document
from airflow_ma.engine.changes.applying import standing
from airflow_ma.engine.changes.approvals import Request, answer_request, ask_approval, void_request
from airflow_ma.engine.changes.audit import write_audit
from airflow_ma.engine.changes.drafts import DraftConflictError, hold_draft, settle_draft
from airflow_ma.engine.changes.releases import add_release
from airflow_ma.engine.changes.rules import Rule as EngineRule
from airflow_ma.engine.changes.rules import store_rules
from airflow_ma.engine.program import publish_program
from airflow_ma.journey.document import JourneyDocument
from airflow_ma.journey.problem import JourneyError
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.airflow_dags import bundle_name, is_dag_of_another_bundle, paused_dags, read_soon
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import ProblemView
from airflow_ma.plugin.canvas.check import find_problems, view
from airflow_ma.plugin.journeys.known import Known, find_journey
from airflow_ma.plugin.publish.approval import ASKED_BY, is_asked_for, request_view, why_needed
from airflow_ma.plugin.publish.change_applied import NOBODY, apply_change, record_result
from airflow_ma.plugin.publish.change_plan import ChangePlan
from airflow_ma.plugin.publish.models import Published, Rule, ToPublish
from airflow_ma.plugin.publish.numbers_seen import check_numbers
from airflow_ma.plugin.publish.preview import here, reach
from airflow_ma.plugin.publish.publish_record import chosen

PATIENCE = 20.0
"""Seconds to wait for the files of mails: a journey whose mails nobody looked at is not published lightly."""


@dataclass(frozen=True)
class Intent:
    """What is to be published, and how: all that a second person approves."""

    revision: int
    rules: Mapping[str, Rule]
    per_hour: int | None
    note: str
    by: str

    def plan(self) -> dict[str, Any]:
        """What is to happen with the people inside, as JSON."""
        return {
            "rules": {step: rule.model_dump() for step, rule in self.rules.items()},
            "per_hour": self.per_hour,
        }


def publish(builder: Builder, found: Known, wanted: ToPublish) -> Published:
    """Publish that revision of the draft, or ask for the approval that this needs.

    Raises ApiError when it cannot run, or when the numbers that were seen do not hold any more,
    DraftConflictError when another revision is there. Asked again for what is published already, it answers
    the same.
    """
    if found.draft is None or found.draft.revision != wanted.revision:
        raise DraftConflictError(found.draft)
    if found.newer is None:
        return _published_already(found)
    journey, plan = _ready(builder, found)
    rules = plan.rules(wanted.rules)
    if wanted.seen is not None:
        check_numbers(builder, plan, rules, wanted.per_hour, wanted.seen)
    intent = Intent(wanted.revision, rules, wanted.per_hour, wanted.note, builder.name)
    people = _reached(builder, plan, intent)
    if why_needed(people) is not None:
        return _ask(builder, found, intent, people)
    return _release(builder, plan, journey, intent)


def publish_approved(builder: Builder, found: Known, request: Request, answer: str) -> Published:
    """Publish exactly what was asked for. Raises ApiError, DraftConflictError, NoLongerWaitingError."""
    running = found.registered.version if found.registered else None
    if found.newer is None or found.newer.revision != request.revision or running != request.plan["version"]:
        raise DraftConflictError(found.draft)
    journey, plan = _ready(builder, found)
    rules = {step: Rule.model_validate(rule) for step, rule in request.plan["rules"].items()}
    intent = Intent(
        request.revision, plan.rules(rules), request.plan["per_hour"], request.note or "", request.asked_by
    )

    def approve(connection: sa.Connection, now: int) -> None:
        answer_request(connection, request, "approved", by=builder.name, answer=answer, now=now)

    return _release(builder, plan, journey, intent, approve)


def _published_already(found: Known) -> Published:
    if found.release is None:
        raise DraftConflictError(found.draft)
    paused = _is_paused(found)
    return Published(version=found.release.version, asked=None, moved=NOBODY, paused=paused, already=True)


def _ready(builder: Builder, found: Known) -> tuple[Journey, ChangePlan]:
    """The journey that is to run, and what it changes. Raises ApiError when it must not take over."""
    _can_take_it(found)
    plan = ChangePlan(found, found.document)
    _keeps_its_mode(builder, plan)
    return _built(plan.after), plan


def _is_paused(found: Known) -> bool:
    return found.paused or found.key in paused_dags([found.key])


def _here(connection: sa.Connection, plan: ChangePlan) -> Mapping[str, int]:
    registered = plan.found.registered
    return {} if registered is None else here(standing(connection, registered.id))


def _engine_rules(plan: ChangePlan, intent: Intent, people: Mapping[str, int]) -> list[EngineRule]:
    return plan.engine_rules(intent.rules, intent.per_hour, people.keys())


def _reached(builder: Builder, plan: ChangePlan, intent: Intent) -> int:
    """How many people it would reach at once, as far as anybody must know."""
    if not is_asked_for():
        return 0
    now = builder.database.clock().now()
    with builder.database.read() as connection:
        rules = _engine_rules(plan, intent, _here(connection, plan))
        due, newcomers = reach(connection, plan, rules, now, for_sure=True)
    return sum(due.values()) + (newcomers or 0)


def _ask(builder: Builder, found: Known, intent: Intent, people: int) -> Published:
    now = builder.database.clock().now()
    plan = intent.plan() | {
        "version": found.registered.version if found.registered else None,
        ASKED_BY: builder.user.get_id(),
    }
    with builder.database.write() as connection:
        hold_draft(connection, found.key, revision=intent.revision)
        request = ask_approval(
            connection,
            found.key,
            revision=intent.revision,
            plan=plan,
            note=intent.note,
            people=people,
            by=builder.name,
            now=now,
        )
    asked = request_view(builder, request, may_edit=True)
    return Published(version=None, asked=asked, moved=NOBODY, paused=_is_paused(found))


def _release(
    builder: Builder,
    plan: ChangePlan,
    journey: Journey,
    intent: Intent,
    approve: Callable[[sa.Connection, int], None] | None = None,
) -> Published:
    key, database = plan.found.key, builder.database
    with database.read() as connection:
        people = _here(connection, plan)
    rules = _engine_rules(plan, intent, people)
    now = database.clock().now()
    try:
        with database.write() as connection:
            settle_draft(connection, key, revision=intent.revision)
            if approve is None:
                void_request(connection, key, by=builder.name, now=now)
            else:
                approve(connection, now)
            version = publish_program(connection, journey.graph, journey.steps, now=now)
            add_release(
                connection,
                key,
                version,
                plan.after.model_dump(mode="json"),
                plan.found.layout,
                by=intent.by,
                now=now,
                note=intent.note,
            )
            if plan.found.registered is not None:
                store_rules(connection, plan.found.registered.id, version, rules)
            detail = intent.plan() | {
                "first": plan.found.registered is None,
                "chosen": chosen(plan, intent.rules, people),
            }
            if approve is not None:
                detail["approved_by"] = builder.name
            line = write_audit(
                connection,
                key,
                "published",
                by=intent.by,
                now=now,
                version=version,
                reason=intent.note,
                detail=detail,
            )
    except DraftConflictError as error:
        if error.newer is not None and error.newer.document is None and approve is None:
            # Two published the same at once: the other one was faster.
            return _published_already(find_journey(builder, key))
        raise
    read_soon()
    moved = NOBODY
    if rules:
        moved = apply_change(database, journey, sum(people.get(rule.step, 0) for rule in rules))
        record_result(database, line, detail, moved)
    return Published(version=version, asked=None, moved=moved, paused=_is_paused(plan.found))


def _keeps_its_mode(builder: Builder, plan: ChangePlan) -> None:
    """Raise ApiError when people are inside whom a journey of the other sort would never move."""
    registered = plan.found.registered
    if registered is None or (registered.definition["mode"], plan.after.mode) != ("continuous", "one_off"):
        return
    with builder.database.read() as connection:
        people = sum(one.people for one in standing(connection, registered.id))
    if people:
        raise ApiError(
            409,
            "people_inside",
            f"{people:,} people are inside and would stay there for ever if this journey ran once only. "
            "Make a copy that runs once, or close this journey and wait until nobody is left.",
            f"現在{people:,}人が参加中のため、「1回だけ実行」に変更できません。複製して公開するか、"
            "受付を終了して全員が終わるのを待ってください。",
        )


def _built(document: JourneyDocument) -> Journey:
    """The journey that is to run. Raises ApiError with every problem that keeps it from that."""
    scene, problems = find_problems(document, patience=PATIENCE)
    wrong = [problem for problem in problems if problem.severity == "error"]
    if not wrong:
        try:
            return journey_from_document(document, builder_file())
        except JourneyError as error:
            wrong = error.problems
    raise _cannot_run([view(scene, problem) for problem in wrong])


def _can_take_it(found: Known) -> None:
    """Raise ApiError when Airflow would not run it from here, or would mix it up with another DAG."""
    if found.archived:
        raise ApiError(
            409,
            "archived",
            "This journey has been archived. Bring it back before you publish it.",
            "このジャーニーはアーカイブされています。公開する前に元に戻してください。",
        )
    if bundle_name() is None:
        raise ApiError(
            409,
            "no_bundle",
            "This Airflow is not set up to run journeys from the builder. Its administrator adds the bundle "
            "airflow_ma.bundle.JourneyBundle to [dag_processor] dag_bundle_config_list: see docs/builder.md.",
            "この Airflow は、ここで作成したジャーニーを実行する設定になっていません。管理者に "
            "[dag_processor] dag_bundle_config_list への airflow_ma.bundle.JourneyBundle の追加を"
            "依頼してください（docs/builder.ja.md）。",
        )
    foreign = found.release is None and found.registered is not None
    if foreign or is_dag_of_another_bundle(found.key):
        raise ApiError(
            409,
            "exists",
            f"Something else called “{found.key}” runs in Airflow by now. Make a copy of this journey "
            "and publish that.",
            f"同じ名前（{found.key}）のものがすでに Airflow で動いています。"
            "このジャーニーを複製して公開してください。",
        )


def _cannot_run(problems: Sequence[ProblemView]) -> ApiError:
    number = len(problems)
    return ApiError(
        422,
        "problems",
        "One thing must be put right first." if number == 1 else f"{number} things must be put right first.",
        f"公開する前に、{number}件の問題を解決してください。",
        problems=list(problems),
    )
