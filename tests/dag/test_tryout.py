"""Trying a journey out: the way a person would go, without a trace."""

from __future__ import annotations

import runpy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.dag import Journey
from airflow_ma.dag.load import journey_from_document
from airflow_ma.dag.tryout import trying as tryout
from airflow_ma.dag.tryout.person import nobody_in_particular, real_person, with_events
from airflow_ma.dag.tryout.questions import example_url, matches_pattern
from airflow_ma.dag.tryout.trying import Act, Tryout, TryoutTooLongError, try_out
from airflow_ma.engine.clock import DAY, HOUR, to_ms
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import metadata
from airflow_ma.journey.document import JourneyDocument, document_of
from airflow_ma.journey.said import Said
from tests.contacts.people import add_contact, add_event

DAGS = Path(__file__).parents[2] / "dags"
START = to_ms(pendulum.datetime(2026, 12, 1, 10, tz="Asia/Tokyo"))
PASS = Act("pass")


@pytest.fixture(scope="module")
def sale() -> Journey:
    return runpy.run_path(str(DAGS / "sale_announcement.py"))["journey"]


@pytest.fixture
def customer(sqlite_database: Database) -> Database:
    with sqlite_database.write() as connection:
        add_contact(
            connection,
            "hanako",
            name="花子",
            email="hanako@example.jp",
            tags=["customer"],
            consented_at=0,
        )
    return sqlite_database


def play(
    database: Database, journey: Journey, *acts: Act, start: int = START, key: str | None = "hanako"
) -> Tryout:
    with database.read() as connection:
        if key is None:
            person = nobody_in_particular(connection)
        else:
            known = real_person(connection, key)
            assert known is not None
            person = with_events(connection, known, start=start)
    return try_out(journey, person, acts, start=start)


def way(done: Tryout) -> list[tuple[str, str | None, str | None]]:
    return [(one.what, one.step, one.outcome) for one in done.moments]


def document(*steps: dict[str, Any], mode: str = "continuous") -> Journey:
    whole = {"key": "j", "title": "J", "mode": mode, "tags": [], "goal": None}
    whole["steps"] = [{"title": None, "settings": {}, "next": {}, **step} for step in steps]
    return journey_from_document(JourneyDocument.model_validate(whole), DAGS / "j")


def test_a_person_is_played_through_what_they_do(customer: Database, sale: Journey) -> None:
    done = play(customer, sale)
    assert way(done) == [
        ("entered", "customers", "entered"),
        ("mail", "announce", None),
        ("moved", "announce", "sent"),
    ]
    mail = done.moments[1].mail
    assert mail is not None
    assert "花子" in mail.html
    assert (done.at_step, done.now, done.until) == ("opened", START, START + 3 * DAY)
    first = done.questions[0]
    assert (first.type, first.mail, first.title.ja) == ("email.open", "announce", "メールを開封")
    click = next(one for one in done.questions if one.type == "email.click")
    assert click.url is not None
    assert click.url.endswith("/sale")  # a link of that very mail

    opened = Act("happen", "email.open", None, "announce", 3600)
    coats = Act("happen", "page.view", "https://shop.example/sale/coats", None, 60)
    done = play(customer, sale, opened, coats, PASS)
    assert way(done)[3:] == [
        ("did", "announce", None),
        ("moved", "opened", "opened"),
        ("did", None, None),
        ("moved", "came", "visited"),
        ("moved", "prices", "not_visited"),
        ("moved", "interest", "coats"),
        ("mail", "coats", None),
        ("left", "coats", "sent"),
    ]
    assert (done.at_step, done.until, done.questions) == (None, None, [])
    assert done.now == START + HOUR + 60_000 + DAY


def test_time_alone_moves_on_and_waiting_long_enough_is_the_same(customer: Database, sale: Journey) -> None:
    passed = play(customer, sale, PASS)
    assert way(passed)[-2:] == [("moved", "opened", "not_opened"), ("left", "quiet", "left")]
    late = Act("happen", "email.open", None, "announce", 4 * 24 * 3600)
    too_late = play(customer, sale, late)
    assert way(too_late)[:-1] == way(passed)
    assert way(too_late)[-1] == ("did", "announce", None)


