"""Who gets in: asked of a running Airflow web server with its own users and tokens."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute

from tests.plugin.conftest import PREFIX, Airflow, Deliver

pytestmark = pytest.mark.slow

READS = ["/api/mailbox", "/api/mailbox/1", "/api/mailbox/1/html"]
WRITES = {
    "/api/mailbox/search": {},
    "/api/mailbox/1/read": {},
    "/api/mailbox/1/reply": {"text": "yes"},
}


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    if method == "GET":
        return client.get(path)
    return client.post(path, json=WRITES[path.partition("?")[0]])


ROUTES = [("GET", path) for path in READS] + [("POST", path) for path in WRITES]


def test_every_route_is_tested_here() -> None:
    from airflow_ma.plugin.mail.mailbox_api import router

    there = {
        (method, route.path.replace("{message_id}", "1"))
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert there == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_login(airflow: Airflow, deliver: Deliver, method: str, path: str) -> None:
    deliver(1)
    answer = ask(airflow.client(), method, path)
    assert answer.status_code == 401
    assert answer.json()["detail"]["code"] == "no_login"
    assert "hanako" not in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("query", ["", "?dag_id=sale", "?dag_id=~"])
def test_viewers_are_refused_whatever_they_ask_for(
    airflow: Airflow, deliver: Deliver, method: str, path: str, query: str
) -> None:
    deliver(1)
    answer = ask(airflow.client("viewer"), method, path + query)
    assert answer.status_code == 403
    assert answer.json()["detail"]["code"] == "refused"
    assert "権限がありません" in answer.json()["detail"]["message"]["ja"]
    assert "hanako" not in answer.text


@pytest.mark.parametrize("role", ["user", "op", "admin"])
def test_who_may_edit_dags_gets_in(airflow: Airflow, deliver: Deliver, role: str) -> None:
    deliver(1)
    with airflow.client(role) as client:
        for method, path in ROUTES:
            assert ask(client, method, path).status_code in (200, 204), (method, path)


def test_a_login_that_is_not_valid_any_more_is_no_login(airflow: Airflow) -> None:
    with httpx.Client(cookies={"_token": "stale"}) as client:
        answer = client.get(f"{airflow.url}/airflow-ma/api/mailbox")
    assert answer.status_code == 401
    assert answer.json()["detail"]["code"] == "no_login"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}])
@pytest.mark.parametrize("origin", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", WRITES)
def test_another_site_cannot_write(
    airflow: Airflow, deliver: Deliver, headers: dict[str, str], origin: dict[str, str], path: str
) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(headers | origin)
        assert ask(browser, "POST", path).status_code == 403
    mail = airflow.client("admin").get("/api/mailbox/1").json()
    assert (mail["replied"], mail["read"]) == (False, False)


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
        assert ask(browser, "POST", "/api/mailbox/1/reply").status_code == 200


def test_the_documentation_of_the_app_is_not_open(airflow: Airflow) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert airflow.client().get(path).status_code == 404


def test_airflow_shows_our_pages_in_its_navigation_and_on_dags_runs_and_tasks(airflow: Airflow) -> None:
    with airflow.client("admin") as client:
        plugins = client.get(f"{airflow.url}/api/v2/plugins").json()["plugins"]
    places = next(plugin for plugin in plugins if plugin["name"] == "airflow_ma")["react_apps"]
    assert [place["destination"] for place in places] == ["nav", "dag", "dag_run", "task_instance"]
    assert len({place["name"] for place in places}) == 1
    assert len({place["url_route"] for place in places}) == 4
    (address,) = {place["bundle_url"] for place in places}
    answer = airflow.client().get(address.removeprefix(f"{PREFIX}/airflow-ma"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "AirflowPlugin" in answer.text
    assert "immutable" in answer.headers["cache-control"]


def test_without_its_tables_the_answer_is_503_and_quotes_nothing(airflow: Airflow) -> None:
    rename = sa.text("ALTER TABLE ma_journey RENAME TO ma_journey_away")
    with airflow.database.write() as connection:
        connection.execute(rename)
    try:
        answer = airflow.client("admin").get("/api/mailbox")
        assert answer.status_code == 503
        detail = answer.json()["detail"]
        assert detail["code"] == "no_database"
        assert "Nothing is lost" in detail["message"]["en"]
        assert "ma_journey" not in answer.text
    finally:
        with airflow.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE ma_journey_away RENAME TO ma_journey"))
