"""A document survives every form: stored, YAML, Python, DAG; and unfinished ones only the first two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.document_check import examine
from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import journey_from_definition, journey_from_document
from airflow_ma.dag.python_form import UnknownKindError, write_python
from airflow_ma.dag.text_form import document_yaml, read_document
from airflow_ma.journey.document import JourneyDocument, StepDocument, document_of
from airflow_ma.journey.problem import JourneyError
from airflow_ma.journey.yaml_form import read_yaml
from tests.dag.documents import any_documents, finished_documents

DAGS = Path(__file__).parents[2] / "dags"
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def executed(python: str) -> Journey:
    found: dict[str, Any] = {}
    exec(compile(python, "journey.py", "exec"), found)
    journey = found["journey"]
    assert isinstance(journey, Journey)
    return journey


@relaxed
@given(finished_documents())
def test_every_form_of_a_finished_document_is_the_same_journey(document: JourneyDocument) -> None:
    assert examine(document).problems == []
    journey = journey_from_document(document)
    again = read_document(read_yaml(document_yaml(document), "journey.yaml"))
    for other in (
        journey_from_document(again),
        executed(write_python(document)),
        journey_from_definition(journey.graph.definition()),
    ):
        assert other.graph.definition() == journey.graph.definition()
    assert executed(write_python(document)).tags == journey.tags
    stored = document_of(journey.graph, document.tags)
    assert journey_from_document(stored).graph.digest() == journey.graph.digest()


@relaxed
@given(any_documents(twins=False))
def test_yaml_keeps_whatever_stands_in_a_document(document: JourneyDocument) -> None:
    again = read_document(read_yaml(document_yaml(document), "journey.yaml"))
    ids = {step.id: step for step in document.steps}
    assert {step.id for step in again.steps} == set(ids)
    for step in again.steps:
        before = ids[step.id]
        assert (step.kind, step.title) == (before.kind, before.title)
        assert set(step.next.values()) == set(before.next.values())
        assert set(step.settings) <= set(before.settings)
    assert (again.title, again.tags, again.goal) == (document.title, document.tags, document.goal)


@relaxed
@given(any_documents())
def test_the_check_and_the_python_form_take_anything(document: JourneyDocument) -> None:
    for problem in examine(document).problems:
        assert problem.say("en")
        assert problem.say("ja")
    if {step.kind for step in document.steps} <= set(step_kinds()):
        compile(write_python(document), "journey.py", "exec")
    else:
        with pytest.raises(UnknownKindError):
            write_python(document)


def test_python_looks_as_somebody_would_write_it() -> None:
    text = (DAGS / "journeys" / "cold_outreach.yaml").read_text(encoding="utf-8")
    python = write_python(read_document(read_yaml(text, "cold.yaml")))
    assert '        duration=days(3),\n        between=["09:00", "18:00"],\n' in python
    assert (
        '    shop_owners >> first_mail >> first_reply\n    first_reply >> Label("replied") >> interested'
        in python
    )
    assert max(map(len, python.splitlines())) <= 110
    assert "from airflow_ma.sensors import WaitForReplySensor, WaitSensor\n" in python


def test_values_are_written_plainly_and_lengths_of_time_as_yaml_says_them() -> None:
    text = "journey: j\nsteps:\n  w: {kind: wait, duration: 2h, at: 9:30, next: e}\n  e: {kind: end, reason: completed}\n"
    document = read_document(read_yaml(text, "j.yaml"))
    assert document.steps[0].settings == {"duration": "2 hours", "at": "09:30"}
    assert document.steps[0].next == {"waited": "e"}
    assert document.steps[1].settings == {}, "what is the default is not said"


def test_steps_from_a_browser_take_their_own_settings_only() -> None:
    """What else an Airflow task takes (the system user it runs as!) is not for people in a browser."""
    steps = [
        StepDocument(
            id="a", kind="audience", title=None, settings={"run_as_user": "root"}, next={"entered": "e"}
        ),
        StepDocument(id="e", kind="end", title=None, settings={}, next={}),
    ]
    document = JourneyDocument(key="j", title="J", mode="continuous", tags=[], goal=None, steps=steps)
    with pytest.raises(JourneyError, match="there is no setting 'run_as_user'"):
        journey_from_document(document)
    assert [p.setting for p in examine(document).problems] == ["run_as_user"]


def test_a_goal_makes_another_version_and_no_goal_the_same_as_ever() -> None:
    text = (DAGS / "journeys" / "cold_outreach.yaml").read_text(encoding="utf-8")
    plain = journey_from_document(read_document(read_yaml(text, "c.yaml")))
    assert "goal" not in plain.graph.definition()
    with_goal = text.replace(
        "mode: one_off\n", "mode: one_off\ngoal: {event: order.completed, within: 2週間}\n"
    )
    document = read_document(read_yaml(with_goal, "c.yaml"))
    graph = journey_from_document(document).graph
    assert graph.goal == {"event": "order.completed", "within": "14 days"}
    assert graph.digest() != plain.graph.digest()
    assert document_of(graph).goal == graph.goal
    wrong = document.model_copy(update={"goal": {"tag": "vip"}})
    assert [p.rule for p in examine(wrong).problems] == ["goal"]
    with pytest.raises(JourneyError, match="goal"):
        journey_from_document(wrong)
