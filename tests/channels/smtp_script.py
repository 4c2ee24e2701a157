"""An SMTP server that says exactly what a test wants it to say, and writes down what it hears."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

CUT = None
"""In place of a reply: close the connection."""
SILENCE = b""
"""In place of a reply: none, and the connection stays open."""
DRIP = b"250-and"
"""In place of a reply: one that goes on and on, a line at a time."""
MAIL = (b"250 sender ok", b"250 recipient ok", b"354 go ahead", b"250 2.0.0 Ok: queued as 4WxYz12345")
"""Replies to one mail that is taken."""

Reply = bytes | None


@dataclass
class ScriptedServer:
    """Plays one script a connection: a reply to each command, and to each whole mail.

    Greeting, EHLO and QUIT are answered by themselves; beyond its script a connection is cut.
    """

    scripts: Sequence[Sequence[Reply]]
    extensions: Sequence[bytes] = ()
    greeting: bytes = b"220 scripted"
    heard: list[list[bytes]] = field(default_factory=list)
    """The commands of each connection; a whole mail is one of them."""

    def __enter__(self) -> ScriptedServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        for script in self.scripts:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.heard.append([])
            with connection, suppress(OSError):
                self._talk(connection, list(script), self.heard[-1])

    def _talk(self, connection: socket.socket, script: list[Reply], heard: list[bytes]) -> None:
        connection.settimeout(10)
        reader = connection.makefile("rb")
        connection.sendall(self.greeting + b"\r\n")
        reading_mail = False
        content = b""
        while line := reader.readline():
            if reading_mail and line != b".\r\n":
                content += line
                continue
            heard.append(content if reading_mail else line.strip())
            content, reading_mail = b"", False
            if heard[-1].lower().startswith(b"ehlo"):
                said = [b"250-scripted", *(b"250-" + name for name in self.extensions), b"250 HELP", b""]
                connection.sendall(b"\r\n".join(said))
                continue
            if heard[-1].lower() == b"quit":
                connection.sendall(b"221 bye\r\n")
                return
            reply = script.pop(0) if script else CUT
            if reply is CUT:
                return
            if reply is SILENCE:
                reader.read()  # until the client has had enough
                return
            if reply is DRIP:
                while True:
                    connection.sendall(reply + b"\r\n")
                    time.sleep(0.05)
            reading_mail = reply.startswith(b"354")
            connection.sendall(reply + b"\r\n")
