"""The canvas with the mouse: dragged from the palette, connected, selected together, copied elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import greeting, make, saved, step
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


def test_a_step_dragged_from_the_palette_onto_a_connection_comes_between(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    key = make(airflow, "Greeting", greeting())
    desk = open_desk("user")
    page = desk.page
    desk.open(key)
    mouse = page.mouse
    x, y = desk.middle(desk.handle("pause"))
    on_the_way = (x - 16, y)  # the line itself, beside its "+"
    mouse.move(*desk.middle(page.locator(".ma-palette-item").filter(has_text="Alert sales")))
    mouse.down()
    mouse.move(on_the_way[0] - 40, on_the_way[1] + 60, steps=3)
    expect(page.locator(".ma-way-drop")).to_have_count(0)
    mouse.move(*on_the_way, steps=3)
    desk.drag_on_until(page.locator(".ma-way-drop"), on_the_way)
    mouse.up()
    expect(desk.node("alert_sales")).to_be_focused()
    assert desk.ways() == {"people -> alert_sales", "alert_sales -> pause", "pause -> greet"}
    page.get_by_role("button", name="Undo", exact=True).click()
    assert desk.ways() == {"people -> pause", "pause -> greet"}
    expect(desk.node("alert_sales")).to_have_count(0)


def test_handles_are_connected_by_dragging_and_only_to_what_may_follow(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    loose = [step("people", "audience"), step("pause", "wait", {"waited": "greet"}, duration="1 day")]
    key = make(airflow, "Loose", [*loose, step("greet", "update_contact", add_tags=["greeted"])])
    desk = open_desk("user")
    page = desk.page
    desk.open(key)
    page.get_by_role("button", name="Show everything").click()
    mouse = page.mouse
    mouse.move(*desk.middle(desk.handle("people", "entered")))
    mouse.down()
    mouse.move(*desk.middle(desk.handle("pause")), steps=6)
    expect(page.locator(".ma-step-target-yes")).to_have_count(2)
    mouse.up()
    expect(desk.edges()).to_have_count(2)
    assert desk.ways() == {"people -> pause", "pause -> greet"}
    # A journey never goes back to where it came from.
    page.get_by_role("button", name="Show everything").click()
    mouse.move(*desk.middle(desk.handle("greet", "done")))
    mouse.down()
    mouse.move(*desk.middle(desk.handle("pause")), steps=6)
    expect(page.locator(".ma-step-target-no")).to_have_count(2)
    mouse.up()
    desk.press("Escape")
    desk.is_saved()
    assert [one["next"] for one in saved(airflow, key)["steps"]] == [
        {"entered": "pause"},
        {"waited": "greet"},
        {},
    ]


def test_several_are_selected_by_dragging_over_them_and_copied_into_another_journey(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    key = make(airflow, "Greeting", greeting())
    other = make(airflow, "Other", [step("people", "audience")])
    desk = open_desk("user")
    page = desk.page
    desk.open(key)
    page.get_by_role("button", name="Show everything").click()
    desk.middle(desk.node("greet"))
    first, last = desk.node("pause").bounding_box(), desk.node("greet").bounding_box()
    assert first
    assert last
    around = (last["x"] + last["width"] / 2, last["y"] + last["height"] + 40)
    desk.drag((first["x"] + 20, first["y"] - 40), around, hold="Shift")
    expect(page.get_by_role("tabpanel")).to_contain_text("2 steps are selected")
    desk.press("Control+c")
    expect(page.get_by_text("2 steps copied")).to_be_visible()

    page.get_by_role("link", name="All journeys").click()
    page.get_by_role("link", name="Other").click()
    expect(page.locator("[data-step-face]")).to_have_count(1)
    desk.press("Control+v")
    expect(page.locator("[data-step-face]")).to_have_count(3)
    desk.is_saved()
    _, wait, update = saved(airflow, other)["steps"]
    assert (wait["kind"], wait["next"], wait["settings"]) == (
        "wait",
        {"waited": update["id"]},
        {"duration": "1 day"},
    )
    assert (update["kind"], update["settings"]) == ("update_contact", {"add_tags": ["greeted"]})
    assert len(saved(airflow, key)["steps"]) == 3, "the first journey stays as it was"
    # The same as text, wherever the clipboard goes.
    assert '"airflow_ma steps"' in page.evaluate("navigator.clipboard.readText()")
