"""How sending goes, as far as the caller may see it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from airflow.api_fastapi.core_api.security import GetUserDep
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from airflow_ma.dag.explain import step_title
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.mail import pauses
from airflow_ma.engine.mail.unknown import MOST_ATTEMPTS
from airflow_ma.engine.tables import suppression
from airflow_ma.insight import sending as insight
from airflow_ma.insight import unknown
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import Onlooker, Refused, connections_allowed
from airflow_ma.plugin.mail.sending_texts import explained, reason_said, waits_because


def _moment(value: Any) -> Any:
    return datetime.fromtimestamp(value / 1000, tz=UTC) if isinstance(value, int) else value


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""UTC, by the installation's clock."""


class _Told(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Reason(BaseModel):
    """Why mails were not sent, or addresses get none, and how many."""

    reason: str
    title: Said
    number: int


class Pause(_Told):
    """Nothing goes out over a connection until somebody resumes it."""

    conn_id: str = Field(description="An Airflow connection, or the name of a channel: all its connections.")
    at: Moment
    reason: Said
    may_resume: bool = Field(description="Whether you may: it needs the right to edit it.")


class ConnectionSending(_Told):
    """What one connection did in the window, and what it has before it now."""

    conn_id: str
    channel: str
    pause: Pause | None
    accepted: int
    rejected: int
    reasons: list[Reason] = Field(description="Why rejected, the most frequent first.")
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
    step_title: Said
    why: str = Field(description="quiet_hours, frequency_cap, paused, resumed, unresolved or retryable.")
    title: Said = Field(description="Why, in a few words.")
    about: Said | None = Field(description="What stands behind it.")
    reason: Said | None = Field(description="Of retryable: what the provider said, most of the time.")
    number: int
    earliest: Moment | None = Field(description="None: when somebody resumes sending.")
    latest: Moment | None


class Suppressed(Reason):
    """Addresses that get no mail, for one reason."""

    new: int = Field(description="Of them: since the beginning of the window.")


class SendingState(_Told):
    """How sending goes."""

    as_of: Moment
    since: Moment = Field(description="All mails first tried since then were counted.")
    shortened: bool = Field(description="The window is shorter than asked for: so many mails went out.")
    pauses: list[Pause]
    connections: list[ConnectionSending]
    waiting: list[WaitingMails]
    suppressed: list[Suppressed] = Field(description="Of all addresses, the largest number first.")


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
    step_title: Said
    conn_id: str
    since: Moment
    reason: Said
    attempts: int
    most_attempts: int = Field(description="So often it is tried at most.")
    fate: Literal["given_up", "sent_again"] = Field(
        description="What is done at decided_at if no trace is found."
    )
    decided_at: Moment
    recipient: Recipient | None = Field(description="Only for those who may edit the journey's DAG.")


def state(onlooker: Onlooker, user: GetUserDep, *, hours: int) -> SendingState:
    """All connections, pauses and waiting mails; the counts are those of the journeys that may be seen."""
    now = onlooker.database.clock().now()
    with onlooker.database.read() as connection:
        found = insight.sending(connection, since=now - hours * HOUR, journeys=onlooker.journeys)
        waiting = insight.waiting_mails(connection, journeys=onlooker.journeys)
        suppressed = _suppressed(connection, since=now - hours * HOUR)
    resumable = connections_allowed(user, [pause.conn_id for pause in found.pauses], "PUT")
    return SendingState(
        as_of=_moment(now),
        since=_moment(found.since),
        shortened=found.shortened,
        pauses=[_pause(one, resumable) for one in found.pauses],
        connections=[_connection(one, resumable) for one in found.connections],
        waiting=[_waiting(one) for one in waiting],
        suppressed=suppressed,
    )


def _pause(one: pauses.Pause, resumable: frozenset[str]) -> Pause:
    return Pause(
        conn_id=one.conn_id,
        at=_moment(one.at),
        reason=reason_said(one.reason),
        may_resume=one.conn_id in resumable,
    )


def _connection(one: insight.ConnectionSending, resumable: frozenset[str]) -> ConnectionSending:
    told = {name: getattr(one, name) for name in ConnectionSending.model_fields}
    told["pause"] = None if one.pause is None else _pause(one.pause, resumable)
    told["reasons"] = [_reason(reason, number) for reason, number in one.reasons.items()]
    return ConnectionSending.model_validate(told)


def _reason(reason: str, number: int) -> Reason:
    return Reason(reason=reason, title=reason_said(reason), number=number)


def _waiting(one: insight.WaitingMails) -> WaitingMails:
    told = asdict(one) | {
        "step_title": step_title(one.step, one.step_title, one.step_kind),
        "title": waits_because(one.why),
        "about": explained(one.why),
        "reason": reason_said(one.reason) if one.reason else None,
    }
    return WaitingMails.model_validate(told)


def _suppressed(connection: sa.Connection, *, since: int) -> list[Suppressed]:
    s = suppression.c
    new = sa.func.sum(sa.case((s.at >= since, 1), else_=0))
    number = sa.func.count()
    query = sa.select(s.reason, number.label("number"), new.label("new")).group_by(s.reason)
    return [
        Suppressed(reason=row.reason, title=reason_said(row.reason), number=row.number, new=row.new)
        for row in connection.execute(query.order_by(number.desc(), s.reason))
    ]


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
    return [_unknown(one, one.journey_id in onlooker.contacts_of) for one in found]


def _unknown(one: unknown.UnknownMail, may_know: bool) -> UnknownMail:
    told = asdict(one) | {
        "step_title": step_title(one.step, one.step_title, one.step_kind),
        "reason": reason_said(one.reason),
        "most_attempts": MOST_ATTEMPTS,
        "recipient": None,
    }
    if may_know and one.key is not None:
        told["recipient"] = Recipient(key=one.key, name=one.name, email=one.email)
    return UnknownMail.model_validate(told)


def resume(onlooker: Onlooker, user: GetUserDep, conn_id: str) -> bool:
    """Let mail go out again over the connection; False if it was not paused. Raises Refused."""
    if conn_id not in connections_allowed(user, [conn_id], "PUT"):
        raise Refused("resuming needs the right to edit Airflow's connections", "refused_resume")
    return bool(pauses.resume_sending(onlooker.database, conn_id))
