"""Site tracking: what a page may tell, and to whom a browser belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.engine.clock import MINUTE
from airflow_ma.engine.tables import visitor
from tests.collector.conftest import World

BROWSER = "b" * 32
PAGE = "https://shop.example/prices?plan=1"


def body(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"visitor": BROWSER, "messageId": f"message-{number}", "url": PAGE} | changes


def owner(world: World, visitor_id: str) -> int | None:
    with world.database.read() as connection:
        return connection.execute(
            sa.select(visitor.c.contact_id).where(visitor.c.id == visitor_id)
        ).scalar_one()


def test_a_view_is_stored_once(world: World, client: TestClient) -> None:
    told = body(title="料金", referrer="https://search.example/?q=a")
    for _ in range(2):
        answer = client.post("/v/page", json=told)
        assert (answer.status_code, answer.json()) == (202, {"visitor": BROWSER})
        assert answer.headers["access-control-allow-origin"] == "*"
        world.clock.advance(MINUTE)
    [view] = world.events()
    assert (view.type, view.url, view.visitor_id, view.contact_id) == ("page.view", PAGE, BROWSER, None)
    assert view.properties == {"title": "料金", "referrer": "https://search.example/?q=a"}
    assert view.machine is False


def test_dwell_time_is_stored(world: World, client: TestClient) -> None:
    text = json.dumps(body(kind="dwell", dwellMs=12_345.6))
    answer = client.post("/v/page", content=text, headers={"content-type": "text/plain;charset=UTF-8"})
    assert answer.status_code == 202
    [dwell] = world.events()
    assert (dwell.type, dwell.properties) == ("page.dwell", {"dwell_ms": 12_346})


def test_a_late_message_is_dated_by_the_browsers_own_difference(world: World, client: TestClient) -> None:
    client.post("/v/page", json=body(timestamp=1_000, sentAt=61_000))
    client.post(
        "/v/page", json=body(2, timestamp="2001-01-01T09:00:00+09:00", sentAt="2001-01-01T00:02:00.000Z")
    )
    client.post("/v/page", json=body(3, timestamp=61_000, sentAt=1_000))
    now = world.clock.now()
    assert [e.at for e in world.events()] == [now - MINUTE, now - 2 * MINUTE, now]


def test_a_signed_link_makes_the_browser_the_contacts(world: World, client: TestClient) -> None:
    client.post("/v/page", json=body(1))
    client.post("/v/page", json=body(2, visitor="another-browser-"))
    client.post("/v/page", json=body(3, ma=world.visit_token(1), url=PAGE + "&ma=tok#top"))
    client.post("/v/page", json=body(4))
    assert owner(world, BROWSER) == 1
    assert [e.contact_id for e in world.events()] == [1, None, 1, 1]
    assert world.events()[2].url == PAGE + "#top"


def test_a_linked_visit_wakes_the_contact_in_the_same_transaction(world: World, client: TestClient) -> None:
    client.post("/v/page", json=body(1))
    assert world.wake_at(1) > world.clock.now()
    client.post("/v/page", json=body(2, ma=world.visit_token(1)))
    assert world.wake_at(1) == world.clock.now()


def test_back_filled_visits_wake_even_when_nothing_else_is_new(world: World, client: TestClient) -> None:
    client.post("/v/page", json=body(1))
    client.post("/v/page", json=body(1, ma=world.visit_token(1)))
    assert [e.contact_id for e in world.events()] == [1]
    assert world.wake_at(1) == world.clock.now()


def test_a_linked_visitor_is_never_linked_again(world: World, client: TestClient) -> None:
    world.add_contact(2)
    client.post("/v/page", json=body(1, ma=world.visit_token(1)))
    second = body(2, ma=world.visit_token(2))
    fresh = client.post("/v/page", json=second).json()["visitor"]
    assert fresh != BROWSER
    assert client.post("/v/page", json=second).json() == {"visitor": fresh}, (
        "told again, the answer is the same"
    )
    assert client.post("/v/page", json=body(3, visitor=fresh)).json() == {"visitor": fresh}
    assert (owner(world, BROWSER), owner(world, fresh)) == (1, 2)
    assert [(e.visitor_id, e.contact_id) for e in world.events()] == [(BROWSER, 1), (fresh, 2), (fresh, 2)]
    third = client.post("/v/page", json=body(4, visitor=fresh, ma=world.visit_token(1))).json()["visitor"]
    assert third not in (BROWSER, fresh)
    assert owner(world, third) == 1


def test_a_second_message_to_the_same_contact_keeps_the_visitor(world: World, client: TestClient) -> None:
    token = world.visit_token(1)
    for number in (1, 2):
        assert client.post("/v/page", json=body(number, ma=token)).json() == {"visitor": BROWSER}


@pytest.mark.parametrize("speed", [1.0, 4_320.0])
def test_a_token_names_nobody_half_an_hour_after_the_click(
    world: World, client: TestClient, speed: float
) -> None:
    """Under fast-forward real minutes count: a browser is no faster there."""
    world.clock.speed = speed
    token = world.visit_token(1)
    world.clock.advance(int(30 * MINUTE * speed))
    client.post("/v/page", json=body(1, ma=token))
    world.clock.advance(1)
    passed_on = "somebody-else-16"
    client.post("/v/page", json=body(2, visitor=passed_on, ma=token, timestamp=1, sentAt=MINUTE))
    assert (owner(world, BROWSER), owner(world, passed_on)) == (1, None)
    assert [e.contact_id for e in world.events()] == [1, None]


@pytest.mark.parametrize("purpose", ["made up", "another purpose", "an erased message"])
def test_a_bad_token_names_nobody_but_the_visit_counts(
    world: World, client: TestClient, purpose: str
) -> None:
    tokens = {
        "made up": "QmsxA0xLQJNp48_FNbSaOUl08g",
        "another purpose": world.open_url(1, "")[3:-4],
        "an erased message": world.visit_token(99),
    }
    assert client.post("/v/page", json=body(ma=tokens[purpose])).status_code == 202
    assert owner(world, BROWSER) is None
    assert [e.contact_id for e in world.events()] == [None]


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_who_objects_is_not_tracked(world: World, client: TestClient, header: str) -> None:
    answer = client.post("/v/page", json=body(ma=world.visit_token(1)), headers={header: "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert world.events() == []
    with world.database.read() as connection:
        assert connection.execute(sa.select(visitor)).first() is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"visitor": None}, "bad_visitor"),
        ({"visitor": "short"}, "bad_visitor"),
        ({"visitor": "v" * 65}, "bad_visitor"),
        ({"visitor": "x" * 20 + "'; --"}, "bad_visitor"),
        ({"messageId": ""}, "bad_message_id"),
        ({"messageId": 12345678}, "bad_message_id"),
        ({"url": "javascript:alert(1)"}, "bad_url"),
        ({"url": "https://[half/"}, "bad_url"),
        ({"url": "https://shop.example/\x00"}, "bad_url"),
        ({"url": "https://shop.example/" + "x" * 2_000}, "bad_url"),
        ({"url": None}, "bad_url"),
        ({"kind": "purchase"}, "bad_kind"),
        ({"kind": "dwell"}, "bad_dwell"),
        ({"kind": "dwell", "dwellMs": -1}, "bad_dwell"),
        ({"kind": "dwell", "dwellMs": True}, "bad_dwell"),
        ({"kind": "dwell", "dwellMs": 10**400}, "bad_dwell"),
        ({"title": ["a"]}, "bad_title"),
        ({"ma": 5}, "bad_ma"),
        ({"sentAt": "yesterday"}, "bad_time"),
        ({"sentAt": True}, "bad_time"),
    ],
)
def test_bad_input_is_refused_in_both_languages(
    world: World, client: TestClient, change: dict[str, Any], error: str
) -> None:
    answer = client.post("/v/page", json=body() | change)
    assert answer.status_code == 400
    told = answer.json()
    assert told["error"] == error
    assert told["message"].isascii()
    assert not told["message_ja"].isascii()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert world.events() == []


@pytest.mark.parametrize(
    "text", [b"", b"visitor=1", b"[]", b"[" * 10_000, b"\xff\xfe", b'{"kind": "dwell", "dwellMs": NaN}']
)
def test_a_body_that_is_no_json_object_is_refused(world: World, client: TestClient, text: bytes) -> None:
    answer = client.post("/v/page", content=text)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("not_json", "bad_visitor")


def test_a_number_that_is_none_is_refused(world: World, client: TestClient) -> None:
    text = json.dumps(body(kind="dwell", dwellMs=float("nan")))
    assert client.post("/v/page", content=text).json()["error"] == "bad_dwell"
    text = json.dumps(body(sentAt=float("inf")))
    assert client.post("/v/page", content=text).json()["error"] == "bad_time"


def test_a_large_body_is_refused(world: World, client: TestClient) -> None:
    answer = client.post("/v/page", json=body(title="x" * 17_000))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_text_that_a_database_cannot_hold_is_cleaned(world: World, client: TestClient) -> None:
    text = json.dumps(body(title="a\x00b\ud83d", referrer="https://s.example/?ma=TOKEN&q=1"))
    assert client.post("/v/page", content=text).status_code == 202
    assert world.events()[0].properties == {"title": "a b", "referrer": "https://s.example/?q=1"}


def test_a_page_may_ask_first(client: TestClient) -> None:
    answer = client.options("/v/page", headers={"origin": "https://shop.example"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"] == "Content-Type"


def test_the_script_is_small(client: TestClient) -> None:
    answer = client.get("/ma.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert 1_000 < len(answer.content) < 3_000
