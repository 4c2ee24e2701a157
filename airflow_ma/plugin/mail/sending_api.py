"""How sending goes, for programs: JSON under ``/airflow-ma/api/sending``."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from airflow_ma.insight.unknown import After
from airflow_ma.plugin.access import OnlookerDep, own_origin
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.mail import sending

MOST_HOURS = 24 * 31
LONGEST_ID = 250
"""Characters of a connection's id, as in Airflow."""

Hours = Annotated[int, Query(ge=1, le=MOST_HOURS, description="Count the mails of so many hours.")]
AfterText = Annotated[
    str | None, Query(pattern=r"^\d{1,18}-\d{1,18}$", description="The next_after of a page.")
]
ConnId = Annotated[str, Path(max_length=LONGEST_ID, pattern=r"^[^\x00]*$")]
router = APIRouter(prefix="/api/sending", tags=["sending"])


class UnknownList(BaseModel):
    """Some mails whose fate is open, the oldest first."""

    mails: list[sending.UnknownMail]
    next_after: str | None = Field(description="Ask with this as `after` for the rest; null: that was all.")


class Resumed(BaseModel):
    """What became of a pause."""

    resumed: bool = Field(description="False when it was not paused.")


@router.get("")
def get_state(onlooker: OnlookerDep, user: GetUserDep, hours: Hours = 24) -> sending.SendingState:
    """Connections, pauses and waiting mails."""
    return sending.state(onlooker, user, hours=hours)


@router.get("/unknown")
def list_unknown(
    onlooker: OnlookerDep, after: AfterText = None, limit: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> UnknownList:
    """Mails that may or may not have gone out, and what becomes of each."""
    behind = None
    if after is not None:
        since, message_id = after.split("-")
        behind = After(int(since), int(message_id))
    found = sending.unknown_mails(onlooker, after=behind, limit=limit + 1)
    mails = found[:limit]
    end = None
    if len(found) > limit:
        end = f"{round(mails[-1].since.timestamp() * 1000)}-{mails[-1].message_id}"
    return UnknownList(mails=mails, next_after=end)


@router.post("/connections/{conn_id}/resume", dependencies=[Depends(own_origin)])
def resume(onlooker: OnlookerDep, user: GetUserDep, conn_id: ConnId) -> Resumed:
    """Let mail go out again over a connection. There is no body, so nothing to declare as JSON."""
    if not sending.resume(onlooker, user, conn_id):
        raise ApiError(
            404,
            "not_found",
            f"Sending over '{conn_id}' is not paused: somebody has resumed it already",
            f"「{conn_id}」の配信は停止していません。すでに再開されています",
        )
    return Resumed(resumed=True)
