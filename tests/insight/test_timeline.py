"""A person's timeline: everything they did and we did, and why."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_ma.dag import Journey
from airflow_ma.dag.explain import Explainer, said_length
from airflow_ma.dag.load import journey_from_document
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import alert, contact, journey
from airflow_ma.insight.standing import Standing, standings
from airflow_ma.insight.timeline import Told, timeline
from airflow_ma.journey.document import JourneyDocument, StepDocument
from airflow_ma.journey.said import Said
from tests.journeys import add_contacts, happen, sweep


@pytest.fixture(scope="module")
def sale() -> Journey:
    return runpy.run_path(str(Path(__file__).parents[2] / "dags" / "sale_announcement.py"))["journey"]


def told(database: Database, who: int, journeys: list[int] | None = None) -> list[Told]:
    with database.read() as connection:
        ids = list(connection.scalars(sa.select(journey.c.id))) if journeys is None else journeys
        return timeline(connection, who, "Asia/Tokyo", journeys=ids, why=Explainer(connection))


def standing(database: Database, who: int) -> list[Standing]:
    with database.read() as connection:
        ids = list(connection.scalars(sa.select(journey.c.id)))
        now = database.clock().now()
        return standings(connection, who, journeys=ids, now=now, why=Explainer(connection))


def lines(found: list[Told]) -> list[tuple[str, str, str | None]]:
    """Oldest first."""
    return [(one.what, one.title.en, one.detail.en if one.detail else None) for one in reversed(found)]


def test_the_whole_way_is_told_with_reasons(database: Database, clock: ManualClock, sale: Journey) -> None:
    (hot,) = add_contacts(database, 1, tag="customer", name="Hanako")
    sweep(sale, database)
    clock.advance(HOUR)
    happen(database, "email.open", hot, "announce")
    sweep(sale, database)
    clock.advance(MINUTE)
    happen(database, "page.view", hot, url="https://shop.example/sale")
    sweep(sale, database)
    for _ in range(2):
        clock.advance(MINUTE)
        happen(database, "page.view", hot, url="https://shop.example/prices")
    sweep(sale, database)
    with database.write() as connection:
        connection.execute(
            sa.update(alert).values(outcome="bought", note="will call", closed_at=clock.now() + HOUR)
        )
    found = told(database, hot)
    subject = "Hanako, our winter sale starts today"
    assert lines(found) == [
        ("entered", "Entered “Winter sale / 冬のセール”", "By “Customers / お客様”"),
        ("mail", f"Mail sent: “{subject}”", None),
        ("event", "Opened the mail", f"Mail “{subject}”"),
        ("moved", "Opened? / 開封？: Opened", "Opened the mail, 2026-12-01 11:00"),
        ("event", "Looked at a page", None),
        ("moved", "Came? / 来店？: Visited", "Looked at a page, 2026-12-01 11:01"),
        ("event", "Looked at a page", None),
        ("event", "Looked at a page", None),
        ("moved", "Prices twice? / 価格を2回？: Visited", "Looked at a page, 2026-12-01 11:03"),
        (
            "alert",
            "Sales was told: Alert sales / 営業へ連絡",
            "Looked at the price page twice after the sale mail / セールのメール後に価格ページを2回閲覧",
        ),
        ("left", "Finished “Winter sale / 冬のセール”", "Went all the way"),
        ("answer", "Sales answered: bought", "will call"),
    ]
    assert [one.by for one in found if one.what == "event"] == ["them"] * 4
    (mail,) = [one for one in found if one.what == "mail"]
    assert (mail.step, mail.journey, mail.message_id is not None) == ("announce", "sale_announcement", True)
    assert standing(database, hot) == []


def test_time_that_was_up_is_told_in_days_and_what_is_awaited_now(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    (who,) = add_contacts(database, 1, tag="customer")
    sweep(sale, database)
    (here,) = standing(database, who)
    assert (here.step, here.until) == ("opened", clock.now() + 3 * DAY)
    assert here.waits_for.ja == "次の行動を待っています: メールを開封、メール内のリンクをクリック、返信"
    clock.advance(3 * DAY + 2 * HOUR)
    sweep(sale, database)
    moved, left = lines(told(database, who))[-2:]
    assert moved == ("moved", "Opened? / 開封？: Not opened", "3 days were over and it had not happened")
    assert left == ("left", "Finished “Winter sale / 冬のセール”", "did not open the mail")


def test_mail_that_was_not_sent_or_late_says_why(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    never, late = add_contacts(database, 2, tag="customer")
    with database.write() as connection:
        connection.execute(sa.update(contact).where(contact.c.id == never).values(consented_at=None))
    clock.advance(12 * HOUR)  # 22:00
    sweep(sale, database)
    (here,) = standing(database, late)
    assert here.waits_for.ja == "メールの送信待ち: 配信を控える時間帯（21:00〜08:00）"
    assert here.until == clock.now() + 10 * HOUR
    clock.advance(10 * HOUR + MINUTE)
    sweep(sale, database)
    (mail,) = [one for one in told(database, late) if one.what == "mail"]
    assert mail.detail is not None
    assert mail.detail.en == "Waited for the end of the quiet hours (21:00–08:00)"
    (mail,) = [one for one in told(database, never) if one.what == "mail"]
    assert mail.message_id is None
    assert (mail.title.en, mail.detail and mail.detail.en) == (
        "Mail not sent: “Sale / セール”",
        "no consent on record",
    )


def test_journeys_that_may_not_be_seen_leave_no_trace(
    database: Database, clock: ManualClock, sale: Journey
) -> None:
    (who,) = add_contacts(database, 1, tag="customer")
    sweep(sale, database)
    happen(database, "email.open", who, "announce")
    happen(database, "page.view", who, url="https://shop.example/")
    happen(database, "email.delivered", who)
    found = told(database, who, journeys=[])
    assert {one.title.en for one in found} == {"Looked at a page", "The mail was delivered"}
    assert {one.by for one in found} == {"us", "them"}


def test_a_journey_whose_steps_are_gone_is_still_told(
    database: Database, clock: ManualClock, sale: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    (who,) = add_contacts(database, 1, tag="customer")
    sweep(sale, database)
    monkeypatch.setattr("airflow_ma.dag.explain.step_kinds", dict)
    assert [what for what, _, _ in lines(told(database, who))] == ["entered", "mail"]
    assert standing(database, who)[0].step_title.ja == "Opened? / 開封？"


def test_steps_without_a_name_and_our_own_reasons_are_told_in_both_languages(
    database: Database, clock: ManualClock
) -> None:
    def step(step_id: str, kind: str, settings: dict[str, object], **leads: str) -> StepDocument:
        return StepDocument(id=step_id, kind=kind, title=None, settings=settings, next=leads)

    steps = [
        step("audience", "audience", {}, entered="wait_1"),
        step("wait_1", "wait", {"duration": "1 day"}, waited="tag"),
        step("tag", "update_contact", {"add_tags": ["x"]}, done="end_2"),
        step("end_2", "end", {}),
    ]
    nameless = journey_from_document(
        JourneyDocument(key="j", title="J", mode="continuous", tags=[], goal=None, steps=steps)
    )
    (who,) = add_contacts(database, 1)
    sweep(nameless, database)
    (here,) = standing(database, who)
    assert here.step_title == Said(en="Wait", ja="待つ")
    clock.advance(DAY)
    sweep(nameless, database)
    found = told(database, who)[::-1]
    assert [one.title.ja.split(":")[0] for one in found] == [
        "「J」に参加",
        "待つ",
        "顧客情報を更新",
        "「J」を完了",
    ]
    assert [one.detail.ja for one in (found[0], found[-1]) if one.detail] == [
        "「対象者」から",
        "最後のステップまで進みました",
    ]
    everything = " ".join(f"{one.title.en} {one.detail.en if one.detail else ''}" for one in found)
    assert not {"audience", "wait_1", "end_2", "completed"} & set(everything.replace(":", " ").split())


@pytest.mark.parametrize(
    ("ms", "en"),
    [
        (3 * DAY + 40 * MINUTE, "73 hours"),
        (3 * DAY, "3 days"),
        (90 * MINUTE, "90 minutes"),
        (400, "1 second"),
    ],
)
def test_lengths_are_rounded_to_what_matters(ms: int, en: str) -> None:
    assert said_length(ms).en == en
