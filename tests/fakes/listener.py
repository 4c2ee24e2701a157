"""A server on a port of this machine whose connections can be cut and whose port can be closed."""

from __future__ import annotations

import asyncio
import errno
import random
import socket
import struct
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

_KEEP_ALIVE = 75  # seconds, nginx's default: a pooled connection must not be closed under a slow test
_BACKLOG = 512
_PORTS = range(20_000, 30_000)
# Below those that the system gives to clients: one that connects to a closed port among them may be given
# that very port, and then talks to itself.
_TRIES = 100
_HALF_A_MOMENT = 0.02  # seconds for bytes to reach the peer before its connection is cut


class Listener:
    """Serves a protocol, in a thread of its own. Other than ``start`` and ``stop``: for use within its loop.

    The protocol keeps its transport in ``transport``, as uvicorn's and aiosmtpd's do.
    """

    def __init__(self, protocol: Callable[[], Any], *, port: int = 0) -> None:
        self._protocol = protocol
        self._made: weakref.WeakSet[Any] = weakref.WeakSet()
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.port = port

    def start(self) -> None:
        """Listen; on the same port as before."""
        if self._thread is not None:
            return
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="fake-server")
        self._thread.start()
        self._in_loop(self.open())

    def stop(self) -> None:
        """Close the port and every connection: from now on connections are refused."""
        if self._thread is None or self._loop is None:
            return
        self._in_loop(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    async def open(self) -> None:
        """Listen on the port, unless it is open. Raises OSError when somebody else keeps the port for 5 s."""
        loop, chosen = asyncio.get_running_loop(), self.port
        for attempt in range(_TRIES):
            if self._server is not None:
                return
            port = chosen or random.SystemRandom().choice(_PORTS)
            try:
                self._server = await loop.create_server(self._make, "127.0.0.1", port, backlog=_BACKLOG)
            except OSError as error:
                if error.errno != errno.EADDRINUSE or attempt == _TRIES - 1:
                    raise
                await asyncio.sleep(0.05 if chosen else 0)
            else:
                self.port = port

    def close(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in self._transports():
            transport.abort()

    async def cut(self, peer: tuple[str, int], *, first: bytes = b"") -> None:
        """Reset the connection from this address, after sending ``first``."""
        for transport in self._transports():
            if transport.get_extra_info("peername")[:2] != tuple(peer):
                continue
            if first:
                transport.write(first)
                await asyncio.sleep(_HALF_A_MOMENT)
            # Without lingering the peer sees a reset, not an orderly end.
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        await asyncio.sleep(0)

    def _make(self) -> Any:
        made = self._protocol()
        self._made.add(made)
        return made

    def _transports(self) -> list[asyncio.Transport]:
        found = [protocol.transport for protocol in list(self._made)]
        return [transport for transport in found if transport is not None and not transport.is_closing()]

    async def _finish(self) -> None:
        self.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _in_loop(self, work: Coroutine[Any, Any, None]) -> None:
        if self._loop is None:
            work.close()
            raise RuntimeError("the server is not running")
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)


class Served:
    """A fake with its listener: it keeps what it has while nobody can reach it."""

    listener: Listener

    def start(self) -> Self:
        """Listen; what was accepted before stays."""
        self.listener.start()
        return self

    def stop(self) -> None:
        """Refuse connections from now on."""
        self.listener.stop()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Refuse connections for the length of the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()


def http_protocol(app: Any) -> Callable[[], Any]:
    """Makes protocols that serve this ASGI app over HTTP."""
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, timeout_keep_alive=_KEEP_ALIVE
    )
    config.load()
    state = ServerState()
    state.default_headers = [(b"server", b"nginx")]
    made: Any = AutoHTTPProtocol  # typed as any protocol, whichever parser is installed
    return lambda: made(config=config, server_state=state, app_state={})
