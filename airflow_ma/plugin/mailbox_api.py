"""The sandbox mailbox for programs: JSON under ``/airflow-ma/api/mailbox``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.collector.replies import record_reply
from airflow_ma.plugin import mailbox
from airflow_ma.plugin.access import ReaderDep, json_only, own_origin

LARGEST_ID = 2**63 - 1
LONGEST_REPLY = 10_000
"""Characters of a reply that are taken."""

MessageId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
router = APIRouter(prefix="/api/mailbox", tags=["mailbox"])


class MailList(BaseModel):
    """Some mails in the order of their message ids."""

    mails: list[mailbox.MailSummary]
    next_after: int = Field(description="Ask with this as `after` for the mails that follow.")


class Reply(BaseModel):
    """What the contact answers."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    text: str = Field(min_length=1, max_length=LONGEST_REPLY)


class Replied(BaseModel):
    """What became of a reply."""

    recorded: bool = Field(description="False when the same reply was there already.")


@router.get("")
def list_mails(
    reader: ReaderDep,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> MailList:
    """The mails after a message id, oldest first."""
    mails = mailbox.following(reader, after=after, limit=limit)
    return MailList(mails=mails, next_after=mails[-1].message_id if mails else after)


@router.get("/{message_id}")
def get_mail(reader: ReaderDep, message_id: MessageId) -> mailbox.Mail:
    """One mail with its content."""
    mail = mailbox.one(reader, message_id)
    if mail is None:
        raise HTTPException(404, f"there is no mail {message_id} in the sandbox mailbox")
    return mail


@router.post("/{message_id}/reply", dependencies=[Depends(own_origin), Depends(json_only)])
def reply(reader: ReaderDep, message_id: MessageId, body: Reply) -> Replied:
    """Answer a mail as its contact would."""
    get_mail(reader, message_id)
    return Replied(recorded=record_reply(reader.database, message_id, body.text))
