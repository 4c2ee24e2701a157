"""Who gets in: asked of a running Airflow web server with its own users and tokens."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute

from tests.plugin.conftest import PREFIX, Airflow, Deliver

pytestmark = pytest.mark.slow

READS = ["/", "/mailbox", "/mailbox/1", "/api/mailbox", "/api/mailbox/1"]
WRITES = ["/mailbox", "/mailbox/1/reply", "/api/mailbox/1/reply"]


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    if method == "GET":
        return client.get(path)
    return (
        client.post(path, json={"text": "yes"})
        if "/api/" in path
        else client.post(path, data={"text": "yes"})
    )


ROUTES = [("GET", path) for path in READS] + [("POST", path) for path in WRITES]


def test_every_route_is_tested_here() -> None:
    from airflow_ma.plugin.mailbox_api import router as api
    from airflow_ma.plugin.mailbox_pages import router as pages

    there = {
        (method, route.path.replace("{message_id}", "1"))
        for route in (*api.routes, *pages.routes)
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert there == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_login(airflow: Airflow, deliver: Deliver, method: str, path: str) -> None:
    deliver(1)
    answer = ask(airflow.client(), method, path)
    if path.startswith("/api/"):
        assert answer.status_code == 401
        assert answer.json() == {"detail": "Not authenticated"}
    else:
        assert answer.status_code == 303
        back = f"{PREFIX}/airflow-ma{path}" if method == "GET" else f"{PREFIX}/airflow-ma/mailbox"
        assert answer.headers["location"] == f"{PREFIX}/api/v2/auth/login?next={back.replace('/', '%2F')}"
    assert "hanako" not in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("query", ["", "?dag_id=sale", "?dag_id=~"])
def test_viewers_are_refused_whatever_they_ask_for(
    airflow: Airflow, deliver: Deliver, method: str, path: str, query: str
) -> None:
    deliver(1)
    answer = ask(airflow.client("viewer"), method, path + query)
    assert answer.status_code == 403
    assert "hanako" not in answer.text


@pytest.mark.parametrize("role", ["user", "op", "admin"])
def test_who_may_edit_dags_gets_in(airflow: Airflow, deliver: Deliver, role: str) -> None:
    deliver(1)
    with airflow.client(role) as client:
        for method, path in ROUTES:
            answer = ask(client, method, path)
            assert answer.status_code in (200, 303, 307), (method, path)
            assert "/auth/login" not in answer.headers.get("location", "")


def test_the_login_page_leads_back(airflow: Airflow) -> None:
    login = airflow.client().get("/mailbox?before=9").headers["location"]
    assert "next=%2Faf%2Fairflow-ma%2Fmailbox%3Fbefore%3D9" in login
    page = httpx.get(airflow.url.removesuffix(PREFIX) + login, follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == f"{PREFIX}/auth/login"


def test_a_login_that_is_not_valid_any_more_leads_to_the_login_page(airflow: Airflow) -> None:
    with httpx.Client(cookies={"_token": "stale"}) as client:
        answer = client.get(f"{airflow.url}/airflow-ma/mailbox")
    assert answer.status_code == 303
    assert "/auth/login" in answer.headers["location"]


def test_the_refusal_is_a_page_in_the_readers_language(airflow: Airflow) -> None:
    answer = airflow.client("viewer").get("/mailbox", headers={"Accept-Language": "ja,en;q=0.5"})
    assert "権限がありません" in answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}])
@pytest.mark.parametrize("origin", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/mailbox/1/reply", "/api/mailbox/1/reply"])
def test_another_site_cannot_write(
    airflow: Airflow, deliver: Deliver, headers: dict[str, str], origin: dict[str, str], path: str
) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(headers | origin)
        assert ask(browser, "POST", path).status_code == 403
    assert airflow.client("admin").get("/api/mailbox/1").json()["replied"] is False


def test_a_cookie_alone_cannot_write(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        assert ask(browser, "POST", "/api/mailbox/1/reply").status_code == 403


def test_an_old_browser_on_our_own_page_can_write(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers["Origin"] = airflow.url.removesuffix(PREFIX)
        assert ask(browser, "POST", "/mailbox/1/reply").status_code == 303


def test_the_documentation_of_the_app_is_not_open(airflow: Airflow) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert airflow.client().get(path).status_code == 404


def test_airflow_has_a_door_to_each_of_our_pages(airflow: Airflow) -> None:
    with airflow.client("admin") as client:
        plugins = client.get(f"{airflow.url}/api/v2/plugins").json()["plugins"]
    doors = next(plugin for plugin in plugins if plugin["name"] == "airflow_ma")["react_apps"]
    assert [door["name"] for door in doors] == ["Mail 受信箱", "Send 配信"]
    for door in doors:
        assert door["bundle_url"].startswith(f"{PREFIX}/airflow-ma/doors.js?page=")
        answer = airflow.client().get(door["bundle_url"].removeprefix(f"{PREFIX}/airflow-ma"))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")


def test_without_its_tables_the_answer_is_503_and_quotes_nothing(airflow: Airflow) -> None:
    rename = sa.text("ALTER TABLE ma_journey RENAME TO ma_journey_away")
    with airflow.database.write() as connection:
        connection.execute(rename)
    try:
        answer = airflow.client("admin").get("/api/mailbox")
        assert answer.status_code == 503
        assert answer.json() == {"detail": "the database does not answer; try again"}
        assert airflow.browser("admin").get("/mailbox").status_code == 503
    finally:
        with airflow.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE ma_journey_away RENAME TO ma_journey"))
