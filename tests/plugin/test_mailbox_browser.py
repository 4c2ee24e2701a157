"""The mailbox in a real browser: what the sandboxed frame lets a mail do, and what not."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests.plugin.conftest import Airflow, Deliver

pytestmark = pytest.mark.slow


@dataclass
class Collector:
    """Stands where links and pixel lead, and keeps what was asked for and from which page."""

    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def collector() -> Iterator[Collector]:
    seen = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.asked.append((self.path, self.headers.get("Referer")))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>shop</h1>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    seen.url = f"http://127.0.0.1:{server.server_port}"
    yield seen
    server.shutdown()
    server.server_close()


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


def test_from_login_to_reply(
    airflow: Airflow, deliver: Deliver, collector: Collector, chromium: Browser
) -> None:
    script = "<script>document.body.innerHTML = 'changed'</script><img src=x onerror=\"top.location='/'\">"
    pixel = f'<img src="{collector.url}/pixel" width="1" height="1" alt="">'
    deliver(1, html=f'<body>{script}<a href="{collector.url}/link">Go</a>{pixel}</body>')
    context = chromium.new_context(locale="en-US")
    page = context.new_page()

    page.goto(f"{airflow.url}/airflow-ma/mailbox")
    page.fill("input[name=username]", "op")
    page.fill("input[name=password]", "op")
    page.keyboard.press("Enter")
    page.wait_for_url("**/airflow-ma/mailbox")

    page.click("table a")
    page.wait_for_load_state("networkidle")
    assert collector.asked == [("/pixel", None)]
    mail = page.frame_locator("iframe")
    with context.expect_page() as opened:
        mail.get_by_text("Go").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{collector.url}/link"
    assert ("/link", None) in collector.asked
    assert page.url.endswith("/airflow-ma/mailbox/1")

    page.fill("textarea", "yes, please")
    page.get_by_role("button", name="Send the reply").click()
    page.wait_for_selector("blockquote")
    assert page.inner_text("blockquote") == "yes, please"


@pytest.mark.parametrize(
    ("door", "path", "heading"), [("Mail", "/mailbox", "サンドボックス"), ("Send", "/sending", "配信")]
)
def test_airflows_navigation_leads_to_our_pages_in_its_language(
    airflow: Airflow, chromium: Browser, door: str, path: str, heading: str
) -> None:
    context = chromium.new_context(locale="en-US")
    context.add_cookies([{"name": "_token", "value": airflow._token("admin"), "url": airflow.url}])
    context.add_init_script("localStorage.i18nextLng = 'ja'; localStorage.theme = 'dark'")
    page = context.new_page()
    page.goto(f"{airflow.url}/", wait_until="networkidle")
    page.locator(f"a[href*='airflow-ma-'], button:has-text('{door}')", has_text=door).first.click()
    page.wait_for_url(f"**/airflow-ma{path}")
    assert heading in page.inner_text("header")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.go_back()
    page.wait_for_url(f"{airflow.url}/**")
    assert "airflow-ma" not in page.url
