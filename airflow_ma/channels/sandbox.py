"""The sandbox channel: delivers into a mailbox of our own database, and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.channels.addresses import provider_address
from airflow_ma.channels.channel import (
    Account,
    ChannelError,
    Delivery,
    OutgoingMail,
    Receipt,
    SentMail,
    Withdrawn,
)
from airflow_ma.channels.link_tokens import LinkTokens
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.templates import Composition, EmailTemplate, TemplateError
from airflow_ma.config import Settings, settings
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import mailbox


class SandboxChannel:
    """Puts mails into ``ma_mailbox``, where people and programs read them as if they had arrived."""

    name = "sandbox"
    idempotent = True
    batch = 1_000

    def __init__(self, database: Database, account: Account | None = None) -> None:
        """Raises ChannelError when the signing keys are set wrongly."""
        self._database = database
        try:
            self._signer = LinkSigner.from_settings()
        except ValueError as error:
            raise ChannelError(str(error)) from error
        self._links = LinkTokens(database, self._signer)
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
        """Deliver the mails in one transaction; a message id that was delivered before changes nothing.

        A mail that the template cannot be filled in for can be retried, once the template is mended.
        """
        if isinstance(template, ProviderTemplate):
            raise ChannelError(
                f"'{template.name}' is a template that SendGrid holds, and the sandbox cannot fill it in; "
                "use a template of your own here"
            )
        if not mails:
            return []
        if template is not self._template:  # it may have been changed since the last call
            self._compositions.clear()
            self._template = template
        rows: list[dict[str, Any]] = []
        receipts: list[Receipt] = []
        for mail in mails:
            row, receipt = self._prepare(template, mail, now, purpose, headers or {})
            receipts.append(receipt)
            if row is not None:
                rows.append(row)
        if rows:
            insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
            statement = insert(mailbox).on_conflict_do_nothing(index_elements=[mailbox.c.message_id])
            with self._database.write() as connection:
                rows.sort(key=itemgetter("message_id"))  # one lock order: no deadlocks
                connection.execute(statement, rows)
        return receipts

    def trace(self, mails: Sequence[SentMail]) -> dict[int, Delivery]:
        """Nothing here is ever unknown."""
        return {}

    def _prepare(
        self,
        template: EmailTemplate,
        mail: OutgoingMail,
        now: int,
        purpose: str,
        headers: Mapping[str, str],
    ) -> tuple[dict[str, Any] | None, Receipt]:
        to = mail.recipient
        if provider_address(to.email) is None:
            return None, Receipt(Delivery.REJECTED, "the contact's address is not a mail address")
        key = (template.language_for(to.language), to.tracks_opens, to.tracks_clicks, purpose)
        composition = self._compositions.get(key)
        if composition is None:
            composition = self._compositions[key] = template.compose(
                key[0],
                tracks_opens=to.tracks_opens,
                tracks_clicks=to.tracks_clicks,
                links=self._links.of(template.links),
                base=settings().collector_url,
                purpose=purpose,
            )
        try:
            rendered = composition.render(mail, self._signer.tokens(mail.message_id))
        except TemplateError as error:
            return None, Receipt(Delivery.RETRYABLE, str(error))
        row = {
            "message_id": mail.message_id,
            "to_address": to.email,
            "to_name": to.name,
            "sender": sender_line(settings()),
            "subject": rendered.subject,
            "html": rendered.html,
            "text": rendered.text,
            "headers": {**rendered.headers, **headers},
            "delivered_at": now,
        }
        return row, Receipt(Delivery.ACCEPTED)


def sender_line(of: Settings) -> str:
    """The From of a sandbox mail; a made-up one when none is set, as nobody outside ever sees it."""
    address = of.sender_email or "sandbox@localhost"
    return f"{of.sender_name} <{address}>" if of.sender_name else address
