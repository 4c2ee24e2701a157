"""Journeys and people for the pages to show, put there by the API and by the tables."""

from __future__ import annotations

from typing import Any

from tests.plugin.conftest import Airflow

Document = dict[str, Any]


def step(step_id: str, kind: str, leads: dict[str, str] | None = None, **settings: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": kind, "title": None, "settings": settings, "next": leads or {}}


def greeting() -> list[dict[str, Any]]:
    """Three steps in a row that could be published."""
    return [
        step("people", "audience", {"entered": "pause"}, where={"tag": "customer"}),
        step("pause", "wait", {"waited": "greet"}, duration="1 day"),
        step("greet", "update_contact", add_tags=["greeted"]),
    ]


def make(airflow: Airflow, title: str, steps: list[dict[str, Any]], role: str = "admin") -> str:
    """A draft of that title and these steps; its key."""
    document = {"key": "any", "title": title, "mode": "continuous", "tags": [], "goal": None, "steps": steps}
    body = {"title": title, "document": document, "layout": {}}
    answer = airflow.client(role).post("/api/journeys", json=body)
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["document"]["key"]
    return key


def saved(airflow: Airflow, key: str) -> Document:
    """The journey as the server has it."""
    document: Document = (
        airflow.client("admin").get(f"/api/journeys/{key}").raise_for_status().json()["document"]
    )
    return document


def publish(airflow: Airflow, key: str) -> None:
    """Make what is saved of it live."""
    client = airflow.client("admin")
    revision = client.get(f"/api/journeys/{key}").json()["revision"]
    client.post(f"/api/journeys/{key}/publish", json={"revision": revision}).raise_for_status()
