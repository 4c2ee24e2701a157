"""YAML journeys as DAGs: equal to the same journey in Python, and a broken file harms no other."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from airflow.sdk import Label

from airflow_ma.dag import Journey, load_journeys
from airflow_ma.dag.load import journey_from_definition, journey_from_document, load_journey
from airflow_ma.dag.text_form import document_yaml
from airflow_ma.journey.document import document_of
from airflow_ma.journey.problem import JourneyError
from airflow_ma.operators import AlertSalesOperator, AudienceOperator, EndOperator, SendEmailOperator
from airflow_ma.sensors import WaitForReplySensor, WaitSensor

DAGS = Path(__file__).parents[2] / "dags"


def cold_outreach_in_python() -> Journey:
    with Journey("cold_outreach", title="Cold outreach / 新規開拓", mode="one_off") as journey:
        owners = AudienceOperator(
            task_id="shop_owners", title="Shop owners / 店舗オーナー", where={"tag": "shop_owner"}
        )
        first_mail = SendEmailOperator(
            task_id="first_mail", title="First mail / 1通目", template="cold_intro"
        )
        first_reply = WaitForReplySensor(
            task_id="first_reply", title="Reply? / 返信待ち", mail="first_mail", within="4 days"
        )
        second_mail = SendEmailOperator(
            task_id="second_mail", title="Second mail / 2通目", template="cold_second"
        )
        second_reply = WaitForReplySensor(
            task_id="second_reply",
            title="Reply? / 返信待ち（2回目）",
            mail="second_mail",
            within="4日",
        )
        later = WaitSensor(
            task_id="three_days_later",
            title="Three days later / 3日後",
            duration="3 days",
            between=("09:00", "18:00"),
            weekdays="business_days",
        )
        call = AlertSalesOperator(
            task_id="call",
            title="Call / 電話のお願い",
            reason="No reply to two mails / メール2通に返信なし",
            advice="Call and ask what they need / 電話でご要望を伺う",
        )
        interested = AlertSalesOperator(
            task_id="interested",
            title="Interested / 関心あり",
            reason="Replied to a mail / メールに返信あり",
            advice="Answer within the day / 本日中に返信",
        )
        done = EndOperator(
            task_id="handed_to_sales",
            title="Handed to sales / 営業へ引き継ぎ",
            reason="handed to sales",
        )
        owners >> first_mail >> first_reply
        first_reply >> Label("replied") >> interested
        first_reply >> Label("no_reply") >> second_mail >> second_reply
        second_reply >> Label("replied") >> interested
        second_reply >> Label("no_reply") >> later >> call
        [call, interested] >> done
    return journey


def test_a_journey_written_both_ways_is_equal() -> None:
    written = load_journey(DAGS / "journeys" / "cold_outreach.yaml").graph
    built = cold_outreach_in_python().graph
    assert written.definition() == built.definition()
    assert {s.id: s for s in written.steps} == {s.id: s for s in built.steps}
    assert written.digest() == built.digest()


@pytest.mark.parametrize("name", ["sale_announcement", "cold_outreach"])
def test_through_yaml_and_back_nothing_changes(name: str, tmp_path: Path) -> None:
    journey = (
        runpy.run_path(str(DAGS / f"{name}.py"))["journey"]
        if name == "sale_announcement"
        else load_journey(DAGS / "journeys" / f"{name}.yaml")
    )
    file = tmp_path / f"{name}.yaml"
    text = document_yaml(document_of(journey.graph))
    file.write_text(text, encoding="utf-8")
    again = load_journey(file).graph
    assert again.definition() == journey.graph.definition()
    assert document_yaml(document_of(again)) == text


def test_from_the_stored_definition_the_same_journey_comes_back() -> None:
    graph = cold_outreach_in_python().graph
    assert journey_from_definition(graph.definition()).graph.digest() == graph.digest()


def test_in_airflow_a_nameless_step_of_the_builder_shows_its_kind() -> None:
    named = document_of(cold_outreach_in_python().graph)
    steps = [step.model_copy(update={"title": None}) for step in named.steps]
    nameless = named.model_copy(update={"steps": steps})
    journey = journey_from_document(nameless)
    assert journey.task_dict["first_mail"].task_display_name == "Send email / メールを送る"
    assert document_of(journey.graph) == nameless  # what is stored has no name still
    assert all(step["title"] is None for step in journey.graph.definition()["steps"])
    assert journey_from_document(named).task_dict["first_mail"].task_display_name == "First mail / 1通目"
    in_a_file = load_journey(DAGS / "journeys" / "cold_outreach.yaml")
    assert in_a_file.task_dict["first_mail"].task_display_name == "First mail / 1通目"


BROKEN = {
    "a wait of minus one day": ("    duration: -1 days\n", 8, "a wait must be longer than zero"),
    "an unknown kind": ("    kind: wiat\n", 7, "did you mean 'wait'"),
    "an unknown setting": ("    duraton: 1 day\n", 8, "there is no setting 'duraton'"),
    "a step that is not there": (
        "    duration: 1 day\n    next: nowhere\n",
        9,
        "there is no step 'nowhere'. There is:",
    ),
    "a step that cannot be called so": (
        "    duration: 1 day\n  watch: {kind: end}\n",
        9,
        "cannot be called 'watch'",
    ),
    "an Airflow argument of the wrong type": ("    duration: 1 day\n    pool: 5\n", 6, "pool"),
    "a task id as a setting": ("    duration: 1 day\n    task_id: x\n", 6, "task_id"),
    "a circle": ("    duration: 1 day\n    next: mail\n", 4, "circle"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_names_file_line_and_fix(fault: str, tmp_path: Path) -> None:
    text, line, says = BROKEN[fault]
    kind = "" if text.startswith("    kind:") else "    kind: wait\n"
    file = tmp_path / "broken.yaml"
    file.write_text(
        "journey: broken\nsteps:\n  people: {kind: audience, next: mail}\n"
        "  mail: {kind: send_email, template: x, next: pause}\n\n  pause:\n" + kind + text,
        encoding="utf-8",
    )
    with pytest.raises(JourneyError) as caught:
        load_journey(file)
    found = [p for p in caught.value.problems if says in f"{p.message}. {p.fix}" or says in p.message]
    assert found, str(caught.value)
    assert found[0].source is not None
    assert (found[0].source.file, found[0].source.line) == (str(file), line)


WAYS = """\
journey: ways
steps:
  people: {kind: audience, next: mail}
  mail:
    kind: send_email
    template: x
    next: opened
  opened:
    kind: wait_for_open
    within: 2 days
    mail: MAIL
    next:
      NEXT
  bye:
    kind: end
