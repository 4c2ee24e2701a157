"""Opens and clicks: stored once, for the right contact, and waking who waits for them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.collector.mail import destination
from airflow_ma.config import settings
from airflow_ma.engine.clock import SECOND
from airflow_ma.engine.tables import message
from tests.collector.conftest import CHROME, World

GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
SHOP = "https://shop.example/sale?colour=red&size=%E5%A4%A7#prices"


def test_an_open_is_stored_and_wakes_the_contact(world: World, client: TestClient) -> None:
    answer = client.get(world.open_url(1))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/gif"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.content.startswith(b"GIF89a")
    [open_] = world.events()
    assert (open_.type, open_.contact_id, open_.message_id) == ("email.open", 1, 1)
    assert (open_.machine, open_.at) == (False, world.clock.now())
    assert world.wake_at(1) == world.clock.now()


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5_000])
def test_a_bad_open_token_still_gets_the_gif(world: World, client: TestClient, token: str) -> None:
    answer = client.get(f"/o/{token}.gif")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.headers["cache-control"].startswith("no-store")
    assert world.events() == []


def test_tokens_of_another_purpose_record_nothing(world: World, client: TestClient) -> None:
    token = world.visit_token(1)
    assert client.get(f"/o/{token}.gif").status_code == 200
    assert client.get(f"/c/{token}/{world.signer.link_token(world.add_link(SHOP))}").status_code == 404
    assert client.post(f"/u/{token}").status_code == 404
    assert world.events() == []
    assert world.contact(1).unsubscribed_at is None


def test_opens_within_ten_seconds_are_one(world: World, client: TestClient) -> None:
    url = world.open_url(1)
    world.clock.advance(9 * SECOND)  # across the edge of a ten-second slot, too
    for wait in (0, 5 * SECOND, 4_999, 1):
        world.clock.advance(wait)
        client.get(url)
    assert len(world.events("email.open")) == 2


def test_a_head_request_opens_nothing(world: World, client: TestClient) -> None:
    assert client.head(world.open_url(1)).status_code == 200
    assert world.events() == []


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        ("Mozilla/5.0", True),
        (GMAIL_PREFETCH, True),
        ("", True),
        ("python-requests/2.32.3", True),
        ("Mozilla/5.0 (compatible; Barracuda Sentinel)", True),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", True),
        (GMAIL, False),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", False),
        ("Mozilla/4.0 (compatible; ms-office; MSOffice 16)", False),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT_P40) Chrome/120.0.0.0 Mobile Safari/537.36", False),
        (CHROME, False),
    ],
)
def test_machines_are_told_from_people(world: World, client: TestClient, agent: str, machine: bool) -> None:
    client.get(world.open_url(1), headers={"user-agent": agent})
    [open_] = world.events()
    assert open_.machine is machine


@pytest.mark.parametrize("speed", [1.0, 4_320.0])
def test_within_two_real_seconds_of_sending_it_is_a_machine(
    world: World, client: TestClient, speed: float
) -> None:
    world.clock.speed = speed
    for number, real_ms in ((2, 1_999), (3, 2_000)):
        world.add_contact(number)
        world.clock.advance(int(real_ms * speed))
        client.get(world.open_url(number))
    assert [(e.message_id, e.machine) for e in world.events()] == [(2, True), (3, False)]


def test_a_scanner_does_not_swallow_the_person_after_it(world: World, client: TestClient) -> None:
    url = world.open_url(1)
    client.get(url, headers={"user-agent": "Mozilla/5.0"})
    client.get(url)
    assert [e.machine for e in world.events()] == [True, False]


def test_a_sender_that_died_before_noting_the_time_makes_no_machines(
    world: World, client: TestClient
) -> None:
    with world.database.write() as connection:
        connection.execute(sa.update(message).values(sent_at=None, state="unknown"))
    client.get(world.open_url(1))
    assert [e.machine for e in world.events()] == [False]


def test_an_open_of_an_erased_message_is_let_go(world: World, client: TestClient) -> None:
    assert client.get(world.open_url(99)).status_code == 200
    assert world.events() == []


def test_a_click_leads_to_the_destination_and_says_who_comes(world: World, client: TestClient) -> None:
    answer = client.get(world.click_url(1, world.add_link(SHOP)))
    assert answer.status_code == 302
    before, _, rest = answer.headers["location"].partition("&ma=")
    token, _, fragment = rest.partition("#")
    assert before == "https://shop.example/sale?colour=red&size=%E5%A4%A7"
    assert fragment == "prices"
    assert world.signer.read_visit(token) == (1, world.clock.now())
    [click] = world.events()
    assert (click.type, click.contact_id, click.message_id, click.url) == ("email.click", 1, 1, SHOP)
    assert click.machine is False
    assert world.wake_at(1) == world.clock.now()


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://shop.example/a", True),
        ("https://www.SHOP.example:8443/a", True),
        ("https://xn--wgv71a.example/a", True),
        ("https://日本.example/a", True),
        ("https://video.example/watch", False),
        ("https://notshop.example/a", False),
        ("https://shop.example.evil.example/a", False),
        ("https://evil.example/shop.example?u=https://shop.example/", False),
    ],
)
def test_only_our_own_site_is_told_who_comes(
    world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch, url: str, ours: bool
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SITE_HOSTS", "shop.example,日本.example")
    settings.cache_clear()
    answer = client.get(world.click_url(1, world.add_link(url)))
    assert answer.status_code == 302
    assert ("ma=" in answer.headers["location"]) is ours
    assert [e.url for e in world.events()] == [url]


def test_without_a_site_nobody_is_told(
    world: World, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_MA_SITE_HOSTS")
    settings.cache_clear()
    assert client.get(world.click_url(1, world.add_link(SHOP))).headers["location"] == SHOP


@pytest.mark.parametrize(
    "hosts", ["https://shop.example", "shop.example:8443", "shop.example/a", "*.example"]
)
def test_what_is_no_host_is_refused(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SITE_HOSTS", hosts)
    settings.cache_clear()
    with pytest.raises(ValueError, match="AIRFLOW_MA_SITE_HOSTS must be host names"):
        settings()


def test_clicks_on_two_links_are_two_and_a_double_click_is_one(world: World, client: TestClient) -> None:
    one, two = (world.add_link(f"https://shop.example/{n}") for n in (1, 2))
    for link in (one, two, one):
        assert client.get(world.click_url(1, link)).status_code == 302
    assert [e.url for e in world.events()] == ["https://shop.example/1", "https://shop.example/2"]


def test_a_head_request_is_led_on_but_clicks_nothing(world: World, client: TestClient) -> None:
    answer = client.head(world.click_url(1, world.add_link(SHOP)))
    assert (answer.status_code, answer.headers["location"]) == (302, SHOP)
    assert world.events() == []


@pytest.mark.parametrize(
    "headers", [{"user-agent": "Mimecast URL scanner"}, {"sec-purpose": "prefetch;prerender"}]
)
def test_a_scanner_is_led_on_without_passing_for_the_contact(
    world: World, client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.get(world.click_url(1, world.add_link(SHOP)), headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, SHOP)
    assert [e.machine for e in world.events()] == [True]


def test_a_bad_click_token_never_redirects(world: World, client: TestClient) -> None:
    missing_link = world.click_url(1, 404)
    click, link = world.signer.tokens(1).click, world.signer.link_token(world.add_link(SHOP))
    for url in (
        "/c/nonsense",
        f"/c/{click}",
        f"/c/{click}/1",
        f"/c/{click}/https:%2F%2Fevil.example",
        f"/c/{link}/{click}",
        f"/c/{world.signer.tokens(1).open}/{link}",
        f"/c/{click}/{world.visit_token(1)}",
        missing_link,
    ):
        answer = client.get(url)
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert "This link does not work" in answer.text
        assert "このリンクは開けません" in answer.text
    assert world.events() == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", "https://a.example?ma=T"),
        ("https://a.example/?b=1#c", "https://a.example/?b=1&ma=T#c"),
        ("https://a.example/?ma=old&b=%20+", "https://a.example/?b=%20+&ma=T"),
        ("https://日本.example/セ", "https://xn--wgv71a.example/%E3%82%BB?ma=T"),
        ("http://a.example:8080/x;y=1", "http://a.example:8080/x;y=1?ma=T"),
    ],
)
def test_the_destination_keeps_its_own_parts(url: str, expected: str) -> None:
    assert destination(url, "T") == expected
