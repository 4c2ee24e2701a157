"""The crowd's decisions: the same in every run, and near the odds its table promises."""

from __future__ import annotations

from collections import Counter

import pytest

from airflow_ma.demo import customers
from airflow_ma.demo.customers import Act, plan

PEOPLE = [f"person{number}@example.com" for number in range(6000)]


def _plans(*, is_letter: bool, seed: int = 1) -> list[tuple[Act, ...]]:
    return [plan(seed, address, "The sale", is_letter=is_letter) for address in PEOPLE]


def test_a_person_decides_the_same_in_every_run_and_whatever_came_before() -> None:
    first = _plans(is_letter=False)
    assert first == _plans(is_letter=False)
    assert list(reversed(first)) == [
        plan(1, address, "The sale", is_letter=False) for address in reversed(PEOPLE)
    ]
    assert first != _plans(is_letter=False, seed=2)
    assert [plan(1, address, "Another mail", is_letter=False) for address in PEOPLE] != first


@pytest.mark.parametrize("is_letter", [False, True])
def test_acts_come_in_order_each_kind_once_and_never_before_the_mail_is_opened(is_letter: bool) -> None:
    for acts in _plans(is_letter=is_letter):
        assert [act.after for act in acts] == sorted(act.after for act in acts)
        assert len({act.kind for act in acts}) == len(acts)
        assert not acts or acts[0].kind == "open"
        if acts and acts[-1].kind == "unsubscribe":
            assert len(acts) == 2


def test_the_rates_are_those_of_the_table() -> None:
    plans = _plans(is_letter=False)
    kinds = Counter(act.kind for acts in plans for act in acts)
    pages = Counter(look.path for acts in plans for act in acts if act.kind == "visit" for look in act.looks)
    opened, visited = kinds["open"], kinds["visit"]

    assert opened / len(plans) == pytest.approx(customers.OPEN, abs=0.03)
    assert visited / opened == pytest.approx(customers.VISIT * (1 - customers.UNSUBSCRIBE), abs=0.04)
    assert kinds["unsubscribe"] / opened == pytest.approx(customers.UNSUBSCRIBE, abs=0.01)
    assert kinds["return"] / visited == pytest.approx(customers.PRICES_TWICE, abs=0.04)
    assert pages["/prices"] / visited == pytest.approx(
        customers.PRICES_ONCE + customers.PRICES_TWICE, abs=0.04
    )
    assert pages["/sale/coats"] / visited == pytest.approx(customers.COATS + customers.BOTH, abs=0.04)
    assert pages["/sale/shoes"] / visited == pytest.approx(customers.SHOES + customers.BOTH, abs=0.04)
    assert kinds["reply"] == 0


def test_letters_are_answered_rather_than_followed() -> None:
    plans = _plans(is_letter=True)
    kinds = Counter(act.kind for acts in plans for act in acts)
    assert kinds["open"] / len(plans) == pytest.approx(customers.OPEN_LETTER, abs=0.03)
    assert kinds["reply"] / kinds["open"] == pytest.approx(customers.REPLY, abs=0.03)
    assert kinds["visit"] / kinds["open"] == pytest.approx(customers.VISIT_LETTER, abs=0.03)
    assert kinds["return"] == 0
