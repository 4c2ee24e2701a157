"""The sandbox channel: delivers into a mailbox of our own database, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.channels.channel import ChannelError, Delivery, OutgoingMail, Receipt
from airflow_ma.channels.links import LinkSigner, link_ids
from airflow_ma.channels.templates import EmailTemplate, MailUrls, TemplateError
from airflow_ma.config import Settings, settings
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import mailbox

_ADDRESS = re.compile(r"[^\s@<>,;\"\x00-\x1f]+@[^\s@<>,;\"\x00-\x1f]+")


class SandboxChannel:
    """Puts mails into ``ma_mailbox``, where people and programs read them as if they had arrived."""

    name = "sandbox"
    idempotent = True

    def __init__(self, database: Database) -> None:
        """Raises ChannelError when the signing keys are set wrongly."""
        self._database = database
        self._link_ids: dict[str, int] = {}
        try:
            self._signer = LinkSigner.from_settings()
        except ValueError as error:
            raise ChannelError(str(error)) from error

    def send(self, template: EmailTemplate, mails: Sequence[OutgoingMail], *, now: int) -> list[Receipt]:
        """Deliver the mails in one transaction; a message id that was delivered before changes nothing.

        A mail that the template cannot be filled in for can be retried, once the template is mended.
        """
        if not mails:
            return []
        self._learn_links(template)
        rows: list[dict[str, Any]] = []
        receipts: list[Receipt] = []
        for mail in mails:
            row, receipt = self._prepare(template, mail, now)
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

    def _prepare(
        self, template: EmailTemplate, mail: OutgoingMail, now: int
    ) -> tuple[dict[str, Any] | None, Receipt]:
        to = mail.recipient
        if not _ADDRESS.fullmatch(to.email):
            return None, Receipt(Delivery.REJECTED, "the contact's address is not a mail address")
        try:
            rendered = template.render(mail, self._urls(template, mail.message_id))
        except TemplateError as error:
            return None, Receipt(Delivery.RETRYABLE, str(error))
        row = {
            "message_id": mail.message_id,
            "to_address": to.email,
            "to_name": to.name,
            "sender": _sender(settings()),
            "subject": rendered.subject,
            "html": rendered.html,
            "text": rendered.text,
            "headers": rendered.headers,
            "delivered_at": now,
        }
        return row, Receipt(Delivery.ACCEPTED)

    def _urls(self, template: EmailTemplate, message_id: int) -> MailUrls:
        base, sign = settings().collector_url, self._signer
        clicks = {url: sign.click_url(base, message_id, self._link_ids[url]) for url in template.links}
        return MailUrls(
            open=sign.open_url(base, message_id),
            unsubscribe=sign.unsubscribe_url(base, message_id),
            clicks=clicks,
        )

    def _learn_links(self, template: EmailTemplate) -> None:
        unknown = [url for url in template.links if url not in self._link_ids]
        if unknown:
            with self._database.write() as connection:
                found = link_ids(connection, unknown)
            self._link_ids |= found


def _sender(of: Settings) -> str:
    """The From of a sandbox mail; a made-up one when none is set, as nobody outside ever sees it."""
    address = of.sender_email or "sandbox@localhost"
    return f"{of.sender_name} <{address}>" if of.sender_name else address
