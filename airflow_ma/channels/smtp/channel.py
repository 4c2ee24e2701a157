"""The SMTP channel: fills in a template for each person and hands the mails to a mail server."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.utils import format_datetime

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
from airflow_ma.channels.composition import Composition
from airflow_ma.channels.link_tokens import LinkTokens
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.smtp.connect import ServerOptions
from airflow_ma.channels.smtp.courier import TOO_SLOW, Courier
from airflow_ma.channels.smtp.headers import address_header, ascii_header
from airflow_ma.channels.smtp.mime import MailForm, fragment_key
from airflow_ma.channels.template_language import TemplateError
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.channels.unforeseen import not_written
from airflow_ma.config import settings
from airflow_ma.engine.clock import from_ms
from airflow_ma.engine.database import Database

_FRESH_SECONDS = 1.0
"""What the ledger said about who may get mail is believed for so long."""
_GONE = Receipt(Delivery.REJECTED, "unsubscribed")


class SmtpChannel:
    """Sends over an SMTP server. It cannot recognise a mail it has sent, so it never sends one again."""

    name = "smtp"
    idempotent = False
    batch = 200
    """A server takes 50 to 100 ms for a mail, and a worker that dies leaves as many unknown."""

    def __init__(self, database: Database, account: Account | None) -> None:
        """Raises ChannelError when the connection or our settings cannot be sent with."""
        if account is None:
            raise ChannelError(
                "the channel 'smtp' needs an Airflow connection; add one named 'smtp_default' "
                "or give the step's conn_id"
            )
        self._account = account
        self._options = ServerOptions.of(account)
        self._sender, self._head = self._read_sender()
        self._domain = self._sender.rpartition("@")[2]
        self._template: EmailTemplate | None = None
        self._forms: dict[tuple[str, bool, bool, str], tuple[Composition, MailForm]] = {}
        try:
            self._signer = LinkSigner.from_settings()
        except ValueError as error:
            raise ChannelError(str(error)) from error
        self._links = LinkTokens(database, self._signer)

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
        """Hand over the mails one after the other, each at most once.

        What a slow server leaves over can be retried. Raises ChannelError, with the receipts of what was
        done by then, when the server takes nothing more. Lasts 240 seconds at most.
        """
        if isinstance(template, ProviderTemplate):
            raise ChannelError(
                f"'{template.name}' is a template that SendGrid holds, and this mail goes over SMTP; "
                "use a template of your own, or a SendGrid connection"
            )
        if not mails:
            return []
        if template is not self._template:  # it may have been changed since the last call
            self._forms.clear()
            self._template = template
        shared = _date_header(now) + self._head + _more(headers or {})
        try:
            for mail in mails:
                with suppress(TemplateError):  # that mail's receipt says it
                    self._form(template, mail.recipient, purpose)
        except ChannelError:
            raise
        except Exception as error:  # before the first byte: whatever it is, nobody's fate is unknown
            raise not_written(error) from None
        receipts: list[Receipt] = []
        still_wanted = _StillWanted(mails, withdrawn)
        try:
            with Courier(self._account, self._options, self._sender.encode()) as courier:
                for number, mail in enumerate(mails):
                    if courier.is_late:
                        return receipts + [TOO_SLOW] * (len(mails) - len(receipts))
                    courier.open()  # it may take long: only then it is asked who still wants the mail
                    if not still_wanted(number):
                        receipts.append(_GONE)
                        continue
                    receipts.append(self._send_one(courier, template, mail, shared, purpose))
        except Exception as error:
            known = error if isinstance(error, ChannelError) else not_written(error)
            receipts += known.receipts  # of this mail, where it may have gone
            rest = Receipt(Delivery.RETRYABLE, str(known))
            raise type(known)(str(known), receipts + [rest] * (len(mails) - len(receipts))) from None
        return receipts

    def trace(self, mails: Sequence[SentMail]) -> Mapping[int, Delivery]:
        """A mail server tells nothing afterwards; its log has our Message-ID."""
        return {mail.message_id: Delivery.UNKNOWN for mail in mails}

    def _send_one(
        self, courier: Courier, template: EmailTemplate, mail: OutgoingMail, shared: bytes, purpose: str
    ) -> Receipt:
        address = provider_address(mail.recipient.email)
        if address is None:
            return Receipt(Delivery.REJECTED, "the contact's address is not a mail address")
        try:
            content = self._write(template, mail, address, shared, purpose)
        except TemplateError as error:
            return Receipt(Delivery.RETRYABLE, str(error))
        return courier.deliver(address.encode("ascii"), content)

    def _form(self, template: EmailTemplate, to: Recipient, purpose: str) -> tuple[Composition, MailForm]:
        """What all mails like this share, made once for all batches of the template."""
        language = template.language_for(to.language)
        key = (language, to.tracks_opens, to.tracks_clicks, purpose)
        found = self._forms.get(key)
        if found is None:
            composition = template.compose(
                language,
                tracks_opens=to.tracks_opens,
                tracks_clicks=to.tracks_clicks,
                links=self._links.of(template.links),
                base=settings().collector_url,
                purpose=purpose,
            )
            found = self._forms[key] = (composition, MailForm(composition.skeleton(fragment_key)))
        return found

    def _write(
        self, template: EmailTemplate, mail: OutgoingMail, address: str, shared: bytes, purpose: str
    ) -> bytes:
        to = mail.recipient
        composition, form = self._form(template, to, purpose)
        tokens = self._signer.tokens(mail.message_id)
        own = f"Message-ID: <{self._signer.message_tag(mail.message_id)}@{self._domain}>\r\n"
        for field, value in composition.headers(tokens).items():
            own += f"{field}: {value}\r\n"
        if purpose != "marketing":
            own += "Auto-Submitted: auto-generated\r\n"  # no machine shall answer, no person is asked to
        headers = shared + address_header("To", to.name, address) + own.encode("ascii")
        return form.fill(headers, composition.fragments(mail, tokens))

    def _read_sender(self) -> tuple[str, bytes]:
        """The sender's address, and the headers that are the same in all mails."""
        ours = settings()
        sender = _ascii_address(ours.sender_email or self._options.from_email, "AIRFLOW_MA_SENDER_EMAIL")
        head = address_header("From", ours.sender_name, sender)
        if ours.reply_to:
            head += address_header("Reply-To", None, _ascii_address(ours.reply_to, "AIRFLOW_MA_REPLY_TO"))
        if not (ours.collector_url.isascii() and ours.collector_url.isprintable()):
            raise ChannelError("AIRFLOW_MA_COLLECTOR_URL must be plain ASCII; write its domain as xn--...")
        return sender, head


