"""A company that sends by way of SendGrid: its settings, the channel to the fake, a template."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.engine.database import Database
from tests.channels.sendgrid_kit import open_at, set_sender, write_template
from tests.fakes.sendgrid import FakeSendGrid


@pytest.fixture(autouse=True)
def _settings(_own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    set_sender(monkeypatch)


@pytest.fixture
def channel(fake_sendgrid: FakeSendGrid, sqlite_database: Database) -> SendGridChannel:
    return open_at(fake_sendgrid, sqlite_database)


@pytest.fixture
def template(tmp_path: Path) -> EmailTemplate:
    return write_template(tmp_path)
