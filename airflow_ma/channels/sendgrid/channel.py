"""The SendGrid channel: fills in a template for each person and sends up to 1,000 mails per request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from airflow_ma.channels.addresses import provider_address
from airflow_ma.channels.channel import (
    Account,
    ChannelError,
    Delivery,
    OutgoingMail,
    Receipt,
    Recipient,
    SentMail,
    Withdrawn,
)
from airflow_ma.channels.link_tokens import LinkTokens
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.sendgrid.access import read_access
from airflow_ma.channels.sendgrid.http import Api
from airflow_ma.channels.sendgrid.kinds import Call, Kind, OwnKind, ProviderKind
from airflow_ma.channels.sendgrid.logs import Logs
from airflow_ma.channels.sendgrid.request import sender_of, shared_settings
from airflow_ma.channels.sendgrid.sending import Sending
from airflow_ma.channels.templates import Composition, EmailTemplate, TemplateError
from airflow_ma.channels.unforeseen import not_written
from airflow_ma.config import settings
from airflow_ma.engine.database import Database

_BAD_ADDRESS = Receipt(Delivery.REJECTED, "the contact's address is not a mail address")


class SendGridChannel:
    """Sends by SendGrid's v3 Web API, which cannot recognise a mail it has seen: nothing is tried twice."""

    name = "sendgrid"
    idempotent = False
    batch = 1_000

    def __init__(
        self, database: Database, account: Account | None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Raises ChannelError when the connection or our settings cannot be sent with."""
        self._access = read_access(account)
        sender_of(settings())
        try:
            self._signer = LinkSigner.from_settings()
        except ValueError as error:
            raise ChannelError(str(error)) from error
        self._links = LinkTokens(database, self._signer)
        self._api = Api(self._access)
        self._logs = Logs(self._api, self._signer)
        self._sleep = sleep
        self._template: EmailTemplate | None = None
        self._compositions: dict[tuple[str, bool, bool, str], Composition] = {}

    def send(
        self,
        template: EmailTemplate | ProviderTemplate,
        mails: Sequence[OutgoingMail],
        *,
        now: int,
        purpose: str = "marketing",
        withdrawn: Withdrawn | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> list[Receipt]:
        """Send the mails, each in exactly one request that is not repeated once it may have been taken.

        Raises ChannelError, with the receipts of all mails, when SendGrid refuses what they share, and
        SendingPausedError when it refuses the account. Lasts 240 seconds at most.
        """
        receipts: list[Receipt | None] = [None] * len(mails)
        ids = [mail.message_id for mail in mails]
        sending = Sending(self._api, receipts, ids=ids, withdrawn=withdrawn, sleep=self._sleep)
        try:
            kinds = self._write(template, mails, purpose, receipts, headers)
            written = [list(kind.parcels()) for kind in kinds]
        except ChannelError:
            raise
        except Exception as error:  # before the first byte: whatever it is, nobody's fate is unknown
            raise not_written(error) from None
        try:
            for parcels in written:
                sending.post(parcels)
        except Exception as error:
            sending.abandon(error)
        return sending.finish()

    def trace(self, mails: Sequence[SentMail]) -> Mapping[int, Delivery]:
        """What SendGrid's Email Logs tell about mails of unknown fate; nothing where they cannot be read."""
        return self._logs.find(mails)

    def _write(
        self,
        template: EmailTemplate | ProviderTemplate,
        mails: Sequence[OutgoingMail],
        purpose: str,
        receipts: list[Receipt | None],
        headers: Mapping[str, str] | None = None,
    ) -> list[Kind]:
        """All mails in bytes. Those that cannot be written get their receipt here."""
        made: dict[object, tuple[Kind, list[int]]] = {}
        like: dict[tuple[str, bool, bool], list[int]] = {}
        call = Call(mails, [], receipts)
        for number, mail in enumerate(mails):
            to = mail.recipient
            address = provider_address(to.email)
            call.addresses.append(address or "")
            if address is None:
                receipts[number] = _BAD_ADDRESS
                continue
            wanted = (to.language, to.tracks_opens, to.tracks_clicks)
            others = like.get(wanted)
            if others is None:
                try:
                    others = like[wanted] = self._kind(template, to, purpose, made, headers)[1]
                except TemplateError as error:
                    receipts[number] = Receipt(Delivery.RETRYABLE, str(error))
                    continue
            others.append(number)
        for kind, numbers in made.values():
            kind.write(call, numbers)
        return [kind for kind, _ in made.values()]

    def _kind(
        self,
        template: EmailTemplate | ProviderTemplate,
        to: Recipient,
        purpose: str,
        made: dict[object, tuple[Kind, list[int]]],
        headers: Mapping[str, str] | None,
    ) -> tuple[Kind, list[int]]:
        """The kind that mails like this belong to and their places, begun if it is the first of them."""
        rules, options = settings(), self._access.options
        opens, clicks = to.tracks_opens, to.tracks_clicks
        language = "" if isinstance(template, ProviderTemplate) else template.language_for(to.language)
        found = made.get((language, opens, clicks))
        if found is None:
            shared = sender_of(rules)
            if headers:
                shared["headers"] = dict(headers)
            if isinstance(template, ProviderTemplate):
                # Our own pixel and links are not in it: SendGrid tracks, for those who may be tracked.
                shared |= shared_settings(options, opens=opens, clicks=clicks)
                kind: Kind = ProviderKind(template, shared, rules, self._signer, purpose)
            else:
                shared |= shared_settings(options, opens=False, clicks=False)
                composition = self._composition(template, language, opens, clicks, purpose)
                kind = OwnKind(composition, shared, self._signer)
            found = made[language, opens, clicks] = (kind, [])
        return found

    def _composition(
        self, template: EmailTemplate, language: str, opens: bool, clicks: bool, purpose: str
    ) -> Composition:
        """Made once for all batches of a template: it takes as long as many mails."""
        if template is not self._template:
            self._compositions.clear()
            self._template = template
        key = (language, opens, clicks, purpose)
        found = self._compositions.get(key)
        if found is None:
            found = self._compositions[key] = template.compose(
                language,
                tracks_opens=opens,
                tracks_clicks=clicks,
                links=self._links.of(template.links),
                base=settings().collector_url,
                purpose=purpose,
            )
        return found
