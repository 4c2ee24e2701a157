"""From a task's page to our canvas: asked of Airflow's own API, as its pages do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from airflow.models.dagbundle import DagBundleModel
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.serialization.serialized_objects import LazyDeserializedDAG
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy.orm import Session

from airflow_ma.dag import Journey
from airflow_ma.plugin.extra_links import JourneyLink
from tests.plugin.conftest import PREFIX, Airflow
from tests.plugin.live import waiting

RUN = "manual__2026-11-22T10:00:00+00:00"


@pytest.fixture
def journey(airflow: Airflow) -> Iterator[Journey]:
    """One that Airflow knows, with a run of which nothing has been started."""
    made = waiting("linked.sale")
    home = Path(str(airflow.database.engine.url.database)).parent
    engine = sa.create_engine(f"sqlite:///{home}/airflow.db")
    with Session(engine) as session:
        session.merge(DagBundleModel(name="tests"))
        session.flush()
        lazy = LazyDeserializedDAG.from_dag(made)
        SerializedDAG.bulk_write_to_db("tests", None, [lazy], session=session)
        SerializedDagModel.write_dag(lazy, bundle_name="tests", bundle_version=None, session=session)
        session.flush()
        stored = SerializedDagModel.get_dag(made.dag_id, session=session)
        assert stored is not None
        stored.create_dagrun(
            run_id=RUN,
            run_type=DagRunType.MANUAL,
            state=DagRunState.RUNNING,
            triggered_by=DagRunTriggeredByType.TEST,
            run_after=made.start_date,
            session=session,
        )
        session.commit()
    yield made
    engine.dispose()


@pytest.mark.slow
def test_every_step_leads_to_its_place_on_the_canvas(airflow: Airflow, journey: Journey) -> None:
    expected = (
        f"{PREFIX}/plugin/airflow-ma-journeys#/journeys/linked.sale"
        "?step={step}&run=manual__2026-11-22T10%3A00%3A00%2B00%3A00"
    )
    with airflow.client("viewer") as client:
        for task in journey.task_ids:
            path = f"{airflow.url}/api/v2/dags/{journey.dag_id}/dagRuns/{RUN}/taskInstances/{task}/links"
            links = client.get(path).raise_for_status().json()["extra_links"]
            if task in journey.steps:
                assert links == {"Journey / ジャーニー": expected.format(step=task)}
            else:
                assert links == {}


def test_a_kind_of_step_that_cannot_be_loaded_hides_no_dag(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise TypeError("the entry point odd is not a StepOperator")

    monkeypatch.setattr("airflow_ma.dag.catalogue.step_kinds", broken)
    assert JourneyLink().operators == []
