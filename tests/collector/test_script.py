"""The script in a real browser: the token, the view, the dwell time, and who objects."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from airflow_ma.channels.links import LinkSigner
from airflow_ma.collector.app import create_app
from airflow_ma.engine.clock import HOUR, ManualClock
from airflow_ma.engine.database import Database
from tests.collector.conftest import CHROME, World, serving

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs a chromium or google-chrome on the PATH"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def world(sqlite_database: Database, clock: ManualClock) -> World:
    world = World(sqlite_database, clock, LinkSigner.from_settings())
    for number in (1, 2):
        world.add_contact(number)
    clock.advance(HOUR)
    return world


@pytest.fixture
def shop(world: World) -> Iterator[str]:
    """Address of a shop whose pages load the script from a collector at another origin."""

    def page(request: Request) -> HTMLResponse:
        port = request.url.port
        return HTMLResponse(f"<title>料金</title><script src='http://127.0.0.1:{port}/ma.js'></script>")

    app = Starlette(routes=[Route("/shop/{page}", page), Mount("/", create_app(world.database))])
    with serving(app) as port:
        yield f"http://localhost:{port}/shop"


def wait_for(world: World, count: int) -> list[object]:
    end = time.monotonic() + 10
    while len(world.events()) < count and time.monotonic() < end:
        time.sleep(0.05)
    assert len(world.events()) == count
    return [(e.type, e.url, e.contact_id) for e in world.events()]


def test_a_visit_from_a_mail(world: World, shop: str, browser: Browser) -> None:
    page = browser.new_context(user_agent=CHROME).new_page()
    page.goto(f"{shop}/first")
    wait_for(world, 1)
    page.wait_for_timeout(300)
    page.goto(f"{shop}/prices?a=%20+&ma={world.visit_token(1)}&b#top")
    stored = wait_for(world, 3)
    address = f"{shop}/prices?a=%20+&b#top"
    assert page.evaluate("location.href") == address
    assert sorted(stored) == [
        ("page.dwell", f"{shop}/first", 1),
        ("page.view", f"{shop}/first", 1),
        ("page.view", address, 1),
    ]
    [dwell] = world.events("page.dwell")
    assert 300 <= dwell.properties["dwell_ms"] < 8_000
    assert world.events("page.view")[1].properties == {"title": "料金"}
    assert page.context.cookies() == []

    mine = page.evaluate("localStorage.ma_visitor")
    page.goto(f"{shop}/shared?ma={world.visit_token(2)}")
    page.wait_for_function("mine => localStorage.ma_visitor !== mine", arg=mine)
    page.goto(f"{shop}/last")
    stored = wait_for(world, 7)
    assert ("page.view", f"{shop}/prices?a=%20+&b#top", 1) in stored
    assert ("page.view", f"{shop}/last", 2) in stored
    assert not page.evaluate("localStorage.ma_token")


@pytest.mark.parametrize("signal", ["globalPrivacyControl = true", "doNotTrack = '1'"])
def test_who_objects_leaves_no_trace(world: World, shop: str, browser: Browser, signal: str) -> None:
    context = browser.new_context(user_agent=CHROME)
    name, _, value = signal.partition(" = ")
    context.add_init_script(f"Object.defineProperty(navigator, '{name}', {{value: {value}}})")
    page = context.new_page()
    page.goto(f"{shop}/first?ma={world.visit_token(1)}")
    page.goto(f"{shop}/second", wait_until="networkidle")
    assert page.evaluate("localStorage.length") == 0
    assert world.events() == []
