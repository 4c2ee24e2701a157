"""What holds for every route of the API, also for those to come: asked of a running Airflow web server."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from airflow_ma.plugin.body_limit import LARGEST_BODY
from tests.plugin.conftest import Airflow, Deliver
from tests.plugin.journeys.test_journeys_api import document

pytestmark = pytest.mark.slow

THERE = {
    "key": "offer",
    "message_id": "1",
    "conn_id": "smtp_default",
    "name": "sale",
    "version": "1",
    "request_id": "1",
}
QUERIES = {"/api/journeys/{key}/compare": {"before": "1", "after": "draft"}}
EMPTY = {"key": "offer", "title": "Offer", "mode": "continuous", "tags": [], "goal": None, "steps": []}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/journeys"): {"title": "Sale", "document": None, "layout": {}},
    ("PUT", "/api/journeys/{key}"): {"document": EMPTY, "layout": {}, "revision": 0},
    ("POST", "/api/journeys/{key}/publish"): {"revision": 0},
    ("POST", "/api/journeys/{key}/preview"): {"revision": 0},
    ("POST", "/api/journeys/{key}/versions/{version}/restore"): {"revision": 0},
    ("POST", "/api/journeys/{key}/approval/{request_id}"): {"answer": "approve"},
    ("POST", "/api/journeys/{key}/pause"): {"reason": ""},
    ("POST", "/api/journeys/{key}/resume"): {"deadlines": "catch_up", "reason": ""},
    ("POST", "/api/journeys/{key}/close"): {"people": "finish", "reason": ""},
    ("POST", "/api/journeys/{key}/reopen"): {"reason": ""},
    ("POST", "/api/journeys/{key}/archive"): {"reason": ""},
    ("POST", "/api/journeys/{key}/unarchive"): {"reason": ""},
    ("POST", "/api/journeys/{key}/people"): {"step": "people", "what": "waiting"},
    ("POST", "/api/journeys/{key}/way"): {"contact": "C1"},
    ("POST", "/api/journeys/{key}/move"): {"people": {"step": "people"}, "to": "greet", "reason": ""},
    ("POST", "/api/journeys/{key}/move/preview"): {"people": {"step": "people"}},
    ("POST", "/api/journeys/{key}/continue"): {"people": {"step": "people"}, "reason": ""},
    ("POST", "/api/journeys/{key}/continue/preview"): {"people": {"step": "people"}},
    ("POST", "/api/journeys/{key}/remove"): {"people": {"step": "people"}, "reason": ""},
    ("POST", "/api/journeys/{key}/retry"): {"step": "people"},
    ("POST", "/api/journeys/{key}/test-mail"): {
        "step": "announce",
        "template": "sale",
        "settings": {},
        "contact": None,
        "language": None,
        "to": ["ann@example.com"],
        "marked_in": "en",
    },
    ("POST", "/api/yaml"): {"document": EMPTY},
    ("POST", "/api/python"): {"document": EMPTY},
}
"""Of the routes that look at the body before they know whether the caller may do this."""
FOR_VIEWERS = {
    ("GET", "/api/me"),
    ("GET", "/api/catalogue"),
    ("GET", "/api/gallery"),
    ("GET", "/api/journeys"),
    ("GET", "/api/journeys/{key}"),
    ("GET", "/api/journeys/{key}/life"),
    ("GET", "/api/journeys/{key}/watch"),
    ("GET", "/api/journeys/{key}/versions"),
    ("GET", "/api/journeys/{key}/versions/{version}"),
    ("GET", "/api/journeys/{key}/compare"),
    ("GET", "/api/journeys/{key}/audit"),
    ("GET", "/api/templates"),
    ("POST", "/api/yaml"),
    ("POST", "/api/python"),
    ("GET", "/api/sending"),
    ("GET", "/api/sending/unknown"),
    ("GET", "/api/health"),
}
"""Who may see a DAG sees its journey and how it goes, and no contact or mail."""


@pytest.fixture(autouse=True)
def there(airflow: Airflow, deliver: Deliver) -> None:
    """A mail and a journey: something that the routes could give away."""
    deliver(1)
    admin = airflow.client("admin")
    new = {"title": "Offer", "document": document("offer"), "layout": {}}
    assert admin.post("/api/journeys", json=new).status_code == 201
    assert admin.post("/api/journeys/offer/publish", json={"revision": 1}).status_code == 200


def routes() -> list[tuple[str, APIRoute]]:
    from airflow_ma.plugin.app import create_app

    found = [
        (method, route)
        for route in create_app().routes
        if isinstance(route, APIRoute) and route.path.startswith("/api/")
        for method in sorted(route.methods)
    ]
    assert len(found) > 25
    return found


def ask(client: httpx.Client, method: str, route: APIRoute) -> httpx.Response:
    path = re.sub(r"{(\w+)}", lambda name: THERE[name[1]], route.path)
    query = {"revision": 0} if method == "DELETE" else QUERIES.get(route.path)
    body = None if method in ("GET", "DELETE") else BODIES.get((method, route.path), {})
    return client.request(method, path, params=query, json=body)


def said(answer: httpx.Response) -> dict[str, Any]:
    detail: dict[str, Any] = answer.json()["detail"]
    assert detail["code"]
    assert detail["message"]["en"]
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", detail["message"]["ja"]), detail
    return detail


def test_no_route_is_open(airflow: Airflow) -> None:
    for method, route in routes():
        answer = ask(airflow.client(), method, route)
        assert answer.status_code == 401, (method, route.path, answer.text)
        assert said(answer)["code"] == "no_login"


def test_viewers_get_what_is_listed_here_and_nothing_else(airflow: Airflow) -> None:
    allowed = set()
    with airflow.client("viewer") as viewer:
        for method, route in routes():
            answer = ask(viewer, method, route)
            if answer.status_code == 403:
                assert said(answer)["code"] == "refused"
            else:
                assert answer.status_code == 200, (method, route.path, answer.text)
                allowed.add((method, route.path))
            assert "hanako" not in answer.text
    assert allowed == FOR_VIEWERS


def test_a_journey_of_others_is_not_there_whatever_is_asked(airflow: Airflow) -> None:
    """Nor does a page of somebody else bring its answers within reach."""
    admin, other = airflow.client("admin"), airflow.client("only_sale")
    admin.get("/api/journeys/offer/watch").raise_for_status()
    asked = [(method, route) for method, route in routes() if "{key}" in route.path]
    assert len(asked) > 20
    for method, route in asked:
        answer = ask(other, method, route)
        assert (answer.status_code, said(answer)["code"]) == (404, "not_found"), (method, route.path)
    assert "offer" not in other.get("/api/health").raise_for_status().text.lower()
    assert admin.get("/api/journeys/offer").json()["state"] == "live"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {},
    ],
)
def test_another_site_can_use_nothing_but_links(airflow: Airflow, headers: dict[str, str]) -> None:
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(headers)
        for method, route in routes():
            if method != "GET":
                answer = ask(browser, method, route)
                assert answer.status_code == 403, (method, route.path, answer.text)
                assert "nothing was changed" in said(answer)["message"]["en"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_a_form_can_send_is_refused(airflow: Airflow, kind: str) -> None:
    with airflow.browser("admin") as browser:
        for method, route in routes():
            if route.body_field is not None:
                path = re.sub(r"{(\w+)}", lambda name: THERE[name[1]], route.path)
                answer = browser.request(method, path, content=b"{}", headers={"Content-Type": kind})
                assert answer.status_code == 415, (method, route.path, answer.text)
                assert "JSON" in said(answer)["message"]["ja"]


@pytest.mark.parametrize("declared", [True, False])
def test_a_huge_body_is_not_read(airflow: Airflow, declared: bool) -> None:
    piece = b" " * 100_000
    number = LARGEST_BODY // len(piece) + 1
    content: Any = piece * number if declared else (piece for _ in range(number))
    with airflow.client() as stranger:
        headers = {"Content-Type": "application/json"}
        answer = stranger.post("/api/check", content=content, headers=headers)
    assert answer.status_code == 413
    said(answer)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[" * 100_000,
        b'{"key": ' * 100_000,
        b"1" * 10_000,
        b'"\xff"',
        b'{"\\ud800": "\\ud800"}',
        b'{"search": "\\ud800", "after": null, "limit": 1, "key": "\\ud800", "where": {"tag": "\\ud800"}}',
        b'{"search": "\\u0000", "after": null, "limit": 1, "key": "\\u0000", "where": {"tag": "\\u0000"}}',
        b'{"pattern": "\\ud800", "text": "\\ud800", "yaml": "\\ud800", "contact": "\\ud800", "language": null}',
        b'{"title": "\\ud800", "document": null, "layout": {}}',
        b'{"title": "\\u0000", "document": null, "layout": {}}',
        b'{"where": {"attribute": "score", "is": 1e400}, "revision": 1e400, "limit": NaN}',
        b'{"where": {"attribute": "score", "is": 100000000000000000000000000000}}',
    ],
)
def test_what_is_no_proper_json_breaks_nothing(airflow: Airflow, content: bytes) -> None:
    with airflow.client("admin") as client:
        for method, route in routes():
            if route.body_field is not None:
                path = re.sub(r"{(\w+)}", lambda name: THERE[name[1]], route.path)
                answer = client.request(
                    method, path, content=content, headers={"Content-Type": "application/json"}
                )
                assert answer.status_code < 500, (method, route.path, answer.text)
                if answer.is_error:
                    said(answer)
