"""An SMTP server that keeps every mail it takes, with faults on demand."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.addresses import is_accepted
from tests.fakes.certificate import server_context
from tests.fakes.listener import Listener, Served

_BRACKETED = re.compile(r'\s*<((?:"(?:[^"\\]|\\.)*"|[^">])*)>')
_HEADERS = BytesHeaderParser(policy=policy.compat32)
Stage = Literal["connect", "mail", "rcpt", "data", "message"]


@dataclass(frozen=True)
class SinkMail:
    """One accepted mail."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: int
    """When it was accepted, ms."""
    tls: bool
    login: str | None

    @cached_property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass(frozen=True)
class SmtpFault:
    """What goes wrong with one transaction (or, at ``connect``, with one connection).

    ``mail``, ``rcpt``, ``data``: at that command. ``message``: after the mail has come in whole.
    """

    at: Stage
    code: int | None = None
    """The reply; None: none other than usual."""
    text: str = "said so by the test"
    cut: bool = False
    """Cut the connection in place of a reply."""
    kept: bool = False
    """Keep the mail all the same (only at ``message``)."""
    delay: float = 0.0
    """Seconds before the reply or the cut."""


NAMED: Mapping[str, SmtpFault] = {
    "connect_421": SmtpFault("connect", 421),
    "cut_connect": SmtpFault("connect", cut=True),
    "mail_451": SmtpFault("mail", 451),
    "rcpt_450": SmtpFault("rcpt", 450),
    "rcpt_550": SmtpFault("rcpt", 550),
    "cut_rcpt": SmtpFault("rcpt", cut=True),
    "data_421": SmtpFault("data", 421),
    "cut_data": SmtpFault("data", cut=True),
    "message_451": SmtpFault("message", 451),
    "message_554": SmtpFault("message", 554),
    "cut_before": SmtpFault("message", cut=True),
    "cut_after": SmtpFault("message", cut=True, kept=True),
    "slow": SmtpFault("message", delay=1.0, kept=True),
}


