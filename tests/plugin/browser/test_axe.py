"""What axe finds on every page of ours, in light and in dark: nothing serious."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.desk import Desk
from tests.plugin.browser.journeys import greeting, make, step
from tests.plugin.conftest import Airflow, put_mail

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[3] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
# Only our own pages, and all of them, dialogs included: what is around them is Airflow's.
RUN = """async () => {
  const found = await axe.run({include: [[".ma-root"]]}, {resultTypes: ["violations"]});
  return found.violations.filter(({impact}) => impact === "serious" || impact === "critical").map(
    ({id, help, nodes}) => `${id}: ${help}: ` + nodes.slice(0, 3).map(({target, any}) =>
      `${target.join(" ")} (${any[0]?.message ?? ""})`).join(" | "));
}"""
COLOURS = """dark => {
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.classList.toggle("light", !dark);
}"""
AT_REST = "document.getAnimations().every(one => one.effect.getTiming().iterations === Infinity)"


def findings(desk: Desk, place: str) -> list[str]:
    """Serious ones of what the page shows now, in light and in dark."""
    if desk.page.evaluate("typeof axe") == "undefined":
        desk.page.add_script_tag(content=AXE.read_text())
    found = []
    for dark in (False, True):
        desk.page.evaluate(COLOURS, dark)
        expect(desk.page.locator(".ma-app.ma-dark")).to_have_count(int(dark))
        desk.page.wait_for_timeout(50)
        desk.page.wait_for_function(AT_REST)
        told: list[str] = desk.page.evaluate(RUN)
        found += [f"{place} ({'dark' if dark else 'light'}): {one}" for one in told]
    return found


def test_the_builder_has_no_serious_findings(airflow: Airflow, open_desk: OpenDesk) -> None:
    steps: list[dict[str, Any]] = greeting()
    steps[2]["next"] = {"done": "mail"}
    steps += [step("mail", "send_email", {"sent": "opened"}), step("opened", "wait_for_open", mail="mail")]
    make(airflow, "Greeting", steps)
    desk = open_desk("admin")
    page = desk.page
    desk.go("journeys")
    expect(page.get_by_role("link", name="Greeting")).to_be_visible()
    found = findings(desk, "list")
    page.get_by_role("button", name="New journey").click()
    expect(page.locator(".ma-beginning").nth(3)).to_be_visible()
    found += findings(desk, "new journey")
    desk.press("Escape")

    page.get_by_role("link", name="Greeting").click()
    expect(page.locator(".ma-badge-danger").first).to_be_visible()
    found += findings(desk, "canvas")
    desk.node("pause").click()
    expect(page.get_by_role("tabpanel", name="Settings")).to_contain_text("Wait")
    found += findings(desk, "canvas with a selected step")
    desk.node("people").click()
    expect(page.get_by_role("tabpanel", name="Settings")).to_contain_text("Audience")
    found += findings(desk, "conditions")
    for tab, shown in [
        ("Problems", ".ma-problem"),
        ("Code", ".cm-content"),
        ("Try it", "button[type=submit], .ma-try, form"),
    ]:
        page.get_by_role("tab", name=tab).click()
        expect(page.locator(".ma-side").locator(shown).first).to_be_visible()
        found += findings(desk, tab)
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator(".ma-outline [data-step-face]")).to_have_count(5)
    found += findings(desk, "outline")
    assert not found, "\n".join(found)


def test_the_other_pages_have_no_serious_findings(airflow: Airflow, open_desk: OpenDesk) -> None:
    put_mail(airflow.database, 1)
    put_mail(airflow.database, 2, subject="セールは明日まで")
    desk = open_desk("admin", language="ja")
    page = desk.page
    desk.go("contacts")
    expect(page.get_by_role("link", name="C1")).to_be_visible()
    found = findings(desk, "contacts")
    page.get_by_role("link", name="C1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("C1")
    found += findings(desk, "a contact")
    page.get_by_role("link", name="受信箱").click()
    page.get_by_text("セールは明日まで").first.click()
    expect(page.locator("iframe")).to_be_visible()
    found += findings(desk, "mailbox")
    page.get_by_role("link", name="配信状況").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found += findings(desk, "sending")
    assert not found, "\n".join(found)
