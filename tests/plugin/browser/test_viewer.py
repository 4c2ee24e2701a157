"""Who may only look: sees journeys and their numbers, changes nothing, and meets no contact."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from airflow_ma.engine.tables import enrollment, flow, journey
from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.journeys import greeting, make, publish, saved
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


@pytest.fixture
def key(airflow: Airflow) -> str:
    """A live journey with three people who wait in it."""
    key = make(airflow, "Greeting", greeting())
    publish(airflow, key)
    now = airflow.database.clock().now()
    with airflow.database.write() as connection:
        of_it = connection.scalar(sa.select(journey.c.id).where(journey.c.key == key))
        waiting = {"journey_id": of_it, "version": 1, "step": "pause", "entry_key": "", "cohort": ""}
        waiting |= {"entered_at": now, "arrived_at": now, "wake_at": now}
        rows = [waiting | {"contact_id": n} for n in range(3)]
        connection.execute(sa.insert(enrollment), rows)
        came = {
            "journey_id": of_it,
            "version": 1,
            "from_step": "people",
            "outcome": "entered",
            "to_step": "pause",
        }
        connection.execute(sa.insert(flow), came | {"hour_at": 0, "number": 3, "stayed_ms": 0})
    return key


def test_a_viewer_looks_at_the_list_and_the_canvas_and_nothing_can_be_changed(
    airflow: Airflow, open_desk: OpenDesk, key: str
) -> None:
    before = saved(airflow, key)
    desk = open_desk("viewer")
    page = desk.page
    writes: list[str] = []
    page.on("request", lambda asked: writes.append(asked.url) if asked.method in {"PUT", "DELETE"} else None)
    desk.go("journeys")
    row = page.get_by_role("row").filter(has_text="Greeting")
    expect(row).to_contain_text("3")
    expect(page.get_by_role("button", name="New journey")).to_have_count(0)
    tabs = page.get_by_role("navigation", name="Marketing pages").get_by_role("link")
    assert tabs.all_inner_texts() == ["Journeys", "Sending", "Health"]

    row.get_by_role("link", name="Greeting").click()
    expect(page.locator(".ma-banner")).to_contain_text("You may look at this journey, but not change it.")
    assert desk.steps() == ["people", "pause", "greet"]
    waiting = page.locator('.react-flow__node[data-id="pause"]').get_by_role(
        "button", name="3 people are here"
    )
    expect(waiting).to_be_visible()
    waiting.click()
    people = page.get_by_role("complementary", name="People")
    expect(people).to_contain_text("Names are shown to those who may edit this journey.")
    people.get_by_role("button", name="Close").click()
    for made_to_change in (".ma-palette", ".ma-plus", ".ma-save"):
        expect(page.locator(made_to_change)).to_have_count(0)
    for name in ("Publish", "Undo", "Start", "Copy as a new journey"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    desk.node("greet").click()
    # The check and trying out would get no answer: an empty "no problems" would be untrue.
    side = page.get_by_role("tablist", name="Settings and more").get_by_role("tab")
    assert side.all_inner_texts() == ["Settings", "Code"]
    fields = page.get_by_role("tabpanel").locator("input, textarea, select, [role=combobox]")
    expect(fields.first).to_be_attached()
    expect(fields.locator("visible=true").and_(page.locator(":enabled"))).to_have_count(0)
    desk.node("greet").focus()
    desk.press("Delete", "a", "c", "Control+z")
    x, y = desk.middle(desk.node("greet"))
    desk.drag((x, y), (x, y + 200))
    assert desk.steps() == ["people", "pause", "greet"]
    expect(page.locator(".ma-add-menu")).to_have_count(0)
    assert abs(desk.middle(desk.node("greet"))[1] - desk.middle(desk.node("pause"))[1]) < 2

    page.get_by_role("tab", name="Code").click()
    expect(page.locator(".cm-content").first).to_contain_text("audience")
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator(".ma-outline [data-step-face]")).to_have_count(3)
    expect(
        page.locator(".ma-outline").get_by_role("button", name=re.compile("Remove|Add|Connect"))
    ).to_have_count(0)
    assert writes == []
    assert saved(airflow, key) == before


def test_pages_with_contacts_refuse_a_viewer_kindly(airflow: Airflow, open_desk: OpenDesk) -> None:
    make(airflow, "Greeting", greeting())
    desk = open_desk("viewer", language="ja")
    for route in (["contacts"], ["contacts", "C1"], ["mailbox"]):
        desk.go(*route)
        refusal = desk.page.locator(".ma-empty")
        expect(refusal).to_contain_text("この内容を表示する権限がありません")
        expect(refusal).to_contain_text("管理者")
    desk.page.get_by_role("link", name="ジャーニー").click()
    expect(desk.page.get_by_role("link", name="Greeting")).to_be_visible()
