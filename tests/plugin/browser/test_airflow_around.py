"""The pages live within Airflow's: its language, its colours, its login."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import greeting, make
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


# Painted from the outside in, as backgrounds may be see-through.
BRIGHTNESS = """element => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  const layers = [];
  for (let layer = element; layer; layer = layer.parentElement) layers.unshift(layer);
  for (const layer of layers) {
    pen.fillStyle = getComputedStyle(layer).backgroundColor;
    pen.fillRect(0, 0, 1, 1);
  }
  return pen.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part, 0);
}"""


def brightness(page: Page) -> int:
    """Of what the steps lie on: black is 0, white 765."""
    told: int = page.locator(".ma-palette").evaluate(BRIGHTNESS)
    return told


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
    assert brightness(page) > 600

    page.get_by_role("button", name="User").click()
    page.get_by_role("menuitem", name="Appearance").click()
    page.get_by_role("menuitemradio", name="Dark Mode").click()
    expect(page.locator(".ma-app")).to_have_class(re.compile("ma-dark"))
    expect(page.locator(".react-flow")).to_have_class(re.compile("dark"))
    assert brightness(page) < 200

    expect(page.get_by_role("menu")).to_have_count(0)
    page.get_by_role("button", name="User").click()
    page.get_by_role("menuitem", name="Language").click()
    page.get_by_role("dialog").get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("日本語")).click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
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
