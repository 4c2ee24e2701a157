"""The fake SendGrid: mail/send, Email Logs and scopes over HTTP, with faults on demand.

``validation="full"`` checks each body against the published schema and the documented limits;
``"light"`` checks the limits only, for the benchmark.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.fakes.listener import Listener, Served, http_protocol
from tests.fakes.sendgrid import control, logs, problems
from tests.fakes.sendgrid.events import Events
from tests.fakes.sendgrid.faults import Fault, Faults, Place, fault
from tests.fakes.sendgrid.mails import Mail
from tests.fakes.sendgrid.problems import BAD_REQUEST, Problem
from tests.fakes.sendgrid.rules import Account, limit_problems
from tests.fakes.sendgrid.schema import mail_problems
from tests.fakes.sendgrid.store import Keep, Store

API_KEY = "SG.fake.key"
MOST_BYTES = 30 * 1024 * 1024
SCOPES = ("mail.send", "sender_verification_eligible", "messages.read")
Validation = Literal["full", "light"]

_SAYS: Mapping[int, Problem] = {
    400: BAD_REQUEST,
    401: problems.BAD_KEY,
    403: problems.FORBIDDEN,
    413: problems.TOO_LARGE,
    429: problems.TOO_MANY,
    451: problems.OVER_LIMIT,
    500: problems.BROKEN,
    503: problems.UNAVAILABLE,
}


class FakeSendGrid(Served):
    """A SendGrid account on a port of this machine.

    ``now`` gives the time of accepted mails in ms; rate limits and ``send_at`` go by the wall.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        validation: Validation = "full",
        keep: Keep = "mails",
        now: Callable[[], int] | None = None,
    ) -> None:
        self.validation = validation
        self.now = now or (lambda: time.time_ns() // 1_000_000)
        self.account = Account()
        self.keys: dict[str, tuple[str, ...]] = {API_KEY: SCOPES}
        """API key -> scopes."""
        self.max_bytes = MOST_BYTES
        self.poison: set[str] = set()
        """Addresses for which a whole request is refused with an error that does not say why."""
        self.store = Store(keep=keep, templates=self.account.templates)
        self.faults = Faults()
        self.events = Events()
        """What became of the mails: the event webhooks, which the Email Logs show, too."""
        self.logs_delay = 0
        """Mails show up in the Email Logs this many ms after they were accepted."""
        self.sandboxed = 0
        """Valid requests in sandbox mode: nothing was kept."""
        self.refused: list[list[Problem]] = []
        """Why requests were refused, other than by a fault."""
        self.answers: list[str] = []
        """The status of each answer, the fault in its place, or ``gone``: the client left before its body came."""
        self.listener = Listener(http_protocol(self._app()), port=port)

    @property
    def url(self) -> str:
        """Base URL, in place of https://api.sendgrid.com; no slash at its end."""
        return f"http://127.0.0.1:{self.listener.port}"

    @property
    def mails(self) -> list[Mail]:
        """Every accepted mail, one for each recipient, as it would arrive."""
        return self.store.mails

    def fail_next(self, name: str | int, *, times: int = 1, on: Place = "send", **changes: Any) -> None:
        """The next ``times`` requests fail like this: a name of ``faults.NAMED``, changed. Queued in order."""
        self.faults.add([fault(name, **changes)] * times, on=on)

    def pass_next(self, times: int = 1, *, on: Place = "send") -> None:
        """The next requests in the queue go through."""
        self.faults.add([None] * times, on=on)

    def plan(self, seed: int, rates: Mapping[str, float], **changes: Any) -> None:
        """Every mail/send from now on fails with these chances, drawn from ``seed``; see Faults.plan."""
        self.faults.plan(seed, rates, **changes)

    def reset(self) -> None:
        """Forget mails, events, answers and faults; settings stay."""
        self.store.clear()
        self.faults.clear()
        self.events.clear()
        self.refused.clear()
        self.answers.clear()
        self.sandboxed = 0

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v3/mail/send", self._mail_send, methods=["POST"]),
                Route("/v3/scopes", self._scopes, methods=["GET"]),
                Route("/v3/logs", self._logs, methods=["POST"]),
                Route("/v3/logs/{sg_message_id}", self._log, methods=["GET"]),
                *control.routes(self),
            ],
            exception_handlers={
                404: lambda _, __: answer(404, Problem("not found")),
                405: lambda _, __: answer(405, Problem("method not allowed")),
                ClientDisconnect: lambda _, __: Response(status_code=499),
            },
        )

    async def _mail_send(self, request: Request) -> Response:
        wrong = self.faults.take("send")
        try:
            response = await self._send(request, wrong)
        except ClientDisconnect:  # by its own time limit, or because the fake cut all connections
            self.answers.append("gone")
            raise
        self.answers.append(wrong.name if wrong else str(response.status_code))
        return response

    async def _send(self, request: Request, wrong: Fault | None) -> Response:
        if wrong and wrong.cut == "early":
            return await self._cut(request)
        refused = self._unauthorized(request, "mail.send")
        raw = await _body(request)
        message_id = ""
        if wrong is None or wrong.kept:
            taken = refused or self._read(request, raw)
            if isinstance(taken, Response):
                return taken
            if taken.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
                self.sandboxed += 1
                return Response(status_code=200)
            message_id = self.store.accept(raw, taken, at=self.now())
        if wrong and wrong.delay and wrong.cut != "down":
            await asyncio.sleep(wrong.delay)
        if wrong and wrong.cut:
            return await self._cut(request, wrong)
        if wrong and wrong.status:
            return failure(wrong)
        return Response(status_code=202, headers={"x-message-id": message_id})

    def _read(self, request: Request, raw: bytes) -> dict[str, Any] | Response:
        """The body, or the answer that refuses it."""
        if len(raw) > self.max_bytes:
            return answer(413, problems.TOO_LARGE)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return answer(415, problems.NOT_JSON)
        try:
            raw.decode()
        except UnicodeDecodeError:
            return answer(415, problems.NOT_UTF8)
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return answer(400, BAD_REQUEST)
        found = mail_problems(body) if self.validation == "full" else []
        found = found or limit_problems(body, self.account, now=int(time.time()))
        if not found and self.poison:
            mailboxes = (mailbox for each in body["personalizations"] for mailbox in each["to"])
            found = [BAD_REQUEST] if any(mailbox["email"] in self.poison for mailbox in mailboxes) else []
        if found:
            self.refused.append(found)
            return answer(400, *found)
        domain = body["from"]["email"].rpartition("@")[2]
        if self.account.verified_domains is not None and domain not in self.account.verified_domains:
            self.refused.append([problems.UNVERIFIED_SENDER])
            return answer(403, problems.UNVERIFIED_SENDER)
        return dict(body)

    def _unauthorized(self, request: Request, scope: str | None) -> Response | None:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key:
            return answer(401, problems.NO_KEY)
        if key not in self.keys:
            return answer(401, problems.BAD_KEY)
        if scope is not None and scope not in self.keys[key]:
            return answer(403, problems.FORBIDDEN)
        return None

    async def _cut(self, request: Request, wrong: Fault | None = None) -> Response:
        if wrong and wrong.cut == "down":
            self.listener.close()
            asyncio.get_running_loop().call_later(
                wrong.delay, lambda: asyncio.ensure_future(self.listener.open())
            )
        else:
            half = b"HTTP/1.1 202 Acc" if wrong and wrong.cut == "mid_answer" else b""
            client = request.client
            await self.listener.cut((client.host, client.port) if client else ("", 0), first=half)
        return Response(status_code=499)  # goes nowhere

    async def _scopes(self, request: Request) -> Response:
        wrong = self.faults.take("scopes")
        if wrong:
            return await self._failing(request, wrong)
        refused = self._unauthorized(request, None)
        if refused is not None:
            return refused
        key = request.headers["authorization"].partition(" ")[2]
        return _json({"scopes": list(self.keys[key])}, headers=_limits(599))

    async def _logs(self, request: Request) -> Response:
        wrong = self.faults.take("logs")
        if wrong:
            return await self._failing(request, wrong)
        refused = self._unauthorized(request, None)
        return refused or logs.search(self, await _body(request))

    async def _log(self, request: Request) -> Response:
        wrong = self.faults.take("logs")
        if wrong:
            return await self._failing(request, wrong)
        refused = self._unauthorized(request, None)
        return refused or logs.single(self, request.path_params["sg_message_id"])

    async def _failing(self, request: Request, wrong: Fault) -> Response:
        await asyncio.sleep(wrong.delay)
        if wrong.cut:
            return await self._cut(request, wrong)
        return failure(wrong)


def answer(status: int, *found: Problem) -> Response:
    """SendGrid's refusal."""
    return _json(problems.errors(*found), status=status)


def failure(wrong: Fault) -> Response:
    """The answer of a fault."""
    status = wrong.status or 500
    headers = {} if wrong.reset_in is None else _limits(0, wrong.reset_in)
    if status == 302:
        headers["location"] = "/_fake/elsewhere"
    if wrong.html:
        return HTMLResponse(problems.nginx_page(status), status, headers)
    said = Problem(wrong.message) if wrong.message else _SAYS[status]
    return _json(problems.errors(said), status=status, headers=headers)


def _limits(remaining: int, reset_in: float = 60.0) -> dict[str, str]:
    return {
        "x-ratelimit-limit": "600",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(int(-(-(time.time() + reset_in) // 1))),  # whole seconds, rounded up
    }


def _json(content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, "application/json")


async def _body(request: Request) -> bytes:
    raw = await request.body()
    return gzip.decompress(raw) if request.headers.get("content-encoding") == "gzip" else raw
