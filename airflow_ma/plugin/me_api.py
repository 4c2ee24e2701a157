"""Who looks at our pages, what they may do, and what time it is here."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter
from pydantic import BaseModel, Field

from airflow_ma.channels.registry import SANDBOX
from airflow_ma.config import settings
from airflow_ma.engine.database import open_database
from airflow_ma.plugin.access import Refused, may_create, reader

router = APIRouter(prefix="/api/me", tags=["me"])


class Me(BaseModel):
    """The caller."""

    name: str
    may_create: bool = Field(description="May make new journeys.")
    may_see_contacts: bool = Field(description="May see contacts and mails of at least one journey.")
    sandbox: bool = Field(description="Mails go to the sandbox mailbox.")
    timezone: str = Field(description="IANA zone of the installation.")
    approval_above: int | None = Field(
        description="A journey that goes once starts only when a second person approves, if more people than "
        "this would enter; below 0: always; null: never."
    )
    now: datetime = Field(description="By the installation's clock: the demo's runs faster.")
    day_seconds: float | None = Field(description="Real seconds that a day lasts; null when time is real.")


@router.get("")
def who_am_i(user: GetUserDep) -> Me:
    """Anybody who is signed in may ask."""
    clock = open_database().clock()
    return Me(
        name=user.get_name(),
        may_create=may_create(user),
        may_see_contacts=_may_see_contacts(user),
        sandbox=settings().channel == SANDBOX,
        timezone=settings().timezone,
        approval_above=settings().approval_above,
        now=datetime.fromtimestamp(clock.now() / 1000, tz=UTC),
        day_seconds=None if clock.speed == 1 else 86_400 / clock.speed,
    )


def _may_see_contacts(user: GetUserDep) -> bool:
    try:
        reader(user)
    except Refused:
        return False
    return True
