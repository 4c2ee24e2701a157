"""``python -m tests.fakes.sendgrid --port 8025``: the fake as a process of its own, until it is ended.

Prints its base URL as the first line once it listens. The key is ``SG.fake.key``.
"""

from __future__ import annotations

import argparse
import signal
import threading

from tests.fakes.sendgrid.server import FakeSendGrid


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.sendgrid", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--validation", choices=("full", "light"), default="full", help="light: limits only")
    parser.add_argument("--keep", choices=("mails", "counts"), default="mails", help="counts: little memory")
    given = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    fake = FakeSendGrid(port=given.port, validation=given.validation, keep=given.keep).start()
    print(fake.url, flush=True)
    ended.wait()
    fake.stop()


if __name__ == "__main__":
    main()
