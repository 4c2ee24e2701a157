"""The Test button of a SendGrid connection, asked as Airflow's UI asks it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.sendgrid import API_KEY, FakeSendGrid
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


def store(airflow: Airflow, conn_id: str, key: str, fake: FakeSendGrid) -> dict[str, Any]:
    """Save a connection; gives what the UI sends when Test is pressed on it: 0 where there is no port."""
    extra = json.dumps({"region": "global", "ip_pool_name": None, "api_url": fake.url})
    new = {"connection_id": conn_id, "conn_type": "sendgrid", "password": key, "extra": extra}
    with airflow.client("admin") as client:
        client.delete(f"{airflow.url}/api/v2/connections/{conn_id}")
        assert client.post(f"{airflow.url}/api/v2/connections", json=new).status_code == 201
    return {**new, "password": "***", "description": "", "host": "", "login": "", "schema": "", "port": 0}


@pytest.mark.parametrize(("key", "works"), [(API_KEY, True), ("SG.not.this", False)])
def test_the_button_says_whether_mail_can_be_sent(
    airflow: Airflow, fake_sendgrid: FakeSendGrid, key: str, works: bool
) -> None:
    asked = store(airflow, "sendgrid_default", key, fake_sendgrid)
    with airflow.client("admin") as client:
        answer = client.post(f"{airflow.url}/api/v2/connections/test", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] is works
    assert ("メールを送信できます" if works else "メールを送信できません") in answer.json()["message"]
    assert key not in answer.text


def test_another_port_is_still_another_server(airflow: Airflow, fake_sendgrid: FakeSendGrid) -> None:
    asked = store(airflow, "sendgrid_default", API_KEY, fake_sendgrid) | {"port": 8443}
    with airflow.client("admin") as client:
        assert client.post(f"{airflow.url}/api/v2/connections/test", json=asked).status_code == 400
        for strange in (b"", b"[]", b"{broken"):
            answer = client.post(f"{airflow.url}/api/v2/connections/test", content=strange)
            assert answer.status_code == 422


def test_who_may_not_add_connections_may_not_test_them(airflow: Airflow, fake_sendgrid: FakeSendGrid) -> None:
    asked = store(airflow, "sendgrid_default", API_KEY, fake_sendgrid)
    for role in ("viewer", None):
        with airflow.client(role) as client:
            answer = client.post(f"{airflow.url}/api/v2/connections/test", json=asked)
        assert answer.status_code in (401, 403)
