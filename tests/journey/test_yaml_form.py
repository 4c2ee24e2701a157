"""YAML journeys: read with lines, written back the same, wrong ones refused with their place."""

from __future__ import annotations

import pytest

from airflow_ma.journey.problem import JourneyError
from airflow_ma.journey.yaml_form import read_yaml

GOOD = """\
journey: hello
title: こんにちは
steps:
  people:
    kind: audience
    next: ask
  ask:
    kind: split
    branches:
      yes: {attribute: agreed, is: true}
      on: {attribute: plan, is: no}
    next: {yes: late, on: late, other: late}
  late:
    kind: wait
    at: 10:30
"""


def test_words_and_times_stay_what_was_written() -> None:
    journey = read_yaml(GOOD, "hello.yaml")
    ask, late = journey.steps[1:]
    assert ask.settings["branches"] == {
        "yes": {"attribute": "agreed", "is": True},
        "on": {"attribute": "plan", "is": "no"},
    }
    assert [(e.outcome, e.to_step) for e in ask.leads] == [("yes", "late"), ("on", "late"), ("other", "late")]
    assert late.settings == {"at": "10:30"}
    assert late.source.line == 13
    assert late.lines["at"] == 15


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("journey: [x", 1, "this is not YAML"),
        ("- a\n- b\n", 1, "a journey file is a mapping"),
        ("", 1, "a journey file is a mapping"),
        ("journey: x\n", 1, "the key 'steps' is missing"),
        ("journey: x\nstep:\n  a: 1\nsteps: {}\n", 2, "there is no journey setting 'step'"),
        ("journey: x\nsteps:\n  - a\n", 3, "`steps` is a mapping"),
        ("journey: x\nsteps:\n  a:\n    title: A\n", 3, "does not say its `kind`"),
        ("journey: x\nsteps:\n  a: audience\n", 3, "must say at least its `kind`"),
        ("journey: x\nsteps:\n  a:\n    kind: end\n    next: [b]\n", 5, "`next` of step 'a'"),
        ("journey: x\nsteps:\n  a: {kind: end}\n  b: {kind: end}\n  a: {kind: end}\n", 5, "'a' stands twice"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(JourneyError) as caught:
        read_yaml(text, "x.yaml")
    problem = next(p for p in caught.value.problems if says in p.message)
    assert problem.source is not None
    assert (problem.source.file, problem.source.line) == ("x.yaml", line)
