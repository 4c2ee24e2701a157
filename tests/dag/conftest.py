"""Real DAG runs in-process: Airflow's own metadata database in a temporary folder, ours beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_ma.dag import Journey
from airflow_ma.engine.database import Database

RunJourney = Callable[..., Any]


@pytest.fixture(scope="session")
def airflow_metadata() -> None:
    """Airflow's tables, made once a test process."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture
def installation(installed: Database, emails: None) -> Database:
    """The database that tasks open by themselves, with its clock standing still, and the example mails."""
    return installed


@pytest.fixture
def run_journey(airflow_metadata: None, installation: Database) -> RunJourney:
    """Run a journey's DAG once; gives the run. ``dag.test()`` wants the DAG serialised first."""
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG
    from airflow.utils.session import create_session

    def run(journey: Journey, **options: Any) -> Any:
        with create_session() as session:
            session.merge(DagBundleModel(name="tests"))
            session.flush()
            lazy = LazyDeserializedDAG.from_dag(journey)
            SerializedDAG.bulk_write_to_db("tests", None, [lazy], session=session)
            SerializedDagModel.write_dag(lazy, bundle_name="tests", bundle_version=None, session=session)
        return journey.test(**options)

    return run
