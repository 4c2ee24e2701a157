"""The mailbox in the browser."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from airflow_ma.engine.tables import event
from tests.plugin.conftest import PREFIX, Airflow, Deliver

pytestmark = pytest.mark.slow

ROOT = f"{PREFIX}/airflow-ma/mailbox"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def ids(page: str) -> list[int]:
    return [int(found) for found in re.findall(rf'href="{ROOT}/(\d+)"', page)]


def test_a_mail_cannot_run_anything_in_our_page(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1, subject=EVIL, html=f"<body>{EVIL}'\"</iframe><script>alert(3)</script></body>", to=f"{EVIL}@x")
    with airflow.browser("admin") as browser:
        pages = [browser.get(path) for path in ("/mailbox", "/mailbox/1", "/mailbox/1?part=text")]
        pages.append(browser.post("/mailbox", data={"q": EVIL}))
    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
    frames = re.findall(r'<iframe [^>]*sandbox="([^"]*)" srcdoc="([^"]*)"></iframe>', pages[1].text)
    ((sandbox, document),) = frames
    assert sandbox == "allow-popups allow-popups-to-escape-sandbox"
    assert "</iframe><script>alert(3)</script>" in html.unescape(document)


def test_links_in_a_mail_open_in_a_new_tab_and_its_pixel_is_there(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1, html='<body><a href="http://c/1">x</a><img src="http://collector/o/1.gif?a=1&amp;b=2"></body>')
    page = airflow.browser("admin").get("/mailbox/1").text
    document = html.unescape(re.findall(r'srcdoc="([^"]*)"', page)[0])
    assert document.startswith('<base target="_blank">')
    assert '<img src="http://collector/o/1.gif?a=1&amp;b=2">' in document


def test_the_list_is_newest_first_in_pages(airflow: Airflow, deliver: Deliver) -> None:
    for number in range(1, 121):
        deliver(number)
    with airflow.browser("admin") as browser:
        first = browser.get("/mailbox").text
        assert ids(first) == list(range(120, 70, -1))
        (before,) = re.findall(r'name="before" value="(\d+)"', first)
        second = browser.post("/mailbox", data={"before": before}).text
        assert ids(second) == list(range(70, 20, -1))
        last = browser.get("/mailbox", params={"before": 21}).text
        assert ids(last) == list(range(20, 0, -1))
        assert 'name="before"' not in last


@pytest.mark.parametrize(
    ("search", "finds"),
    [("TARO@", [2]), ("100%", [3]), ("冬の", [1]), ("_", []), ("花子", [3, 2, 1]), ("", [3, 2, 1])],
)
def test_search_looks_at_name_address_and_subject(
    airflow: Airflow, deliver: Deliver, search: str, finds: list[int]
) -> None:
    deliver(1, subject="冬のセール")
    deliver(2, to="taro@example.jp")
    deliver(3, subject="100% wool")
    assert ids(airflow.browser("admin").post("/mailbox", data={"q": search}).text) == finds


def test_a_mail_is_unread_until_its_page_was_opened(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        assert 'class="unread"' in browser.get("/mailbox").text
        browser.get("/mailbox/1")
        assert 'class="unread"' not in browser.get("/mailbox").text


def test_a_reply_is_recorded_for_the_contact_and_shown(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        answer = browser.post("/mailbox/1/reply", data={"text": " はい、<b>お願いします</b> "})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{ROOT}/1#happened"
        page = browser.get("/mailbox/1").text
        assert "<blockquote>はい、&lt;b&gt;お願いします&lt;/b&gt;</blockquote>" in page
        assert "badge replied" in browser.get("/mailbox").text
    with airflow.database.read() as connection:
        row = connection.execute(sa.select(event)).one()
    assert (row.type, row.contact_id, row.message_id) == ("reply", 1, 1)
    assert row.properties == {"text": "はい、<b>お願いします</b>"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/mailbox/77", 404, "There is no such mail"),
        ("/mailbox/x", 400, "This address or form is not right"),
        ("/mailbox/99999999999999999999", 400, "This address or form is not right"),
        ("/mailbox?before=0", 400, "This address or form is not right"),
        ("/nowhere", 404, "There is no such page"),
    ],
)
def test_a_wrong_address_gets_a_page_that_says_so(
    airflow: Airflow, path: str, status: int, said: str
) -> None:
    answer = airflow.browser("admin").get(path)
    assert answer.status_code == status
    assert said in answer.text


@pytest.mark.parametrize(("text", "said"), [("  ", "The reply is empty"), ("x" * 10_001, "too long")])
def test_a_reply_that_cannot_be_taken_says_why(
    airflow: Airflow, deliver: Deliver, text: str, said: str
) -> None:
    deliver(1)
    answer = airflow.browser("admin").post("/mailbox/1/reply", data={"text": text})
    assert answer.status_code == 400
    assert said in answer.text


def test_the_language_can_be_switched_and_is_kept(airflow: Airflow, deliver: Deliver) -> None:
    deliver(1)
    with airflow.browser("admin") as browser:
        assert "Sandbox mailbox" in browser.get("/mailbox").text
        assert f'href="{ROOT}?lang=ja"' in browser.get("/mailbox").text
        browser.get("/mailbox?lang=ja")
        page = browser.get("/mailbox/1").text
        assert '<html lang="ja">' in page
        assert "このメールへの反応" in page
