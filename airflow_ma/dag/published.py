"""Journeys that were published in the builder, as Airflow DAGs."""

from __future__ import annotations

import logging
from pathlib import Path

from airflow.sdk import DAG, get_parsing_context

from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import broken_dag, builder_file, journey_from_document
from airflow_ma.journey.document import JourneyDocument

log = logging.getLogger(__name__)


def load_published(folder: Path | str) -> dict[str, DAG]:
    """Every journey in ``folder/*.json``, by DAG id; a broken one becomes a DAG that says what is wrong."""
    wanted = get_parsing_context().dag_id
    found: dict[str, DAG] = {}
    for path in sorted(Path(folder).glob("*.json")):
        key = path.name.removesuffix(".json")
        if wanted and key != wanted:
            continue  # a worker needs only its own journey
        try:
            found[key] = _load(path)
        except Exception as error:  # one bad journey must not take the others with it
            log.error("the published journey '%s' cannot be used:\n%s", key, error)
            found[key] = broken_dag(key, key, str(error))
    return found


def _load(path: Path) -> Journey:
    document = JourneyDocument.model_validate_json(path.read_bytes())
    journey = journey_from_document(document, builder_file())
    journey.is_paused_upon_creation = False  # published means that it runs
    return journey
