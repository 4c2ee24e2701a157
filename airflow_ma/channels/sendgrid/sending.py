"""Posting parcels until every mail has a receipt: splitting, waiting, and knowing when to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from airflow_ma.channels.channel import ChannelError, Delivery, Receipt, SendingPausedError, Withdrawn
from airflow_ma.channels.sendgrid.errors import Refusal, read_refusal
from airflow_ma.channels.sendgrid.http import Answer, Api, Outcome
from airflow_ma.channels.sendgrid.request import Parcel
from airflow_ma.channels.unforeseen import place_of

NEAR_SECONDS = 30.0
"""A rate limit that ends so soon is waited for."""
_MOST_WAITING = 60.0
_MOST_TRIES = 200
"""Requests for the mails of one parcel, however many of them are refused."""
_PATIENCE = 20
"""Refusals on end, with nothing accepted before, after which it is not the people but what they share."""
_MOST_SILENT = 3
"""Requests in a row without an answer of SendGrid's own after which nothing more is tried."""
TIME_SECONDS = 100.0
"""Nothing new is begun after so long: with the longest request (http.REQUEST_SECONDS) a call ends well before
the ledger's lease of 300 seconds."""
_FRESH_SECONDS = 1.0
"""What the ledger said about who may get mail is believed for so long."""
GONE = Receipt(Delivery.REJECTED, "unsubscribed")


