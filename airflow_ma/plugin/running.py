"""Versions of journeys as they run, for pages that change something for the people inside."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.dag.load import builder_file, journey_from_document
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.standstill import ProgramOf
from airflow_ma.engine.tables import journey_version
from airflow_ma.journey.document import document_from_definition
from airflow_ma.journey.problem import JourneyError
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys import Registered


def programs_of(database: Database, registered: Registered) -> ProgramOf:
    """Gives the program of any version of the journey. Raises ApiError when it cannot be built here."""

    def program(version: int) -> Program:
        v = journey_version.c
        of_version = (v.journey_id == registered.id, v.version == version)
        with database.read() as connection:
            definition = connection.scalar(sa.select(v.definition).where(*of_version))
        if definition is None:
            raise _cannot_build()
        try:
            journey = journey_from_document(document_from_definition(definition), builder_file())
        except JourneyError:
            raise _cannot_build() from None
        return Program(registered.id, version, registered.key, journey.steps, journey.graph.targets())

    return program


def _cannot_build() -> ApiError:
    return ApiError(
        409,
        "not_here",
        "This journey has a step that is not installed on Airflow's web server. Ask its administrator to "
        "install the same packages there as on the workers.",
        "このジャーニーには、Airflow の Web サーバーにインストールされていないステップが含まれています。"
        "ワーカーと同じパッケージをインストールするよう、Airflow の管理者に依頼してください。",
    )
