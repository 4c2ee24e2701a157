"""An HTTP client for the demo that talks to this machine only, and only so many times."""

from __future__ import annotations

import ipaddress

import httpx


class NotThisMachineError(ValueError):
    """Something tried to reach an address beyond this machine."""


class RequestsExhaustedError(RuntimeError):
    """The client has made all the requests it was allowed."""


def is_loopback(host: str) -> bool:
    """Whether this host name or address can only mean this machine; nothing is looked up."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class LoopbackTransport(httpx.AsyncHTTPTransport):
    """Refuses every other host, also after a redirect, and every request beyond ``most_requests``."""

    def __init__(self, *, most_requests: int, connections: int) -> None:
        super().__init__(
            retries=2, limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        )
        self.left = most_requests

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not is_loopback(request.url.host):
            raise NotThisMachineError(
                f"the demo's crowd stays on this machine, and {request.url.host} is another one; "
                "use localhost in the links of the demo's mails and in its settings"
            )
        if self.left <= 0:
            raise RequestsExhaustedError(
                "the crowd has made all the requests it is allowed; start the demo again for more"
            )
        self.left -= 1
        return await super().handle_async_request(request)


def loopback_client(*, most_requests: int, connections: int) -> httpx.AsyncClient:
    """A client that ignores proxy settings and follows no redirect by itself. Times out after 30 s."""
    transport = LoopbackTransport(most_requests=most_requests, connections=connections)
    return httpx.AsyncClient(transport=transport, timeout=30.0, trust_env=False, follow_redirects=False)
