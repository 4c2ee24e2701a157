"""Hands over a batch of mails in one session, opening another one when the connection breaks."""

from __future__ import annotations

import time
from types import TracebackType

from airflow_ma.channels.channel import Account, ChannelError, Delivery, Receipt
from airflow_ma.channels.smtp.answers import receipt_of, trouble_for_all
from airflow_ma.channels.smtp.connect import ServerOptions, open_session
from airflow_ma.channels.smtp.session import Session, SessionLost
from airflow_ma.channels.unforeseen import place_of
from airflow_ma.channels.watch import Watch

_BARREN_SESSIONS = 2
_DEFERRALS = 20
SECONDS = 90.0
"""No mail is begun after so long: the batch is held for minutes only."""
CUT_SECONDS = 180.0
"""Then even a mail that is under way is cut off."""


TOO_SLOW = Receipt(Delivery.RETRYABLE, f"the mail server is slow: no more was sent after {SECONDS:g} seconds")


class Courier:
    """One call's worth of sending over an account. A context manager: leaving it ends the session."""

    def __init__(self, account: Account, options: ServerOptions, sender: bytes) -> None:
        self._account = account
        self._options = options
        self._sender = sender
        self._session: Session | None = None
        self._barren = 0
        """Sessions in a row that broke before the server had answered a single mail."""
        self._watch = Watch(CUT_SECONDS)
        self._ends_at = time.monotonic() + SECONDS
        self._deferred = 0
        """Mails in a row that the server did not want now."""

    def __enter__(self) -> Courier:
        self._watch.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()
        self._watch.__exit__(kind, error, trace)

    @property
    def is_late(self) -> bool:
        """Whether no other mail can be begun in time."""
        return time.monotonic() > self._ends_at

    def open(self) -> None:
        """Have a session ready, a new one if need be. Raises ChannelError when there is none to be had."""
        self._session_now()

    def deliver(self, recipient: bytes, mail: bytes) -> Receipt:
        """Hand over one mail. It is given to the server as a whole at most once.

        Raises ChannelError when no other mail would go, nor this one; where it may have gone, its receipt is
        in the error.
        """
        try:
            return self._deliver(recipient, mail)
        except ChannelError:
            raise
        except Exception as error:  # what nobody has foreseen must not hide what became of the others
            what = f"sending broke off ({place_of(error)})"
            has_begun = self._session is not None and self._session.mail_begun
            raise ChannelError(what, [Receipt(Delivery.UNKNOWN, what)] if has_begun else []) from None

    def _deliver(self, recipient: bytes, mail: bytes) -> Receipt:
        while True:
            if self.is_late:
                return TOO_SLOW
            session = self._session_now()
            try:
                answer = session.deliver(self._sender, recipient, mail)
            except SessionLost as lost:
                self._barren += 1
                if lost.mail_complete:
                    return Receipt(
                        Delivery.UNKNOWN,
                        f"the mail server had the whole mail, but did not confirm it: {lost}",
                    )
                self._give_up_when_barren(str(lost))
                continue
            self._barren = 0
            if error := trouble_for_all(answer, self._account.conn_id):
                raise error
            receipt = receipt_of(answer)
            self._deferred = self._deferred + 1 if receipt.delivery is Delivery.RETRYABLE else 0
            return receipt

    def _session_now(self) -> Session:
        if self._session is None or not self._session.alive:
            self._give_up_when_barren("it confirms no mail")
            if self._session is not None:
                self._session.close()
                self._session = None
            self._session = open_session(self._account, self._options, self._watch)
        if self._deferred >= _DEFERRALS:
            raise ChannelError(
                f"the mail server of connection '{self._account.conn_id}' put off {_DEFERRALS} mails "
                "in a row: it wants a pause"
            )
        return self._session

    def _give_up_when_barren(self, why: str) -> None:
        if self._barren >= _BARREN_SESSIONS:
            raise ChannelError(
                f"the mail server of connection '{self._account.conn_id}' broke off {_BARREN_SESSIONS} times "
                f"in a row: {why}"
            )
