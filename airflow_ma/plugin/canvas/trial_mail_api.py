"""Sending a test mail of a step that is being edited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.channels.channel import Channel, ChannelError
from airflow_ma.channels.list_headers import list_headers
from airflow_ma.channels.registry import NEED_CONNECTION
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.channels.trial_mail import (
    SentTrial,
    Trial,
    TrialError,
    cannot_send,
    checked_addresses,
    prepare_trial,
    send_trial,
)
from airflow_ma.config import settings
from airflow_ma.dag.connections import is_missing, open_for
from airflow_ma.dag.load import emails_folder
from airflow_ma.engine.addresses import masked
from airflow_ma.engine.changes.audit import correct_audit, done_since, write_audit
from airflow_ma.engine.clock import HOUR
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import WRITES, Builder, BuilderDep, may_send_over
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.canvas.contact_models import ContactKey
from airflow_ma.plugin.canvas.templates_api import person_of
from airflow_ma.plugin.journeys import known as journeys
from airflow_ma.plugin.journeys.models import Key
from airflow_ma.plugin.mail.sending_texts import reason_said

MOST_PER_HOUR = 20
"""Test mails of one person, in all journeys: it is no way to send to customers."""
_TOO_OFTEN = Said(
    en="You have sent {most} test mails within an hour. Try again later.",
    ja="テスト送信は1時間に{most}通までです。しばらくしてからもう一度お試しください。",
)
_NO_CONNECTION = Said(
    en="There is no Airflow connection “{conn_id}” that this mail could go over. Choose another one at this "
    "step, or have it added under Admin > Connections.",
    ja="このメールの送信に使う接続「{conn_id}」が見つかりません。このステップで別の接続を選ぶか、Airflow の"
    "［管理］→［接続］への追加を管理者に依頼してください。",
)
router = APIRouter(prefix="/api/journeys", tags=["test mail"])


class MailSettings(BaseModel):
    """What a step says of its mail; its other settings do not matter here."""

    model_config = ConfigDict(extra="ignore")

    conn_id: str | None = Field(default=None, max_length=250)
    purpose: Literal["marketing", "transactional"] = "marketing"


class TrialRequest(BaseModel):
    """A mail, whose data it is filled with, and where it goes."""

    model_config = ConfigDict(extra="forbid")

    step: str = Field(max_length=250, description="The task id of the step.")
    template: str = Field(max_length=250)
    settings: MailSettings = Field(description="The settings of the step, saved or not.")
    contact: ContactKey | None = Field(description="Key; null: a made-up person.")
    language: str | None = Field(pattern="^[a-z]{2,3}$", description="Of the mail; null: the person's own.")
    to: list[Annotated[str, Field(max_length=320)]] = Field(max_length=50, description="Mail addresses.")
    marked_in: Literal["en", "ja"] = Field(description="The language in which it is marked as a test.")


class NotSent(BaseModel):
    """An address that got no mail."""

    to: str
    why: Said


class TrialSent(BaseModel):
    """Where the test mail went."""

    at: datetime
    sent: list[str]
    unsure: list[str] = Field(description="It may or may not have gone there: no answer came.")
    failed: list[NotSent]
    message_id: int | None = Field(description="Of the first one, where the sandbox mailbox shows it.")


@router.post("/{key}/test-mail", dependencies=WRITES)
def send_test_mail(builder: BuilderDep, key: Key, asked: TrialRequest) -> TrialSent:
    """Send the mail to colleagues, filled with somebody's data. It is counted nowhere."""
    journeys.find_journey(builder, key)
    if not builder.may("PUT", key):
        raise journeys.refused()
    with builder.database.read() as connection:
        person = person_of(connection, asked.contact, asked.language)
    trial = Trial(
        folder=emails_folder(),
        template=asked.template,
        person=person,
        addresses=asked.to,
        purpose=asked.settings.purpose,
        language=asked.language,
        marked_in=asked.marked_in,
    )
    try:
        channel, account = _open(builder, key, asked.settings.conn_id or None)
        mail = prepare_trial(builder.database, trial, channel, account)
        sent = _send(builder, key, asked.step, trial, channel, mail)
    except TrialError as error:
        raise ApiError(422, "no_test_mail", error.said.en, error.said.ja) from None
    failed = [
        NotSent(to=address, why=reason_said(receipt.reason))
        for address, receipt in sent.receipts.items()
        if address not in (*sent.sent, *sent.unsure)
    ]
    return TrialSent(
        at=datetime.fromtimestamp(builder.database.clock().now() / 1000, tz=UTC),
        sent=sent.sent,
        unsure=sent.unsure,
        failed=failed,
        message_id=sent.message_ids[0] if sent.sent and channel.name == "sandbox" else None,
    )


def _open(builder: Builder, key: str, conn_id: str | None) -> tuple[Channel, str]:
    """What the step sends over, and what that is filed under. Raises TrialError."""
    usual = settings().channel
    named = conn_id or (f"{usual}_default" if usual in NEED_CONNECTION else None)
    if named is not None and (is_missing(named) or not may_send_over(key, named)):
        raise TrialError(_NO_CONNECTION.filled(conn_id=named))
    try:
        channel, account = open_for(builder.database, conn_id)
    except ChannelError as error:
        raise cannot_send(error) from None
    return channel, account or channel.name


def _send(
    builder: Builder, key: str, step: str, trial: Trial, channel: Channel, mail: EmailTemplate
) -> SentTrial:
    """Send it, and put down that it was. Raises ApiError when the caller has sent too many."""
    addresses = checked_addresses(trial.addresses)
    detail = {"step": step, "template": trial.template, "to": [masked(address) for address in addresses]}
    now = builder.database.clock().now()
    with builder.database.write() as connection:
        _one_at_a_time(connection, builder.name)
        before = done_since(connection, "test_mail", by=builder.name, since=now - HOUR)
        if before + len(addresses) > MOST_PER_HOUR:
            said = _TOO_OFTEN.filled(most=MOST_PER_HOUR)
            raise ApiError(429, "too_often", said.en, said.ja)
        line = write_audit(
            connection, key, "test_mail", by=builder.name, now=now, people=len(addresses), detail=detail
        )
    headers = list_headers(key, step, trial.purpose, settings())
    sent = send_trial(builder.database, trial, channel, mail, headers)
    with builder.database.write() as connection:
        correct_audit(connection, line, people=len(addresses), detail={**detail, "sent": len(sent.sent)})
    return sent


def _one_at_a_time(connection: sa.Connection, name: str) -> None:
    """Let no other request of that person count until this transaction ends: each would see room for it."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
        mine = sa.func.hashtext(f"airflow_ma test mails of {name}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(mine)))
