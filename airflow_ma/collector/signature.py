"""Verifying that a webhook delivery comes from the provider: ECDSA over P-256 of timestamp and raw body."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature"
TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp"

_TIMESTAMP = re.compile(r"[0-9]{10}")
_LONGEST_SIGNATURE = 96  # characters: two numbers of 33 bytes at most, as DER, as base64
_PEM_LINES = re.compile(r"-----(?:BEGIN|END) PUBLIC KEY-----")
_SHA256 = ec.ECDSA(hashes.SHA256())

PublicKey = ec.EllipticCurvePublicKey


def read_keys(setting: str) -> tuple[PublicKey, ...]:
    """The public keys in a setting: PEM, or base64 as SendGrid shows it, with commas between them.

    Raises ValueError that says which one cannot be used and why.
    """
    texts = [text for text in setting.split(",") if text.strip()]
    return tuple(_read_key(text, number) for number, text in enumerate(texts, start=1))


def is_genuine(
    keys: Sequence[PublicKey], timestamp: str | None, signature: str | None, body: bytes | bytearray
) -> bool:
    """Whether one of the keys signed this timestamp and these bytes.

    Only the one true spelling of a signature passes: canonical base64 of canonical DER, nothing after it.
    """
    if not looks_signed(timestamp, signature):
        return False
    assert timestamp is not None and signature is not None  # noqa: S101, PT018 - looks_signed has seen to it
    try:
        der = b64decode(signature, validate=True)
        r, s = decode_dss_signature(der)
        if b64encode(der).decode() != signature or encode_dss_signature(r, s) != der:
            return False
    except ValueError:
        return False
    signed = timestamp.encode() + body
    return any(_verifies(key, der, signed) for key in keys)


def looks_signed(timestamp: str | None, signature: str | None) -> bool:
    """Whether reading the body is worth the while."""
    if not timestamp or not signature:
        return False
    return _TIMESTAMP.fullmatch(timestamp) is not None and len(signature) <= _LONGEST_SIGNATURE


def _verifies(key: PublicKey, der: bytes, signed: bytes) -> bool:
    try:
        key.verify(der, signed, _SHA256)
    except InvalidSignature:
        return False
    return True


def _read_key(text: str, number: int) -> PublicKey:
    # An environment variable holds the line ends of a PEM key as they are, or written as \n.
    base64 = "".join(_PEM_LINES.sub("", text.replace("\\n", "\n")).split())
    try:
        key = load_der_public_key(b64decode(base64, validate=True))
    except Exception:  # the library raises its own kinds for what it does not know
        raise ValueError(
            f"key {number} in AIRFLOW_MA_WEBHOOK_KEYS is not a public key; copy the verification key that "
            "SendGrid shows under Settings > Mail Settings > Event Webhook"
        ) from None
    if not isinstance(key, PublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(
            f"key {number} in AIRFLOW_MA_WEBHOOK_KEYS is no key on the curve P-256, "
            "and SendGrid's webhooks are signed with those"
        )
    return key
