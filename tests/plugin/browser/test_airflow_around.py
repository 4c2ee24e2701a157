"""The pages live within Airflow's: its language, its colours, its login."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import greeting, make
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


def background(page: Page) -> int:
    """How bright the canvas is: 0 is black."""
    told: str = page.locator(".ma-app").evaluate("element => getComputedStyle(element).backgroundColor")
    return sum(int(part) for part in re.findall(r"\d+", told)[:3])


def test_language_and_colours_follow_airflows_own_menu_without_a_reload(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    key = make(airflow, "Greeting", greeting())
    desk = open_desk("admin")
    page = desk.page
    desk.open(key)
    page.evaluate("window.sameLoad = true")
    desk.node("pause").click()
    publish = page.locator(".ma-top").get_by_role("button")
    expect(publish.last).to_have_text("Publish")
    before = background(page)
    assert before > 600

    page.get_by_role("button", name="User").click()
    page.get_by_role("menuitem", name="Appearance").click()
    page.get_by_role("menuitemradio", name="Dark").or_(page.get_by_role("menuitem", name="Dark")).click()
    expect(page.locator(".ma-app")).to_have_class(re.compile("ma-dark"))
    expect(page.locator(".react-flow")).to_have_class(re.compile("dark"))
    assert background(page) < 200

    page.keyboard.press("Escape")
    page.get_by_role("button", name="User").click()
    page.get_by_role("menuitem", name="Language").click()
    page.get_by_role("dialog").get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("日本語")).click()
    expect(publish.last).to_have_text("公開")
    expect(desk.node("pause")).to_contain_text("1日")
    expect(page.locator(".ma-palette-item").first).to_have_text("メールを送る")
    expect(page.locator(".ma-app")).to_have_attribute("lang", "ja")
    assert page.evaluate("window.sameLoad") is True
    # What was selected still is: nothing was mounted afresh.
    expect(page.locator(".ma-step-selected")).to_have_count(1)


def test_a_login_on_the_way_to_a_journey_leads_to_it(airflow: Airflow, open_desk: OpenDesk) -> None:
    key = make(airflow, "Greeting", greeting())
    desk = open_desk(None)
    desk.page.goto(f"{desk.start}#/journeys/{key}")
    desk.page.wait_for_url("**/auth/login**")
    desk.log_in("user")
    expect(desk.node("greet")).to_be_visible()
    assert desk.page.url.endswith(f"#/journeys/{key}")
