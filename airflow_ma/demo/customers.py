"""What a customer of the demo does with a mail: decided by chance, but the same in every run.

The odds, all of them (times are sandbox days, drawn from an exponential distribution and capped):

| who | does what | how many | when |
|---|---|---|---|
| gets a mail from the shop | opens it | 45 % | 0.35 days later on average, 5 at most |
| opened it | comes to the shop by a link | 50 % | 0.03 days after opening, 0.3 at most |
| came to the shop | looks at coats / shoes / both | 40 / 30 / 15 % | in the same visit |
| came to the shop | looks at the prices once | 15 % | in the same visit |
| came to the shop | looks at the prices and comes back for them | 20 % | again 0.1 to 0.6 days later |
| opened it | unsubscribes | 2 % | 0.02 days after opening |
| gets a letter from the wholesale desk | opens it | 60 % | as above |
| opened a letter | looks at the price list by its link | 30 % | as above |
| opened a letter | answers it | 25 % | 0.25 days after opening, 1.5 at most |

Whoever unsubscribes does nothing else with that mail.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

OPEN, OPEN_LETTER = 0.45, 0.60
VISIT, VISIT_LETTER = 0.50, 0.30
COATS, SHOES, BOTH = 0.40, 0.30, 0.15
PRICES_ONCE, PRICES_TWICE = 0.15, 0.20
UNSUBSCRIBE = 0.02
REPLY = 0.25

Kind = Literal["open", "visit", "return", "reply", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Look:
    """One page that is looked at, for ``dwell`` seconds of sandbox time; no path: where the link led."""

    path: str | None
    dwell: float


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a customer does, ``after`` sandbox days after the mail arrived."""

    kind: Kind
    after: float
    looks: tuple[Look, ...] = ()
    link: float = 0.0
    """Which of the mail's links is followed, from 0 (the first) to below 1 (the last)."""


def plan(seed: int, address: str, subject: str, *, is_letter: bool) -> tuple[Act, ...]:
    """What the person at ``address`` does with this mail, in order of time; empty when nothing.

    The mail is known by its subject, so the answer does not depend on the order in which mails arrive.
    """
    chance = random.Random(f"{seed}|{address}|{subject}")  # noqa: S311 - not for secrets
    if chance.random() >= (OPEN_LETTER if is_letter else OPEN):
        return ()
    opened = Act("open", _days(chance, 0.35, 5))
    if chance.random() < UNSUBSCRIBE:
        return opened, Act("unsubscribe", opened.after + _days(chance, 0.02, 0.2))
    acts = [opened]
    if chance.random() < (VISIT_LETTER if is_letter else VISIT):
        visited = opened.after + _days(chance, 0.03, 0.3)
        acts += [Act("visit", visited, (_look(chance, None),))] if is_letter else _visits(chance, visited)
    if is_letter and chance.random() < REPLY:
        acts.append(Act("reply", opened.after + _days(chance, 0.25, 1.5)))
    return tuple(sorted(acts, key=lambda act: act.after))


def _visits(chance: random.Random, after: float) -> list[Act]:
    looks = [_look(chance, None)]
    interest = chance.random()
    if interest < COATS or COATS + SHOES <= interest < COATS + SHOES + BOTH:
        looks.append(_look(chance, "/sale/coats"))
    if COATS <= interest < COATS + SHOES + BOTH:
        looks.append(_look(chance, "/sale/shoes"))
    prices = chance.random()
    if prices < PRICES_ONCE + PRICES_TWICE:
        looks.append(_look(chance, "/prices"))
    link = 0.0 if chance.random() < 0.7 else chance.random()  # the first link is the big button
    visits = [Act("visit", after, tuple(looks), link)]
    if prices < PRICES_TWICE:
        visits.append(Act("return", after + chance.uniform(0.1, 0.6), (_look(chance, "/prices"),)))
    return visits


def _look(chance: random.Random, path: str | None) -> Look:
    return Look(path, round(min(300.0, 4 + chance.expovariate(1 / 40)), 1))


def _days(chance: random.Random, mean: float, longest: float) -> float:
    return min(longest, chance.expovariate(1 / mean))
