"""An end to talking over a socket, however slowly the other side drips its answers."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType


class Watch:
    """Cuts the guarded socket off when the time is over. A context manager; one use only."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.is_over = False
        """Whether the time has run out."""

    def __enter__(self) -> Watch:
        self._timer = threading.Timer(self._seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def guard(self, sock: socket.socket | None) -> None:
        """Watch over this socket now. When the time is over already, it is cut off at once."""
        if sock is None:
            return
        with self._lock:
            self._socket = sock
            if self.is_over:
                _shut(sock)

    def _cut(self) -> None:
        with self._lock:
            self.is_over = True
            if self._socket is not None:
                _shut(self._socket)


def share_of(host: str, port: int | None, timeout: float, together: float) -> float:
    """Seconds for connecting to one address of the host, so that all of them take ``together`` at most."""
    try:
        addresses = len(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return timeout  # connecting says what is wrong
    return min(timeout, together / max(addresses, 1))


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # whoever waits for it wakes up; TLS may not be asked, it is in use
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
