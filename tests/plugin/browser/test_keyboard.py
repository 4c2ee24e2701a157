"""The whole canvas without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import make, saved
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


def test_a_journey_is_built_linked_mended_undone_and_redone_with_the_keyboard_alone(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    key = make(airflow, "Keys", [])
    desk = open_desk("user")
    page = desk.page
    desk.open(key)
    faces = page.locator("[data-step-face]")

    desk.tab_to(page.get_by_role("button", name="Begin with: Audience"))
    desk.press("Enter")
    expect(desk.node("audience")).to_be_focused()
    for text, step in [
        ("Send email", "send_email"),
        ("Wait for open", "wait_for_open"),
        ("Update contact", "update_contact"),
        ("End", "end"),
    ]:
        desk.press("a")
        desk.choose(text)
        expect(desk.node(step)).to_be_focused()
    in_a_row = {
        "audience -> send_email",
        "send_email -> wait_for_open",
        "wait_for_open -> update_contact",
        "update_contact -> end",
    }
    assert desk.ways() == in_a_row

    # A second outcome of the waiting step goes to the end, too.
    desk.press("ArrowLeft", "ArrowLeft")
    expect(desk.node("wait_for_open")).to_be_focused()
    desk.press("c")
    desk.choose("Not opened")
    desk.choose("End")
    expect(desk.edges()).to_have_count(5)
    linked = in_a_row | {"wait_for_open -> end"}
    assert desk.ways() == linked

    # What is removed leaves no gap.
    expect(desk.node("wait_for_open")).to_be_focused()
    desk.press("ArrowRight")
    expect(desk.node("update_contact")).to_be_focused()
    desk.press("Delete")
    expect(faces).to_have_count(4)
    desk.is_saved()
    (waits,) = [step for step in saved(airflow, key)["steps"] if step["id"] == "wait_for_open"]
    assert waits["next"] == {"opened": "end", "not_opened": "end"}
    assert waits["settings"]["mail"] == "send_email", "the only mail there is, named by itself"

    for _ in range(7):  # five steps, one connection, one removal
        expect(page.get_by_role("button", name="Undo", exact=True)).to_be_enabled()
        desk.press("Control+z")
    expect(faces).to_have_count(0)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    desk.press("Control+Shift+z", "Control+y", *["Control+Shift+z"] * 4)
    expect(faces).to_have_count(5)
    assert desk.ways() == linked
    desk.press("Control+y")
    expect(faces).to_have_count(4)
    expect(page.get_by_role("button", name="Redo", exact=True)).to_be_disabled()
    desk.is_saved()
    assert len(saved(airflow, key)["steps"]) == 4

    desk.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Connect to another step")
    desk.press("Escape")
    expect(keys).to_have_count(0)


def test_the_settings_of_a_step_and_the_panel_are_reached_with_the_keyboard(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    key = make(airflow, "Keys", [])
    desk = open_desk("user")
    page = desk.page
    desk.open(key)
    desk.tab_to(page.get_by_role("button", name="Begin with: Audience"))
    desk.press("Enter", "a")
    desk.choose("Send email")
    expect(desk.node("send_email")).to_be_focused()
    desk.press("Enter")
    panel = page.get_by_role("tabpanel", name="Settings")
    expect(panel.locator(":focus")).to_have_count(1)
    # Letters belong to the field now: no step is added or removed by writing.
    desk.tab_to(panel.get_by_label("Template"))
    page.keyboard.type("acc")
    desk.press("Backspace", "Tab")
    desk.is_saved()
    assert [step["id"] for step in saved(airflow, key)["steps"]] == ["audience", "send_email"]
    assert saved(airflow, key)["steps"][1]["settings"]["template"] == "ac"
