"""A real browser before Airflow's own web server: pages by role, in a language and in light or dark."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.plugin.browser.desk import Desk
from tests.plugin.conftest import Airflow

SIZE = {"width": 1400, "height": 850}
PATIENCE_MS = 10_000
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# Only what is not chosen yet, so that a page can change it as a reader does.
CHOOSE = """if (self === top && location.origin !== "null") for (const [name, value] of Object.entries({{"i18nextLng": "{language}", "theme": "{theme}"}}))
  localStorage.getItem(name) ?? localStorage.setItem(name, value);"""


# Not longer than these tests: while it runs, nothing else in this process can use asyncio.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        expect.set_options(timeout=None)
        browser.close()


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(airflow: Airflow, chromium: Browser) -> Iterator[OpenDesk]:
    """Gives somebody a browser of their own: ``open_desk("viewer", language="ja", theme="dark")``.

    At the end no page may have had an error in its scripts.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(role: str | None = "admin", *, language: str = "en", theme: str = "light") -> Desk:
        context = chromium.new_context(viewport=SIZE, locale="en-US", permissions=CLIPBOARD)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(CHOOSE.format(language=language, theme=theme))
        if role is not None:
            token = airflow.browser(role).cookies["_token"]
            context.add_cookies([{"name": "_token", "value": token, "url": airflow.url}])
        context.on("weberror", lambda error: faults.append(str(error.error)))
        return Desk(context.new_page(), airflow.url, language)

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []
