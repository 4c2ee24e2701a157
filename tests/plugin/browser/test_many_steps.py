"""A journey of 200 steps."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import make, step
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow

STEPS = 200
# Drags the canvas about for a second.
PAN = """() => new Promise(done => {
  const pane = document.querySelector(".react-flow__pane"), box = pane.getBoundingClientRect();
  const tell = (type, x, target = window) => target.dispatchEvent(new MouseEvent(type, {
    bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, clientX: x, clientY: box.top + 20}));
  const start = box.left + 300, began = performance.now();
  tell("mousedown", start, pane);
  const next = now => {
    tell("mousemove", start - (now - began) / 4);
    if (now - began < 1000) return requestAnimationFrame(next);
    tell("mouseup", start - (now - began) / 4);
    done();
  };
  requestAnimationFrame(next);
})"""


def test_a_journey_of_two_hundred_steps_opens_and_is_moved_about(
    airflow: Airflow, open_desk: OpenDesk
) -> None:
    names = [f"wait_{n}" for n in range(STEPS - 1)]
    leads = [*({"waited": name} for name in names[1:]), None]
    steps = [step("people", "audience", {"entered": names[0]}, where={"tag": "customer"})]
    steps += [step(name, "wait", to, duration="1 day") for name, to in zip(names, leads, strict=True)]
    make(airflow, "Long", steps)
    desk = open_desk("user")
    page = desk.page
    desk.go("journeys")
    page.get_by_role("link", name="Long").click()
    expect(page.locator("[data-step-face]")).to_have_count(STEPS)
    before = desk.node("people").bounding_box()
    page.evaluate(PAN)
    after = desk.node("people").bounding_box()
    assert before
    assert after
    assert before["x"] - after["x"] > 150, "the canvas was moved"

    page.get_by_role("button", name="Show everything").click()
    page.locator(".ma-palette-item").first.click()
    expect(page.locator("[data-step-face]")).to_have_count(STEPS + 1)
    desk.press("Control+z")
    expect(page.locator("[data-step-face]")).to_have_count(STEPS)
