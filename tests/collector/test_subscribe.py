"""Signing up: everybody gets the same answer, and only the owner of the address agrees, by a button."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.channels.links import address_mark, confirm_url
from airflow_ma.collector import rate_limit
from airflow_ma.collector.app import create_app
from airflow_ma.collector.rate_limit import RateLimit
from airflow_ma.collector.subscribe import PER_IP, WORDING
from airflow_ma.contacts.consent import history, record_consent
from airflow_ma.engine.clock import DAY, HOUR, MINUTE
from airflow_ma.engine.mail.suppression import Suppression, suppress
from airflow_ma.engine.tables import contact, message
from tests.at_once import at_once
from tests.collector.conftest import BASE, World

_enrollments = itertools.count(1_000)
FORM = {"email": "Taro@example.jp", "wording": "newsletter 3"}


@pytest.fixture(autouse=True)
def _numbers(world: World) -> None:
    """The world numbers its contacts itself; those made here come after them."""
    if not world.database.is_sqlite:
        with world.database.write() as connection:
            for name in ("ma_contact", "ma_message"):
                connection.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1000)"))


def people(world: World) -> dict[str | None, Any]:
    with world.database.read() as connection:
        return {row.email_key: row for row in connection.execute(sa.select(contact))}


def requests(world: World) -> list[Any]:
    return world.events("consent.requested")


def link(world: World, email_key: str = "taro@example.jp") -> str:
    """The link in a mail that goes out now to the contact who has this address."""
    with world.database.write() as connection:
        mail = sa.insert(message).values(
            enrollment_id=next(_enrollments),
            step="ask",
            journey_id=2,
            contact_id=people(world)[email_key].id,
            channel="sandbox",
            template="confirm_signup",
            state="accepted",
            batch="b",
            created_at=world.clock.now(),
        )
        number = connection.execute(mail.returning(message.c.id)).scalar_one()
    return confirm_url(BASE, world.signer.confirm_token(number, email_key))


def wordings(world: World, email_key: str) -> list[str | None]:
    """What the contact with this address has agreed to."""
    with world.database.read() as connection:
        return [said.wording for said in history(connection, people(world)[email_key].id)]


def add_ann(world: World, **values: Any) -> int:
    return world.add_contact(7, email="ann@x.jp", email_key="ann@x.jp", name="Ann", **values)


def test_from_the_form_to_consent(world: World, client: TestClient) -> None:
    form = FORM | {"name": "太郎", "language": "en", "website": ""}
    answer = client.post("/subscribe", data=form)
    assert answer.status_code == 200
    assert "Please look into your mailbox" in answer.text
    person = people(world)["taro@example.jp"]
    assert (person.email, person.name, person.language, person.key) == (
        "Taro@example.jp", "太郎", "en", "taro@example.jp"
    )  # fmt: skip
    assert (person.consented_at, person.unsubscribed_at) == (None, None)
    [asked] = requests(world)
    assert (asked.contact_id, asked.at, asked.properties) == (
        person.id, world.clock.now(), {"wording": "newsletter 3", "ip": "testclient", "address": address_mark("taro@example.jp")}
    )  # fmt: skip
    url = link(world)
    world.clock.advance(7 * DAY)
    for method in ("GET", "HEAD"):  # scanners open every link in a mail
        looked = client.request(method, url)
        assert looked.status_code == 200
    assert '<form method="post">' in client.get(url).text
    assert people(world)["taro@example.jp"].consented_at is None
    done = client.post(url, headers={"accept-language": "en"})
    assert (done.status_code, "You are on the list" in done.text) == (200, True)
    assert people(world)["taro@example.jp"].consented_at == world.clock.now()
    with world.database.read() as connection:
        [said] = history(connection, person.id)
    assert (said.source, said.wording, said.ip, said.granted) == (
        "double opt-in", "newsletter 3", "testclient", True
    )  # fmt: skip
    assert said.detail == "asked for at 2026-12-01T02:00:00Z from testclient"
    assert [event.type for event in world.events("consent.given")] == ["consent.given"]
    again = client.post(url)
    assert again.status_code == 200
    assert "<button" not in client.get(url).text
    assert len(world.events("consent.given")) == 1


def test_a_program_gets_json(world: World, client: TestClient) -> None:
    answer = client.post("/subscribe", json=FORM)
    assert (answer.status_code, answer.json()["status"]) == (202, "asked")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert client.options("/subscribe").headers["access-control-allow-headers"] == "Content-Type"
    assert len(requests(world)) == 1


def test_the_answer_never_tells_whom_we_know(world: World, client: TestClient) -> None:
    add_ann(world, consented_at=1)
    world.add_contact(8, email="b@x.jp", email_key="b@x.jp")
    for number, reason in enumerate(("bounce", "complaint", "invalid", "manual")):
        with world.database.write() as connection:
            listed = Suppression(f"s{number}@x.jp", reason, world.clock.now(), "test")
            suppress(connection, [listed])
    answers = {
        (answer.status_code, answer.text)
        for email in ("ann@x.jp", "b@x.jp", "new@x.jp", *(f"s{number}@x.jp" for number in range(4)))
        for answer in [client.post("/subscribe", data=FORM | {"email": email})]
    }
    assert len(answers) == 1
    known = people(world)
    assert {event.contact_id for event in requests(world)} == {8, known["new@x.jp"].id}
    assert "s0@x.jp" not in known


def test_who_is_known_is_not_changed_by_a_stranger(world: World, client: TestClient) -> None:
    add_ann(world, language="ja")
    client.post("/subscribe", data=FORM | {"email": "ANN@x.jp", "name": "Mallory", "language": "en"})
    person = people(world)["ann@x.jp"]
    assert (person.name, person.language, person.email) == ("Ann", "ja", "ann@x.jp")
    assert [event.contact_id for event in requests(world)] == [7]
    assert len(people(world)) == 2


def test_who_unsubscribed_can_come_back(world: World, client: TestClient) -> None:
    add_ann(world)
    with world.database.write() as connection:
        record_consent(connection, 7, "email", False, at=world.clock.now(), source="test")
    world.clock.advance(HOUR)
    client.post("/subscribe", data=FORM | {"email": "ann@x.jp"})
    assert people(world)["ann@x.jp"].unsubscribed_at is not None
    client.post(link(world, "ann@x.jp"))
    assert people(world)["ann@x.jp"].unsubscribed_at is None


def test_an_old_link_and_one_that_nobody_asked_for_confirm_nothing(world: World, client: TestClient) -> None:
    client.post("/subscribe", data=FORM)
    url = link(world)
    world.clock.advance(7 * DAY + 1)
    strangers = confirm_url(BASE, world.signer.confirm_token(1, "taro@example.jp"))
    for address in (url, strangers):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 410
            assert "有効期限" in answer.text
    assert people(world)["taro@example.jp"].consented_at is None
    client.post("/subscribe", data=FORM)
    assert client.post(url).status_code == 410, "it confirms what was asked for before it, nothing later"
    assert client.post(link(world)).status_code == 200
    assert people(world)["taro@example.jp"].consented_at is not None
    wrong = confirm_url(BASE, world.visit_token(1))
    for answer in (client.get(wrong), client.post(wrong), client.post("/confirm/nonsense")):
        assert answer.status_code == 404
    assert (
        client.get(confirm_url(BASE, world.signer.confirm_token(404, "taro@example.jp"))).status_code == 404
    )


def test_a_link_confirms_only_what_was_asked_for_before_its_mail(world: World, client: TestClient) -> None:
    client.post("/subscribe", data=FORM)
    url = link(world)
    world.clock.advance(2 * DAY)
    client.post("/subscribe", data=FORM | {"wording": "a strangers"})
    assert len(requests(world)) == 2
    assert client.post(url).status_code == 200
    assert wordings(world, "taro@example.jp") == ["newsletter 3"]


def test_a_link_confirms_only_the_address_it_went_to(world: World, client: TestClient) -> None:
    """The contact's address changes, and somebody asks for the new one: the old mailbox has no say in that."""
    client.post("/subscribe", data=FORM)
    url = link(world)
    with world.database.write() as connection:
        connection.execute(
            sa.update(contact)
            .where(contact.c.email_key == "taro@example.jp")
            .values(email="new@x.jp", email_key="new@x.jp")
        )
    for asked in (1, 2):  # once for the old address, then for the new one, too
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code == 410
        assert people(world)["new@x.jp"].consented_at is None
        assert len(requests(world)) == asked
        client.post("/subscribe", data=FORM | {"email": "new@x.jp", "wording": "other"})
        old = link(world, "new@x.jp").rpartition("/")[2]
        message_id, _ = world.signer.read_confirm(old)
        url = confirm_url(BASE, world.signer.confirm_token(message_id, "taro@example.jp"))
    assert client.post(link(world, "new@x.jp")).status_code == 200
    assert wordings(world, "new@x.jp") == ["other"]


