"""A mail's own HTML in a real browser: what it may do there, and what not."""

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

FRAME = '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="{}"></iframe>'


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


@pytest.mark.parametrize("framed", [True, False])
def test_a_mail_runs_nothing_and_its_links_open_in_a_new_tab(
    airflow: Airflow, deliver: Deliver, collector: Collector, chromium: Browser, framed: bool
) -> None:
    script = "<script>document.body.innerHTML = 'changed'</script><img src=x onerror=\"top.location='/'\">"
    sent = f'<form action="{collector.url}/form"><button>Send</button></form>'
    pixel = f'<img src="{collector.url}/pixel" width="1" height="1" alt="">'
    base = f'<base href="{collector.url}/elsewhere/">'
    deliver(1, html=f'<body>{base}{script}<a href="{collector.url}/link">Go</a>{sent}{pixel}</body>')
    context = chromium.new_context(locale="en-US")
    context.add_cookies([{"name": "_token", "value": airflow._token("op"), "url": airflow.url}])
    page = context.new_page()
    address = f"{airflow.url}/airflow-ma/api/mailbox/1/html"
    if framed:
        page.goto(f"{airflow.url}/airflow-ma/journeys.js")
        page.set_content(FRAME.format(address))
        mail = page.frame_locator("iframe").locator("body")
    else:
        page.goto(address)
        mail = page.locator("body")
    mail.get_by_text("Go").wait_for()
    page.wait_for_load_state("networkidle")
    assert ("/pixel", None) in collector.asked

    with context.expect_page() as opened:
        mail.get_by_text("Go").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{collector.url}/link"
    mail.get_by_role("button", name="Send").click()
    page.wait_for_timeout(200)
    # Nothing else was asked for, and nobody was told where the mail was read.
    asked = {one for one in collector.asked if one[0] != "/favicon.ico"}  # of the shop's own page
    assert asked == {("/pixel", None), ("/link", None)}
    assert "Go" in mail.inner_text()


def test_a_mail_cannot_read_what_airflow_shows(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1, html="<script>fetch('/api/v2/dags')</script>")
    answer = airflow.browser("admin").get("/api/mailbox/1/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