def test_nothing_is_written_to_the_real_database(customer: Database, sale: Journey) -> None:
    def rows() -> dict[str, int | None]:
        with customer.read() as connection:
            tables = metadata.sorted_tables
            return {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) for t in tables}

    before = rows()
    play(customer, sale, Act("happen", "email.unsubscribe", None, "announce", 5), PASS)
    assert rows() == before


def test_quiet_hours_consent_and_unsubscribing_count_as_they_do(customer: Database, sale: Journey) -> None:
    at_night = play(customer, sale, PASS, start=START + 12 * HOUR)
    held, mail = [one for one in at_night.moments if one.what == "mail"]
    assert (held.mail, held.title.en) == (None, "The mail waits until 2026-12-02 08:00: quiet hours")
    assert mail.at == START + 22 * HOUR
    left = Act("happen", "email.unsubscribe", None, "announce", 60)
    visit = Act("happen", "email.click", "https://shop.example/sale", "announce", 60)
    done = play(customer, sale, left, visit, PASS)
    refused = [one for one in done.moments if one.what == "mail"][-1]
    assert (refused.step, refused.mail) == ("ends_soon", None)
    assert refused.title.en.endswith("unsubscribed")


def test_somebody_who_is_not_meant_is_let_in_and_told_so(customer: Database, sale: Journey) -> None:
    with customer.write() as connection:
        add_contact(connection, "other", email="o@example.jp", consented_at=0)
    done = play(customer, sale, key="other")
    assert done.moments[0].title.en.startswith("Would not enter in reality")
    assert done.at_step == "opened"
    assert play(customer, sale, key=None).moments[0].outcome == "entered"


def test_what_they_did_before_the_start_counts_and_what_they_did_later_does_not(customer: Database) -> None:
    seen = {"event": "page.view", "url": "*/coats", "within": "30 days"}
    journey = document(
        {"id": "a", "kind": "audience", "next": {"entered": "s"}},
        {
            "id": "s",
            "kind": "split",
            "settings": {"branches": {"yes": seen}},
            "next": {"yes": "e", "other": "e"},
        },
        {"id": "e", "kind": "end"},
    )
    with customer.write() as connection:
        add_event(connection, 1, "page.view", START, url="https://s.jp/coats")
    assert ("moved", "s", "other") in way(play(customer, journey))
    assert ("moved", "s", "yes") in way(play(customer, journey, start=START + DAY))


def test_an_event_brings_the_person_in_without_counting_as_a_visit(customer: Database) -> None:
    journey = document(
        {"id": "a", "kind": "audience", "settings": {"when": {"event": "page.view", "url": "*/sale*"}}, "next": {"entered": "v"}},
        {"id": "v", "kind": "check_site_visit", "settings": {"dwell": "1 minute"}, "next": {"visited": "e", "not_visited": "e"}},
        {"id": "e", "kind": "end"},
    )  # fmt: skip
    done = play(customer, journey)
    assert way(done) == [("entered", "a", "entered")]
    assert {one.type for one in done.questions} == {"page.view", "page.dwell"}
    stays = Act("happen", "page.dwell", "https://s.jp/", None, 5)
    assert way(play(customer, journey, stays))[-2:] == [("moved", "v", "visited"), ("left", "e", "left")]


def test_consent_that_is_awaited_can_be_given(customer: Database) -> None:
    with customer.write() as connection:
        add_contact(connection, "new", email="n@example.jp")
    journey = document(
        {"id": "a", "kind": "audience", "next": {"entered": "c"}},
        {"id": "c", "kind": "wait_for_consent", "next": {"confirmed": "e", "not_confirmed": "e"}},
        {"id": "e", "kind": "end"},
    )
    given = Act("happen", "consent.given", None, None, 5)
    assert ("moved", "c", "confirmed") in way(play(customer, journey, given, key="new"))


