"""Two people edit the same draft: who saves second is asked, and gets what they chose."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.plugin.browser.conftest import OpenDesk
from tests.plugin.browser.desk import Desk
from tests.plugin.browser.journeys import greeting, make, saved
from tests.plugin.conftest import Airflow

pytestmark = pytest.mark.slow


@pytest.fixture
def key(airflow: Airflow) -> str:
    return make(airflow, "Greeting", greeting())


@pytest.fixture
def editors(airflow: Airflow, open_desk: OpenDesk, key: str) -> tuple[Desk, Desk]:
    """The first has renamed the journey; then the second has, and has added a step."""
    first, second = open_desk("op"), open_desk("user")
    first.open(key)
    second.open(key)
    first.rename("Theirs")
    first.is_saved()
    assert saved(airflow, key)["title"] == "Theirs"
    second.add("end", after="greet")
    second.rename("Mine")
    return first, second


def conflict(desk: Desk) -> Locator:
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody else saved this journey")
    return dialog


def steps(airflow: Airflow, key: str) -> list[str]:
    return [step["id"] for step in saved(airflow, key)["steps"]]


def test_the_second_is_asked_and_may_take_theirs(
    airflow: Airflow, editors: tuple[Desk, Desk], key: str
) -> None:
    _, second = editors
    dialog = conflict(second)
    expect(dialog).to_contain_text("op saved it")
    second.state("Changed by somebody else")
    # Nothing is decided without an answer.
    second.press("Escape")
    expect(dialog).to_be_visible()
    assert (saved(airflow, key)["title"], len(steps(airflow, key))) == ("Theirs", 3)
    assert second.steps() == ["people", "pause", "greet", "end"], "mine is still there while I decide"

    dialog.get_by_role("button", name="Take theirs").click()
    expect(dialog).to_have_count(0)
    expect(second.page.locator("[data-step-face]")).to_have_count(3)
    expect(second.title()).to_have_value("Theirs")
    second.is_saved()
    second.add("end", after="greet")
    second.is_saved()
    assert (saved(airflow, key)["title"], steps(airflow, key)[3:]) == ("Theirs", ["end"])


def test_the_second_may_keep_their_own_and_the_first_is_asked_in_turn(
    airflow: Airflow, editors: tuple[Desk, Desk], key: str
) -> None:
    first, second = editors
    conflict(second).get_by_role("button", name="Keep mine").click()
    expect(second.page.get_by_role("dialog")).to_have_count(0)
    second.is_saved()
    assert (saved(airflow, key)["title"], steps(airflow, key)[3:]) == ("Mine", ["end"])
    # What I did stays mine to undo.
    second.page.get_by_role("button", name="Undo", exact=True).click()
    expect(second.title()).to_have_value("Greeting")
    second.is_saved()

    first.rename("Theirs, once more")
    expect(conflict(first)).to_contain_text("user saved it")
    assert saved(airflow, key)["title"] == "Greeting"