def test_one_mail_a_day_and_three_a_month_at_most(world: World) -> None:
    """Decided in the database: every collector counts for itself only, and forgets when it is started again."""
    answers = set()

    def ask(days: float) -> int:
        world.clock.advance(int(days * DAY))
        with TestClient(create_app(world.database), BASE) as fresh:
            answers.add(fresh.post("/subscribe", data=FORM).text)
        return len(requests(world))

    assert [ask(days) for days in (0, 0.5, 0.49, 0.01, 0, 1, 1, 5, 21.99)] == [1, 1, 1, 2, 2, 3, 3, 3, 3]
    assert [ask(days) for days in (0.02, 0.5)] == [4, 4]
    assert len(answers) == 1


def test_who_confirmed_and_left_may_ask_again_at_once(world: World, client: TestClient) -> None:
    client.post("/subscribe", data=FORM)
    world.clock.advance(MINUTE)
    assert client.post(link(world)).status_code == 200
    world.clock.advance(MINUTE)
    with world.database.write() as connection:
        who = people(world)["taro@example.jp"].id
        record_consent(connection, who, "email", False, at=world.clock.now(), source="test")
    world.clock.advance(MINUTE)
    client.post("/subscribe", data=FORM)
    assert len(requests(world)) == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "not an address"}, "bad_email"),
        ({"email": "a@x.jp, b@x.jp"}, "bad_email"),
        ({"email": "a@x.jp\nBcc: b@x.jp"}, "bad_email"),
        ({"email": ""}, "bad_email"),
        ({"name": "win at https://spam.example"}, "bad_name"),
        ({"name": "free-money.xyz"}, "bad_name"),
        ({"name": "n" * 101}, "bad_name"),
        ({"name": "a\nb"}, "bad_name"),
        ({"language": "de"}, "bad_language"),
        ({"wording": ""}, "bad_wording"),
        ({"wording": "<b>"}, "bad_wording"),
        ({"consent": "yes"}, "bad_field"),
    ],
)
def test_a_bad_form_says_what_is_wrong(
    world: World, client: TestClient, change: dict[str, str], error: str
) -> None:
    told = client.post("/subscribe", json=FORM | change)
    assert (told.status_code, told.json()["error"]) == (400, error)
    assert not told.json()["message_ja"].isascii()
    page = client.post("/subscribe", data=FORM | change, headers={"accept-language": "en"})
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert (requests(world), len(people(world))) == ([], 1)


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"[]", "application/json", 400),
        (b'{"email": 1}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"email=a%40x.jp&email=b%40x.jp&wording=1", "application/x-www-form-urlencoded", 400),
        (b"email=a@x.jp", "text/plain", 415),
        (b"x" * 20_000, "application/json", 413),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    world: World, client: TestClient, content: bytes, media: str, status: int
) -> None:
    answer = client.post("/subscribe", content=content, headers={"content-type": media})
    assert answer.status_code == status
    assert requests(world) == []


