"""Event batches on the wire: signed as SendGrid signs, or wrongly in the ways that a receiver must notice."""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


@dataclass(frozen=True)
class WebhookKey:
    """The key pair of one webhook."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public(self) -> str:
        """As SendGrid shows it: base64 of the DER form, one line."""
        return base64.b64encode(
            self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ).decode()

    def signature(self, timestamp: str, body: bytes) -> str:
        """Of the timestamp and the raw body, base64 of DER."""
        return base64.b64encode(
            self.private.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        ).decode()


@dataclass(frozen=True)
class Delivery:
    """One POST of the Event Webhook."""

    headers: Mapping[str, str]
    body: bytes

    def with_header(self, name: str, value: str | None) -> Delivery:
        """The same with another header, or without it."""
        headers = {**self.headers, name: value or ""}
        return replace(self, headers={k: v for k, v in headers.items() if k != name or value is not None})

    def unsigned(self) -> Delivery:
        return self.with_header(SIGNATURE, None).with_header(TIMESTAMP, None)

    def with_garbage(self) -> Delivery:
        """Characters after the signature that a lax base64 decoder skips; SendGrid's own verifier takes it."""
        return self.with_header(SIGNATURE, self.headers[SIGNATURE] + "!?*~!")

    def with_body(self, body: bytes) -> Delivery:
        """Another body under the old signature."""
        return replace(self, body=body)

    def with_timestamp(self, timestamp: str) -> Delivery:
        """Another timestamp under the old signature."""
        return self.with_header(TIMESTAMP, timestamp)


def sign(events: Sequence[Mapping[str, Any]] | bytes, key: WebhookKey, *, at: int | None = None) -> Delivery:
    """The events (or a raw body) as SendGrid posts them. ``at`` in seconds; None: now, by the wall."""
    body = events if isinstance(events, bytes) else written(events)
    timestamp = str(int(time.time()) if at is None else at)
    headers = {
        "User-Agent": "SendGrid Event API",
        "Content-Type": "application/json",
        SIGNATURE: key.signature(timestamp, body),
        TIMESTAMP: timestamp,
    }
    return Delivery(headers, body)


def written(events: Sequence[Mapping[str, Any]]) -> bytes:
    """SendGrid's own layout: one event a line, CRLF between and at the end, all part of what is signed."""
    return b"[" + b",\r\n".join(orjson.dumps(event) for event in events) + b"]\r\n"


def in_batches(
    events: Sequence[Mapping[str, Any]],
    *,
    size: int = 1_000,
    seed: int | None = None,
    duplicates: float = 0.0,
) -> Iterator[list[Mapping[str, Any]]]:
    """The events in batches. With a seed out of order, and this share of them a second time."""
    given = list(events)
    if seed is not None:
        dice = random.Random(seed)
        given += dice.sample(given, int(len(given) * duplicates))
        dice.shuffle(given)
    for start in range(0, len(given), size):
        yield given[start : start + size]


def post_events(
    url: str,
    events: Sequence[Mapping[str, Any]],
    key: WebhookKey,
    *,
    size: int = 1_000,
    seed: int | None = None,
    duplicates: float = 0.0,
    tries: int = 3,
    timeout: float = 10.0,
) -> list[int]:
    """Post the events in signed batches; each is tried again until the answer is 2xx, as SendGrid does.

    The last status of each batch; 0 where there was no answer.
    """
    statuses = []
    with requests.Session() as session:
        session.trust_env = False
        for batch in in_batches(events, size=size, seed=seed, duplicates=duplicates):
            status = 0
            for _ in range(tries):
                delivery = sign(batch, key)
                try:
                    done = session.post(
                        url,
                        data=delivery.body,
                        headers=dict(delivery.headers),
                        timeout=timeout,
                        allow_redirects=False,
                    )
                except requests.RequestException:
                    continue
                status = done.status_code
                if 200 <= status < 300:
                    break
            statuses.append(status)
    return statuses
