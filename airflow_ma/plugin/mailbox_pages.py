"""The sandbox mailbox for people: plain pages without scripts."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from airflow_ma.collector.replies import record_reply
from airflow_ma.plugin import mailbox
from airflow_ma.plugin.access import ReaderDep, own_origin
from airflow_ma.plugin.mailbox_api import LARGEST_ID, LONGEST_REPLY, MessageId
from airflow_ma.plugin.page import page

PAGE = 50
# Before the mail's own HTML: its links open in a tab of their own, and do not tell where they were read.
_FRAME_HEAD = '<base target="_blank"><meta name="referrer" content="no-referrer">'
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
router = APIRouter(include_in_schema=False)


@router.get("/")
def start(reader: ReaderDep, request: Request) -> Response:
    """The plugin's own address leads to the mailbox."""
    return RedirectResponse(f"{request.scope['root_path']}/mailbox")


@router.get("/mailbox")
def list_page(reader: ReaderDep, request: Request, before: Before = None) -> HTMLResponse:
    """The newest mails, or those before a message id."""
    return _list(reader, request, before, "")


@router.post("/mailbox")
def search_page(
    reader: ReaderDep,
    request: Request,
    q: Annotated[str, Form(max_length=200)] = "",
    before: Annotated[int | None, Form(ge=1, le=LARGEST_ID)] = None,
) -> HTMLResponse:
    """The mails that contain ``q``. A POST, because addresses in URLs end up in access logs."""
    return _list(reader, request, before, q.strip())


def _list(reader: ReaderDep, request: Request, before: int | None, search: str) -> HTMLResponse:
    found = mailbox.newest(reader, before=before, search=search, limit=PAGE + 1)
    mails, more = found[:PAGE], len(found) > PAGE
    older = mails[-1].message_id if more else None
    return page(request, "list.html", mails=mails, older=older, before=before, search=search)


@router.get("/mailbox/{message_id}")
def mail_page(
    reader: ReaderDep,
    request: Request,
    message_id: MessageId,
    part: Literal["html", "text", "headers"] = "html",
) -> HTMLResponse:
    """One mail: as it looks, its text part or its headers."""
    mail = mailbox.one(reader, message_id)
    if mail is None:
        raise HTTPException(404, "no_such_mail")
    if not mail.read:
        mailbox.mark_read(reader, message_id)
    return page(
        request, "mail.html", mail=mail, part=part, frame=_FRAME_HEAD + mail.html, longest=LONGEST_REPLY
    )


@router.post("/mailbox/{message_id}/reply", dependencies=[Depends(own_origin)])
def reply(
    reader: ReaderDep,
    request: Request,
    message_id: MessageId,
    text: Annotated[str, Form(max_length=LONGEST_REPLY)] = "",
) -> Response:
    """Answer a mail as its contact would."""
    if mailbox.one(reader, message_id) is None:
        raise HTTPException(404, "no_such_mail")
    if not text.strip():
        raise HTTPException(400, "empty_reply")
    record_reply(reader.database, message_id, text.strip())
    return RedirectResponse(f"{request.scope['root_path']}/mailbox/{message_id}#happened", status_code=303)
