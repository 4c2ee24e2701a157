"""Unsubscribing and the preference centre: what each kind of request does, and what it must not do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn
from starlette.testclient import TestClient

from airflow_ma.channels.links import LinkSigner, unsubscribe_url
from airflow_ma.collector.app import serve
from airflow_ma.collector.page_texts import LANGUAGES, TEXTS
from airflow_ma.collector.preferences import WORDING
from airflow_ma.config import settings
from airflow_ma.contacts.consent import PURPOSES, TRACKING, Statement, history, record_consent
from airflow_ma.engine.clock import SECOND, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import contact, suppression
from tests.collector.conftest import BASE, World


class Page(HTMLParser):
    """The forms of a page: for each, its fields as a browser would send them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self.on: set[str] = set()
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            assert values.get("method") == "post"
            assert "action" not in values
            self.forms.append([])
        if tag == "input" and values.get("type") == "checkbox":
            if "checked" not in values:
                return
            self.on.add(values["value"] or "")
        if tag == "input":
            self.forms[-1].append((values["name"] or "", values["value"] or ""))

    def form(self, *, switches: bool = False, undo: bool = False) -> dict[str, list[str]]:
        """The one form of that kind, as what it sends."""
        found = [
            form
            for form in self.forms
            if (("form", "preferences") in form, ("undo", "yes") in form) == (switches or undo, undo)
        ]
        assert len(found) == 1, self.text
        fields: dict[str, list[str]] = {}
        for name, value in found[0]:
            fields.setdefault(name, []).append(value)
        return fields


@pytest.fixture
def url(world: World) -> str:
    """The link in the mail to contact 1, who has agreed to marketing mail."""
    with world.database.write() as connection:
        address = {"email": "Hanako@example.jp", "email_key": "hanako@example.jp"}
        connection.execute(sa.update(contact).where(contact.c.id == 1).values(address | {"consented_at": 1}))
    return unsubscribe_url(BASE, world.signer.tokens(1).unsubscribe)


def open_page(client: TestClient, url: str, **headers: str) -> Page:
    answer = client.get(url, headers={"accept-language": "en"} | headers)
    assert answer.status_code == 200
    return Page(answer.text)


def post(client: TestClient, url: str, fields: dict[str, list[str]]) -> Page:
    answer = client.post(url, data=fields, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return Page(answer.text)


def log(world: World) -> list[Statement]:
    with world.database.read() as connection:
        return history(connection, 1)


def suppressed(world: World) -> dict[str, str]:
    with world.database.read() as connection:
        return {row.email_key: row.reason for row in connection.execute(sa.select(suppression))}


@pytest.mark.parametrize(
    ("accepts", "says"),
    [
        ("ja,en;q=0.8", "配信を停止する"),
        ("fr, en;q=0.9, ja;q=0.5", "Unsubscribe"),
        ("fr;q=x", "配信を停止する"),
    ],
)
def test_looking_changes_nothing(world: World, client: TestClient, url: str, accepts: str, says: str) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, url, headers={"accept-language": accepts})
        assert answer.status_code == 200
        assert method == "HEAD" or says in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert world.contact(1).unsubscribed_at is None
    assert (world.events(), log(world)) == ([], [])


@pytest.mark.parametrize(
    "request_",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"x" * 20_000},
        {"json": {"form": "preferences"}},
    ],
)
def test_a_post_unsubscribes_at_once(
    world: World, client: TestClient, url: str, request_: dict[str, Any]
) -> None:
    answer = client.post(url, **request_)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    at = world.clock.now()
    assert world.contact(1).unsubscribed_at == at
    assert world.wake_at(1) == at
    assert suppressed(world) == {"hanako@example.jp": "unsubscribe"}
    world.clock.advance(60 * SECOND)
    assert client.post(url).status_code == 200
    assert "広告・宣伝メールは配信していません" in client.get(url).text
    [gone] = world.events()
    assert (gone.type, gone.contact_id, gone.message_id, gone.at) == ("email.unsubscribe", 1, 1, at)
    assert world.contact(1).unsubscribed_at == at
    [said] = log(world)
    assert (said.granted, said.source, said.ip, said.at) == (False, "one-click unsubscribe", "testclient", at)


def test_one_press_of_the_button_and_it_is_over(world: World, client: TestClient, url: str) -> None:
    page = open_page(client, url)
    assert page.on == {"email", *TRACKING}
    assert "h•••@example.jp" in page.text.lower()
    assert "anako" not in page.text
    done = post(client, url, page.form())
    assert "You are unsubscribed." in done.text
    assert done.on == set(TRACKING)
    assert log(world)[0].source == "unsubscribe page"
    undone = post(client, url, done.form(undo=True))
    assert "It is as it was before." in undone.text
    assert undone.on == {"email", *TRACKING}
    assert (world.contact(1).unsubscribed_at, suppressed(world)) == (None, {})
    last = log(world)[-1]
    assert (last.granted, last.detail, last.wording) == (True, "undone", WORDING)
    assert [event.type for event in world.events()] == ["email.unsubscribe", "consent.given"]


