"""How sending goes, for people: one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from airflow_ma.config import settings
from airflow_ma.insight.sending_texts import fate_text, reason_text, rule_text, span_text, wait_text
from airflow_ma.plugin import sending
from airflow_ma.plugin.access import OnlookerDep, own_origin
from airflow_ma.plugin.page import language_of, page
from airflow_ma.plugin.sending_api import LONGEST_ID, AfterText, Hours, unknown_page
from airflow_ma.plugin.texts import text

PAGE = 50
WINDOWS = (1, 24, 168)
"""Hours that the page offers to count."""
router = APIRouter(include_in_schema=False)


@router.get("/sending")
def sending_page(
    onlooker: OnlookerDep,
    user: GetUserDep,
    request: Request,
    hours: Hours = 24,
    after: AfterText = None,
    resumed: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Connections, what waits and why, and mails whose fate is open."""
    state = sending.state(onlooker, user, hours=hours)
    unknown = unknown_page(onlooker, after, PAGE)
    language = language_of(request)
    near = partial(_near, now=state.as_of, language=language)

    def span(one: sending.WaitingMails) -> str:
        return span_text(one.earliest, one.latest, state.as_of, language, near)

    def fate(mail: sending.UnknownMail) -> str:
        until = near(mail.decided_at) if mail.decided_at > state.as_of else None
        return fate_text(mail.fate, mail.attempts, language, until)

    return page(
        request,
        "sending.html",
        follow=True,
        state=state,
        unknown=unknown,
        hours=hours,
        windows=WINDOWS,
        after=after,
        resumed=resumed and not state.pauses,
        paused_mails=sum(one.number for one in state.waiting if one.why == "paused"),
        near=near,
        span=span,
        fate=fate,
        groups=_alike(unknown.mails, lambda mail: (fate(mail), near(mail.since))),
        rule=partial(rule_text, language=language),
        reason=partial(reason_text, language=language),
        why=partial(wait_text, language=language),
    )


@router.post("/sending/resume", dependencies=[Depends(own_origin)])
def resume(
    onlooker: OnlookerDep,
    user: GetUserDep,
    request: Request,
    conn_id: Annotated[str, Form(max_length=LONGEST_ID)],
) -> Response:
    """Let mail go out again over a connection."""
    sending.resume(onlooker, user, conn_id)
    return RedirectResponse(f"{request.scope['root_path']}/sending?resumed=true", status_code=303)


def _alike(
    mails: Sequence[sending.UnknownMail], told: Callable[[sending.UnknownMail], object]
) -> list[list[sending.UnknownMail]]:
    """Neighbours of which the same is told: after one broken request these are hundreds."""

    def same(mail: sending.UnknownMail) -> object:
        return mail.journey, mail.step, mail.conn_id, mail.reason, told(mail)

    return [list(group) for _, group in groupby(mails, same)]


def _near(at: datetime, *, now: datetime, language: str) -> str:
    """A time as somebody would say it who knows what day it is."""
    zone = ZoneInfo(settings().timezone)
    there, here = at.astimezone(zone), now.astimezone(zone)
    time = f"{there:%H:%M}"
    for days, name in ((0, "today"), (1, "tomorrow"), (-1, "yesterday")):
        if there.date() == here.date() + timedelta(days=days):
            return text(language, f"at_{name}").format(time=time)
    name = "at_date" if there.year == here.year else "at_year"
    return text(language, name).format(
        year=there.year, month=there.month, day=there.day, name=f"{there:%b}", time=time
    )