class _StillWanted:
    """Asks again whether people still want their mail: many a minute passes in a call.

    By the clock and not for so many mails: a quick server takes them all before anybody could leave.
    """

    def __init__(self, mails: Sequence[OutgoingMail], withdrawn: Withdrawn | None) -> None:
        """The mails were claimed a moment ago: the ledger was asked then."""
        self._ids = [mail.message_id for mail in mails]
        self._withdrawn = withdrawn
        self._gone: set[int] = set()
        self._asked_at = time.monotonic()

    def __call__(self, number: int) -> bool:
        """For the mail at that place of the call; those before it are done with."""
        if self._withdrawn is None:
            return True
        now = time.monotonic()
        if now - self._asked_at > _FRESH_SECONDS:
            self._asked_at = now
            self._gone = set(self._withdrawn(self._ids[number:]))
        return self._ids[number] not in self._gone


def _ascii_address(address: str, setting: str) -> str:
    found = provider_address(address)
    if found is None:
        raise ChannelError(f"{setting} must be the mail address of the sender, such as news@example.com")
    return found


def _more(headers: Mapping[str, str]) -> bytes:
    return b"".join(ascii_header(field, text) for field, text in headers.items())


def _date_header(now: int) -> bytes:
    return f"Date: {format_datetime(from_ms(now, settings().timezone))}\r\n".encode("ascii")
