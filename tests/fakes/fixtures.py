"""The fakes as fixtures: servers that live as long as one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_ma.engine.clock import ManualClock
from tests.fakes.sendgrid import FakeSendGrid, WebhookKey
from tests.fakes.smtp import SmtpSink


@pytest.fixture
def fake_sendgrid(clock: ManualClock) -> Iterator[FakeSendGrid]:
    """A SendGrid account on a free port; what it accepts is stamped with the test's clock."""
    fake = FakeSendGrid(now=clock.now).start()
    yield fake
    fake.stop()


@pytest.fixture
def smtp_sink(clock: ManualClock) -> Iterator[SmtpSink]:
    """An SMTP server on a free port that keeps every mail; no TLS, no login."""
    sink = SmtpSink(now=clock.now).start()
    yield sink
    sink.stop()


@pytest.fixture
def webhook_key() -> WebhookKey:
    """The key pair with which the fake SendGrid signs its webhooks."""
    return WebhookKey()