def test_a_mail_that_cannot_be_sent_is_told_and_the_way_goes_on(
    customer: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = document(
        {"id": "a", "kind": "audience", "next": {"entered": "m"}},
        {"id": "m", "kind": "send_email", "settings": {"template": "not_there"}, "next": {"sent": "e"}},
        {"id": "e", "kind": "end"},
    )
    done = play(customer, journey)
    assert done.moments[1].title.en.startswith("This mail cannot be sent yet: there is no email template")
    assert "メールテンプレート「not_there」がありません" in done.moments[1].title.ja
    assert way(done)[2:] == [("moved", "m", "sent"), ("left", "e", "left")]


def test_no_real_channel_is_ever_opened(
    customer: Database, sale: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_CHANNEL", "smtp")
    settings.cache_clear()
    monkeypatch.setattr("airflow_ma.operators.send_email.open_for", pytest.fail)
    assert play(customer, sale).at_step == "opened"


def test_an_acting_step_that_cannot_rehearse_does_nothing(
    customer: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow_ma.operators import SendEmailOperator

    monkeypatch.setattr(tryout, "Rehearsing", type("Nobody", (), {}))
    monkeypatch.setattr(SendEmailOperator, "move_contacts", pytest.fail)
    journey = document(
        {"id": "a", "kind": "audience", "next": {"entered": "m"}},
        {"id": "m", "kind": "send_email", "settings": {"template": "cold_intro"}},
    )
    assert way(play(customer, journey)) == [("entered", "a", "entered"), ("left", "m", "sent")]


def test_steps_without_a_name_are_called_like_their_kind(customer: Database) -> None:
    journey = document(
        {"id": "a", "kind": "audience", "next": {"entered": "m"}},
        {"id": "m", "kind": "send_email", "settings": {"template": "cold_intro"}, "next": {"sent": "w"}},
        {
            "id": "w",
            "kind": "wait_for_open",
            "settings": {"mail": "m", "within": "1 day"},
            "next": {"opened": "e", "not_opened": "no"},
        },
        {"id": "e", "kind": "end"},
        {"id": "no", "kind": "end", "settings": {"reason": "興味なし"}},
    )
    titles = [one.title for one in play(customer, journey, PASS).moments]
    assert titles[0] == Said(en="Entered by “Audience”", ja="「対象者」から参加")
    assert titles[2] == Said(en="Send email: Sent", ja="メールを送る: 送信済み")
    assert titles[-1] == Said(en="Leaves the journey: 興味なし", ja="ジャーニーを終了: 興味なし")


def test_it_ends_in_bounded_time(customer: Database, sale: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tryout, "LONGEST_SECONDS", -1.0)
    with pytest.raises(TryoutTooLongError):
        play(customer, sale)


def test_every_example_journey_can_be_tried(customer: Database, sale: Journey) -> None:
    from airflow_ma.dag.load import load_journey

    for path in sorted((DAGS / "journeys").glob("*.yaml")):
        journey = journey_from_document(document_of(load_journey(path).graph), path)
        done = play(customer, journey, *[PASS] * 12)
        assert done.at_step is None, path.name


@pytest.mark.parametrize(
    "pattern",
    ["*", "*/sale*", "https://s.jp/a", "*shop.example/sale", "*sale*", "https://*/x/*", "http*://a.jp/"],
)
def test_an_example_matches_its_pattern(pattern: str) -> None:
    assert matches_pattern(example_url(pattern), pattern)


def test_only_the_star_is_special_in_a_pattern() -> None:
    for pattern, address, fits in (
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "acb", False),
        ("ab*bc", "abc", False),
        ("a*a", "a", False),
        ("*b*b", "ab", False),
        ("**", "", True),
        ("*", "a\nb", True),
        ("a.c", "abc", False),
        ("a", "ab", False),
        ("*" + "a*" * 60 + "b", "a" * 2_000, False),  # to be answered at once, too
    ):
        assert matches_pattern(address, pattern) is fits, (pattern, address)


def test_a_page_that_was_really_visited_is_proposed() -> None:
    assert example_url("*/sale", lambda _: "https://real.jp/sale") == "https://real.jp/sale"


def test_journeys_that_several_threads_build_do_not_mix(sale: Journey) -> None:
    whole = document_of(sale.graph)

    def build(number: int) -> tuple[str, int]:
        journey = journey_from_document(whole.model_copy(update={"key": f"j{number}"}))
        return journey.graph.key, len(journey.steps)

    with ThreadPoolExecutor(8) as threads:
        built = list(threads.map(build, range(40)))
    assert built == [(f"j{number}", len(sale.steps)) for number in range(40)]
