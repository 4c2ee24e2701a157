"""The first task of a one-off run where a second person must approve: it asks in Airflow, and waits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode, urlsplit

from airflow.configuration import conf
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import TriggerRule
from airflow.sdk.bases.skipmixin import SkipMixin

from airflow_ma.config import settings
from airflow_ma.dag.launch_texts import BODY, NO_MAIL, NOBODY, STARTED_BY, SUBJECT, UNKNOWN
from airflow_ma.dag.step import StepOperator, StepSensor
from airflow_ma.engine.changes.launches import count_entering, last_word, needs_second_person, note_launch
from airflow_ma.engine.clock import from_ms
from airflow_ma.engine.database import open_database
from airflow_ma.engine.program import Program

if TYPE_CHECKING:
    from airflow_ma.dag.journey import Journey

TASK_ID = "approval"
APPROVE = "Approve / 承認"
DECLINE = "Decline / 差し戻し"
JOURNEY_PATH = "/airflow-ma/journeys/"
"""Address of a journey's canvas, before its key."""


class LaunchApprovalOperator(HITLOperator, SkipMixin):
    """Ask a second person whether a one-off journey may start, when so many would enter.

    Who started the run cannot approve it: then it asks again. Declined, the run ends with nobody in it.
    The entry steps look for the approval themselves, so it does not help to mark this task as done.
    """

    inherits_from_skipmixin = True
    custom_operator_name = "Asks a second person / 別の担当者の承認"

    def __init__(self, **kwargs: Any) -> None:
        # Airflow's own tasks before the entries may fail without keeping anybody from entering.
        super().__init__(
            subject="Start this journey? / 開始しますか？",
            options=[APPROVE, DECLINE],
            trigger_rule=TriggerRule.ALL_DONE,
            **kwargs,
        )

    def execute(self, context: Any) -> str:
        """Go on at once, or ask and wait; the result says what happened."""
        journey = cast("Journey", self.dag)
        database = open_database()
        program = journey.program(database)
        now = database.clock().now()
        with database.read() as connection:
            people = count_entering(connection, program, journey.entries, now=now)
        if not needs_second_person(people):
            self.log.info("%s people would enter: nobody need approve", people)
            return "not needed"
        started_by = context["dag_run"].triggering_user_name
        with database.write() as connection:
            note_launch(
                connection,
                program,
                context["run_id"],
                "start_asked",
                by=started_by,
                started_by=started_by,
                people=people,
                now=now,
            )
        self.subject, self.body = _question(journey, program, people, context)
        super().execute(context)  # raises: the task waits
        raise AssertionError("Airflow did not wait for the answer")

    def execute_complete(self, context: Any, event: dict[str, Any]) -> str:
        """Somebody has answered."""
        answer = super().execute_complete(context, event)
        approved = APPROVE in answer["chosen_options"]
        user = answer["responded_by_user"]
        started_by = context["dag_run"].triggering_user_name
        if user is None or (approved and started_by in (user["id"], user["name"])):
            # Airflow knows who started a run by name only: who has the same name counts as the same person.
            self.log.warning("who started the run has approved it: this does not count, somebody else must")
            return self.execute(context)
        journey = cast("Journey", self.dag)
        database = open_database()
        program = journey.program(database)
        run_id = context["run_id"]
        with database.write() as connection:
            asked = last_word(connection, program.key, run_id)
            note_launch(
                connection,
                program,
                run_id,
                "start_approved" if approved else "start_declined",
                by=user["name"],
                started_by=started_by,
                people=asked.people if asked is not None else None,
                now=database.clock().now(),
            )
        if approved:
            self.log.info("approved: the journey starts")
            return "approved"
        self.log.info("declined: nobody enters")
        context["ti"].xcom_push(key="return_value", value="declined")
        self.skip(context["ti"], self.get_flat_relatives(upstream=False))
        return "declined"


def ask_before_entries(journey: Journey) -> None:
    """Put the task before the entries of a one-off journey, after Airflow's own tasks that prepare them."""
    approval = LaunchApprovalOperator(
        task_id=TASK_ID,
        task_display_name="Approval / 承認",
        execution_timeout=None,  # the limit for what a task works is none for people's answers
        retries=2,  # Airflow fails the task if the answer comes within a second: it asks again
    )
    for entry in journey.entries:
        step = journey.get_task(entry)
        for before in sorted(step.upstream_task_ids):
            journey.get_task(before) >> approval
        approval >> step


def mails_at_once(journey: Journey, program: Program) -> Iterator[StepOperator]:
    """The steps whose mail goes out without any wait before it."""
    ways = list(journey.entries)
    seen: set[str] = set()
    while ways:
        step_id = ways.pop(0)
        step = journey.steps[step_id]
        if step_id in seen or isinstance(step, StepSensor):
            continue
        seen.add(step_id)
        if step.group == "send":
            yield step
        else:
            ways.extend(target for target in program.targets[step_id].values() if target is not None)


def _question(journey: Journey, program: Program, people: int | None, context: Any) -> tuple[str, str]:
    """Headline and text, both languages in each: Airflow cannot switch them."""
    run = context["dag_run"]
    number = UNKNOWN if people is None else f"{people:,}"
    mails = [_plain(str(step.task_display_name)) for step in mails_at_once(journey, program)]
    zone = settings().timezone
    begun = from_ms(int((run.start_date or run.run_after).timestamp() * 1000), zone)
    link = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/") + JOURNEY_PATH
    query = urlencode({"run": context["run_id"]}, quote_via=quote)
    by = run.triggering_user_name
    body = BODY.filled(
        title=_plain(journey.dag_display_name),
        people=number,
        mails=f"**{', '.join(mails)}**" if mails else NO_MAIL,
        started_by=NOBODY if by is None else _plain(by),
        started_at=f"{begun.format('YYYY-MM-DD HH:mm')} ({zone})",
        link=f"{link}{quote(journey.dag_id, safe='')}?{query}",
        not_you="" if by is None else STARTED_BY.filled(by=_plain(by)),
    )
    subject = SUBJECT.filled(title=journey.dag_display_name, people=number)
    return f"{subject.en} / {subject.ja}", f"{body.ja}\n\n---\n\n{body.en}"


def _plain(text: str) -> str:
    """A name as it is, in Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", text)