def test_who_came_back_can_unsubscribe_again(world: World, client: TestClient, url: str) -> None:
    client.post(url)
    with world.database.write() as connection:
        record_consent(connection, 1, "email", True, at=world.clock.now(), source="test")
    client.post(url)
    assert world.contact(1).unsubscribed_at == world.clock.now()
    assert len(world.events("email.unsubscribe")) == 2


@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_switch_is_its_own_and_can_be_undone(
    world: World, client: TestClient, url: str, purpose: str
) -> None:
    page = open_page(client, url)
    form = page.form(switches=True)
    form["on"] = [one for one in form["on"] if one != purpose]
    saved = post(client, url, form)
    assert saved.on == {*PURPOSES} - {purpose}
    assert [(one.purpose, one.granted, one.wording) for one in log(world)] == [(purpose, False, None)]
    assert open_page(client, url).on == saved.on
    undone = post(client, url, saved.form(undo=True))
    assert undone.on == {*PURPOSES}
    assert [(one.purpose, one.granted, one.source) for one in log(world)][1:] == [
        (purpose, True, "preference centre")
    ]


def test_saving_without_a_change_says_nothing_about_consent(
    world: World, client: TestClient, url: str
) -> None:
    """A switch that stands on by default is no consent: only pressing it is."""
    before = world.contact(1)
    saved = post(client, url, open_page(client, url).form(switches=True))
    assert "Nothing was changed." in saved.text
    assert (world.contact(1), log(world), world.events()) == (before, [], [])


def test_an_old_page_does_not_undo_what_was_said_since(world: World, client: TestClient, url: str) -> None:
    form = open_page(client, url).form(switches=True)
    client.post(url)
    form["on"].remove("open_tracking")
    assert post(client, url, form).on == {"click_tracking", "web_tracking"}
    assert world.contact(1).unsubscribed_at is not None


@pytest.mark.parametrize(("setting", "on"), [("opt_in", set()), ("opt_out", {"email", *TRACKING})])
def test_who_never_said_anything_sees_what_the_settings_make_of_it(
    world: World, client: TestClient, url: str, setting: str, on: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONSENT", "TRACKING"):
        monkeypatch.setenv(f"AIRFLOW_MA_{name}", setting)
    settings.cache_clear()
    with world.database.write() as connection:
        connection.execute(sa.update(contact).values(consented_at=None))
    assert open_page(client, url).on == on


def test_a_suppressed_address_is_told_that_consent_does_not_help(
    world: World, client: TestClient, url: str
) -> None:
    assert "We send nothing there" not in open_page(client, url).text
    with world.database.write() as connection:
        listed = Suppression("hanako@example.jp", "complaint", world.clock.now(), "webhook")
        suppress(connection, [listed])
    assert "We send nothing there" in open_page(client, url).text


def test_the_language_can_be_chosen_and_stays(world: World, client: TestClient, url: str) -> None:
    answer = client.get(f"{url}?lang=ja", headers={"accept-language": "en"})
    assert '<html lang="ja">' in answer.text
    assert re.search(r'<a href="\?lang=en"[^>]*>English</a>', answer.text)
    form = Page(answer.text).form()
    saved = client.post(url, data=form, headers={"accept-language": "en"})
    assert "配信を停止しました" in saved.text
    for strange in ("xx", "<script>"):
        assert "<script" not in client.get(url, params={"lang": strange}).text


@pytest.mark.parametrize(
    ("trusted", "peer", "ip"),
    [
        (None, "192.0.2.7", "192.0.2.7"),
        (None, "127.0.0.1", "198.51.100.9"),
        ("192.0.2.0/24", "192.0.2.7", "198.51.100.9"),
        ("192.0.2.0/24", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_ip_address_is_written_down_and_only_a_trusted_proxy_is_believed(
    sqlite_database: Database,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    trusted: str | None,
    peer: str,
    ip: str,
) -> None:
    served: list[uvicorn.Config] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **how: served.append(uvicorn.Config(app, **how)))
    monkeypatch.setenv("AIRFLOW_MA_DATABASE_URL", sqlite_database.url)
    if trusted is not None:
        monkeypatch.setenv("AIRFLOW_MA_TRUSTED_PROXIES", trusted)
    settings.cache_clear()
    world = World(sqlite_database, clock, LinkSigner.from_settings())
    world.add_contact(1)
    serve("127.0.0.1", 8090)
    (config,) = served
    config.load()
    with TestClient(config.loaded_app, BASE, client=(peer, 1234)) as client:
        token = world.signer.tokens(1).unsubscribe
        client.post(unsubscribe_url(BASE, token), headers={"x-forwarded-for": "203.0.113.1, 198.51.100.9"})
    assert log(world)[0].ip == ip


def test_a_bad_token_says_so(world: World, client: TestClient) -> None:
    for answer in (client.get("/u/nonsense"), client.post("/u/nonsense")):
        assert answer.status_code == 404
        assert "このリンクは開けません" in answer.text
    nobody = unsubscribe_url(BASE, world.signer.tokens(404).unsubscribe)
    assert client.get(nobody).status_code == 404
    assert client.post(nobody).status_code == 200


def test_both_languages_have_every_text() -> None:
    for key, texts in TEXTS.items():
        assert len(texts) == len(LANGUAGES)
        fields = [set(re.findall(r"{(\w+)}", text)) for text in texts]
        assert fields[0] == fields[1], key
        assert not texts[1].isascii(), key
