"""A provider's events as they come in while a large send goes out, and the database that they meet."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from airflow_ma.channels.links import LinkSigner
from airflow_ma.engine.database import Database
from bench import plan
from bench.databases import numbers

BATCH = 1_000
_AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0",
)
_MAILS_A_SECOND = 500

# People 1 ... size got a mail each and wait for what comes of it; two of three have been reported on already.
_FILL = (
    "INSERT INTO ma_enrollment (id, journey_id, version, contact_id, entry_key, cohort, step, entered_at, "
    "arrived_at, deadline_at, wake_at) SELECT i, 1, 1, i, '', '', 'wait', {start}, {start}, {asleep} + i, "
    "{asleep} + i FROM n",
    "INSERT INTO ma_message (id, enrollment_id, step, journey_id, contact_id, channel, template, state, "
    "batch, provider_id, created_at, sent_at) SELECT i, i, 'mail', 1, i, 'sendgrid', 'offer', 'accepted', "
    "'batch ' || (i / 1000), 'provider', {start}, {start} FROM n",
)
_EVENTS = (
    "INSERT INTO ma_event (type, at, received_at, contact_id, message_id, machine, dedupe_key) SELECT "
    "CASE i - i / 5 * 5 WHEN 0 THEN 'email.open' WHEN 1 THEN 'email.processed' WHEN 2 THEN 'email.processed' "
    "ELSE 'email.delivered' END, {start} + i, {start} + i, i * 2 / 3 * {size} / {stored} + 1, "
    "i * 2 / 3 * {size} / {stored} + 1, {no}, '0' || (({start} + i) / 1000) || ':sg:' || {random} || i FROM n"
)


@dataclass(frozen=True)
class Delivery:
    """One signed POST."""

    timestamp: str
    signature: str
    body: bytes


class Provider:
    """Signs as SendGrid does."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key = base64.b64encode(public).decode()

    def sign(self, events: Sequence[dict[str, Any]]) -> Delivery:
        body = b"[" + b",\r\n".join(orjson.dumps(event) for event in events) + b"]\r\n"
        timestamp = str(plan.START // 1000)
        der = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return Delivery(timestamp, base64.b64encode(der).decode(), body)


def fill(database: Database, size: int, stored: int) -> None:
    """``size`` contacts are there; give each a mail and a wait, and ``stored`` events of earlier mails."""
    kind = "sqlite" if database.is_sqlite else "postgresql"
    values = {
        "start": plan.START - 24 * plan.HOUR,
        "asleep": plan.START + 24 * plan.HOUR,
        "size": size,
        "stored": stored,
        "no": "0" if database.is_sqlite else "false",
        "random": "hex(randomblob(20))" if database.is_sqlite else "md5(i::text) || md5((i + 1)::text)",
    }
    with database.write() as connection:
        for statement in _FILL:
            connection.execute(sa.text(_with(numbers(kind, size), statement.format(**values))))
        whole = "i * 2 / 3 *"
        events = _EVENTS.replace(whole, "CAST(i AS bigint) * 2 / 3 *").format(**values)
        connection.execute(sa.text(_with(numbers(kind, stored), events)))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")


def _with(head: str, statement: str) -> str:
    """SQLite and PostgreSQL both take WITH in front of INSERT."""
    return f"{head} {statement}".replace("::", r"\:\:")


def batches(size: int, count: int, *, scattered: bool) -> Iterator[list[dict[str, Any]]]:
    """``count`` batches about the last third of the mails in the order of a send, or about any mail."""
    dice = random.Random(7)
    signer = LinkSigner.from_settings()
    first = size * 2 // 3
    stream = sorted(_stream(dice, first, size), key=lambda one: one[0])
    start = max(0, (len(stream) - count * BATCH) // 2)
    for number in range(count):
        part = stream[start + number * BATCH :][:BATCH]
        if len(part) < BATCH:
            raise ValueError(f"{size} contacts make too few events for {count} batches")
        if scattered:
            part = [(at, kind, dice.randrange(1, size + 1)) for at, kind, _ in part]
        yield [_event(dice, signer, *one) for one in part]


def _stream(dice: random.Random, first: int, last: int) -> Iterator[tuple[float, str, int]]:
    for mail in range(first + 1, last + 1):
        sent = plan.START / 1000 + (mail - first) / _MAILS_A_SECOND
        yield sent + dice.uniform(0.5, 3), "processed", mail
        yield sent + dice.uniform(3, 20), "delivered", mail
        if dice.random() < 0.4:
            opened = sent + dice.expovariate(1 / 600) + 20
            yield opened, "open", mail
            if dice.random() < 0.2:
                yield opened + dice.uniform(2, 60), "click", mail


def _event(dice: random.Random, signer: LinkSigner, at: float, kind: str, mail: int) -> dict[str, Any]:
    sent_as = f"{mail:022d}.recvd-5f54b5d587-pczjm-1-67BADEEA-{mail % 1000}.0"
    event: dict[str, Any] = {
        "email": f"customer{mail}@example.com",
        "timestamp": int(at),
        "event": kind,
        "ma_message": signer.message_tag(mail),
        "category": ["offer"],
        "sg_event_id": base64.urlsafe_b64encode(dice.randbytes(36)).decode(),
        "sg_message_id": sent_as,
    }
    if kind in ("processed", "delivered"):
        event["smtp-id"] = f"<{mail:022d}@geopod-ismtpd-12>"
    if kind == "delivered":
        event |= {
            "ip": "192.0.2.10",
            "tls": 1,
            "response": f"250 2.0.0 OK {int(at)} 41be03b00d2f7-b{mail} - gsmtp",
        }
    if kind in ("open", "click"):
        event |= {"ip": "203.0.113.7", "useragent": dice.choice(_AGENTS), "sg_content_type": "html"}
    if kind == "open":
        event["sg_machine_open"] = False
    if kind == "click":
        event |= {
            "url": f"https://shop.example.com/offer/{mail % 50}",
            "url_offset": {"index": 0, "type": "html"},
        }
    return event
