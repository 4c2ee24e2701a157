"""Writing into the ledger what a channel said of each mail of a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from airflow_ma.engine.mail.message import Delivery, Receipt
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.mail.unknown import resolve
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import message

if TYPE_CHECKING:
    from airflow_ma.engine.mail.ledger import Outbox

BATCH = 1_000
"""Rows that are written at once where each has values of its own."""
SOURCE = "refused while sending"
"""What the suppression list says of addresses that a server refused on the spot."""
_FEW_IDS = 20
"""Up to this many different provider ids a batch, each is written for all its mails at once."""

m = message.c


def write_receipts(connection: sa.Connection, outbox: Outbox, receipts: Sequence[Receipt], now: int) -> bool:
    """Write what became of each mail; whether all were accepted and the ledger agrees."""
    if len(receipts) != len(outbox.mails):
        raise ValueError(f"the channel gave {len(receipts)} receipts for {len(outbox.mails)} mails")
    ours = (m.batch == outbox.batch, m.state == "sending")
    unusual = [
        {
            "b_id": mail.message_id,
            "state": receipt.delivery.value,
            "reason": receipt.reason,
            "provider_id": receipt.provider_id,
            "sent_at": now if receipt.delivery is Delivery.UNKNOWN else None,
        }
        for mail, receipt in zip(outbox.mails, receipts, strict=True)
        if receipt.delivery is not Delivery.ACCEPTED
    ]
    names = ("state", "reason", "provider_id", "sent_at")
    for start in range(0, len(unusual), BATCH):
        connection.execute(
            sa.update(message)
            .where(m.id == sa.bindparam("b_id"), *ours)
            .values({name: sa.bindparam(name) for name in names}),
            unusual[start : start + BATCH],
        )
    by_provider_id: defaultdict[str | None, list[int]] = defaultdict(list)
    for mail, receipt in zip(outbox.mails, receipts, strict=True):
        if receipt.delivery is Delivery.ACCEPTED:
            by_provider_id[receipt.provider_id].append(mail.message_id)
    accepted = {"state": Delivery.ACCEPTED.value, "sent_at": now, "reason": None}
    written = 0
    if len(by_provider_id) > _FEW_IDS:
        each = [{"b_id": n, "b_name": name} for name, ids in by_provider_id.items() for n in ids]
        update = sa.update(message).where(m.id == sa.bindparam("b_id"), *ours)
        connection.execute(update.values(provider_id=sa.bindparam("b_name"), **accepted), each)
        return False
    for provider_id, ids in by_provider_id.items():
        # All of them: then the ledger's own rows are as good as a list, and quicker.
        theirs = (
            m.id.between(min(ids), max(ids))
            if len(ids) == len(outbox.mails)
            else one_of(connection.dialect.name, m.id, ids)
        )
        update = sa.update(message).where(theirs, *ours)
        written += connection.execute(update.values(provider_id=provider_id, **accepted)).rowcount
    return bool(outbox.mails) and written == len(outbox.mails)


def settle_late(connection: sa.Connection, outbox: Outbox, receipts: Sequence[Receipt], now: int) -> None:
    """A batch that came back after its lease was over: what it knows still settles what nobody else knew."""
    final = (Delivery.ACCEPTED, Delivery.REJECTED)
    known = {
        mail.message_id: receipt.delivery
        for mail, receipt in zip(outbox.mails, receipts, strict=True)
        if receipt.delivery in final
    }
    resolve(connection, known, now=now)


def suppress_gone(connection: sa.Connection, outbox: Outbox, receipts: Sequence[Receipt], now: int) -> None:
    """Put the addresses on the list of which the receiving server said that they do not exist."""
    gone = [
        Suppression(mail.recipient.email.lower(), receipt.suppress, now, SOURCE, receipt.reason)
        for mail, receipt in zip(outbox.mails, receipts, strict=True)
        if receipt.suppress is not None
    ]
    if gone:
        suppress(connection, gone)
