"""Each thing that can be wrong with a journey is found, with its place and what to do."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from airflow_ma.journey.check_texts import GENERAL_FIXES, LANGUAGES, PHRASES, TEXTS, YAML_FIXES
from airflow_ma.journey.checks import RULES, find_problems
from airflow_ma.journey.model import Edge, JourneyGraph, Source, Step
from airflow_ma.journey.problem import JourneyError, Problem


def step(step_id: str, *outcomes: str, line: int = 1, **values: object) -> Step:
    return Step(
        id=step_id,
        kind=str(values.pop("kind", "wait")),
        settings={},
        outcomes=outcomes or ("done",),
        source=Source("sale.py", line),
        **values,  # type: ignore[arg-type]
    )


ENTRY = step("people", "entered", is_entry=True, kind="audience", line=2)
MAIL = step("mail", "sent", "not_sent", optional=frozenset({"not_sent"}), kind="send_email", line=3)
OPENED = step("opened", "opened", "not_opened", refers_to={"mail": ("send_email",)}, line=4)
BYE = step("bye", "left", is_end=True, line=5)
GOOD = JourneyGraph(
    key="sale",
    title="Sale",
    mode="continuous",
    steps=(ENTRY, MAIL, OPENED, BYE),
    edges=(
        Edge("people", "entered", "mail"),
        Edge("mail", None, "opened"),
        Edge("opened", "opened", "bye"),
        Edge("opened", "not_opened", "bye"),
    ),
    source=Source("sale.py", 1),
)


def change(*, steps: tuple[Step, ...] | None = None, edges: tuple[Edge, ...] | None = None) -> JourneyGraph:
    return replace(GOOD, steps=steps or GOOD.steps, edges=edges if edges is not None else GOOD.edges)


def test_a_good_journey_has_no_problems() -> None:
    assert find_problems(GOOD) == []


BROKEN = {
    "duplicate-id": (change(steps=(*GOOD.steps, step("mail", line=9))), "two steps are called 'mail'", 9),
    "reserved-id": (change(steps=(*GOOD.steps, step("plan", line=9))), "every run has a task of that name", 9),
    "invalid-id": (change(steps=(*GOOD.steps, step("a b", line=9))), "cannot be called 'a b'", 9),
    "wrong-mode": (
        change(steps=(replace(ENTRY, only_mode="one_off"), *GOOD.steps[1:])), "works in one_off journeys", 2
    ),
    "no-entry": (change(steps=(MAIL, OPENED, BYE), edges=GOOD.edges[1:]), "nobody would ever come in", 1),
    "entry-inside": (change(edges=(*GOOD.edges, Edge("bye", None, "people"))), "another step leads to it", 2),
    "missing-step": (
        change(edges=(*GOOD.edges[:-1], Edge("opened", "not_opened", "goodbye"))),
        "there is no step 'goodbye'",
        4,
    ),
    "missing-label": (change(edges=(*GOOD.edges[:2], Edge("opened", None, "bye"))), "has no label", 4),
    "unknown-outcome": (
        change(edges=(*GOOD.edges, Edge("opened", "openend", "bye"))),
        "has no outcome 'openend'. Did you mean 'opened'?",
        4,
    ),
    "outcome-leads-nowhere": (change(edges=GOOD.edges[:-1]), "'not_opened' of 'opened' leads nowhere", 4),
    "two-ways": (
        change(
            steps=(*GOOD.steps, step("other", line=6)), edges=(*GOOD.edges, Edge("opened", "opened", "other"))
        ),
        "at one place at a time",
        4,
    ),
    "end-goes-on": (
        change(steps=(*GOOD.steps, step("more", line=6)), edges=(*GOOD.edges, Edge("bye", None, "more"))),
        "ends the journey, but leads on",
        5,
    ),
    "missing-reference": (
        change(steps=(ENTRY, MAIL, replace(OPENED, refers_to={"mial": ("send_email",)}), BYE)),
        "refers to 'mial', but there is no such step. Did you mean 'mail'?",
        4,
    ),
    "wrong-reference": (
        change(steps=(ENTRY, MAIL, replace(OPENED, refers_to={"people": ("send_email",)}), BYE)),
        "which is of kind 'audience'",
        4,
    ),
    "reference-not-before": (
        change(
            steps=(*GOOD.steps, replace(MAIL, id="later", source=Source("sale.py", 8)),
                   step("wait2", refers_to={"later": ("send_email",)}, line=7)),
            edges=(*GOOD.edges[:2], Edge("opened", "opened", "wait2"), Edge("opened", "not_opened", "bye"),
                   Edge("wait2", None, "later")),
        ),
        "which no contact has passed",
        7,
    ),
    "cycle": (
        change(
            steps=(*GOOD.steps, step("again", line=6)),
            edges=(*GOOD.edges[:2], GOOD.edges[3], Edge("opened", "opened", "again"),
                   Edge("again", None, "mail")),
        ),
        "runs in a circle: mail -> opened -> again -> mail",
        3,
    ),
    "unreachable": (
        change(steps=(*GOOD.steps, step("island", line=6))),
        "no way leads to step 'island'",
        6,
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_finds_its_fault_with_place_and_fix(rule: str) -> None:
    graph, text, line = BROKEN[rule]
    found = [problem for problem in find_problems(graph) if problem.rule == rule]
    assert found, [str(p) for p in find_problems(graph)]
    assert text in f"{found[0].message}. {found[0].fix}"
    assert found[0].source == Source("sale.py", line)
    assert found[0].fix
    assert str(found[0]).startswith(f"sale.py:{line}: error: ")


def test_every_rule_has_a_case_here() -> None:
    assert {problem.rule for graph, _, _ in BROKEN.values() for problem in find_problems(graph)} == set(
        BROKEN
    )
    assert len(RULES) <= len(BROKEN)


def test_an_error_carries_all_problems() -> None:
    graph = change(edges=(Edge("people", None, "mail"), Edge("mail", "sendt", "opened")))
    error = JourneyError(find_problems(graph))
    assert len(error.problems) > 2
    assert "sendt" in str(error)
    assert "not_opened" in str(error)


def placeholders(*texts: str) -> set[str]:
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_and_placeholders() -> None:
    for key, said in TEXTS.items():
        assert tuple(said) == LANGUAGES, key
        english, japanese = said["en"], said["ja"]
        assert placeholders(english[0]) <= placeholders(*japanese), key
        assert placeholders(*english) == placeholders(*japanese), key
    for key, phrases in (YAML_FIXES | PHRASES).items():
        assert tuple(phrases) == LANGUAGES, key
        assert placeholders(phrases["en"]) == placeholders(phrases["ja"]), key
    assert set(YAML_FIXES) <= set(TEXTS)
    assert set(BROKEN) <= set(TEXTS)
    assert all(set(fixes) == set(LANGUAGES) - {"en"} for fixes in GENERAL_FIXES.values())


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_speaks_japanese(rule: str) -> None:
    graph, _, line = BROKEN[rule]
    problem = next(problem for problem in find_problems(graph) if problem.rule == rule)
    message, fix = problem.texts("ja")
    assert problem.say("ja") == f"sale.py:{line}: エラー: {message}。{fix} [{rule}]"
    assert all(any("ぁ" <= letter <= "ん" for letter in text) for text in (message, fix))
    assert problem.say("en") == str(problem)


def test_advice_fits_the_form_of_the_journey() -> None:
    def fix(file: str) -> str:
        steps = tuple(replace(s, source=Source(file, 1)) for s in GOOD.steps)
        (problem,) = find_problems(change(steps=steps, edges=GOOD.edges[:-1]))
        return problem.fix

    assert '`opened >> Label("not_opened") >> ...`' in fix("sale.py")
    for file in ("sale.yaml", "sale.yml"):
        assert "`next: {opened: bye, not_opened: ...}`" in fix(file)
        assert "Label" not in fix(file)


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    problem = Problem("no-files", "it is not there", "Look", Source("sale.py", 0))
    assert str(problem) == "sale.py: error: it is not there. Look [no-files]"
