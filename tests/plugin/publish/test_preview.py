"""What publishing would do, and how settings read, on both databases and without a web server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.dag.load import journey_from_document
from airflow_ma.engine.changes.drafts import create_draft
from airflow_ma.engine.changes.releases import add_release
from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact_tag
from airflow_ma.journey.document import JourneyDocument
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys.known import find_journey
from airflow_ma.plugin.publish.change_plan import ChangePlan
from airflow_ma.plugin.publish.diff_view import as_written_back, diff_view
from airflow_ma.plugin.publish.models import Diff, Preview, Rule, Seen, ToPreview
from airflow_ma.plugin.publish.numbers_seen import check_numbers
from airflow_ma.plugin.publish.preview import preview
from airflow_ma.plugin.publish.setting_texts import Names, setting_said
from tests.journeys import add_contacts, sweep

DAGS = Path(__file__).parents[3] / "dags"


@pytest.fixture(autouse=True)
def _emails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(DAGS / "emails"))
    settings.cache_clear()


class Owner(Builder):
    """May do everything."""

    def may(self, method: str, key: str) -> bool:
        return True


class User:
    def get_name(self) -> str:
        return "hanako"

    def get_id(self) -> str:
        return "1"


def step(step_id: str, kind: str, values: dict[str, Any], leads: dict[str, str] | None = None) -> Any:
    return {"id": step_id, "kind": kind, "title": None, "settings": values, "next": leads or {}}


def document(*steps: Any, **more: Any) -> JourneyDocument:
    whole = {"key": "offer", "title": "Offer", "mode": "continuous", "tags": [], "goal": None}
    return JourneyDocument.model_validate(whole | {"steps": list(steps)} | more)


def offer(days: int, **wait: Any) -> JourneyDocument:
    return document(
        step("people", "audience", {"where": {"tag": "customer"}}, {"entered": "rest"}),
        step("rest", "wait", {"duration": f"{days} days"} | wait, {"waited": "ways"}),
        step("ways", "split", {"branches": {"vip": {"tag": "vip"}}}, {"vip": "mail", "other": "end"}),
        step("mail", "send_email", {"template": "cold_intro"}, {"sent": "end"}),
        step("end", "end", {}),
    )


def look(database: Database, **wanted: Any) -> Preview:
    builder = Owner(database, cast("Any", User()))
    return preview(builder, find_journey(builder, "offer"), ToPreview(revision=1, **wanted))


def make_live(database: Database, live: JourneyDocument, draft: JourneyDocument) -> None:
    """Four people are in the live journey, one of them a VIP; the draft is newer."""
    journey = journey_from_document(live)
    add_contacts(database, 3, tag="customer")
    (vip,) = add_contacts(database, 1, tag="customer")
    with database.write() as connection:
        connection.execute(sa.insert(contact_tag).values(contact_id=vip, tag="vip"))
    version = journey.program(database).version
    sweep(journey, database)
    with database.write() as connection:
        add_release(connection, "offer", version, live.model_dump(mode="json"), {}, by="taro", now=1)
        create_draft(connection, "offer", draft.model_dump(mode="json"), {}, by="taro", now=1)


def test_mails_that_would_become_due_at_once_are_counted(database: Database, clock: ManualClock) -> None:
    make_live(database, offer(3), offer(1))
    clock.advance(2 * DAY)
    found = look(database)
    assert [(one.step, one.people) for one in found.due_now] == [("mail", 1)]
    assert found.due_now[0].title.ja == "メールを送る"
    assert found.new_people == 0
    assert look(database, rules={"rest": Rule(do="finish", to=None, reason="")}).due_now == []
    everybody = look(database, rules={"rest": Rule(do="move", to="mail", reason="")}, per_hour=2)
    assert [(one.step, one.people) for one in everybody.due_now] == [("mail", 4)]


def test_nothing_is_due_while_the_new_wait_goes_on(database: Database, clock: ManualClock) -> None:
    make_live(database, offer(3), offer(5))
    clock.advance(2 * DAY)
    assert look(database).due_now == []


def test_many_more_mails_at_once_than_were_seen_are_seen_first(database: Database) -> None:
    make_live(database, offer(3), offer(1))
    add_contacts(database, 8, tag="customer")
    sweep(journey_from_document(offer(3)), database)
    builder = Owner(database, cast("Any", User()))
    found = find_journey(builder, "offer")
    plan = ChangePlan(found, found.document)
    rules = plan.rules({"rest": Rule(do="move", to="mail", reason="")})
    for due in (12, 8):
        check_numbers(builder, plan, rules, None, Seen(places={"rest": 12}, due=due))
    with pytest.raises(ApiError, match="numbers_changed") as refused:
        check_numbers(builder, plan, rules, None, Seen(places={"rest": 12}, due=7))
    assert refused.value.detail.message.ja.startswith(
        "確認している間に、すぐに送信されるメールが増えました（7通→12通）"
    )
    finish = plan.rules({"rest": Rule(do="finish", to=None, reason="")})
    check_numbers(builder, plan, finish, None, Seen(places={"rest": 12}, due=0))


def test_who_stands_at_a_step_that_only_leads_elsewhere_goes_on_by_the_new_way(
    database: Database, clock: ManualClock
) -> None:
    other_way = offer(3)
    other_way.steps[1].next = {"waited": "mail"}
    make_live(database, offer(3), other_way)
    found = look(database)
    assert found.places == []
    (rest,) = found.diff.steps
    assert (rest.step, rest.change, [way.after for way in rest.ways], rest.people) == (
        "rest",
        "changed",
        ["mail"],
        4,
    )
    assert [one.people for one in diff_view(None, as_written_back(offer(3))).steps] == [None] * 5


def test_the_end_is_not_suggested_while_another_way_of_the_removed_step_is_there(database: Database) -> None:
    live, draft = offer(3), offer(3)
    live.steps[1].next = {"waited": "ways"}
    live.steps[2].next = {"vip": "end", "other": "mail"}
    draft.steps = [one for one in draft.steps if one.id not in ("rest", "ways")]
    draft.steps[0].next = {"entered": "mail"}
    make_live(database, live, draft)
    (place,) = look(database).places
    assert (place.step, place.targets, place.suggested) == ("rest", ["mail", "end"], "mail")


@pytest.mark.parametrize(
    ("hours", "purpose", "held"),
    [("", "marketing", False), ("00:00-23:59", "marketing", True), ("00:00-23:59", "transactional", False)],
)
def test_the_first_mail_leaves_at_once_or_after_the_quiet_hours(
    database: Database,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    hours: str,
    purpose: str,
    held: bool,
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", hours)
    settings.cache_clear()
    draft = offer(3)
    draft.steps = [one for one in draft.steps if one.id not in ("rest", "ways")]
    draft.steps[0].next = {"entered": "mail"}
    draft.steps[1].settings["purpose"] = purpose
    with database.write() as connection:
        create_draft(connection, "offer", draft.model_dump(mode="json"), {}, by="taro", now=1)
    mail = look(database).first_mail
    assert mail is not None
    assert (mail.step, mail.held_until is not None) == ("mail", held)
    if mail.held_until is not None:
        here = mail.held_until.astimezone(ZoneInfo(settings().timezone))
        assert (here.hour, here.minute) == (23, 59)


def test_a_journey_that_does_not_begin_with_a_mail_promises_none(database: Database) -> None:
    with database.write() as connection:
        create_draft(connection, "offer", offer(3).model_dump(mode="json"), {}, by="taro", now=1)
    assert look(database).first_mail is None


def test_the_order_of_a_splits_ways_is_a_change(database: Database) -> None:
    one, two = {"tag": "vip"}, {"tag": "customer"}
    live, draft = offer(3), offer(3)
    live.steps[2].settings = {"branches": {"z": one, "a": two}}
    draft.steps[2].settings = {"branches": {"a": two, "z": one}}
    for each in (live, draft):
        each.steps[2].next = {"z": "mail", "a": "end", "other": "end"}
    make_live(database, live, draft)
    (ways,) = look(database).diff.steps
    assert (ways.step, [one.name for one in ways.settings]) == ("ways", ["branches"])
    make_no_change = diff_view(as_written_back(live), as_written_back(live))
    assert make_no_change == Diff(steps=[], journey=[], yaml=[])


NAMES = Names(document(step("mail", "send_email", {"template": "x"}), step("second", "send_email", {})))


@pytest.mark.parametrize(
    ("kind", "name", "value", "en", "ja"),
    [
        ("wait", "duration", "3 days", "3 days", "3日"),
        ("wait", "duration", "soon", "soon", "soon"),
        ("wait", "at", "09:00", "09:00", "09:00"),
        ("wait", "between", ["09:00", "18:00"], "09:00–18:00", "09:00〜18:00"),
        ("wait", "weekdays", "business_days", "business days", "平日"),
        ("wait", "weekdays", ["fri", "mon"], "Mon, Fri", "月・金"),
        ("wait_for_open", "mail", "mail", "Send email", "メールを送る"),
        ("wait_for_open", "mail", "lost", "a step that is gone", "削除されたステップ"),
        ("wait_for_open", "count_machine_opens", True, "yes", "はい"),
        ("check_site_visit", "url", "*", "any page", "全ページ"),
        ("check_site_visit", "times", 3, "3", "3"),
        ("send_email", "purpose", "transactional", "Transactional", "手続き・お知らせ（取引関連）"),
        ("audience", "when", {"event": "reply", "url": None}, "Replied", "返信"),
        ("audience", "when", {"nothing": 1}, "(set in detail)", "（詳細設定あり）"),
        (
            "audience",
            "where",
            {"not": {"tag": "vip"}},
            "does not have the tag vip",
            "タグ「vip」が付いていない",
        ),
        ("audience", "where", {"attribute": 1}, "(unfinished condition)", "（未入力の条件）"),
        (
            "split",
            "branches",
            {"VIP": {"tag": "vip"}},
            "VIP: has the tag vip",
            "VIP：タグ「vip」が付いている",
        ),
        ("random_split", "shares", {"A": 50, "B": 50}, "A 50% / B 50%", "A 50% / B 50%"),
        ("update_contact", "add_tags", ["a", "b"], "a, b", "a、b"),
        ("update_contact", "attributes", {"plan": "pro"}, "Plan = pro", "プラン＝pro"),
        ("no_such_kind", "x", {"a": [1]}, "(set in detail)", "（詳細設定あり）"),
    ],
)
def test_settings_read_as_people_say_them(kind: str, name: str, value: Any, en: str, ja: str) -> None:
    said = setting_said(kind, name, {name: value}, NAMES)
    assert said is not None
    assert (said.en, said.ja) == (en, ja)


def test_a_default_is_a_value_and_nothing_is_none() -> None:
    within = setting_said("wait_for_open", "within", {}, NAMES)
    assert within is not None
    assert within.ja == "3日"
    assert setting_said("wait", "at", {}, NAMES) is None
    assert setting_said("update_contact", "add_tags", {"add_tags": []}, NAMES) is None


def test_a_mail_is_named_by_its_subject() -> None:
    said = setting_said("send_email", "template", {"template": "cold_intro"}, Names(None))
    assert said is not None
    assert said.ja.startswith("「")
    assert said.ja.endswith("」（cold_intro）")
    assert said.en != said.ja
    assert "{" not in said.ja + said.en
    unknown = setting_said("send_email", "template", {"template": "no_such"}, Names(None))
    assert unknown is not None
    assert unknown.en == "no_such"
