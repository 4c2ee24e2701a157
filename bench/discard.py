"""A channel that accepts every mail and throws it away, so that the engine is measured and not rendering."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from airflow_ma.channels.channel import Account, Delivery, OutgoingMail, Receipt, SentMail
from airflow_ma.channels.registry import GROUP
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.engine.database import Database

NAME = "discard"
_ACCEPTED = Receipt(Delivery.ACCEPTED)


class DiscardChannel:
    """Renders nothing, stores nothing, says yes."""

    name = NAME
    idempotent = True
    batch = 1_000

    def __init__(self, _database: Database, _account: Account | None = None) -> None:
        pass

    def send(
        self, _template: EmailTemplate, mails: Sequence[OutgoingMail], *, now: int, **_: Any
    ) -> list[Receipt]:
        return [_ACCEPTED] * len(mails)

    def trace(self, _mails: Sequence[SentMail]) -> dict[int, Delivery]:
        return {}


@contextlib.contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Make the channel known to this process the way a third party's is: by a package's entry point."""
    info = folder / "airflow_ma_bench-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: airflow-ma-bench\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{NAME} = bench.discard:DiscardChannel\n")
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
