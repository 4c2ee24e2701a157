"""Catalogue, check and text forms as the pages ask for them, on a running web server."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_ma.plugin.canvas.text_api import ToRead, ToWrite, from_yaml, to_yaml
from tests.plugin.conftest import Airflow, put_mail

TEXT = """\
journey: sale
title: セール
goal: {event: order.completed}
steps:
  people:
    kind: audience
    next: pause
  pause:
    kind: wait
    duration: 3日
    next: bye
  bye: {kind: end}
"""
ANYBODY: Any = None


def read(text: str, key: str = "sale") -> Any:
    return from_yaml(ANYBODY, ToRead(yaml=text, key=key))


def test_a_text_becomes_a_document_and_back() -> None:
    found = read(TEXT)
    assert found.problems == []
    assert found.document.goal == {"event": "order.completed"}
    assert found.document.step("pause").settings == {"duration": "3 days"}
    assert read(to_yaml(ANYBODY, ToWrite(document=found.document)).yaml).document == found.document


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "step"),
    [
        ("3日", "soon", 10, "invalid-step", "pause"),
        ("next: bye", "next: by", 11, "missing-step", "pause"),
        ("next: bye", "next: {waited: bye, over: bye}", 11, "unknown-outcome", "pause"),
        ("{event: order.completed}", "{tag: vip}", 3, "goal", None),
        ("kind: wait", "kind: wiat", 8, "invalid-step", "pause"),
        ("title: セール", "title: ''", 2, "no-title", None),
        ("    duration: 3日\n", "    duration: 3日\n    pool: x\n", 11, "invalid-step", "pause"),
    ],
)
def test_a_fault_is_told_at_its_line_and_the_document_is_there(
    old: str, new: str, line: int, rule: str, step: str | None
) -> None:
    found = read(TEXT.replace(old, new))
    assert found.document is not None
    problem = next(p for p in found.problems if p.rule == rule)
    assert (problem.line, problem.step) == (line, step)


UNREADABLE = {
    "no YAML": ("a: [1\nb: 2", 2),
    "no mapping": ("- a", 1),
    "a tag of Python": ("journey: !!python/object:os.system x\nsteps: {}", 1),
    "an equals sign": ("journey: a\ntitle: =\nsteps: {}", 2),
    "a bomb": ("a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 8)}]\n" for n in range(8)), 1),
    "a snake": ("journey: a\ngoal: &g [*g]\nsteps: {}", 1),
    "depth": ("a: " + "[" * 5000, 1),
    "deep goal": ("journey: a\ngoal: " + "[" * 70 + "]" * 70 + "\nsteps: {}", 1),
    "a control character": ("journey: a\ntitle: \x07\nsteps: {}", 2),
    "an infinite number": ("journey: a\ngoal: .inf\nsteps: {}", 1),
    "another mode": ("journey: a\nmode: daily\nsteps: {}", 1),
    "tags": ("journey: a\ntags: {a: 1}\nsteps: {}", 2),
    "nothing": ("", 1),
    "binary": ("journey: a\ngoal: !!binary aGVsbG8=\nsteps: {}", 1),
    "a set": ("journey: a\ngoal: !!set {a, b}\nsteps: {}", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_says_why_in_both_languages(case: str) -> None:
    text, line = UNREADABLE[case]
    found = read(text)
    assert found.document is None
    assert found.problems[0].line == line
    assert all(p.message.en and p.message.ja != p.message.en for p in found.problems)


def test_the_name_of_a_journey_stays() -> None:
    found = read(TEXT, key="other")
    assert found.document.key == "other"
    assert [(p.rule, p.severity, p.line) for p in found.problems] == [("other-journey", "warning", 1)]


def test_over_the_web(airflow: Airflow) -> None:
    put_mail(airflow.database, 1)
    user = airflow.client("user")
    read_yaml = user.post("/api/yaml/read", json={"yaml": TEXT, "key": "sale"}).json()
    document = read_yaml["document"]
    assert user.post("/api/check", json={"document": document}).json() == {"problems": []}
    assert user.post("/api/yaml", json={"document": document}).json()["yaml"].startswith("journey: sale\n")
    assert "duration=days(3)" in user.post("/api/python", json={"document": document}).json()["python"]
    twins = {**document, "steps": document["steps"] * 2}
    refused = user.post("/api/python", json={"document": twins})
    assert refused.status_code == 422
    assert refused.json()["detail"]["code"] == "problems"
    assert "同じID" in refused.json()["detail"]["message"]["ja"]


def test_who_may_only_look_sees_journeys_drawn_but_checks_nothing(airflow: Airflow) -> None:
    put_mail(airflow.database, 1)
    viewer = airflow.client("viewer")
    kinds = viewer.get("/api/catalogue").json()
    assert {"audience", "end"} <= {kind["kind"] for kind in kinds}
    empty = {"key": "a", "title": "A", "mode": "one_off", "tags": [], "goal": None, "steps": []}
    assert viewer.post("/api/check", json={"document": empty}).status_code == 403
    assert viewer.post("/api/yaml/read", json={"yaml": "", "key": "a"}).status_code == 403
    assert airflow.client().get("/api/catalogue").status_code == 401
