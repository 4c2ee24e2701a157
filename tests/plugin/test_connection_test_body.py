"""What the Test button's middleware does with the bytes of a request, before anybody is known to be signed in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest

from airflow_ma.plugin.connection_test import PortlessConnectionTest

PATH = "/api/v2/connections/test"
ASKED = json.dumps({"conn_type": "smtp", "port": 0}).encode()


def post(
    chunks: Sequence[bytes], path: str = PATH, method: str = "POST", root_path: str = ""
) -> tuple[list[bytes], dict[bytes, bytes], int]:
    """What the app behind gets: the pieces of the body, the headers, and how many were read when it began."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = False
    got: list[bytes] = []
    seen: dict[bytes, bytes] = {}
    read = before = 0

    async def receive() -> Any:
        nonlocal read
        read += 1
        return messages[read - 1]

    async def send(message: Any) -> None: ...

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal before
        before = read
        seen.update(scope["headers"])
        while True:
            message = await receive()
            got.append(message["body"])
            if not message["more_body"]:
                return

    length = str(sum(map(len, chunks))).encode()
    scope = {"type": "http", "method": method, "path": path, "root_path": root_path}
    scope["headers"] = [(b"content-length", length)]  # type: ignore[assignment]
    asyncio.run(PortlessConnectionTest(app)(scope, receive, send))
    return got, seen, before


@pytest.mark.parametrize(("path", "root_path"), [(PATH, ""), (PATH, "/af"), (f"/af{PATH}", "/af")])
def test_port_zero_becomes_null(path: str, root_path: str) -> None:
    got, headers, _ = post([ASKED[:5], ASKED[5:]], path, root_path=root_path)
    assert json.loads(b"".join(got)) == {"conn_type": "smtp", "port": None}
    assert headers[b"content-length"] == str(len(b"".join(got))).encode()


@pytest.mark.parametrize(
    ("path", "method"), [(f"/other{PATH}", "POST"), (PATH, "PUT"), (f"{PATH}/x", "POST"), ("/", "POST")]
)
def test_other_requests_are_not_even_read(path: str, method: str) -> None:
    got, _, before = post([ASKED[:5], ASKED[5:]], path, method)
    assert got == [ASKED[:5], ASKED[5:]]
    assert before == 0


def test_a_long_body_is_neither_kept_nor_changed() -> None:
    chunks = [ASKED, *[b" " * 1_000] * 200_000]
    began = time.monotonic()
    got, headers, before = post(chunks)
    assert time.monotonic() - began < 5
    assert got == chunks
    assert before < 100
    assert headers[b"content-length"] == str(len(ASKED) + 200_000_000).encode()


def test_deeply_nested_nonsense_goes_on_to_airflow() -> None:
    nonsense = b"[" * 60_000
    assert post([nonsense])[0] == [nonsense]
