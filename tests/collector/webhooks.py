"""Posting events to a collector as SendGrid does, and looking at what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.engine.tables import message, suppression
from tests.collector.conftest import World
from tests.fakes.sendgrid.events import event
from tests.fakes.sendgrid.webhooks import Delivery, WebhookKey, sign

PATH = "/webhooks/sendgrid"


@dataclass
class Webhook:
    """A collector that knows the key, and the world behind it."""

    client: TestClient
    key: WebhookKey
    world: World

    def post(self, *events: Mapping[str, Any] | object) -> dict[str, int]:
        """Post them in one delivery; the counts of the answer."""
        answer = self.deliver(sign(list(events), self.key))  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        counts: dict[str, int] = answer.json()
        return counts

    def deliver(self, delivery: Delivery) -> httpx.Response:
        return self.client.post(PATH, content=delivery.body, headers=dict(delivery.headers))

    def told(self, kind: str, number: int = 1, *, seconds: int = 0, **more: Any) -> dict[str, Any]:
        """An event about the message and contact of that number, ``seconds`` from now."""
        return event(
            kind,
            email=more.pop("email", f"c{number}@example.com"),
            at=self.world.clock.now() // 1000 + seconds,
            sg_message_id=f"sg{number}.recvd-1-1",
            custom_args={"ma_message": self.world.signer.message_tag(number)},
            **more,
        )

    def set_message(self, number: int, **values: Any) -> None:
        with self.world.database.write() as connection:
            connection.execute(sa.update(message).where(message.c.id == number).values(**values))

    def message(self, number: int) -> Any:
        with self.world.database.read() as connection:
            return connection.execute(sa.select(message).where(message.c.id == number)).one()

    def suppressed(self) -> dict[str, str]:
        with self.world.database.read() as connection:
            rows: Sequence[Any] = connection.execute(sa.select(suppression)).all()
        return {row.email_key: row.reason for row in rows}
