"""The builder's check: every problem in plain words of both languages, and buttons that really help."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from airflow_ma.config import settings
from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.document_check import examine
from airflow_ma.journey.document import JourneyDocument, StepDocument
from airflow_ma.journey.problem import Problem
from airflow_ma.operators import SendEmailOperator
from airflow_ma.plugin.api_models import FixAction, ProblemView
from airflow_ma.plugin.canvas.check import MOST_PROBLEMS, problems_of, view
from airflow_ma.plugin.canvas.inspection import Inspections
from airflow_ma.plugin.canvas.plain_texts import TEXTS
from airflow_ma.plugin.canvas.scene import Scene
from tests.dag.documents import any_documents

EMAILS = Path(__file__).parents[3] / "dags" / "emails"
CODE = re.compile(r"[a-z]+_[a-z]+|Label|Input should|None|\bstr\b|`")


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(EMAILS))
    settings.cache_clear()


def step(step_id: str, kind: str, title: str | None = None, /, **rest: Any) -> StepDocument:
    leads = rest.pop("next", {})
    return StepDocument(id=step_id, kind=kind, title=title, settings=rest, next=leads)


def journey(*steps: StepDocument, **values: Any) -> JourneyDocument:
    whole: dict[str, Any] = {"key": "j", "title": "J", "mode": "continuous", "tags": [], "goal": None}
    return JourneyDocument(**(whole | values), steps=list(steps))


PEOPLE = step("x1", "audience", "Customers", next={"entered": "x2"})
MAIL = step("x2", "send_email", "The news", template="sale_announcement", next={"sent": "x3"})
OPEN = step("x3", "wait_for_open", "Read it?", mail="x2", next={"opened": "x4", "not_opened": "x4"})
END = step("x4", "end", "Over")
GOOD = (PEOPLE, MAIL, OPEN, END)


def test_a_good_journey_has_no_problem() -> None:
    assert problems_of(journey(*GOOD)) == []


def changed(old: StepDocument, **values: Any) -> JourneyDocument:
    new = old.model_copy(update=values)
    return journey(*(new if one is old else one for one in GOOD))


FIXABLE: dict[str, tuple[JourneyDocument, str, str]] = {
    "nothing follows": (
        changed(OPEN, next={"opened": "x4"}), "outcome-leads-nowhere", "Nothing follows “Not opened” of “Read it?”"
    ),
    "nothing follows, and one step is loose": (
        journey(PEOPLE, MAIL, OPEN.model_copy(update={"next": {"opened": "x4"}}), END, step("x5", "end", "Bye")),
        "unreachable", "Nobody ever comes to “Bye”",
    ),
    "leads to nothing": (changed(PEOPLE, next={"entered": "gone"}), "missing-step", "“Customers” leads to"),
    "old connection": (
        changed(OPEN, next={**OPEN.next, "clicked": "x4"}), "unknown-outcome", "no result “clicked” any more"
    ),
    "end goes on": (
        journey(*GOOD[:3], END.model_copy(update={"next": {"left": "x5"}}), step("x5", "alert_sales", reason="r")),
        "end-goes-on", "“Over” ends the journey, but leads on to “Alert sales”",
    ),
    "no entry": (journey(MAIL, OPEN, END), "no-entry", "Nobody can enter"),
    "entry inside": (
        changed(OPEN, next={"opened": "x4", "not_opened": "x1"}), "entry-inside", "“Customers” is where people"
    ),
    "mail not chosen": (changed(OPEN, settings={}), "invalid-step", "“Which mail” is not chosen yet"),
    "mail gone": (changed(OPEN, settings={"mail": "gone"}), "missing-reference", "names as “Which mail” does not"),
    "no mail": (changed(OPEN, settings={"mail": "x1"}), "wrong-reference", "which is another kind of step"),
    "strange setting": (
        changed(END, settings={"pool": "big"}), "invalid-step", "There is no setting “pool”"
    ),
    "unknown kind": (
        journey(*GOOD, step("x9", "teleport", "Beam")), "invalid-step", "There is no step of the kind “teleport”"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FIXABLE)
def test_the_first_button_does_away_with_the_problem(case: str) -> None:
    document, rule, says = FIXABLE[case]
    problem = next(p for p in problems_of(document) if p.rule == rule)
    assert says in problem.message.en
    assert problem.actions, "there is an obvious fix"
    assert rule not in {p.rule for p in problems_of(applied(document, problem.actions[0]))}


def test_a_loose_step_is_offered_as_the_next_one() -> None:
    document, _, _ = FIXABLE["nothing follows, and one step is loose"]
    problem = next(p for p in problems_of(document) if p.rule == "outcome-leads-nowhere")
    assert [(a.do, a.to) for a in problem.actions] == [("end", None), ("connect", "x5")]
    assert problems_of(applied(document, problem.actions[1])) == []


def applied(document: JourneyDocument, fix: FixAction) -> JourneyDocument:
    """What the pages do with a button."""
    steps = {one.id: one.model_copy(deep=True) for one in document.steps}
    at = steps.get(fix.step or "")
    match fix.do:
        case "connect":
            assert at
            assert fix.outcome is not None
            assert fix.to
            at.next[fix.outcome] = fix.to
        case "disconnect":
            assert at
            assert fix.outcome is not None
            del at.next[fix.outcome]
        case "set":
            assert at
            assert fix.setting
            at.settings.pop(fix.setting, None)
            if fix.value is not None:
                at.settings[fix.setting] = fix.value
        case "remove":
            del steps[fix.step or ""]
        case "end":
            assert at
            assert fix.outcome is not None
            assert fix.kind
            steps["new"] = step("new", fix.kind)
            at.next[fix.outcome] = "new"
        case "entry":
            assert fix.kind
            assert fix.step
            steps["new"] = step("new", fix.kind, next={"entered": fix.step})
    return document.model_copy(update={"steps": list(steps.values())})


SETTINGS: dict[str, tuple[StepDocument, str, str, str]] = {
    "missing": (step("w", "send_email"), "template", "is not chosen yet", "選ばれていません"),
    "empty": (step("w", "send_email", template=""), "template", "is not chosen yet", "選ばれていません"),
    "null": (step("w", "send_email", template=None), "template", "is not chosen yet", "選ばれていません"),
    "too long": (step("w", "end", reason="x" * 201), "reason", "more than 200 characters", "200文字以内"),
    "too many": (step("w", "check_site_visit", times=2000), "times", "1000 or less", "1000以下"),
    "too few": (step("w", "check_site_visit", times=0), "times", "1 or more", "1以上"),
    "no number": (step("w", "check_site_visit", times="many"), "times", "whole number", "整数"),
    "no duration": (step("w", "wait", duration="3 fortnights"), "duration", "3 days or 2 hours", "「3日」"),
    "zero duration": (step("w", "wait", duration="0 days"), "duration", "longer than zero", "0より長い"),
    "months": (step("w", "wait", duration="1 month"), "duration", "write days instead", "日数で"),
    "no choice": (step("w", "audience", re_entry="often"), "re_entry", "Choose one", "選択肢から"),
    "no switch": (step("w", "wait_for_open", mail="x2", count_machine_opens="perhaps"),
                  "count_machine_opens", "on or off", "オンかオフ"),
    "no time": (step("w", "wait", at="25:00"), "at", "such as 09:30", "09:30"),
    "no weekday": (step("w", "wait", weekdays=["monday"]), "weekdays", "cannot be used", "正しくありません"),
    "a text for tags": (step("w", "update_contact", add_tags="a"), "add_tags", "must be a list", "リスト"),
    "shares": (step("w", "random_split", shares={"a": 50, "b": 60}), "shares", "100 percent (now 110)", "110％"),
    "no ways": (step("w", "split", branches={}), "branches", "at least one way", "1つ以上"),
    "bad condition": (step("w", "split", branches={"a": {"attribute": "x"}}), "branches", "condition", "条件"),
    "half a condition": (step("w", "audience", where={"all": [{"tag": ""}]}), "where", "condition", "条件"),
    "no condition": (step("w", "audience", where=[1]), "where", "condition", "条件"),
    "bar in a name": (step("w", "split", branches={"a|b": {"tag": "t"}}), "branches", "no |", "「|」"),
    "two alike": (step("w", "split", branches={"other": {"tag": "t"}}), "otherwise", "same name", "同じ名前"),
    "nothing said": (step("w", "wait"), "duration", "how long or until when", "待つ期間か"),
    "both": (step("w", "wait", at="9:00", between=["09:00", "10:00"]), "between", "not both", "どちらか一方"),
    "backwards": (step("w", "wait", between=["18:00", "09:00"]), "between", "begin before", "終了より前"),
    "list and event": (step("w", "audience", when={"event": "x"}, csv_list="a"), "csv_list", "not both", "どちらか"),
    "every time": (step("w", "audience", re_entry="every_time"), "re_entry", "again and again", "きっかけ"),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTINGS)
def test_a_wrong_setting_is_told_in_plain_words_at_its_field(case: str) -> None:
    wrong, setting, english, japanese = SETTINGS[case]
    found = [p for p in problems_of(journey(*GOOD, wrong)) if p.rule == "invalid-step"]
    assert [(p.step, p.setting) for p in found] == [("w", setting)]
    assert english in found[0].message.en
    assert japanese in found[0].message.ja
    assert_plain(found[0])


FIXES: dict[str, tuple[StepDocument, str, str]] = {
    "a template": (step("w", "send_email"), "Choose a template", "テンプレートを選んでください"),
    "a step": (step("w", "wait_for_open"), "Choose a step", "ステップを選んでください"),
    "a text": (step("w", "alert_sales"), "Enter “Why now”", "「なぜ今か」を入力してください"),
    "what they do": (step("w", "audience", when={"event": ""}), "Choose what they do", "行動を選んでください"),
    "too many": (step("w", "check_site_visit", times=2000), "smaller", "1000以下の数字を入力してください"),
    "a length of time": (step("w", "wait", duration="soon"), "such as 3 days", "数字と単位で指定してください"),
    "a tag": (step("w", "audience", where={"all": [{"tag": ""}]}), "(tag)", "条件の値を入力してください（タグ）"),
    "a value": (
        step("w", "audience", where={"not": {"attribute": "city", "is": None}}), "(City)", "入力してください（市区町村）"
    ),
    "values": (step("w", "audience", where={"attribute": "pet", "one_of": []}), "at least one", "1つ以上"),
    "a number": (step("w", "audience", where={"attribute": "score", "at_least": "x"}), "number", "数字で入力"),
    "a subject": (step("w", "audience", where={"attribute": "", "is": None}), "what the condition is about", "項目や行動"),
    "an event": (step("w", "audience", where={"any": [{"tag": "a"}, {"event": ""}]}), "what they did", "行動を選んで"),
    "ways": (step("w", "split"), "Add a way", "ルートを追加"),
    "the condition of a way": (step("w", "split", branches={"{VIP}": None}), "Add a condition, or remove the way", "ルートを削除"),
}  # fmt: skip


@pytest.mark.parametrize("case", FIXES)
def test_what_is_to_be_done_is_said_for_that_very_setting(case: str) -> None:
    wrong, english, japanese = FIXES[case]
    (found,) = [p for p in problems_of(journey(*GOOD, wrong)) if p.rule == "invalid-step"]
    assert english in found.fix.en
    assert japanese in found.fix.ja
    assert_plain(found)


def test_an_unfinished_condition_of_a_way_is_told_with_the_name_of_the_way() -> None:
    wrong = step("w", "split", branches={"VIP": {"tag": "vip"}, "{x}": {"tag": ""}})
    (found,) = [p for p in problems_of(journey(*GOOD, wrong)) if p.rule == "invalid-step"]
    assert "「{x}」の条件が完成していません" in found.message.ja


def assert_plain(problem: ProblemView) -> None:
    for said in (problem.message, problem.fix, *(action.title for action in problem.actions)):
        assert said.en
        assert any("ぁ" <= letter <= "ヿ" or "一" <= letter <= "龥" for letter in said.ja), said
        assert not CODE.search(said.en), said
        assert not CODE.search(said.ja), said


@pytest.mark.parametrize("case", FIXABLE)
def test_problems_of_the_graph_are_told_without_words_of_code_or_ids(case: str) -> None:
    for problem in problems_of(FIXABLE[case][0]):
        assert_plain(problem)
        assert not re.search(r"\bx\d\b", problem.message.en + problem.message.ja)


def test_a_circle_and_a_later_reference_go_by_titles() -> None:
    round_ = changed(OPEN, next={"opened": "x4", "not_opened": "x2"})
    (circle,) = [p for p in problems_of(round_) if p.rule == "cycle"]
    assert circle.message.en == "The journey runs in a circle: The news → Read it? → The news"
    later = journey(
        PEOPLE.model_copy(update={"next": {"entered": "x3"}}),
        OPEN.model_copy(update={"next": {"opened": "x2", "not_opened": "x4"}}),
        MAIL.model_copy(update={"next": {"sent": "x4"}}),
        END,
    )
    (reference,) = [p for p in problems_of(later) if p.rule == "reference-not-before"]
    assert (reference.step, reference.setting) == ("x3", "mail")
    assert "「The news」" in reference.message.ja


def test_the_mode_is_said_as_people_know_it() -> None:
    at_once = PEOPLE.model_copy(update={"settings": {"when": {"event": "page.view"}}})
    (problem,) = problems_of(journey(at_once, *GOOD[1:], mode="one_off"))
    assert problem.rule == "wrong-mode"
    assert "「継続」" in problem.message.ja
    assert_plain(problem)


def test_a_mail_that_is_not_there_is_told_at_the_template_without_folders() -> None:
    (problem,) = problems_of(changed(MAIL, settings={"template": "nowhere"}))
    assert (problem.rule, problem.step, problem.setting) == ("unknown-template", "x2", "template")
    assert problem.message.en == "There is no mail template “nowhere”, which “The news” is to send"
    assert str(EMAILS) not in str(problem)


def test_a_broken_mail_says_where_without_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad" / "en").mkdir(parents=True)
    (tmp_path / "bad" / "en" / "subject.txt").write_text("Hello {{ name ")
    (tmp_path / "bad" / "en" / "body.html").write_text("<p>x</p>")
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(tmp_path))
    settings.cache_clear()
    (problem,) = problems_of(changed(MAIL, settings={"template": "bad"}))
    assert problem.rule == "unknown-template"
    assert "subject.txt" in problem.message.en
    assert "subject.txt の 1 行目: 書き方に誤りがあります" in problem.message.ja
    assert str(tmp_path) not in str(problem)


@examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_documents())
def test_whatever_stands_in_a_document_it_is_checked(document: JourneyDocument) -> None:
    for problem in problems_of(document):
        assert problem.message.en
        assert problem.message.ja
        for fix in problem.actions:
            assert fix.step is None or document.step(fix.step)


def test_every_text_can_be_filled_by_its_rule() -> None:
    examined = examine(journey(*GOOD))
    scene = Scene(journey(*GOOD), examined)
    values = {"step": "x3", "to": "x4", "missing": "gone", "named": "x2", "kinds": "send_email", "outcome": "opened",
              "needed": "one_off", "mode": "continuous", "steps": ("x2", "x3"), "way": "", "list": "a.csv",
              "template": "t", "detail": "d", "name": "n"}  # fmt: skip
    problem = Problem("x", "m", "f", None, "x3", setting="mail", values=values)
    for rule in TEXTS:
        assert "{" not in str(view(scene, replace(problem, rule=rule)).message.en)


class SlowMail(SendEmailOperator):
    """A mail whose template is on a disk that hangs."""

    kind = "slow_mail"
    free = threading.Event()

    def inspect(self) -> Iterator[Problem]:
        self.free.wait(20)
        yield Problem("unknown-template", "late", "-", None, self.task_id)


def test_a_disk_that_hangs_does_not_hold_up_the_check() -> None:
    inspections = Inspections()
    slow, quick = (
        SlowMail(task_id="a", template="t"),
        SendEmailOperator(task_id="b", template="sale_announcement"),
    )
    started = time.monotonic()
    assert inspections.problems([quick, slow], 0.5) == [[], None]
    assert time.monotonic() - started < 5
    SlowMail.free.set()
    for _ in range(100):
        quick_again, late = inspections.problems([quick, slow], 0.1)
        if late:
            break
    assert quick_again == []
    assert [problem.message for problem in late or ()] == ["late"]


def test_the_largest_document_is_checked_while_somebody_waits() -> None:
    kinds = sorted(step_kinds())
    steps = [
        step(
            f"s{number}",
            kinds[number % len(kinds)],
            next={f"o{one}": f"s{(number * one) % 997}" for one in range(20)},
        )
        for number in range(1_000)
    ]
    document = JourneyDocument(key="k", title="t", mode="continuous", tags=[], goal=None, steps=steps)
    before = time.monotonic()
    problems = problems_of(document)
    assert time.monotonic() - before < 15  # of which a second or two are needed; it was half a minute
    assert len(problems) == MOST_PROBLEMS
    assert {problem.severity for problem in problems} == {"error"}
