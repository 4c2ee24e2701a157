"""Opening a session with the mail server of an account, and saying what is wrong when that fails."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass

from airflow_ma.channels.channel import Account, ChannelError, SendingPausedError
from airflow_ma.channels.smtp.session import Session
from airflow_ma.channels.watch import Watch, share_of

_CONNECT_SECONDS = 60.0
"""For all addresses of the host together."""
_TIMEOUT_SECONDS = 30.0
_LONGEST_TIMEOUT_SECONDS = 60.0
"""A batch is held for minutes only: what Airflow's form allows beyond this counts as this."""
_PATIENCE, _LONGEST_PATIENCE_SECONDS = 4, 120.0
"""The answer to a whole mail may take so many times as long as any other: filters read it first."""


@dataclass(frozen=True)
class ServerOptions:
    """How to talk to the mail server: the fields of Airflow's SMTP connection, read as its own hook does."""

    timeout: float
    tls: str
    """``ssl`` from the start, ``starttls``, or ``none``."""
    verify: bool
    from_email: str

    @classmethod
    def of(cls, account: Account) -> ServerOptions:
        """Raises ChannelError that names the field when one is wrong."""
        options = account.options
        if not account.host and account.connect is None:
            raise ChannelError(
                f"the connection '{account.conn_id}' has no host; fill in the mail server's name"
            )
        verify = options.get("ssl_context") or "default"
        if verify not in ("default", "none"):
            raise _wrong(account, "ssl_context", "'default' or 'none'")
        if not _flag(account, "disable_ssl"):
            tls = "ssl"
        else:
            tls = "none" if _flag(account, "disable_tls") else "starttls"
        return cls(
            timeout=_seconds(account),
            tls=tls,
            verify=verify == "default",
            from_email=str(options.get("from_email") or ""),
        )

    @property
    def patience(self) -> float:
        """Seconds to wait for the answer to a whole mail."""
        return min(self.timeout * _PATIENCE, _LONGEST_PATIENCE_SECONDS)

    def context(self) -> ssl.SSLContext:
        """What TLS checks."""
        context = ssl.create_default_context()
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def open_session(account: Account, options: ServerOptions, watch: Watch) -> Session:
    """A session that is logged in, guarded by the watch.

    Raises ChannelError, or SendingPausedError when the login is refused.
    """
    try:
        smtp = account.connect() if account.connect is not None else _connect(account, options, watch)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        # Not chained: what the server says may hold the login.
        raise _explained(error, account, options) from None
    watch.guard(smtp.sock)
    return Session(smtp, options.patience)


class _Guarded(smtplib.SMTP):
    """Guarded from the first byte on, and not too patient with a host of many addresses."""

    def __init__(self, watch: Watch, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._watch = watch

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock: socket.socket = super()._get_socket(  # type: ignore[misc]
            host, port, share_of(host, port, timeout, _CONNECT_SECONDS)
        )
        sock.settimeout(timeout)
        self._watch.guard(sock)
        return sock


class _GuardedSsl(_Guarded, smtplib.SMTP_SSL):
    def __init__(self, watch: Watch, timeout: float, context: ssl.SSLContext) -> None:
        smtplib.SMTP_SSL.__init__(self, timeout=timeout, context=context)
        self._watch = watch


def _connect(account: Account, options: ServerOptions, watch: Watch) -> smtplib.SMTP:
    host, port = account.host or "", account.port or 0
    smtp: smtplib.SMTP = (
        _GuardedSsl(watch, options.timeout, options.context())
        if options.tls == "ssl"
        else _Guarded(watch, options.timeout)
    )
    # The name that the certificate must have; smtplib sets it only when its constructor connects.
    smtp._host = host  # type: ignore[attr-defined]
    try:
        code, text = smtp.connect(host, port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        if options.tls == "starttls":
            smtp.starttls(context=options.context())
            watch.guard(smtp.sock)
        smtp.ehlo_or_helo_if_needed()
        if account.login and account.password:
            smtp.login(account.login, account.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _explained(error: Exception, account: Account, options: ServerOptions) -> ChannelError:
    where = f"the mail server of connection '{account.conn_id}'"
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return SendingPausedError(
            f"{where} refused the login ({error.smtp_code}): correct login and password, or the token, there"
        )
    if isinstance(error, UnicodeError):
        return SendingPausedError(f"{where} gets no login: for SMTP, login and password must be ASCII")
    return ChannelError(f"{where} {_trouble(error, options)}")


def _trouble(error: Exception, options: ServerOptions) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            trouble = f"has a certificate that cannot be trusted ({error.verify_message}): is the host right?"
        case ssl.SSLError():
            trouble = f"does not speak TLS there ({error.reason}): for port 587 or 25 tick 'Disable SSL', "
            trouble += "then STARTTLS is used"
        case smtplib.SMTPNotSupportedError():
            missing = "a login" if "AUTH" in str(error) else "STARTTLS"
            trouble = f"does not offer {missing}: tick 'Disable TLS' for a server without encryption or on "
            trouble += "port 465; leave login and password empty for one without a login"
        case smtplib.SMTPResponseException():
            trouble = f"does not serve us now ({error.smtp_code})"
        case smtplib.SMTPServerDisconnected():
            trouble = "closed the connection, or did not answer in time"
        case smtplib.SMTPException():
            trouble = "knows no way to log in that we know, too"
        case TimeoutError():
            trouble = f"did not answer within {options.timeout:g} seconds; are host and port right?"
        case _:
            why = getattr(error, "strerror", None) or type(error).__name__
            trouble = f"cannot be reached ({why}); are host and port right?"
    return trouble


def _flag(account: Account, name: str) -> bool:
    value = account.options.get(name)
    if isinstance(value, str):  # from a connection that is written as a URL
        known = {"": False, "false": False, "0": False, "true": True, "1": True}
        if value.lower() not in known:
            raise _wrong(account, name, "true or false")
        return known[value.lower()]
    return bool(value)


def _seconds(account: Account) -> float:
    value = account.options.get("timeout") or _TIMEOUT_SECONDS
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise _wrong(account, "timeout", "a number of seconds") from None
    if not 0 < seconds < float("inf"):
        raise _wrong(account, "timeout", "a number of seconds above 0")
    return min(seconds, _LONGEST_TIMEOUT_SECONDS)


def _wrong(account: Account, field: str, wanted: str) -> ChannelError:
    return ChannelError(f"the connection '{account.conn_id}' has a wrong '{field}': it must be {wanted}")
