"""The crowd never leaves this machine and never makes more requests than it may."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator

import httpx
import pytest

from airflow_ma.demo.loopback import (
    NotThisMachineError,
    RequestsExhaustedError,
    is_loopback,
    loopback_client,
)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["example.com", "localhost.example.com", "192.168.0.1", "0.0.0.0", "169.254.169.254", "", "::2"]
)
def test_another_machine(host: str) -> None:
    assert not is_loopback(host)


class _Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://192.0.2.1/away")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_redirect_to_elsewhere_is_refused_even_when_somebody_follows_it(server: str) -> None:
    async def visit() -> None:
        async with loopback_client(most_requests=9, connections=1) as client:
            assert (await client.get(server)).status_code == 302
            with pytest.raises(NotThisMachineError, match=r"192\.0\.2\.1"):
                await client.get(server, follow_redirects=True)
            with pytest.raises(NotThisMachineError):
                await client.get("http://example.com/")

    asyncio.run(visit())


def test_a_proxy_in_the_environment_is_not_used(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def visit() -> httpx.Response:
        async with loopback_client(most_requests=1, connections=1) as client:
            return await client.get(server)

    assert asyncio.run(visit()).status_code == 302


def test_after_the_last_request_comes_none(server: str) -> None:
    async def visit() -> None:
        async with loopback_client(most_requests=2, connections=1) as client:
            await client.get(server)
            await client.get(server)
            with pytest.raises(RequestsExhaustedError):
                await client.get(server)

    asyncio.run(visit())
