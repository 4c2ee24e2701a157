"""Somebody at the builder with mouse and keyboard, in one browser page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, expect

from tests.demo.builder_page import BuilderPage

Document = dict[str, Any]


@dataclass
class Desk(BuilderPage):
    """The page object of the story tests, and what only these tests need."""

    @property
    def start(self) -> str:
        return f"{self.airflow}/plugin/airflow-ma-journeys"

    def go(self, *route: str) -> None:
        """To one of our pages, by its address."""
        self.page.goto(f"{self.start}#/{'/'.join(route)}")
        expect(self.page.locator(".ma-app")).to_be_visible()

    def open(self, key: str) -> None:
        """To the canvas of a journey, until its steps are there."""
        self.go("journeys", key)
        expect(self.page.locator(".ma-builder")).to_be_visible()

    def state(self, text: str | re.Pattern[str]) -> None:
        """What stands beside the title about saving."""
        expect(self.page.locator(".ma-save")).to_contain_text(text)

    def title(self) -> Locator:
        return self.page.locator(".ma-top").get_by_label("Name of the journey")

    def rename(self, title: str) -> None:
        self.title().fill(title)

    def edges(self) -> Locator:
        return self.page.locator(".react-flow__edge")

    def ways(self) -> set[str]:
        """All connections, as the canvas names them: "people -> pause"."""
        labels = [edge.get_attribute("aria-label") or "" for edge in self.edges().all()]
        return {re.sub(r"^Edge from (.*) to (.*)$", r"\1 -> \2", label) for label in labels}

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, target: Locator, most: int = 80) -> None:
        """With the Tab key alone."""
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not reach {target}")

    def choose(self, text: str) -> None:
        """Write into the open menu of the canvas and take the first answer."""
        expect(self.page.get_by_role("combobox", name="Search steps")).to_be_focused()
        self.page.keyboard.type(text)
        expect(self.page.locator(".ma-add-menu-list [role=option]").first).to_contain_text(text)
        self.page.keyboard.press("Enter")

    def handle(self, step: str, outcome: str = "") -> Locator:
        """Where a connection begins (of an outcome) or ends (without one)."""
        box = self.page.locator(f'.react-flow__node[data-id="{step}"]')
        return box.locator(
            f'.react-flow__handle[data-handleid="o:{outcome}"]' if outcome else ".ma-handle-in"
        )

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, hold: str | None = None) -> None:
        """With the mouse, slowly enough to be a drag; ``hold`` names a key held meanwhile."""
        mouse = self.page.mouse
        if hold:
            self.page.keyboard.down(hold)
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        mouse.move(*end, steps=4)
        mouse.up()
        if hold:
            self.page.keyboard.up(hold)

    def drag_on_until(self, seen: Locator, at: tuple[float, float]) -> None:
        """Tremble a little: the browser tells the page late where a drag is."""
        x, y = at
        for n in range(50):
            if seen.count():
                return
            self.page.mouse.move(x + n % 2, y)
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{seen} does not appear")

    def middle(self, locator: Locator) -> tuple[float, float]:
        """Where its middle is, once it has come to rest: the canvas moves softly."""
        before, box = None, locator.bounding_box()
        while box != before:
            self.page.wait_for_timeout(100)
            before, box = box, locator.bounding_box()
        assert box is not None, f"{locator} is not on the page"
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def log_in(self, name: str) -> None:
        """On Airflow's login page."""
        self.page.fill("input[name=username]", name)
        self.page.fill("input[name=password]", name)
        self.page.keyboard.press("Enter")
