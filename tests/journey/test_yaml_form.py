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


SYNTAX = {
    "a: [1, 2\nb: 3": ("[", "「[」"),
    "a: {x: 1\nb: 3": ("closed by }", "「}」"),
    "a:\n  b: 1\n c: 2": ("indentation", "字下げ"),
    "a: 1\nbc\nd: 2": ("colon and a space", "半角のコロン"),
    "a: b: c": ("quotes", "「:」の位置"),
    "a: 1\n\tb: 2": ("tab", "タブ文字"),
    "a: @x": ("begin with this sign", "この記号から"),
    "a: %x": ("! or %", "「%」"),
    'a: "x\nb: 2': ("not closed", "引用符"),
    'a: "x" y': ("left behind", "余分な文字"),
    'a: "\\q"': ("backslash", "書き方"),
    "a: *x": ("not known", "見つからない"),
    "a: 1\n---\nb: 2": ("more than one document", "複数の文書"),
    "a: | x\n  b": ("nothing else", "同じ行"),
    "a: 1\n- b": ("list item", "リストの項目"),
    "a: ]": ("bracket", "かっこ"),
    "a: \x01": ("character", "使えない文字"),
}


@pytest.mark.parametrize("text", SYNTAX)
def test_what_is_no_yaml_is_told_in_plain_words(text: str) -> None:
    english, japanese = SYNTAX[text]
    with pytest.raises(JourneyError) as raised:
        read_yaml(text, "j.yaml")
    (problem,) = raised.value.problems
    assert english in problem.texts("en")[0]
    said = problem.texts("ja")[0]
    assert japanese in said
    assert "expected" not in said
    assert "found" not in said
