"""``python -m tests.fakes.smtp_process --port 2525``: the SMTP sink as a process of its own, until it is ended.

Its first line names its port and, after a space, the base URL of its control: GET ``/_fake/counts`` and
``/_fake/messages``, POST ``/_fake/fail`` {"name": ..., "times": 1} and ``/_fake/plan`` {"seed": 1, "rates": {}}.
"""

from __future__ import annotations

import argparse
import signal
import threading

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.listener import Listener, http_protocol
from tests.fakes.smtp import SmtpSink


def control_app(sink: SmtpSink) -> Starlette:
    """Counts and faults over HTTP, for other processes."""

    async def counts(_: Request) -> Response:
        return Response(orjson.dumps(sink.counts()), media_type="application/json")

    async def messages(_: Request) -> Response:
        return PlainTextResponse("".join(f"{name} {count}\n" for name, count in sink.messages.items()))

    async def fail(request: Request) -> Response:
        sink.fail_next(**await request.json())
        return Response(b"{}", media_type="application/json")

    async def plan(request: Request) -> Response:
        sink.plan(**await request.json())
        return Response(b"{}", media_type="application/json")

    return Starlette(
        routes=[
            Route("/_fake/counts", counts),
            Route("/_fake/messages", messages),
            Route("/_fake/fail", fail, methods=["POST"]),
            Route("/_fake/plan", plan, methods=["POST"]),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.smtp_process", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--control-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--keep", choices=("mails", "counts"), default="counts")
    given = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    sink = SmtpSink(port=given.port, keep=given.keep).start()
    control = Listener(http_protocol(control_app(sink)), port=given.control_port)
    control.start()
    print(f"{sink.port} http://127.0.0.1:{control.port}", flush=True)
    ended.wait()
    control.stop()
    sink.stop()


if __name__ == "__main__":
    main()
