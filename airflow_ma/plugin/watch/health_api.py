"""Whether all is well, for programs: JSON under ``/airflow-ma/api/health``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.insight.health import read_health
from airflow_ma.insight.health_checks import STATES, Check, State, Unit, worst
from airflow_ma.insight.health_texts import ADVICE, PARTS, SAID, listed
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import OnlookerDep

OF_SENDING = frozenset({"paused_sending", "unknown", "retryable", "bounces", "complaints"})
"""The page Sending says more about these."""
router = APIRouter(prefix="/api/health", tags=["health"])


class HealthCheck(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="The same as long as the trouble lasts.")
    code: str
    state: State
    title: Said
    said: Said = Field(description="How it stands.")
    advice: Said | None = Field(description="What to do; null when there is nothing to do.")
    value: float | None
    limit: float | None = Field(description="From this value on it is a warning.")
    unit: Unit | None
    journey: str | None = Field(description="The DAG id of the journey that it is about.")
    page: Literal["sending"] | None = Field(description="The page that says more.")


class HealthState(BaseModel):
    """How it stands, the worst first. The numbers are those of the journeys that you may see."""

    at: datetime
    state: State
    checks: list[HealthCheck]


@router.get("")
def get_health(onlooker: OnlookerDep) -> HealthState:
    """Everything that is looked at, Airflow's own parts among it."""
    found = read_health(onlooker.database, journeys=onlooker.journeys)
    checks = sorted([*found.checks, _airflow()], key=lambda check: -STATES.index(check.state))
    return HealthState(
        at=datetime.fromtimestamp(found.at / 1000, tz=UTC),
        state=worst(checks),
        checks=[_told(check) for check in checks],
    )


def _told(check: Check) -> HealthCheck:
    names = set(HealthCheck.model_fields) - {"page"}
    told = {name: getattr(check, name) for name in names}
    return HealthCheck(**told, page="sending" if check.code in OF_SENDING else None)


def _airflow() -> Check:
    """Of Airflow's own parts; only its web server can ask for them."""
    from airflow.api.common.airflow_health import UNHEALTHY, get_airflow_health

    down = [PARTS[name] for name, part in get_airflow_health().items() if part["status"] == UNHEALTHY]
    if not down:
        return Check("airflow", "good", SAID["airflow.good"], value=0)
    said = SAID["airflow.down"].filled(parts=listed(down))
    return Check("airflow", "bad", said, ADVICE["airflow.down"], value=len(down), limit=1)
