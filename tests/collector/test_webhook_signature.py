"""Who may tell us events: SendGrid's own published examples pass, anything else does not."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from airflow_ma.collector.signature import is_genuine, read_keys

# The examples in the tests of SendGrid's libraries: Python, Java, PHP and Node (first), Go and Ruby (second).
KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaIN"
    "XvVpiglSI8eNEc6wEA3F+g=="
)
SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
TIMESTAMP = "1600112502"
BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",'
    b'"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",'
    b'"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",'
    b'"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)
OTHER_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj"
    "+y7GjUuFDb/R1NGe1OPzpA=="
)
SECOND_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvF"
    "YPAZFceEu/1FwCM/QmGUhA=="
)
SECOND_SIGNATURE = (
    "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0="
)
SECOND_BODY = b'{"category":"example_payload","event":"test_event","message_id":"message_id"}'


def genuine(key: str, timestamp: str | None, signature: str | None, body: bytes) -> bool:
    return is_genuine(read_keys(key), timestamp, signature, body)


def test_the_published_examples_pass() -> None:
    assert genuine(KEY, TIMESTAMP, SIGNATURE, BODY)
    assert genuine(SECOND_KEY, "1588788367", SECOND_SIGNATURE, SECOND_BODY)


@pytest.mark.parametrize(
    ("key", "timestamp", "signature", "body"),
    [
        (OTHER_KEY, TIMESTAMP, SIGNATURE, BODY),
        (KEY, TIMESTAMP, SIGNATURE, b"payload"),
        (KEY, TIMESTAMP, SIGNATURE, BODY.removesuffix(b"\r\n")),
        (KEY, TIMESTAMP, SIGNATURE, BODY + b" "),
        (KEY, TIMESTAMP, SIGNATURE, b""),
        (KEY, "1600112503", SIGNATURE, BODY),
        (KEY, "timestamp", SIGNATURE, BODY),
        (KEY, "", SIGNATURE, BODY),
        (KEY, None, SIGNATURE, BODY),
        (KEY, TIMESTAMP, None, BODY),
        (KEY, TIMESTAMP, "", BODY),
        (KEY, TIMESTAMP, SECOND_SIGNATURE, BODY),
        (SECOND_KEY, "1588788367", SECOND_SIGNATURE.replace("YNH2j", "YNH3j"), SECOND_BODY),
        ("", TIMESTAMP, SIGNATURE, BODY),
    ],
)
def test_anything_else_is_refused(
    key: str, timestamp: str | None, signature: str | None, body: bytes
) -> None:
    assert not genuine(key, timestamp, signature, body)


R, S = decode_dss_signature(b64decode(SIGNATURE))
DER = b64decode(SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE + "!!garbage??",
        SIGNATURE + "causing failure",
        SIGNATURE + "AAAA",
        " " + SIGNATURE,
        SIGNATURE + "\n",
        SIGNATURE[:40] + "\r\n        " + SIGNATURE[40:],
        SIGNATURE.rstrip("="),
        SIGNATURE + "=",
        SIGNATURE.replace("+", "-").replace("/", "_"),
        SIGNATURE[:-2] + chr(ord(SIGNATURE[-2]) + 1) + "=",  # spare bits
        b64encode(DER + b"\x00").decode(),
        b64encode(DER + b"\x02\x01\x01").decode(),
        b64encode(b"\x30\x81" + DER[1:]).decode(),  # a length in more bytes than it needs
        b64encode(b"\x30\x46\x02\x21\x00" + DER[4:]).decode(),  # a number with a needless zero in front
        b64encode(encode_dss_signature(0, S)).decode(),
        b64encode(encode_dss_signature(R, 0)).decode(),
        b64encode(R.to_bytes(32, "big") + S.to_bytes(32, "big")).decode(),
        b64encode(b"\x30\x06\x02\x01\x00\x02\x01\x00").decode(),
        "é" + SIGNATURE[1:],
        "A" * 10_000,
    ],
)
def test_there_is_one_spelling_of_a_signature(signature: str) -> None:
    assert not genuine(KEY, TIMESTAMP, signature, BODY)


@pytest.mark.parametrize(
    "timestamp",
    [
        "01600112502",
        "160011250",
        " 1600112502",
        "1600112502 ",
        "１６００１１２５０２",
        "-160011250",
        "16e8112502",
    ],
)
def test_a_timestamp_is_ten_digits_even_when_it_is_signed(timestamp: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    key = b64encode(
        private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()

    def signature(stamp: str) -> str:
        return b64encode(private.sign(stamp.encode() + BODY, ec.ECDSA(hashes.SHA256()))).decode()

    assert genuine(key, TIMESTAMP, signature(TIMESTAMP), BODY)
    assert not genuine(key, timestamp, signature(timestamp), BODY)


def test_digits_cannot_wander_between_timestamp_and_body() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    key = b64encode(
        private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()
    signature = b64encode(private.sign(b"16001125021[]", ec.ECDSA(hashes.SHA256()))).decode()
    assert genuine(key, "1600112502", signature, b"1[]")
    assert not genuine(key, "16001125021", signature, b"[]")


def test_several_keys_verify_at_once() -> None:
    pem = load_der_public_key(b64decode(SECOND_KEY)).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    for second in (SECOND_KEY, pem.decode(), pem.decode().replace("\n", "\\n")):
        keys = read_keys(f"{KEY[:50]}\n        {KEY[50:]} , {second},")
        assert len(keys) == 2
        assert is_genuine(keys, TIMESTAMP, SIGNATURE, BODY)
        assert is_genuine(keys, "1588788367", SECOND_SIGNATURE, SECOND_BODY)
        assert not is_genuine(keys, "1588788367", SIGNATURE, SECOND_BODY)


def der(private: ec.EllipticCurvePrivateKey) -> str:
    return b64encode(
        private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (f"{KEY},nonsense", "key 2 .* is not a public key"),
        (f"{KEY}corrupted", "key 1 .* is not a public key"),
        (KEY[:-10], "key 1 .* is not a public key"),
        (der(ec.generate_private_key(ec.SECP384R1())), "key 1 .* P-256"),
    ],
)
def test_a_wrong_key_is_named(setting: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_keys(setting)
