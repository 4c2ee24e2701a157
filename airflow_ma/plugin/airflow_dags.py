"""What the builder asks of Airflow itself: which DAGs there are, and to read published journeys now."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from airflow.configuration import conf
from airflow.models.dag import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.utils.session import create_session

from airflow_ma.bundle import CLASSPATH, LOADER

log = logging.getLogger(__name__)


def dag_files(keys: Collection[str]) -> dict[str, str]:
    """DAG id -> its file relative to its bundle, for those that Airflow knows."""
    if not keys:
        return {}
    with create_session() as session:
        rows = session.execute(
            sa.select(DagModel.dag_id, DagModel.relative_fileloc).where(DagModel.dag_id.in_(keys))
        )
        return {dag_id: file or "" for dag_id, file in rows}


def paused_dags(keys: Collection[str]) -> frozenset[str]:
    """Those of the DAGs that somebody has paused, or that were never switched on: Airflow starts no runs."""
    if not keys:
        return frozenset()
    with create_session() as session:
        query = sa.select(DagModel.dag_id).where(DagModel.dag_id.in_(keys), DagModel.is_paused)
        return frozenset(session.scalars(query))


def is_dag(key: str) -> bool:
    """Whether Airflow has, or ever had, a DAG of that id: its runs would be mixed up with ours."""
    return key in dag_files([key])


def is_dag_of_another_bundle(key: str) -> bool:
    """Whether the DAG of that id comes from somewhere else than our releases, and is still there."""
    with create_session() as session:
        found = session.execute(
            sa.select(DagModel.bundle_name, DagModel.is_stale).where(DagModel.dag_id == key)
        ).one_or_none()
    return found is not None and found.bundle_name != bundle_name() and not found.is_stale


def bundle_name() -> str | None:
    """The name under which Airflow is told to read published journeys; None when it is not."""
    bundles: Any = conf.getjson("dag_processor", "dag_bundle_config_list", fallback=[])
    for bundle in bundles or ():
        if isinstance(bundle, dict) and bundle.get("classpath") == CLASSPATH:
            return str(bundle.get("name"))
    return None


def team_names(keys: Collection[str]) -> dict[str, str | None]:
    """DAG id -> its team; one that Airflow does not know yet will be of the team of our bundle."""
    if not conf.getboolean("core", "multi_team", fallback=False):
        return {}
    teams: dict[str, str | None] = dict(DagModel.get_dag_id_to_team_name_mapping(list(keys)))
    unknown = set(keys) - dag_files(keys).keys()
    return teams | dict.fromkeys(unknown, our_team())


def our_team() -> str | None:
    """The team to which published journeys belong."""
    name = bundle_name()
    if name is None or not conf.getboolean("core", "multi_team", fallback=False):
        return None
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.team import Team

    with create_session() as session:
        return session.scalar(
            sa.select(Team.name).join(DagBundleModel.teams).where(DagBundleModel.name == name)
        )


def read_soon() -> None:
    """Ask Airflow to read what is published at once; if it cannot be asked, it does so a little later."""
    name = bundle_name()
    if name is None:
        return
    try:
        # As its public API does. That one wants the id of a DAG which is in the file already.
        with create_session() as session:
            session.merge(DagPriorityParsingRequest(bundle_name=name, relative_fileloc=LOADER))
    except sa.exc.SQLAlchemyError as error:
        log.info("Airflow reads the published journeys at its next turn (%s)", type(error).__name__)