def test_a_program_that_fills_in_everything_gets_the_same_answer_and_nothing_else(
    world: World, client: TestClient
) -> None:
    good = client.post("/subscribe", data=FORM)
    trapped = client.post("/subscribe", data=FORM | {"email": "x@x.jp", "website": "http://spam.example"})
    assert (trapped.status_code, trapped.text) == (good.status_code, good.text)
    assert "x@x.jp" not in people(world)


def test_nobody_is_flooded(world: World, client: TestClient) -> None:
    for _ in range(PER_IP[0]):
        assert client.post("/subscribe", data=FORM).status_code == 200
        world.clock.advance(1)
    assert len(requests(world)) == 1
    refused = client.post("/subscribe", json=FORM)
    assert (refused.status_code, refused.json()["error"]) == (429, "too_often")
    assert int(refused.headers["retry-after"]) > 0
    with TestClient(create_app(world.database), BASE, client=("2001:db8::1", 1)) as other:
        assert other.post("/subscribe", data=FORM | {"email": "n@x.jp"}).status_code == 200


def test_one_customer_of_ipv6_is_one_place(world: World) -> None:
    app = create_app(world.database)
    for number in range(PER_IP[0] + 1):
        with TestClient(app, BASE, client=(f"2001:db8::{number + 1:x}", 1)) as client:
            status = client.post("/subscribe", json=FORM).status_code
    assert status == 429


def test_the_rate_limit_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: now)
    monkeypatch.setattr(rate_limit, "KEYS_KEPT", 2)
    limit = RateLimit(2, 60)
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]
    now += 60
    assert limit.allows("a")
    for key in ("b", "c"):
        limit.allows(key)
    assert len(limit._seen) == 2


def test_two_at_once_make_one_contact(world: World) -> None:
    app = create_app(world.database)

    def send(_: int) -> int:
        with TestClient(app, BASE) as client:
            return client.post("/subscribe", data=FORM).status_code

    assert at_once(send, range(3)) == [200] * 3
    assert len(people(world)) == 2
    assert len(requests(world)) == 1


def test_a_key_that_looks_like_the_address_is_no_obstacle(world: World, client: TestClient) -> None:
    world.add_contact(9, key="taro@example.jp", email="other@x.jp", email_key="other@x.jp")
    assert client.post("/subscribe", data=FORM).status_code == 200
    assert re.fullmatch(r"taro@example\.jp [0-9a-f]{8}", people(world)["taro@example.jp"].key)


def test_our_own_form_can_be_sent_as_it_is(world: World, client: TestClient) -> None:
    shown = client.get("/subscribe?lang=ja")
    assert shown.status_code == 200
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown.text))
    assert fields == {"wording": WORDING, "language": "ja"}
    assert client.post("/subscribe", data=fields | {"email": "a@x.jp", "name": "", "website": ""}).is_success
    assert len(requests(world)) == 1
