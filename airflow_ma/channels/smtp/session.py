"""One SMTP session, spoken so that it is always known how far a mail has got."""

from __future__ import annotations

import smtplib
from contextlib import suppress

from airflow_ma.channels.smtp.answers import Answer, Stage

_CLOSING = 421
_GO_AHEAD = 354


class SessionLost(Exception):  # noqa: N818 - it says what happened
    """The connection broke, or the server said that it closes it."""

    def __init__(self, why: str, *, mail_complete: bool = False) -> None:
        super().__init__(why)
        self.mail_complete = mail_complete
        """Whether the server had the whole mail: it may or may not have taken it."""


class Session:
    """A session that is logged in. After SessionLost, or when not ``alive``, it is of no use any more."""

    def __init__(self, smtp: smtplib.SMTP, patience: float) -> None:
        """``patience``: seconds to wait for the answer to a whole mail."""
        self._smtp = smtp
        self._patience = patience
        self._timeout = smtp.sock.gettimeout() if smtp.sock else None
        self._pipelining = smtp.has_extn("pipelining")
        self._mail_open = False
        self.alive = True
        self.mail_begun = False
        """Whether the mail that is being delivered has begun to leave."""

    def deliver(self, sender: bytes, recipient: bytes, mail: bytes) -> Answer:
        """Hand over one mail, once. The addresses must be checked: they go into commands as they are.

        Raises SessionLost.
        """
        self.mail_begun = False
        refusal = self._envelope(sender, recipient)
        if refusal is not None:
            return refusal
        self.mail_begun = True
        # An error here means that the last byte never left: the server cannot have taken the mail.
        self._write(mail.replace(b"\n.", b"\n..") + b".\r\n")
        try:
            code, text = self._last_word()
        except SessionLost as lost:
            raise SessionLost(str(lost), mail_complete=True) from None
        if code < 200 or 300 <= code < 400:
            raise self._lost(f"it gave an answer that makes no sense ({code})", mail_complete=True)
        if code == _CLOSING:
            self.close()
        return Answer(Stage.END, code, text)

    def close(self) -> None:
        """End the session; whatever happens meanwhile is of no interest."""
        if self.alive:
            self.alive = False
            with suppress(Exception):
                self._smtp.quit()
        with suppress(OSError):
            self._smtp.close()

    def _envelope(self, sender: bytes, recipient: bytes) -> Answer | None:
        """Up to the point where the server waits for the mail; what it said if it does not want it."""
        steps = [
            (Stage.SENDER, b"MAIL FROM:<%s>\r\n" % sender),
            (Stage.RECIPIENT, b"RCPT TO:<%s>\r\n" % recipient),
            (Stage.START, b"DATA\r\n"),
        ]
        self._reset()
        if self._pipelining:
            self._write(b"".join(command for _, command in steps))
        for number, (stage, command) in enumerate(steps, start=1):
            if not self._pipelining:
                self._write(command)
            code, text = self._read()
            if code == _CLOSING:
                raise self._lost("it closes the connection (421)")
            if not (code == _GO_AHEAD if stage is Stage.START else 200 <= code < 300):
                if not 400 <= code < 600:
                    raise self._lost(f"it gave an answer that makes no sense ({code})")
                self._mail_open = True
                self._skip(len(steps) - number)
                return Answer(stage, code, text)
        return None

    def _reset(self) -> None:
        """Take back the mail that was refused before."""
        if self._mail_open:
            self._mail_open = False
            self._write(b"RSET\r\n")
            code, _ = self._read()
            if not 200 <= code < 300:
                raise self._lost(f"it did not forget a refused mail ({code})")

    def _skip(self, answers: int) -> None:
        """Read the answers to commands that were sent before the refusal was known."""
        if not self._pipelining:
            return
        with suppress(SessionLost):  # the refusal stays what it is
            for _ in range(answers):
                code, _ = self._read()
                if code == _GO_AHEAD:  # RFC 2920: an empty mail to nobody gets us out of here
                    self._write(b".\r\n")
                    self._read()

    def _last_word(self) -> tuple[int, bytes]:
        sock = self._smtp.sock
        if sock is None:
            raise self._lost("the connection broke")
        sock.settimeout(self._patience)
        answer = self._read()
        sock.settimeout(self._timeout)
        return answer

    def _write(self, data: bytes) -> None:
        try:
            self._smtp.send(data)
        except (smtplib.SMTPException, OSError):
            raise self._lost("the connection broke") from None

    def _read(self) -> tuple[int, bytes]:
        try:
            code, text = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            timed_out = isinstance(error.__context__, TimeoutError)
            raise self._lost("it did not answer in time" if timed_out else "the connection broke") from None
        return code, text

    def _lost(self, why: str, *, mail_complete: bool = False) -> SessionLost:
        self.alive = False
        self._smtp.close()
        return SessionLost(why, mail_complete=mail_complete)
