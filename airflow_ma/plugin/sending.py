"""How sending goes, as far as the caller may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from airflow.api_fastapi.core_api.security import GetUserDep
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.pauses import resume_sending
from airflow_ma.insight import sending as insight
from airflow_ma.insight import unknown
from airflow_ma.plugin.access import Onlooker, Refused, editable_connections


def _moment(value: Any) -> Any:
    return datetime.fromtimestamp(value / 1000, tz=UTC) if isinstance(value, int) else value


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""UTC, by the installation's clock."""


class _Told(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Pause(_Told):
    """Nothing goes out over a connection until somebody resumes it."""

    conn_id: str = Field(description="An Airflow connection, or the name of a channel: all its connections.")
    at: Moment
    reason: str
    may_resume: bool = Field(default=False, description="Whether you may: it needs the right to edit it.")


class ConnectionSending(_Told):
    """What one connection did in the window, and what it has before it now."""

    conn_id: str
    channel: str
    pause: Pause | None
    accepted: int
    rejected: int
    reasons: Mapping[str, int] = Field(description="Why rejected -> how many, the most frequent first.")
    given_up: int = Field(description="Nobody ever learnt whether they went out; they are not sent again.")
    sending: int
    retryable: int = Field(description="Now, not only of the window; so are the unresolved ones.")
    next_try: Moment | None
    unresolved: int


class WaitingMails(_Told):
    """People at one step whose mail waits for one reason."""

    journey: str = Field(description="The DAG id.")
    journey_title: str
    step: str
    step_title: str
    why: str = Field(description="quiet_hours, frequency_cap, paused, unresolved or retryable.")
    reason: str | None
    number: int
    earliest: Moment | None = Field(description="None: when somebody resumes sending.")
    latest: Moment | None


class SendingState(_Told):
    """How sending goes."""

    as_of: Moment
    since: Moment = Field(description="All mails first tried since then were counted.")
    shortened: bool = Field(description="The window is shorter than asked for: so many mails went out.")
    pauses: list[Pause]
    connections: list[ConnectionSending]
    waiting: list[WaitingMails]


class Recipient(_Told):
    """Whom a mail is for."""

    key: str
    name: str | None
    email: str | None


class UnknownMail(_Told):
    """A mail that may or may not have gone out."""

    message_id: int
    journey: str = Field(description="The DAG id.")
    journey_title: str
    step: str
    step_title: str
    conn_id: str
    since: Moment
    reason: str | None
    attempts: int
    fate: Literal["given_up", "sent_again"] = Field(
        description="What is done at decided_at if no trace is found."
    )
    decided_at: Moment
    recipient: Recipient | None = Field(
        default=None, description="Only for those who may edit the journey's DAG."
    )


def state(onlooker: Onlooker, user: GetUserDep, *, hours: int) -> SendingState:
    """All connections, pauses and waiting mails; the counts are those of the journeys that may be seen."""
    now = onlooker.database.clock().now()
    with onlooker.database.read() as connection:
        found = insight.sending(connection, since=now - hours * HOUR, journeys=onlooker.journeys)
        waiting = insight.waiting_mails(connection, journeys=onlooker.journeys)
    resumable = editable_connections(user, [pause.conn_id for pause in found.pauses])
    pauses = [
        Pause(conn_id=one.conn_id, at=_moment(one.at), reason=one.reason, may_resume=one.conn_id in resumable)
        for one in found.pauses
    ]
    return SendingState(
        as_of=_moment(now),
        since=_moment(found.since),
        shortened=found.shortened,
        pauses=pauses,
        connections=[ConnectionSending.model_validate(one) for one in found.connections],
        waiting=[WaitingMails.model_validate(one) for one in waiting],
    )


def unknown_mails(onlooker: Onlooker, *, after: unknown.After | None, limit: int) -> list[UnknownMail]:
    """Mails whose fate is open, the oldest first; whom they are for only where the caller may know."""
    clock = onlooker.database.clock()
    with onlooker.database.read() as connection:
        found = unknown.unknown_mails(
            connection,
            patience=unknown.patience(clock),
            journeys=onlooker.journeys,
            after=after,
            limit=limit,
        )
    mails = []
    for one in found:
        mail = UnknownMail.model_validate(one)
        if one.journey_id in onlooker.contacts_of and one.key is not None:
            mail.recipient = Recipient(key=one.key, name=one.name, email=one.email)
        mails.append(mail)
    return mails


def resume(onlooker: Onlooker, user: GetUserDep, conn_id: str) -> bool:
    """Let mail go out again over the connection; False if it was not paused. Raises Refused."""
    if conn_id not in editable_connections(user, [conn_id]):
        raise Refused("resuming needs the right to edit Airflow's connections", "refused_resume")
    return bool(resume_sending(onlooker.database, conn_id))
