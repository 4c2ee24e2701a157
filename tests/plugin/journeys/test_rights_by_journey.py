"""Who has rights to one journey sees and changes nothing of another: asked of a running Airflow web server."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from airflow_ma.engine.tables import enrollment, journey
from tests.contacts.people import add_event
from tests.plugin.conftest import Airflow, Deliver

pytestmark = pytest.mark.slow

OTHER = "/api/journeys/other"


@pytest.fixture
def sale(airflow: Airflow, deliver: Deliver) -> httpx.Client:
    """Somebody who may edit the journey "sale" and nothing else; there is "other" as well, with its people."""
    deliver(1, journey_key="sale")
    deliver(2, journey_key="other", subject="Secret of other")
    admin = airflow.client("admin")
    for title in ("Sale", "Other"):
        new = {"title": title, "document": None, "layout": {}}
        assert admin.post("/api/journeys", json=new).json()["document"]["key"] == title.lower()
    with airflow.database.write() as connection:
        ids = dict(connection.execute(sa.select(journey.c.key, journey.c.id)).all())
        here: dict[str, Any] = {
            "version": 1,
            "entry_key": "",
            "cohort": "",
            "step": "announce",
            "entered_at": 1,
            "arrived_at": 1,
            "wake_at": 2,
        }
        for contact_id, key in ((1, "sale"), (2, "other"), (1, "other")):
            row = here | {"contact_id": contact_id, "journey_id": ids[key]}
            connection.execute(sa.insert(enrollment).values(row))
        add_event(connection, 2, "email.open", 5, message_id=2)
    return airflow.client("only_sale")


def test_only_their_own_journey_is_there(sale: httpx.Client) -> None:
    assert [one["key"] for one in sale.get("/api/journeys").json()] == ["sale"]
    assert sale.get("/api/journeys/sale").json()["may_edit"] is True
    assert sale.get(OTHER).status_code == 404


def test_another_journey_is_not_changed(airflow: Airflow, sale: httpx.Client) -> None:
    before = airflow.client("admin").get(OTHER).json()
    mine = sale.get("/api/journeys/sale").json()
    draft = {"document": before["document"], "layout": {}, "revision": before["revision"]}
    assert sale.put(OTHER, json=draft).status_code == 404
    assert sale.put("/api/journeys/sale", json=draft).status_code == 400  # under another name
    assert sale.post(f"{OTHER}/publish", json={"revision": before["revision"]}).status_code == 404
    for path in ("preview", "versions/1/restore"):
        assert sale.post(f"{OTHER}/{path}", json={"revision": before["revision"]}).status_code == 404
    assert sale.post(f"{OTHER}/approval/1", json={"answer": "approve"}).status_code == 404
    for path in ("versions", "versions/1", "compare?before=draft&after=draft", "audit"):
        assert sale.get(f"{OTHER}/{path}").status_code == 404
    assert sale.delete(OTHER, params={"revision": before["revision"]}).status_code == 404
    new = {"title": "Fresh", "document": None, "layout": {}}
    assert sale.post("/api/journeys", json=new).status_code == 403
    assert airflow.client("admin").get(OTHER).json() == before
    assert sale.get("/api/journeys/sale").json() == mine


def test_mails_of_another_journey_are_not_there(airflow: Airflow, sale: httpx.Client) -> None:
    found = sale.post("/api/mailbox/search", json={"search": ""}).json()["mails"]
    assert [mail["message_id"] for mail in found] == [1]
    assert [mail["message_id"] for mail in sale.get("/api/mailbox").json()["mails"]] == [1]
    assert sale.get("/api/mailbox/2").status_code == 404
    assert sale.get("/api/mailbox/2/html").status_code == 404
    assert sale.post("/api/mailbox/2/read", json={}).status_code == 404
    assert sale.post("/api/mailbox/2/reply", json={"text": "yes"}).status_code == 404
    mail = airflow.client("admin").get("/api/mailbox/2").json()
    assert (mail["read"], mail["replied"]) == (False, False)


def test_nothing_is_told_of_what_people_do_in_another_journey(airflow: Airflow, sale: httpx.Client) -> None:
    answers = [
        sale.post("/api/contacts/search", json={"search": "", "after": None, "limit": 50}),
        sale.post("/api/audience", json={"where": None}),
        *(sale.post("/api/contacts/one", json={"key": key}) for key in ("C1", "C2")),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "other" not in answer.text.lower(), answer.text
    assert "Sale" in answers[2].text
    assert answers[3].json()["timeline"] == []
    assert "Other" in airflow.client("admin").post("/api/contacts/one", json={"key": "C2"}).text
    assert "other" not in sale.get("/api/sending").text
    assert "other" not in sale.get("/api/sending/unknown").text
