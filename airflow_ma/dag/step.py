"""What every step of a journey is: an Airflow task that moves all who are ready, in one go.

A step class declares its kind once: title, outcomes, settings (its constructor) and what it does
(``cases`` or a delivery). Everything else is derived from that.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import sqlalchemy as sa
from airflow.sdk import BaseOperator, TriggerRule
from airflow.sdk.exceptions import AirflowFailException
from airflow.triggers.base import StartTriggerArgs

from airflow_ma.dag.cohort_trigger import CohortTrigger
from airflow_ma.dag.declaration import StepError, checked, settings_model, step_references
from airflow_ma.dag.pause_trigger import PauseTrigger
from airflow_ma.engine.advance import advance
from airflow_ma.engine.changes.launches import NotApprovedError, check_launch
from airflow_ma.engine.control.standstill import standstill
from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.program import Program
from airflow_ma.engine.runs import begin_run
from airflow_ma.engine.steps import Arrivals, Batch, Cases
from airflow_ma.journey.model import Mode, Source, Step
from airflow_ma.journey.problem import Problem

if TYPE_CHECKING:
    from airflow_ma.dag.journey import Journey

__all__ = ["Group", "StepError", "StepOperator", "StepSensor"]

Group = Literal["enter", "send", "act", "wait", "split", "end"]


class StepOperator(BaseOperator):
    """A step that acts on each contact or splits them, and lets them all go on at once."""

    kind: ClassVar[str] = ""
    """The step's name in YAML and in the builder; made from the class name unless stated."""
    title: ClassVar[Mapping[str, str]] = {}
    """What people call it, by language."""
    about: ClassVar[Mapping[str, str]] = {}
    """What it is for, in a sentence, by language; made from the docstring unless stated."""
    notes: ClassVar[Mapping[str, str]] = {}
    """What else one should know, by language: said below ``about`` on the page that lists all steps."""
    sentence: ClassVar[Mapping[str, str]] = {}
    """What one step of it does, by language: "Waits up to {within} for an open of {mail}". Parts in
    [brackets] are said only when every setting they name is set."""
    group: ClassVar[Group] = "act"
    """Where it stands in the palette."""
    icon: ClassVar[str] = ""
    primary: ClassVar[bool] = False
    """Whether it stands in front in the builder's palette."""
    is_entry: ClassVar[bool] = False
    is_end: ClassVar[bool] = False
    optional_outcomes: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that may lead nowhere: those contacts leave the journey."""
    outcomes: tuple[str, ...] = ("done",)
    """Every way out, the usual one first."""
    outcome_settings: ClassVar[tuple[str, ...]] = ()
    """Settings that name the outcomes, where each step has its own: keys of a mapping, or a text itself."""
    outcome_titles: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """What people call the outcomes, by language."""
    reacts_to: ClassVar[tuple[str, ...]] = ()
    """Types of event that can move somebody who waits here."""
    only_mode: Mode | None = None
    """The mode of journey it needs. May be set per step in the constructor."""
    settings: dict[str, Any]
    source: Source | None
    own_title: str | None
    """What its author calls it; None while it goes by its id or by the name of its kind."""
    custom_operator_name: ClassVar[str]
    """What Airflow's pages show under the step's name, in both languages: they cannot switch it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" not in cls.__dict__:
            bare = re.sub(r"(Operator|Sensor)$", "", cls.__name__)
            cls.kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower()
        cls.custom_operator_name = " / ".join(dict.fromkeys(cls.title.values())) or cls.__name__
        if "__init__" in cls.__dict__:
            cls.__init__ = checked(cls.__init__, cls)  # type: ignore[method-assign]

    def __init__(self, *, title: str | None = None, **kwargs: Any) -> None:
        own = kwargs.get("task_display_name") or title
        if title is not None:  # empty: nobody has named it, and Airflow's pages show the name of its kind
            kwargs.setdefault("task_display_name", title or self.custom_operator_name)
        # A failed step must not stop its descendants: their contacts have nothing to do with it.
        kwargs.setdefault("trigger_rule", TriggerRule.ALL_DONE)
        super().__init__(**kwargs)
        self.own_title = own if own and own != self.task_id else None

    def node(self) -> Step:
        """This step as plain data."""
        references = step_references(settings_model(type(self)))
        named = {self.settings[name]: kinds for name, kinds in references.items() if name in self.settings}
        return Step(
            id=self.task_id,
            kind=self.kind,
            settings=self.settings,
            outcomes=self.outcomes,
            title=self.own_title,
            optional=self.optional_outcomes,
            refers_to=named,
            is_entry=self.is_entry,
            is_end=self.is_end,
            only_mode=self.only_mode,
            source=self.source,
        )

    def cases(self, at: Arrivals) -> Cases:
        """Outcome -> predicate; first that holds wins. A step that does not wait lets all go on."""
        return {self.outcomes[0]: sa.true()}

    def writes(self, batch: Batch) -> Sequence[sa.Executable]:
        """SQL to run for the contacts that are being moved, in the same transaction."""
        return ()

    def leave_reason(self, outcome: str) -> str:
        """Why a contact has left whose outcome leads nowhere."""
        return "completed" if outcome == self.outcomes[0] else outcome

    def inspect(self) -> Iterator[Problem]:
        """Problems that only a look at files shows (a template that is not there); for the check."""
        return iter(())

    def move_contacts(
        self, database: Database, program: Program, *, cohort: str | None, run_id: str | None
    ) -> Counter[str]:
        """Move everybody who is ready; returns how many left by which outcome."""
        return advance(database, program, self.task_id, cohort=cohort, run_id=run_id)

    def before_retry(self, database: Database, program: Program) -> None:
        """Make ready what an earlier try of the task has put off."""

    def execute(self, context: Any) -> dict[str, int]:
        """Run the step for everybody who is ready; the counts by outcome are the task's result."""
        return self.serve(context, {})

    def go_on(self, context: Any, event: Any, so_far: Mapping[str, int]) -> dict[str, int]:
        """What the task had to wait for in the triggerer is over."""
        return self.serve(context, so_far)

    def serve(self, context: Any, so_far: Mapping[str, int]) -> dict[str, int]:
        """Move everybody who is ready; ``so_far`` were moved before the task had to wait.

        A one-off run whose journey is paused waits: nobody would come back for those it left behind.
        """
        database = open_database()
        program = self.journey.program(database)
        cohort = self.journey.cohort(context)
        gc.freeze()  # Airflow's many objects stay as they are: no collection need walk through them again
        if cohort is not None:  # a continuous journey's run begins with its plan
            if self.is_entry:
                _refuse_unapproved(database, program, self.journey, cohort)
            begin_run(database, program, cohort)
        if context["ti"].try_number > 1:
            self.before_retry(database, program)
        moved: Counter[str] = Counter(so_far)
        while True:
            before = None if cohort is None else standstill(database, program)
            now_moved = self.move_contacts(database, program, cohort=cohort, run_id=context["run_id"])
            self.report(program, now_moved)
            moved.update(now_moved)
            if before is None:
                return dict(moved)
            after = standstill(database, program)
            if after.paused:
                self.log.info("%s: the journey is paused; this run waits", self.task_display_name)
                self.defer(
                    trigger=PauseTrigger(program.key), method_name="go_on", kwargs={"so_far": dict(moved)}
                )
            if after == before:
                return dict(moved)

    @property
    def journey(self) -> Journey:
        """The journey this step is part of."""
        from airflow_ma.dag.journey import Journey

        if not isinstance(self.dag, Journey):
            raise StepError(
                f"step '{self.task_id}' stands in the DAG '{self.dag.dag_id}', which is not a journey; "
                "write `with Journey(...)` instead of `with DAG(...)`",
                self.source,
            )
        return self.dag

    def report(self, program: Program, moved: Mapping[str, int]) -> None:
        """One line a marketer can read, in the task's log."""
        if not moved:
            self.log.info("%s: nobody was ready", self.task_display_name)
        for outcome, count in moved.items():
            target = program.targets[self.task_id].get(outcome)
            self.log.info(
                "%s: %d %s -> %s", self.task_display_name, count, outcome, target or "left the journey"
            )


