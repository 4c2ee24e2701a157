"""How sending goes, in Airflow: who may see and do what, as JSON and as a page."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute

from airflow_ma.engine.clock import HOUR, MINUTE, NEVER
from airflow_ma.engine.database import Database
from airflow_ma.engine.pauses import pause_sending, pauses
from airflow_ma.engine.tables import contact, enrollment, journey, message
from airflow_ma.plugin import sending as seen
from airflow_ma.plugin.access import Onlooker
from airflow_ma.plugin.texts import _TEXTS
from tests.plugin.conftest import PREFIX, Airflow, put_mail

NOW = time.time_ns() // 1_000_000
WRONG_KEY = "SendGrid does not know this API key"
RESUME, RESUME_API = "/sending/resume", "/api/sending/connections/shop/resume"
ROUTES = [
    ("GET", "/sending"),
    ("POST", RESUME),
    ("GET", "/api/sending"),
    ("GET", "/api/sending/unknown"),
    ("POST", RESUME_API),
]


def put(
    database: Database, number: int, *, hold: str | None = None, wake_at: int = NOW, **values: Any
) -> None:
    """One mail of the journey ``sale`` over the connection ``shop``, and where its contact stands."""
    put_mail(database, number, journey_key=values.pop("journey_key", "sale"))
    facts = {"conn_id": "shop", "channel": "smtp", "created_at": NOW - HOUR, "sent_at": NOW - HOUR}
    with database.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == number).values(**{**facts, **values}))
        named = {"name": "山田 花子", "email": f"hanako{number}@example.jp"}
        connection.execute(sa.update(contact).where(contact.c.id == number).values(**named))
        j = connection.scalar(sa.select(message.c.journey_id).where(message.c.id == number))
        place = {
            "id": number,
            "journey_id": j,
            "version": 1,
            "contact_id": number,
            "entry_key": "",
            "cohort": "",
        }
        place |= {"step": "announce", "entered_at": NOW, "arrived_at": NOW, "wake_at": wake_at, "hold": hold}
        connection.execute(sa.insert(enrollment).values(**place))


def pause(database: Database, conn_id: str = "shop") -> None:
    with database.write() as connection:
        pause_sending(connection, conn_id, at=NOW - HOUR, reason=WRONG_KEY)


def paused(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.conn_id for one in pauses(connection)]


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    if method == "GET":
        return client.get(path)
    return client.post(path) if path == RESUME_API else client.post(path, data={"conn_id": "shop"})


def test_only_those_who_may_edit_a_journey_see_whom_its_mails_are_for(database: Database) -> None:
    put(database, 1, state="unknown", journey_key="sale")
    put(database, 2, state="unknown", journey_key="cold")
    put(database, 3, state="unknown", journey_key="secret")
    with database.read() as connection:
        ids = {row.key: row.id for row in connection.execute(sa.select(journey.c.key, journey.c.id))}
    onlooker = Onlooker(database, frozenset({ids["sale"], ids["cold"]}), frozenset({ids["sale"]}))
    one, two = seen.unknown_mails(onlooker, after=None, limit=10)
    assert (one.journey, two.journey) == ("sale", "cold")
    assert one.recipient is not None
    assert one.recipient.email == "hanako1@example.jp"
    assert two.recipient is None
    assert "hanako2" not in two.model_dump_json()


@pytest.mark.slow
def test_every_route_is_tested_here() -> None:
    from airflow_ma.plugin.sending_api import router as api
    from airflow_ma.plugin.sending_pages import router as pages

    there = {
        (method, route.path.replace("{conn_id}", "shop"))
        for route in (*api.routes, *pages.routes)
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert there == set(ROUTES)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_login(airflow: Airflow, method: str, path: str) -> None:
    pause(airflow.database)
    answer = ask(airflow.client(), method, path)
    if path.startswith("/api/"):
        assert answer.status_code == 401
    else:
        assert answer.status_code == 303
        back = f"{PREFIX}/airflow-ma/sending".replace("/", "%2F")
        assert answer.headers["location"] == f"{PREFIX}/api/v2/auth/login?next={back}"
    assert paused(airflow.database) == ["shop"]


@pytest.mark.slow
def test_viewers_see_counts_and_no_people(airflow: Airflow) -> None:
    put(airflow.database, 1, state="unknown", reason="no answer")
    put(airflow.database, 2, state="accepted", hold="quiet_hours", wake_at=NOW + HOUR)
    with airflow.client("viewer") as client:
        state = client.get("/api/sending").json()
        (mail,) = client.get("/api/sending/unknown").json()["mails"]
        page = client.get("/sending").text
    assert state["connections"][0]["unresolved"] == 1
    assert state["waiting"][0]["why"] == "quiet_hours"
    assert mail["recipient"] is None
    assert "hanako" not in page
    assert "花子" not in page
    with airflow.client("user") as client:
        (mail,) = client.get("/api/sending/unknown").json()["mails"]
        assert mail["recipient"]["email"] == "hanako1@example.jp"
        assert "hanako1@example.jp" in client.get("/sending").text


@pytest.mark.slow
@pytest.mark.parametrize("role", ["viewer", "user"])
def test_who_may_not_edit_connections_cannot_resume(airflow: Airflow, role: str) -> None:
    pause(airflow.database)
    with airflow.browser(role) as browser:
        page = browser.get("/sending").text
        assert WRONG_KEY in page
        assert "<form" not in page
        refused = browser.post(RESUME, data={"conn_id": "shop"})
        assert refused.status_code == 403
        assert "Resuming needs the right to edit Airflow&#39;s connections" in refused.text
    answer = airflow.client(role).post(RESUME_API)
    assert (answer.status_code, paused(airflow.database)) == (403, ["shop"])
    assert airflow.client(role).get("/api/sending").json()["pauses"][0]["may_resume"] is False


@pytest.mark.slow
@pytest.mark.parametrize("role", ["op", "admin"])
def test_who_may_edit_connections_resumes(airflow: Airflow, role: str) -> None:
    pause(airflow.database)
    put(airflow.database, 1, state="retryable", hold="paused", wake_at=NEVER)
    with airflow.browser(role) as browser:
        page = browser.get("/sending").text
        assert "Sending over shop is paused" in page
        assert "1 mails wait for it in all" in page
        assert "Resume sending" in page
        answer = browser.post(RESUME, data={"conn_id": "shop"})
        assert (answer.status_code, paused(airflow.database)) == (303, [])
        assert answer.headers["location"] == f"{PREFIX}/airflow-ma/sending?resumed=true"
        after = browser.get("/sending?resumed=true").text
    assert "Sending goes on" in after
    assert 'class="alarm"' not in after
    with airflow.database.read() as connection:
        row = connection.execute(sa.select(enrollment.c.hold, enrollment.c.wake_at)).one()
    assert row.hold is None
    assert row.wake_at < NEVER
    with airflow.client(role) as client:
        again = client.post(RESUME_API)
        assert (again.status_code, again.json()) == (404, {"detail": "'shop' is not paused"})
        pause(airflow.database)
        assert client.post(RESUME_API).json() == {"resumed": True}


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}]
)
@pytest.mark.parametrize("path", [RESUME, RESUME_API])
def test_another_site_cannot_resume(airflow: Airflow, headers: dict[str, str], path: str) -> None:
    pause(airflow.database)
    with airflow.browser("admin") as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(headers)
        assert ask(browser, "POST", path).status_code == 403
    assert paused(airflow.database) == ["shop"]


@pytest.mark.slow
def test_the_page_tells_what_waits_and_what_becomes_of_it(airflow: Airflow) -> None:
    put(airflow.database, 1, state="accepted")
    put(airflow.database, 2, state="rejected", reason="no_consent")
    put(airflow.database, 3, state="unknown", reason="no answer", sent_at=NOW)
    put(airflow.database, 4, state="unknown", reason="no answer", sent_at=NOW, purpose="transactional",
        hold="unresolved", wake_at=NOW + HOUR)  # fmt: skip
    put(airflow.database, 5, state="retryable", reason="421 busy <b>", wake_at=NOW + MINUTE)
    with airflow.browser("admin") as browser:
        page = browser.get("/sending").text
        japanese = browser.get("/sending?lang=ja").text
    for said in (
        "no consent on record",
        "to be tried again",
        "421 busy &lt;b&gt;",
        "given up, never sent again",
        "attempt 2 of 3",
    ):
        assert said in page
    for said in ("送信しなかった", "受信の同意が記録されていない", "再送はしません", "（3 回中 2 回目）"):
        assert said in japanese
    assert '<html lang="ja"' in japanese


@pytest.mark.slow
def test_unknown_mails_come_in_pages(airflow: Airflow) -> None:
    for number in range(1, 54):
        put(airflow.database, number, state="unknown", reason="no answer", sent_at=NOW + number)
    with airflow.browser("admin") as browser:
        first = browser.get("/sending").text
        (after,) = re.findall(r"after=(\d+-\d+)#unknown", first)
        assert "hanako50@" in first
        assert "hanako51@" not in first
        second = browser.get("/sending", params={"after": after}).text
        assert "hanako50@" not in second
        assert all(f"hanako{number}@" in second for number in (51, 52, 53))
    with airflow.client("admin") as client:
        found: list[int] = []
        after = None
        while True:
            query = {"limit": 20} | ({"after": after} if after else {})
            page = client.get("/api/sending/unknown", params=query).json()
            found += [mail["message_id"] for mail in page["mails"]]
            if (after := page["next_after"]) is None:
                break
        assert found == list(range(1, 54))
        assert client.get("/api/sending/unknown?after=x").status_code == 422
    assert airflow.browser("admin").get("/sending?hours=0").status_code == 400


@pytest.mark.slow
def test_an_empty_page_says_how_to_begin(airflow: Airflow) -> None:
    page = airflow.browser("admin").get("/sending").text
    assert "Nothing has been sent yet" in page
    assert "Connections, and name it in the step" in page
    assert "まだ何も送信していません" in airflow.browser("admin").get("/sending?lang=ja").text


@pytest.mark.slow
def test_when_the_database_is_away_the_page_says_so(airflow: Airflow) -> None:
    with airflow.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE ma_message RENAME TO ma_message_away"))
    try:
        page = airflow.browser("admin").get("/sending")
        assert page.status_code == 503
        assert "Nothing is lost" in page.text
        assert f'href="{PREFIX}/airflow-ma/sending"' in page.text
        assert airflow.client("admin").get("/api/sending").status_code == 503
    finally:
        with airflow.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE ma_message_away RENAME TO ma_message"))


@pytest.mark.slow
def test_the_page_runs_our_script_and_no_other(airflow: Airflow) -> None:
    put(airflow.database, 1, state="rejected", reason="<script>alert(1)</script>")
    page = airflow.browser("admin").get("/sending")
    assert page.text.count("<script") == 1
    policy = page.headers["content-security-policy"]
    assert re.search(r"script-src 'sha256-[\w+/=]+'$", policy)
    assert "default-src 'none'" in policy


@pytest.mark.slow
def test_airflows_own_language_and_colours_are_followed(airflow: Airflow) -> None:
    with airflow.browser("admin") as browser:
        browser.cookies.set("airflow_ma_follows", "ja.dark")
        page = browser.get("/sending").text
        assert '<html lang="ja" data-theme="dark"' in page
        assert '<html lang="ja" data-theme="dark"' in browser.get("/mailbox").text
        browser.get("/sending?lang=en")
        assert '<html lang="en" data-theme="dark"' in browser.get("/sending").text, (
            "what is chosen here counts"
        )
        browser.cookies.set("airflow_ma_follows", 'x"><script>.y')
        assert '<html lang="en">' in browser.get("/sending").text


def test_both_languages_have_the_same_texts() -> None:
    for name, (english, japanese) in _TEXTS.items():
        assert english.strip(), name
        assert japanese.strip(), name
        fields = [set(re.findall(r"{(\w+)}", text)) for text in (english, japanese)]
        assert fields[0] == fields[1] or name in {"at_date", "at_year"}, name
