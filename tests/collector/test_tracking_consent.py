"""Who does not want to be tracked is not: opens, clicks and visits, each for itself."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.channels.links import click_url, open_url
from airflow_ma.config import settings
from airflow_ma.contacts.consent import TRACKING, Tracking, record_consent
from airflow_ma.engine.clock import MINUTE
from airflow_ma.engine.tables import visitor
from tests.collector.conftest import BASE, World

BROWSER = "b" * 32
PAGE = "https://shop.example/prices"


def say(world: World, purpose: Tracking, granted: bool) -> None:
    with world.database.write() as connection:
        record_consent(connection, 1, purpose, granted, at=world.clock.now(), source="test")


def visit(client: TestClient, number: int, **more: Any) -> int:
    body = {"visitor": BROWSER, "messageId": f"message-{number}", "url": PAGE} | more
    return client.post("/v/page", json=body).status_code


def visitors(world: World) -> list[int | None]:
    with world.database.read() as connection:
        return list(connection.scalars(sa.select(visitor.c.contact_id)))


@pytest.fixture
def act(world: World, client: TestClient) -> Any:
    """Open the mail, click in it and look at the page where the link led."""
    tokens = world.signer.tokens(1)
    link = click_url(BASE, tokens.click, world.signer.link_token(world.add_link(PAGE)))

    def act() -> list[str]:
        before = len(world.events())
        assert client.get(open_url(BASE, tokens.open)).status_code == 200
        answer = client.get(link)
        assert answer.status_code == 302
        arrived = answer.headers["location"]
        token = {"ma": arrived.partition("?ma=")[2]} if "?ma=" in arrived else {}
        assert visit(client, before, **token) in (202, 204)
        world.clock.advance(MINUTE)
        return [event.type for event in world.events()[before:]]

    return act


@pytest.mark.parametrize("refused", TRACKING)
def test_what_was_withdrawn_is_not_recorded_and_all_else_is(
    world: World, act: Any, refused: Tracking
) -> None:
    kinds = dict(zip(TRACKING, ("email.open", "email.click", "page.view"), strict=True))
    assert act() == list(kinds.values())
    say(world, refused, False)
    assert act() == [kind for purpose, kind in kinds.items() if purpose != refused]
    say(world, refused, True)
    assert act() == list(kinds.values())
    assert {event.contact_id for event in world.events()} == {1}


def test_opt_in_means_that_nobody_is_tracked_unasked(
    world: World, client: TestClient, act: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_TRACKING", "opt_in")
    settings.cache_clear()
    assert act() == []
    assert visit(client, 1) == 204
    assert visitors(world) == []
    say(world, "web_tracking", True)
    assert visit(client, 2, ma=world.visit_token(1)) == 202
    assert [(event.type, event.contact_id) for event in world.events()] == [("page.view", 1)]


def test_visits_of_who_withdrew_leave_no_trace_at_all(world: World, client: TestClient) -> None:
    """Not even without a name: the browser's id leads back to the person."""
    token = world.visit_token(1)
    assert visit(client, 1, ma=token) == 202
    say(world, "web_tracking", False)
    assert [visit(client, 2), visit(client, 3, ma=token)] == [204, 204]
    assert visit(client, 4, visitor="c" * 32, ma=token) == 204
    assert len(world.events()) == 1
    assert visitors(world) == [1]


def test_what_was_seen_before_the_person_agreed_stays_nobodys(world: World, client: TestClient) -> None:
    say(world, "web_tracking", False)
    assert visit(client, 1) == 202
    world.clock.advance(MINUTE)
    say(world, "web_tracking", True)
    world.clock.advance(MINUTE)
    assert visit(client, 2) == 202
    assert visit(client, 3, ma=world.visit_token(1)) == 202
    assert [event.contact_id for event in world.events()] == [None, 1, 1]


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_a_browser_that_objects_is_led_on_without_a_name(
    world: World, client: TestClient, header: str
) -> None:
    link = world.signer.link_token(world.add_link(PAGE))
    answer = client.get(click_url(BASE, world.signer.tokens(1).click, link), headers={header: "1"})
    assert answer.headers["location"] == PAGE
    assert [event.type for event in world.events()] == ["email.click"]
