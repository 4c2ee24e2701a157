"""The server fails, or is gone, or has forgotten who one is: it is said, and no work is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import greeting, make, saved
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


@pytest.fixture
def key(airflow: Airflow) -> str:
    return make(airflow, "Greeting", greeting())


def broken(route: Route) -> None:
    route.fulfill(status=500, body="<h1>Internal Server Error</h1>", content_type="text/html")


def gone(route: Route) -> None:
    route.abort("connectionrefused")


def test_what_could_not_be_saved_is_saved_by_itself_when_the_server_works_again(
    airflow: Airflow, open_desk: OpenDesk, key: str
) -> None:
    desk = open_desk("op")
    desk.open(key)
    saving = f"**/airflow-ma/api/journeys/{key}"
    desk.page.route(
        saving, lambda route: broken(route) if route.request.method == "PUT" else route.continue_()
    )
    end = desk.add("end", after="greet")
    desk.state("Could not save")
    assert "went wrong on the server" in (desk.page.locator(".ma-save").get_attribute("title") or "")
    assert len(saved(airflow, key)["steps"]) == 3
    desk.page.unroute(saving)
    expect(desk.page.locator(".ma-save")).to_contain_text("Saved", timeout=15_000)
    assert [step["id"] for step in saved(airflow, key)["steps"]][-1] == end


def test_work_stays_while_the_server_is_gone_even_when_one_looks_elsewhere(
    airflow: Airflow, open_desk: OpenDesk, key: str
) -> None:
    desk = open_desk("op")
    desk.open(key)
    saving = f"**/airflow-ma/api/journeys/{key}"
    desk.page.route(saving, gone)
    end = desk.add("end", after="greet")
    desk.state("Could not save")
    assert "does not answer" in (desk.page.locator(".ma-save").get_attribute("title") or "")
    desk.page.get_by_role("link", name="All journeys").click()
    desk.page.get_by_role("link", name="Greeting").click()
    expect(desk.node(end)).to_be_visible()
    desk.page.get_by_role("button", name="Undo", exact=True).click()
    desk.page.get_by_role("button", name="Redo", exact=True).click()
    desk.state("Could not save")
    assert len(saved(airflow, key)["steps"]) == 3
    desk.page.unroute(saving)
    desk.page.get_by_role("button", name="Save again").click()
    desk.is_saved()
    assert [step["id"] for step in saved(airflow, key)["steps"]][-1] == end


def test_what_cannot_be_loaded_says_so_and_can_be_asked_for_again(open_desk: OpenDesk, key: str) -> None:
    desk = open_desk("op", language="ja")
    page = desk.page
    alert = page.get_by_role("alert")
    page.route("**/airflow-ma/api/journeys", broken)
    desk.go("journeys")
    expect(alert).to_contain_text("サーバーで問題が起きました")
    page.unroute("**/airflow-ma/api/journeys")
    alert.get_by_role("button", name="再試行").click()
    expect(page.get_by_role("link", name="Greeting")).to_be_visible()
    expect(alert).to_have_count(0)

    page.route(f"**/airflow-ma/api/journeys/{key}", gone)
    page.get_by_role("link", name="Greeting").click()
    expect(alert).to_contain_text("サーバーに接続できません")
    page.unroute(f"**/airflow-ma/api/journeys/{key}")
    alert.get_by_role("button", name="再試行").click()
    expect(desk.node("greet")).to_be_visible()


def test_a_session_that_is_over_leads_to_the_login_and_back_to_all_work(
    airflow: Airflow, open_desk: OpenDesk, key: str
) -> None:
    desk = open_desk("op")
    desk.open(key)
    asked: list[str] = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.page.context.clear_cookies()
    end = desk.add("end", after="greet")
    desk.page.wait_for_url("**/auth/login**")
    assert len(saved(airflow, key)["steps"]) == 3
    desk.log_in("op")
    desk.page.get_by_role("button", name="Bring them back").click()
    expect(desk.node(end)).to_be_visible()
    assert desk.page.url.endswith(f"#/journeys/{key}")
    desk.is_saved()
    assert [step["id"] for step in saved(airflow, key)["steps"]][-1] == end
    assert asked == [], "nobody is asked whether to leave: the work comes along"