class Sending:
    """One call of the channel's ``send``: the receipts so far, and why it stopped, if it did."""

    def __init__(
        self,
        api: Api,
        receipts: list[Receipt | None],
        *,
        ids: Sequence[int] = (),
        withdrawn: Withdrawn | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begins now. ``ids`` are the message ids of the mails, in the order of ``receipts``."""
        self._api = api
        self._ids = ids
        self._withdrawn = withdrawn
        self._receipts = receipts
        self._sleep = sleep
        self._clock = clock
        self._began_at = clock()
        self._waited = 0.0
        self._rest: Receipt | None = None
        self._failure: ChannelError | None = None
        self._taken: Parcel | None = None
        """What the last request may have brought to SendGrid."""

    def abandon(self, error: Exception) -> None:
        """Stop for an error that nobody has foreseen."""
        what = f"sending broke off ({place_of(error)})"
        for number in self._taken.numbers if self._taken else ():
            if self._receipts[number] is None:
                self._receipts[number] = Receipt(Delivery.UNKNOWN, what)
        self._rest = Receipt(Delivery.RETRYABLE, what)
        self._failure = ChannelError(what)

    def post(self, parcels: Iterable[Parcel]) -> None:
        """Send all mails of one kind: those that share everything but the person."""
        proven = False
        refused: Receipt | None = None
        doubtful: list[tuple[int, str]] = []
        for parcel in parcels:
            if refused is not None:
                self._settle(parcel, refused)
                continue
            work = _Work(self, doubtful, proven)
            refused = work.run(parcel)
            proven = work.proven
        if proven:
            # Others like them went through: it is these people's mails that are wrong.
            for number, reason in doubtful:
                self._receipts[number] = Receipt(Delivery.REJECTED, reason)
        elif doubtful:
            refused = refused or _held(doubtful[0][1])
            for number, _ in doubtful:
                self._receipts[number] = refused
        if refused is not None and self._failure is None:
            self._failure = ChannelError(refused.reason or "")

    def finish(self) -> list[Receipt]:
        """All receipts. Raises the ChannelError that stopped it, with them."""
        left = self._rest or Receipt(Delivery.RETRYABLE, "not tried")
        receipts = [receipt or left for receipt in self._receipts]
        if self._failure is not None:
            self._failure.receipts = receipts
            raise self._failure
        return receipts

    def _try(self, parcel: Parcel) -> tuple[Parcel, Answer | None]:
        """What was sent, without those who want no mail any more, and SendGrid's answer.

        None when nothing may be sent any more, or nobody is left.
        """
        while True:
            if self._rest is None and self._clock() >= self._began_at + TIME_SECONDS:
                self._rest = Receipt(Delivery.RETRYABLE, "no time was left to send it")
            if self._rest is not None:
                return parcel, None
            parcel = self._still_wanted(parcel)
            if not len(parcel):
                return parcel, None
            body = parcel.body()
            self._taken = parcel
            answer = self._api.send_mail(body)
            if answer.outcome not in (Outcome.ACCEPTED, Outcome.UNKNOWN):
                self._taken = None
            if answer.outcome is Outcome.STOPPED:
                self._rest = Receipt(Delivery.RETRYABLE, answer.reason)
                self._failure = SendingPausedError(answer.reason)
                return parcel, None
            if answer.outcome is not Outcome.LATER:
                if self._api.silent >= _MOST_SILENT:
                    # Going on would leave a whole audience in the dark, batch by batch.
                    self._rest = Receipt(
                        Delivery.RETRYABLE, "SendGrid does not answer: nothing more was tried"
                    )
                    self._failure = ChannelError(f"SendGrid does not answer as it should: {answer.reason}")
                return parcel, answer
            wait = answer.retry_after
            if wait is None or wait > NEAR_SECONDS or self._waited + wait > _MOST_WAITING:
                self._rest = Receipt(Delivery.RETRYABLE, answer.reason, retry_after=wait)
                return parcel, None
            wait = max(wait, 1.0)  # their clock and ours differ a little
            self._waited += wait
            self._sleep(wait)

    def _still_wanted(self, parcel: Parcel) -> Parcel:
        if self._withdrawn is None or not (self._waited or self._clock() - self._began_at > _FRESH_SECONDS):
            return parcel
        gone = set(self._withdrawn([self._ids[number] for number in parcel.numbers]))
        places = frozenset(place for place, number in enumerate(parcel.numbers) if self._ids[number] in gone)
        for place in places:
            self._receipts[parcel.numbers[place]] = GONE
        return parcel.without(places) if places else parcel

    def _settle(self, parcel: Parcel, receipt: Receipt) -> None:
        for number in parcel.numbers:
            self._receipts[number] = receipt


class _Work:
    """One parcel, taken apart as far as need be."""

    def __init__(self, sending: Sending, doubtful: list[tuple[int, str]], proven: bool) -> None:
        self._sending = sending
        self._doubtful = doubtful
        self.proven = proven
        """Whether a request of this kind has been accepted."""
        self._refusals = 0
        self._tries = 0

    def run(self, parcel: Parcel) -> Receipt | None:
        """Give every mail of the parcel its receipt; why all mails of the kind are refused, if they are."""
        todo = [parcel]
        while todo:
            if self._tries >= _MOST_TRIES:
                self._settle_all(todo, _held("too many of these mails were refused for now"))
                return None
            one, answer = self._sending._try(todo.pop())
            if not len(one):
                continue
            if answer is None:
                return None  # what is left gets its receipt in the end
            self._tries += 1
            match answer.outcome:
                case Outcome.ACCEPTED:
                    self.proven = True
                    self._sending._settle(one, Receipt(Delivery.ACCEPTED, provider_id=answer.provider_id))
                case Outcome.UNSENT:
                    self._sending._settle(one, Receipt(Delivery.RETRYABLE, answer.reason))
                case Outcome.UNKNOWN:
                    self._sending._settle(one, Receipt(Delivery.UNKNOWN, answer.reason))
                case Outcome.TOO_LARGE:
                    self._split(one, answer.reason, todo)
                case _:
                    refusal = read_refusal(answer.content, len(one))
                    if refusal.whole or (not self.proven and self._refusals >= _PATIENCE):
                        whole = _held(f"SendGrid refuses these mails: {refusal.text}")
                        self._settle_all([one, *todo], whole)
                        return whole
                    self._refusals += 1
                    self._take_out(one, refusal, todo)
        return None

    def _take_out(self, one: Parcel, refusal: Refusal, todo: list[Parcel]) -> None:
        reason = f"SendGrid refuses it: {refusal.text}"
        out = refusal.addresses | refusal.places
        if refusal.too_many or not out:
            self._split(one, reason, todo)
            return
        for place in refusal.addresses:
            self._sending._receipts[one.numbers[place]] = Receipt(Delivery.REJECTED, reason)
        self._doubtful.extend((one.numbers[place], reason) for place in sorted(refusal.places))
        if len(out) < len(one):
            todo.append(one.without(out))

    def _split(self, one: Parcel, reason: str, todo: list[Parcel]) -> None:
        if len(one) == 1:
            self._doubtful.append((one.numbers[0], reason))
            return
        first, second = one.halves()
        todo += [second, first]

    def _settle_all(self, parcels: Iterable[Parcel], receipt: Receipt) -> None:
        for parcel in parcels:
            self._sending._settle(parcel, receipt)


def _held(reason: str) -> Receipt:
    return Receipt(Delivery.RETRYABLE, reason)
