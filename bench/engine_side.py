"""Our side: the reference journey run by the engine, sweep by sweep as its DAG runs do."""

from __future__ import annotations

from array import array

from airflow_ma.dag import Journey
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.enroll import rest_idle_entries
from airflow_ma.engine.events import NewEvent, record_events
from airflow_ma.engine.program import Program
from airflow_ma.engine.work import steps_with_work
from bench import plan
from bench.mails import first_mails
from bench.meter import Meter


class Engine:
    """Runs the whole journey and books what each phase cost."""

    def __init__(self, database: Database, clock: ManualClock, journey: Journey, meter: Meter) -> None:
        self.database = database
        self.clock = clock
        self.journey = journey
        self.program: Program = journey.program(database)
        self.meter = meter

    def run(self, size: int) -> None:
        self._sweep({plan.ENTRY: "enter", plan.FIRST: "first mail"})
        mails = first_mails(self.database, size)
        for batch in plan.opens(size):
            self.clock.at = batch[0].at
            with self.meter.phase("open events"):
                self._take_in(batch, mails)
        self._sweep({plan.WAIT: "opened", plan.ALERT: "alert"})
        self.clock.at = plan.START + plan.WITHIN + 2 * plan.HOUR
        self._sweep({plan.WAIT: "deadline", plan.SECOND: "second mail"})

    def _sweep(self, phases: dict[str, str]) -> None:
        """One run: the plan, then every step that has work or lies downstream of one that has."""
        with self.meter.phase(plan.LOOKING):
            wanted = self._plan()
        for step in self.journey.graph.ordered():
            if step.id not in wanted:
                continue
            with self.meter.cost() as spent:
                moved = self.journey.steps[step.id].move_contacts(
                    self.database, self.program, cohort=None, run_id=plan.RUN_ID
                )
            self.meter.book(phases[step.id] if moved else plan.LOOKING, spent)

    def _plan(self) -> set[str]:
        """What ``PlanOperator`` does, without Airflow."""
        with self.database.read() as connection:
            ready = steps_with_work(connection, self.program, now=self.clock.now())
        entries = {step for step in ready if self.journey.steps[step].is_entry}
        ready = ready - entries | rest_idle_entries(self.database, self.program, entries)
        downstream = [self.journey.steps[step].get_flat_relative_ids(upstream=False) for step in ready]
        return ready.union(*downstream)

    def _take_in(self, batch: list[plan.Open], mails: array[int]) -> None:
        events = [
            NewEvent(
                "email.open",
                opened.at,
                opened.dedupe_key,
                contact_id=opened.contact_id,
                message_id=mails[opened.contact_id],
            )
            for opened in batch
        ]
        with self.database.write() as connection:
            record_events(connection, events, now=self.clock.now())