class StepSensor(StepOperator):
    """A step that holds each contact until something happens or time is up.

    In a continuous journey it looks once a run and lets the others wait on; in a one-off campaign it
    waits in the triggerer, without a worker, until the whole cohort has left it.
    """

    group = "wait"
    icon = "clock"

    def wait_in_triggerer(self) -> None:
        """Have Airflow start this task in the triggerer: it needs no worker, however long it waits."""
        self.start_from_trigger = True
        self.start_trigger_args = StartTriggerArgs(
            trigger_cls=f"{CohortTrigger.__module__}.{CohortTrigger.__qualname__}",
            trigger_kwargs={"poll_seconds": CohortTrigger.POLL_SECONDS},
            next_method="finished",
            next_kwargs=None,
            timeout=None,
        )

    def execute(self, context: Any) -> dict[str, int]:
        """Continuous: look once. One-off without a triggerer's start (``dag.test()``): defer to it."""
        if self.journey.mode == "one_off":
            step_of = [self.journey.dag_id, self.task_id, context["run_id"]]
            self.defer(trigger=CohortTrigger(step_of=step_of), method_name="finished")
        return super().execute(context)

    def finished(self, context: Any, event: Mapping[str, int]) -> dict[str, int]:
        """The triggerer has moved the whole cohort; its counts are the task's result."""
        return dict(event)


def _refuse_unapproved(database: Database, program: Program, journey: Journey, run_id: str) -> None:
    try:
        check_launch(database, program, journey.entries, run_id)
    except NotApprovedError as error:
        raise AirflowFailException(str(error)) from error  # trying again would change nothing
