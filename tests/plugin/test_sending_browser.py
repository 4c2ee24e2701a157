"""The page about sending in a real browser: it takes over Airflow's language and colours, and resumes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests.plugin.conftest import Airflow
from tests.plugin.test_sending import pause, paused, put

pytestmark = pytest.mark.slow


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        except Error:
            pytest.skip("no Chromium here; install one with: playwright install chromium")
        yield browser
        browser.close()


def test_from_login_to_resuming(airflow: Airflow, chromium: Browser) -> None:
    put(airflow.database, 1, state="accepted")
    pause(airflow.database)
    context = chromium.new_context(locale="en-US", color_scheme="light")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

    page.goto(f"{airflow.url}/airflow-ma/sending")
    page.fill("input[name=username]", "op")
    page.fill("input[name=password]", "op")
    page.keyboard.press("Enter")
    page.wait_for_url("**/airflow-ma/sending")
    assert page.get_by_role("heading", name="Sending over shop is paused").is_visible()

    page.evaluate("localStorage.setItem('i18nextLng', 'ja'); localStorage.setItem('theme', 'dark')")
    page.reload()
    page.wait_for_selector("html[lang=ja][data-theme=dark]")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(20, 24, 29)"

    page.get_by_role("button", name="配信を再開する").click()
    page.wait_for_selector("[role=status]")
    assert "配信を再開しました" in page.inner_text("[role=status]")
    assert paused(airflow.database) == []
    assert faults == []
