"""The two tasks that every run has beside its steps: one says who starts, one says whether all went well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from airflow.sdk import BaseOperator, TriggerRule
from airflow.sdk.bases.skipmixin import SkipMixin

from airflow_ma.dag.earlier_versions import TASK_ID as EARLIER_VERSIONS
from airflow_ma.engine.changes.applying import settle_rules
from airflow_ma.engine.database import open_database
from airflow_ma.engine.enroll import rest_idle_entries
from airflow_ma.engine.program import program_to_run
from airflow_ma.engine.runs import begin_run, end_run
from airflow_ma.engine.work import steps_with_work, versions_with_work

if TYPE_CHECKING:
    from airflow_ma.dag.journey import Journey


class PlanOperator(BaseOperator, SkipMixin):
    """Skip every step at which nobody is ready and to which nobody can come in this run.

    What lies downstream of work stays in: it keeps the order, and whoever is moved there is served in
    the same run. Skipped steps start no worker.
    """

    inherits_from_skipmixin = True
    custom_operator_name = "Who is ready / 対象の確認"

    def execute(self, context: Any) -> list[str]:
        journey = cast("Journey", self.dag)
        database = open_database()
        program = program_to_run(database, journey.graph, journey.steps, run_id=context["run_id"])
        ready: set[str] = set()
        earlier: list[int] = []
        if program is None:
            self.log.info("a newer version has been published since: it moves everybody, in the next run")
        else:
            begin_run(database, program, context["run_id"])
            for what, people in settle_rules(database, program).items():
                self.log.info("this version changed the journey: %d %s", people, what)
            now = database.clock().now()
            with database.read() as connection:
                ready = steps_with_work(connection, program, now=now)
                earlier = versions_with_work(connection, program, now=now)
            entries = {step for step in ready if journey.steps[step].is_entry}
            ready = ready - entries | rest_idle_entries(database, program, entries)
        wanted = set(ready)
        for step in ready:
            wanted |= journey.steps[step].get_flat_relative_ids(upstream=False)
        # Nobody is ready: then there is nothing for the watch to watch over, either.
        idle = [task for task_id, task in self.dag.task_dict.items() if task_id != self.task_id]
        if ready or earlier:
            unwanted = journey.steps.keys() - wanted | (set() if earlier else {EARLIER_VERSIONS})
            idle = [task for task in idle if _step_of(task) in unwanted]
        else:
            end_run(database, self.dag.dag_id, context["run_id"])
        self.log.info("ready: %s", ", ".join(sorted(ready)) or "nobody")
        if earlier:
            self.log.info("on earlier versions: %s", ", ".join(map(str, earlier)))
        context["ti"].xcom_push(key="return_value", value=sorted(ready))
        if idle:
            self.skip(context["ti"], idle)
        return sorted(ready)


def _step_of(task: Any) -> str:
    """The step a task works for: itself, or the one it shares the work of."""
    return str(getattr(task, "shard_of", task.task_id))


class FailureWatch(BaseOperator):
    """Fail the run when a step failed: the others have gone on, and the run must not look green.

    It hangs on the last steps only and asks for the state of all: an edge from every step would bury the
    journey's own graph.
    """

    custom_operator_name = "Fails the run if a step failed / 失敗を知らせる"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trigger_rule=TriggerRule.ALL_DONE, retries=0, **kwargs)

    def execute(self, context: Any) -> None:
        ti, run_id = context["ti"], context["run_id"]
        end_run(open_database(), self.dag.dag_id, run_id)
        states = ti.get_task_states(dag_id=self.dag.dag_id, run_ids=[run_id]).get(run_id, {})
        failed = sorted(task for task, state in states.items() if state in ("failed", "upstream_failed"))
        if failed:
            raise RuntimeError(
                f"these steps failed: {', '.join(failed)}. Their contacts are held there, everybody else has "
                "gone on. The step's own log says why. They continue when it is retried, or with the next run"
            )
