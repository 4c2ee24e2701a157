"""Versions of journeys as they run, for pages that change something for the people inside."""

from __future__ import annotations

from airflow_ma.dag.stored import NeverRanError, stored_program
from airflow_ma.engine.control.standstill import ProgramOf
from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.journey.problem import JourneyError
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys.known import Registered


def programs_of(database: Database, registered: Registered) -> ProgramOf:
    """Gives the program of any version of the journey. Raises ApiError when it cannot be built here."""

    def program(version: int) -> Program:
        try:
            return stored_program(database, registered.key, version)
        except (NeverRanError, JourneyError):
            raise _cannot_build() from None

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