"""

FAULTS_IN_LINES = {
    "a misspelt outcome, at it": (
        "mail", "opened: bye\n      not_opend: bye", "unknown-outcome", 14, "Did you mean 'not_opened'?"
    ),
    "a missing outcome, at next": (
        "mail", "opened: bye", "outcome-leads-nowhere", 12, "`next: {opened: bye, not_opened: ...}`"
    ),
    "no outcome said, at next": (
        "mail", "bye", "missing-label", 13, "`next: {opened: ..., not_opened: ...}`"
    ),
    "a step that is not there, at its outcome": (
        "mail", "opened: bye\n      not_opened: by", "missing-step", 14, "Did you mean 'bye'?"
    ),
    "a mail that is not there, at the setting": (
        "mial", "opened: bye\n      not_opened: bye", "missing-reference", 11, "Did you mean 'mail'?"
    ),
    "a mail that is none, at the setting": (
        "people", "opened: bye\n      not_opened: bye", "wrong-reference", 11, "send_email"
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS_IN_LINES)
def test_a_fault_within_a_step_is_at_its_own_line_with_advice_in_yaml(fault: str, tmp_path: Path) -> None:
    mail, onward, rule, line, fix = FAULTS_IN_LINES[fault]
    file = tmp_path / "ways.yaml"
    file.write_text(WAYS.replace("MAIL", mail).replace("NEXT", onward), encoding="utf-8")
    with pytest.raises(JourneyError) as caught:
        load_journey(file)
    (problem,) = [p for p in caught.value.problems if p.rule == rule]
    assert (str(problem.source), problem.step) == (f"{file}:{line}", "opened")
    assert fix in problem.fix
    assert all("Label" not in p.fix for p in caught.value.problems)


def test_an_end_that_goes_on_is_told_at_its_next(tmp_path: Path) -> None:
    file = tmp_path / "on.yaml"
    file.write_text(
        "journey: on\nsteps:\n  people: {kind: audience, next: bye}\n"
        "  bye:\n    kind: end\n    next: more\n  more: {kind: end}\n"
    )
    with pytest.raises(JourneyError) as caught:
        load_journey(file)
    (problem,) = [p for p in caught.value.problems if p.rule == "end-goes-on"]
    assert str(problem.source) == f"{file}:6"
    assert problem.fix.startswith("Remove its `next`")


def test_a_broken_file_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    good = (DAGS / "journeys" / "cold_outreach.yaml").read_text(encoding="utf-8")
    (tmp_path / "good.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("journey: bad\nsteps: {a: {kind: nothing}}\n", encoding="utf-8")
    (tmp_path / "with space.yaml").write_text("journey: my journey\nsteps: {a: {kind: audience}}\n")
    (tmp_path / "odd.yaml").write_text("journey: odd\nmode: daily\nsteps: {a b: {kind: audience}}\n")
    (tmp_path / "sjis.yaml").write_bytes("journey: 日本".encode("cp932"))
    found = load_journeys(tmp_path)
    assert set(found) == {"cold_outreach", "bad", "sjis", "with_space", "odd"}
    assert isinstance(found["cold_outreach"], Journey)
    assert "bad.yaml:2" in (found["bad"].doc_md or "")
    assert "cannot be called 'my journey'" in (found["with_space"].doc_md or "")
    assert "odd.yaml:2: error: the mode is" in (found["odd"].doc_md or "")
    assert "sjis.yaml:1: error: the file is not UTF-8. Save it as UTF-8 [yaml]" in (
        found["sjis"].doc_md or ""
    )


def test_two_files_with_the_same_journey_are_told(tmp_path: Path) -> None:
    text = (DAGS / "journeys" / "cold_outreach.yaml").read_text(encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = load_journeys(tmp_path)
    assert isinstance(found["cold_outreach"], Journey)
    assert "another journey called 'cold_outreach'" in (found["b"].doc_md or "")


def test_a_python_journey_with_problems_lists_them_all_with_lines() -> None:
    with pytest.raises(JourneyError) as caught, Journey("broken"):
        people = AudienceOperator(task_id="people")
        mail = SendEmailOperator(task_id="mail", template="x")
        reply = WaitForReplySensor(task_id="reply", mail="mial")
        people >> mail >> Label("sendt") >> reply
    rules = {problem.rule for problem in caught.value.problems}
    assert {"missing-reference", "unknown-outcome", "outcome-leads-nowhere"} <= rules
    assert all(p.source and p.source.file == __file__ for p in caught.value.problems)


def test_two_outcomes_to_one_step_share_a_label() -> None:
    with Journey("shared") as journey:
        people = AudienceOperator(task_id="people")
        mail = SendEmailOperator(task_id="mail", template="x")
        reply = WaitForReplySensor(task_id="reply", mail="mail")
        end = EndOperator(task_id="end")
        people >> mail >> reply
        reply >> Label("replied | no_reply") >> end
    assert journey.graph.targets()["reply"] == {"replied": "end", "no_reply": "end"}


def test_an_example_is_short() -> None:
    assert len((DAGS / "sale_announcement.py").read_text(encoding="utf-8").splitlines()) < 60