class SmtpSink(Served):
    """An SMTP server on a port of this machine. ``users``: login -> password; None: no login is asked for.

    ``tls``: a folder, into which it writes a certificate of its own (``certificate`` is the file to trust) and
    offers STARTTLS; ``require_tls`` insists on it.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: Path | None = None,
        require_tls: bool = False,
        users: Mapping[str, str] | None = None,
        keep: Literal["mails", "counts"] = "mails",
        id_header: str = "Message-ID",
        now: Callable[[], int] | None = None,
    ) -> None:
        self.now = now or (lambda: time.time_ns() // 1_000_000)
        self.mails: list[SinkMail] = []
        self.messages: Counter[str] = Counter()
        """Value of ``id_header`` -> mails accepted with it."""
        self.connections = 0
        self.faults_seen: Counter[str] = Counter()
        self.refused: dict[str, int] = {}
        """Address -> the code with which RCPT is always refused."""
        self._keep, self._id_header = keep, id_header
        self._next: dict[bool, deque[SmtpFault | None]] = {True: deque(), False: deque()}
        self._plan: tuple[random.Random, list[str], list[float]] | None = None
        self._users = users
        self.certificate = (tls or Path()) / "certificate.pem"
        options: dict[str, Any] = {"hostname": "localhost", "enable_SMTPUTF8": True}
        if tls:
            options |= {"tls_context": server_context(self.certificate), "require_starttls": require_tls}
        if users is not None:
            options |= {
                "auth_required": True,
                "auth_require_tls": tls is not None,
                "authenticator": self._login,
            }
        handler = _Handler(self)
        self.listener = Listener(
            lambda: _Protocol(handler, loop=asyncio.get_running_loop(), **options), port=port
        )

    @property
    def port(self) -> int:
        return self.listener.port

    def fail_next(self, name: str, *, times: int = 1, **changes: Any) -> None:
        """The next ``times`` transactions (or connections) fail like this: a name of ``NAMED``, changed."""
        fault = replace(NAMED[name], **changes)
        self._next[fault.at == "connect"].extend([fault] * times)

    def pass_next(self, times: int = 1) -> None:
        """The next transactions in the queue go through."""
        self._next[False].extend([None] * times)

    def plan(self, seed: int, rates: Mapping[str, float]) -> None:
        """Each transaction from now on fails with these chances, drawn from ``seed``. Empty: end the plan."""
        if any(NAMED[name].at == "connect" for name in rates) or sum(rates.values()) > 1:
            raise ValueError("a plan is of transactions, not of connections, and adds up to 1 at most")
        self._plan = (random.Random(seed), list(rates), list(rates.values())) if rates else None

    def counts(self) -> dict[str, Any]:
        """The state in a few numbers; ``duplicates`` are mails beyond the first of the same ``id_header``."""
        return {
            "mails": self.messages.total(),
            "messages": len(self.messages),
            "duplicates": self.messages.total() - len(self.messages),
            "duplicated": [name for name, count in self.messages.items() if count > 1][:20],
            "connections": self.connections,
            "faults": dict(self.faults_seen),
        }

    def draw(self, *, connect: bool) -> SmtpFault | None:
        """What goes wrong with the transaction or connection at hand."""
        fault: SmtpFault | None = None
        if self._next[connect]:
            fault = self._next[connect].popleft()
        elif not connect and self._plan is not None:
            dice, names, rates = self._plan
            name = dice.choices([*names, ""], weights=[*rates, max(0.0, 1 - sum(rates))])[0]
            fault = NAMED[name] if name else None
        if fault is not None:
            self.faults_seen[f"{fault.at}{'_cut' if fault.cut else ''}{'_kept' if fault.kept else ''}"] += 1
        return fault

    def accept(self, session: Session, envelope: Envelope) -> None:
        """Keep the mail."""
        raw = envelope.original_content or b""
        name = str(_HEADERS.parsebytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n").get(self._id_header, ""))
        self.messages[name] += 1
        if self._keep == "mails":
            login = session.auth_data.login.decode() if session.auth_data else None
            recipients = tuple(envelope.rcpt_tos)
            tls = session.ssl is not None
            self.mails.append(SinkMail(envelope.mail_from or "", recipients, raw, self.now(), tls, login))

    def _login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = (self._users or {}).get(data.login.decode())
        right = known is not None and known == data.password.decode()
        return AuthResult(success=right, handled=right, auth_data=data)  # not handled: aiosmtpd answers 535


@dataclass
class _Handler:
    """aiosmtpd's hooks."""

    sink: SmtpSink

    async def handle_MAIL(
        self, server: _Protocol, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        server.fault = self.sink.draw(connect=False)
        reply = await server.failing("mail")
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: _Protocol, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await server.failing("rcpt")
        if reply is None and address in self.sink.refused:
            reply = f"{self.sink.refused[address]} refused"
        if reply is None and address.isascii() and not is_accepted(address):
            reply = "501 5.1.3 Bad recipient address syntax"
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: _Protocol, session: Session, envelope: Envelope) -> str:
        fault = server.fault
        if fault is None or fault.at != "message" or fault.kept:
            self.sink.accept(session, envelope)
        return await server.failing("message") or "250 OK queued"


class _Protocol(SMTP):
    """aiosmtpd's server, with faults at connection and at DATA."""

    fault: SmtpFault | None = None

    async def failing(self, at: Stage) -> str | None:
        """Let the fault of this stage happen; the reply it gives, if any."""
        fault = self.fault
        if fault is None or fault.at != at:
            return None
        await asyncio.sleep(fault.delay)
        if fault.cut:
            if isinstance(self.transport, asyncio.Transport):
                self.transport.abort()
            raise asyncio.CancelledError
        return f"{fault.code} {fault.text}" if fault.code else None

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The address as it stood between the brackets: aiosmtpd's own answer has lost the quotes."""
        parsed, rest = super()._getaddr(arg)
        found = _BRACKETED.match(arg)
        return (found[1], rest) if parsed and found else (parsed, rest)

    async def smtp_DATA(self, arg: str) -> None:
        reply = await self.failing("data")
        if reply is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(reply)

    async def _handle_client(self) -> None:
        sink = self.event_handler.sink
        sink.connections += 1
        self.fault = sink.draw(connect=True)
        reply = await self.failing("connect")
        if reply is None:
            await super()._handle_client()
        else:
            await self.push(reply)
            self._writer.close()
