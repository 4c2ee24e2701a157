"""The preference centre in a real browser: by hand, by keyboard, on a small screen, without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Error, Page, sync_playwright

from airflow_ma.channels.links import LinkSigner, unsubscribe_url
from airflow_ma.collector.app import create_app
from airflow_ma.contacts.consent import TRACKING, history
from airflow_ma.engine.clock import ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact
from tests.collector.conftest import World, serving

pytestmark = pytest.mark.slow
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# The contrast that WCAG 2.2 asks of text, worked out in the page for every visible piece of it.
CONTRAST = """() => {
  const light = (colour) => {
    const part = colour.match(/[\\d.]+/g).map(Number).slice(0, 3).map((one) => one / 255);
    const linear = part.map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const [high, low] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    if ((high + 0.05) / (low + 0.05) < 4.5) bad.push(element.outerHTML.slice(0, 80));
  }
  return bad;
}"""


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        except Error:
            pytest.skip("no Chromium here; install one with: playwright install chromium")
        yield browser
        browser.close()


@pytest.fixture
def world(sqlite_database: Database, clock: ManualClock) -> World:
    """One database is enough here: the pages are the same."""
    world = World(sqlite_database, clock, LinkSigner.from_settings())
    world.add_contact(1)
    return world


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with world.database.write() as connection:
        address = {"email": "hanako@example.jp", "email_key": "hanako@example.jp", "consented_at": 1}
        connection.execute(sa.update(contact).where(contact.c.id == 1).values(address))
    with serving(create_app(world.database)) as port:
        yield unsubscribe_url(f"http://127.0.0.1:{port}", world.signer.tokens(1).unsubscribe)


def on(page: Page) -> set[str]:
    return set(page.locator("input[role=switch]:checked").evaluate_all("all => all.map(one => one.value)"))


def test_unsubscribe_undo_and_switches_without_scripts(world: World, url: str, chromium: Browser) -> None:
    page = chromium.new_context(locale="en-GB", java_script_enabled=False).new_page()
    page.goto(url)
    assert world.contact(1).unsubscribed_at is None
    page.get_by_role("button", name="Unsubscribe").click()
    assert "You are unsubscribed." in page.get_by_role("status").inner_text()
    assert world.contact(1).unsubscribed_at is not None
    page.get_by_role("button", name="undo").click()
    assert "It is as it was before." in page.get_by_role("status").inner_text()
    assert world.contact(1).unsubscribed_at is None

    opens = page.get_by_role("switch", name="Measure whether I open mails")
    assert opens.is_checked()
    page.get_by_text("A tiny picture in the mail").click()  # the whole line is the switch
    assert not opens.is_checked()
    page.get_by_role("switch", name="Marketing mail").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    assert "You are unsubscribed." in page.get_by_role("status").inner_text()
    assert (world.contact(1).open_tracking, world.contact(1).click_tracking) == (False, None)

    page.get_by_role("link", name="日本語").click()
    assert page.locator("html").get_attribute("lang") == "ja"
    assert not page.get_by_role("switch", name="メールの開封を計測").is_checked()
    page.get_by_role("switch", name="広告・宣伝メール").check()
    page.get_by_role("button", name="設定を保存する").click()
    assert "設定を保存しました" in page.get_by_role("status").inner_text()
    page.reload()
    assert world.contact(1).unsubscribed_at is None
    with world.database.read() as connection:
        said = [(one.purpose, one.granted) for one in history(connection, 1)]
    assert said == [
        ("email", False), ("email", True), ("email", False), ("open_tracking", False), ("email", True)
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
def test_it_can_be_read_on_a_telephone_in_any_light(
    url: str, chromium: Browser, scheme: str, locale: str
) -> None:
    context = chromium.new_context(
        locale=locale,
        color_scheme=scheme,
        viewport={"width": 320, "height": 640},  # type: ignore[arg-type]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(url)
    assert on(page) == {"email", *TRACKING}
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CONTRAST) == []
        heights = page.locator("button").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert min(heights) >= 24
        page.locator("section.card button").first.click()
        page.wait_for_selector("[role=status]")
    assert complaints == []
