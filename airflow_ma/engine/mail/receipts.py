"""Writing into the ledger what a channel said of each mail of a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
_THEIRS = sa.update(message).where(m.batch == sa.bindparam("b_batch"), m.state == "sending")
_MINE = m.id == sa.bindparam("b_id")
_UNUSUAL = _THEIRS.where(_MINE).values(
    {name: sa.bindparam(name) for name in ("state", "reason", "provider_id", "sent_at")}
)
_ACCEPTED = _THEIRS.values(
    state=Delivery.ACCEPTED.value,
    reason=None,
    provider_id=sa.bindparam("b_name", type_=sa.Text),
    sent_at=sa.bindparam("b_now", type_=sa.BigInteger),
)
_ACCEPTED_ONE = _ACCEPTED.where(_MINE)
_ACCEPTED_ALL = _ACCEPTED.where(m.id.between(sa.bindparam("b_first"), sa.bindparam("b_last")))


def write_receipts(connection: sa.Connection, outbox: Outbox, receipts: Sequence[Receipt], now: int) -> bool:
    """Write what became of each mail; whether all were accepted and the ledger agrees."""
    if len(receipts) != len(outbox.mails):
        raise ValueError(f"the channel gave {len(receipts)} receipts for {len(outbox.mails)} mails")
    batch = {"b_batch": outbox.batch}
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
    for start in range(0, len(unusual), BATCH):
        connection.execute(_UNUSUAL, [{**one, **batch} for one in unusual[start : start + BATCH]])
    by_provider_id: defaultdict[str | None, list[int]] = defaultdict(list)
    for mail, receipt in zip(outbox.mails, receipts, strict=True):
        if receipt.delivery is Delivery.ACCEPTED:
            by_provider_id[receipt.provider_id].append(mail.message_id)
    written = 0
    if len(by_provider_id) > _FEW_IDS:
        known = {**batch, "b_now": now}
        each = [{"b_id": n, "b_name": name, **known} for name, ids in by_provider_id.items() for n in ids]
        connection.execute(_ACCEPTED_ONE, each)
        return False
    for provider_id, ids in by_provider_id.items():
        values: dict[str, Any] = {"b_name": provider_id, "b_now": now, **batch}
        # All of them: then the ledger's own rows are as good as a list, and quicker.
        if len(ids) == len(outbox.mails):
            values |= {"b_first": min(ids), "b_last": max(ids)}
            written += connection.execute(_ACCEPTED_ALL, values).rowcount
            continue
        some = _ACCEPTED.where(one_of(connection.dialect.name, m.id, ids))
        written += connection.execute(some, values).rowcount
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
