"""The sandbox mailbox: JSON under ``/airflow-ma/api/mailbox``, and each mail's own HTML for a frame."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.channels.trial_ids import is_trial
from airflow_ma.collector.replies import record_reply
from airflow_ma.plugin.access import ReaderDep, json_only, own_origin
from airflow_ma.plugin.api_errors import ERRORS_AS_JSON, ApiError
from airflow_ma.plugin.mail import mailbox

LARGEST_ID = 2**63 - 1
LONGEST_REPLY = 10_000
"""Characters of a reply that are taken."""
LONGEST_SEARCH = 200
# Before the mail's own HTML: its links open in a tab of their own, and do not tell where they were read.
_HEAD = '<base target="_blank"><meta name="referrer" content="no-referrer">'
# A mail brings styles and pictures of its own, and nothing else: no scripts, forms or frames.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)

MessageId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
router = APIRouter(prefix="/api/mailbox", tags=["mailbox"])
_WRITE = [Depends(own_origin), Depends(json_only)]


class MailList(BaseModel):
    """Some mails in the order of their message ids."""

    mails: list[mailbox.MailSummary]
    next_after: int = Field(description="Ask with this as `after` for the mails that follow.")


class MailSearch(BaseModel):
    """Which mails are looked for."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    search: str = Field(default="", max_length=LONGEST_SEARCH, description="In name, address or subject.")
    unread: bool = Field(default=False, description="Only those that nobody has looked at.")
    before: int | None = Field(default=None, ge=1, le=LARGEST_ID, description="The next_before of a page.")
    limit: int = Field(default=50, ge=1, le=200)


class FoundMails(BaseModel):
    """Some mails, newest first."""

    mails: list[mailbox.MailSummary]
    next_before: int | None = Field(description="Ask with this as `before` for older ones; null: no more.")


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
    """The mails after a message id, oldest first: to follow the mailbox."""
    mails = mailbox.following(reader, after=after, limit=limit)
    return MailList(mails=mails, next_after=mails[-1].message_id if mails else after)


@router.post("/search", dependencies=_WRITE)
def search_mails(reader: ReaderDep, body: MailSearch) -> FoundMails:
    """The newest mails, or those that match. A POST, because addresses in URLs end up in access logs."""
    found = mailbox.newest(
        reader, before=body.before, search=body.search, unread=body.unread, limit=body.limit + 1
    )
    mails = found[: body.limit]
    return FoundMails(mails=mails, next_before=mails[-1].message_id if len(found) > body.limit else None)


@router.get("/{message_id}")
def get_mail(reader: ReaderDep, message_id: MessageId) -> mailbox.Mail:
    """One mail with its content."""
    mail = mailbox.one(reader, message_id)
    if mail is None:
        raise _no_such_mail(message_id)
    return mail


@router.get("/{message_id}/html", response_class=HTMLResponse, responses=ERRORS_AS_JSON)
def get_html(reader: ReaderDep, message_id: MessageId) -> HTMLResponse:
    """The mail as it looks. It can run nothing and send nothing."""
    html = mailbox.html_of(reader, message_id)
    if html is None:
        raise _no_such_mail(message_id)
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(_HEAD + html, headers=headers)


@router.post("/{message_id}/read", dependencies=_WRITE, status_code=204)
def mark_read(reader: ReaderDep, message_id: MessageId) -> None:
    """Somebody has looked at the mail."""
    if not mailbox.mark_read(reader, message_id):
        raise _no_such_mail(message_id)


@router.post("/{message_id}/reply", dependencies=_WRITE)
def reply(reader: ReaderDep, message_id: MessageId, body: Reply) -> Replied:
    """Answer a mail as its contact would."""
    get_mail(reader, message_id)
    if is_trial(message_id):
        raise ApiError(
            409,
            "test_mail",
            "This is a test mail: a reply to it would be nobody's",
            "テストメールのため、返信を記録する相手がいません",
        )
    return Replied(recorded=record_reply(reader.database, message_id, body.text))


def _no_such_mail(message_id: int) -> ApiError:
    return ApiError(
        404,
        "not_found",
        f"There is no mail {message_id} in the sandbox mailbox",
        f"受信箱にメール {message_id} はありません",
    )
