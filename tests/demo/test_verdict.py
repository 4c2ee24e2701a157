"""The verdict of the check: silent when all is well, plain words for each thing that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from airflow_ma.demo.verdict import COLD, SALE, Findings, expected_alerts, judge
from airflow_ma.insight.progress import JourneyProgress, StepProgress

PACE = 10.0
SALE_PEOPLE = frozenset({"hot@example.com", "cool@example.com", "late@example.com"})
COLD_PEOPLE = frozenset({"answers@example.com", "silent@example.com"})


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def _progress(key: str, people: int, sent: Mapping[str, int], alerts: int) -> JourneyProgress:
    steps = tuple(
        StepProgress(step, "send_email", step, mails, 0, {"sent": mails}) for step, mails in sent.items()
    )
    messages = {step: {"accepted": mails} for step, mails in sent.items()}
    return JourneyProgress(
        key, key, "continuous", 1, steps, people, 0, {"done": people}, messages, alerts, alerts, 0, 0, 0
    )


def _act(message: int, to: str, act: str, at: float, *pages: tuple[str, float]) -> dict[str, Any]:
    return {"message_id": message, "to": to, "act": act, "arrived": 1000.0, "at": 1000.0 + at} | (
        {"pages": [[path, 1000.0 + seconds] for path, seconds in pages]} if pages else {}
    )


@pytest.fixture
def good() -> Findings:
    """Three customers, of whom one is hot, and two shop owners, of whom one answers."""
    mails = Counter({(address, "The sale"): 1 for address in SALE_PEOPLE})
    mails.update({(address, "A letter"): 1 for address in COLD_PEOPLE})
    mails[("silent@example.com", "Another letter")] = 1
    return Findings(
        finished=True,
        progress={
            SALE: _progress(SALE, 3, {"announce": 3}, 1),
            COLD: _progress(COLD, 2, {"first_mail": 2, "second_mail": 1}, 2),
        },
        audiences={SALE: SALE_PEOPLE, COLD: COLD_PEOPLE},
        accepted=6,
        mails=mails,
        alerts={
            (SALE, "hot"): {"hot@example.com"},
            (COLD, "interested"): {"answers@example.com"},
            (COLD, "call"): {"silent@example.com"},
        },
        steps={
            1: "announce",
            2: "announce",
            3: "announce",
            4: "first_mail",
            5: "first_mail",
            6: "second_mail",
        },
        acts=[
            _act(1, "hot@example.com", "open", 3),
            _act(1, "hot@example.com", "visit", 4, ("/sale", 4), ("/prices", 5)),
            _act(1, "hot@example.com", "return", 8, ("/prices", 8)),
            _act(2, "cool@example.com", "open", 3),
            _act(2, "cool@example.com", "visit", 4, ("/sale", 4), ("/prices", 5)),
            _act(3, "late@example.com", "open", 3),
            _act(3, "late@example.com", "visit", 4, ("/sale", 4), ("/prices", 5)),
            _act(3, "late@example.com", "return", 13, ("/prices", 13)),
            _act(4, "answers@example.com", "open", 3),
            _act(4, "answers@example.com", "reply", 9),
        ],
        failed_runs=[],
        failed_tasks=[],
        seconds_per_day=PACE,
    )


def test_a_good_demo_has_nothing_against_it(good: Findings) -> None:
    assert judge(good) == []


def test_who_was_near_the_deadline_may_be_raised_or_not(good: Findings) -> None:
    surely, perhaps = expected_alerts(good)[(SALE, "hot")]
    assert surely == {"hot@example.com"}
    assert perhaps == {"hot@example.com", "late@example.com"}
    alerts = {**good.alerts, (SALE, "hot"): {"hot@example.com", "late@example.com"}}
    progress = {**good.progress, SALE: replace(good.progress[SALE], alerts=2)}
    assert judge(replace(good, alerts=alerts, progress=progress)) == []


def test_who_unsubscribed_need_not_be_raised(good: Findings) -> None:
    acts = [*good.acts, _act(6, "silent@example.com", "unsubscribe", 3)]
    alerts = {key: people for key, people in good.alerts.items() if key != (COLD, "call")}
    progress = {**good.progress, COLD: replace(good.progress[COLD], alerts=1)}
    assert judge(replace(good, acts=acts, alerts=alerts, progress=progress)) == []


def _sale(**changes: Any) -> Callable[[Findings], Findings]:
    return lambda good: replace(
        good, progress={**good.progress, SALE: replace(good.progress[SALE], **changes)}
    )


def _step(**changes: Any) -> Callable[[Findings], Findings]:
    def change(good: Findings) -> Findings:
        (step,) = good.progress[SALE].steps
        return _sale(steps=(replace(step, **changes),))(good)

    return change


def _told(journey: str, step: str, *people: str) -> Callable[[Findings], Findings]:
    return lambda good: replace(good, alerts={**good.alerts, (journey, step): set(people)})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_sale(entered=2, left={"done": 2}), "sale_announcement: 2 people entered, but the CSV has 3 for it"),
        (_sale(active=1), "sale_announcement: 3 entered, but 1 under way and 3 who left make 4"),
        (
            _step(arrived=4),
            "sale_announcement, step 'announce': 4 arrived, but 0 waiting and 3 who left make 3",
        ),
        (_sale(doubled=2), "sale_announcement: 2 people or mails are doubled"),
        (_sale(lost=1), "sale_announcement: 1 people are lost"),
        (_sale(alerts=3), "sale_announcement: 3 alerts are reported, but 1 are stored"),
        (_sale(messages={}), "the campaigns say they sent 3 messages, but 6 were accepted"),
        (lambda good: replace(good, progress={COLD: good.progress[COLD]}), "sale_announcement has never run"),
        (lambda good: replace(good, mails=Counter()), "6 messages were accepted, but the mailbox holds 0"),
        (
            lambda good: replace(good, mails=good.mails + Counter({("hot@example.com", "The sale"): 1})),
            "the mail 'The sale' reached the same person 2 times",
        ),
        (lambda good: replace(good, alerts={}), "nobody was raised to sales"),
        (
            _told(SALE, "hot", "cool@example.com"),
            "sale_announcement, step 'hot': sales was told about 1 people who did nothing of the kind",
        ),
        (
            _told(SALE, "hot"),
            "sale_announcement, step 'hot': sales was not told about 1 people whom the crowd's journal names",
        ),
        (
            _told(COLD, "interested"),
            "cold_outreach, step 'interested': sales was not told about 1 people whom the crowd's journal names",
        ),
        (
            _told(COLD, "call", "answers@example.com", "silent@example.com"),
            "cold_outreach, step 'call': sales was told about 1 people who did nothing of the kind",
        ),
        (
            lambda good: replace(
                good, acts=[*good.acts, {**_act(9, "x@example.com", "open", 1), "trouble": "no answer"}]
            ),
            "a customer met an error: open of message 9: no answer",
        ),
        (lambda good: replace(good, failed_runs=["sale run1"]), "failed in Airflow: sale run1"),
        (lambda good: replace(good, failed_tasks=["sale announce"]), "failed in Airflow: sale announce"),
    ],
)
def test_each_thing_that_is_wrong_is_said(good: Findings, spoil: Any, said: str) -> None:
    assert said in judge(spoil(good))


def test_when_time_is_up_it_says_who_is_where(good: Findings) -> None:
    late = replace(_step(arrived=3, waiting=1, left={"sent": 2})(good), finished=False)
    assert "sale_announcement: time is up, and 1 people still wait at 'announce'" in judge(late)
