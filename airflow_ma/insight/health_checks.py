"""From what numbers on something is a warning or bad: each check turns facts into a state and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from airflow_ma.channels.explained.sentences import explained
from airflow_ma.engine.clock import HOUR, SECOND, Clock
from airflow_ma.engine.heartbeat import SILENT_SECONDS
from airflow_ma.engine.mail.pauses import Pause
from airflow_ma.insight.health_facts import JourneyFacts, Silence
from airflow_ma.insight.health_texts import ADVICE, SAID, TITLES, age_said, listed, number_said, share_said
from airflow_ma.insight.progress import OVERDUE_SECONDS
from airflow_ma.journey.said import Said

State = Literal["good", "warning", "bad"]
Unit = Literal["seconds", "people", "mails", "share"]
STATES: tuple[State, ...] = ("good", "warning", "bad")

LATE_SECONDS = 600
"""Real seconds after which people who are due and do not move are more than a delay."""
RUN_SECONDS = 1_800
"""A run of a continuous journey that takes longer is looked at."""
UNKNOWN_LIMITS, RETRYABLE_LIMITS = (1, 1_000), (100, 10_000)
"""Warning and bad, in mails."""
SILENT_MAILS, SILENT_MS = 20, 2 * HOUR
"""Mails without a report: so many in a row, or one for so long (real ms), is a warning; both are bad."""
COMPLAINT_LIMITS, BOUNCE_LIMITS = (0.001, 0.003), (0.02, 0.05)
"""Warning and bad, as shares of the mails; those of complaints are Gmail's and Yahoo's."""
FEWEST_MAILS, FEWEST_TROUBLES = 100, 3
"""With fewer of either a share says nothing."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    code: str
    state: State
    said: Said
    advice: Said | None = None
    value: float | None = None
    limit: float | None = None
    """From this value on it is a warning."""
    unit: Unit | None = None
    journey: str | None = None
    conn_id: str | None = None

    @property
    def id(self) -> str:
        """Its name as long as the trouble lasts."""
        subject = self.journey or self.conn_id
        return self.code if subject is None else f"{self.code}:{subject}"

    @property
    def title(self) -> Said:
        """What was looked at."""
        return TITLES[self.code]


def worst(checks: Iterable[Check]) -> State:
    """The worst state of all."""
    return max((check.state for check in checks), key=STATES.index, default="good")


def age(since: int | None, clock: Clock) -> float:
    """Real seconds since then; 0 for never."""
    return 0.0 if since is None else max(0.0, (clock.now() - since) / clock.speed / SECOND)


def overdue(facts: Sequence[JourneyFacts], clock: Clock) -> list[Check]:
    """Whether people move when they are due."""
    limits = (OVERDUE_SECONDS, LATE_SECONDS)
    return _late(
        "overdue",
        facts,
        clock,
        lambda one: one.due_since,
        limits,
        lambda one: "slow" if one.moving else "stands",
    )


def requests(facts: Sequence[JourneyFacts], clock: Clock) -> list[Check]:
    """Whether people whom an event lets in do enter."""
    limits = (OVERDUE_SECONDS, LATE_SECONDS)
    return _late("requests", facts, clock, lambda one: one.asked_since, limits, lambda _: "waits")


def runs(facts: Sequence[JourneyFacts], clock: Clock) -> list[Check]:
    """Whether runs come to their end."""
    limits = (RUN_SECONDS, float("inf"))
    return _late("runs", facts, clock, lambda one: one.run_since, limits, lambda _: "long")


def _late(
    code: str,
    facts: Sequence[JourneyFacts],
    clock: Clock,
    since: Callable[[JourneyFacts], int | None],
    limits: tuple[float, float],
    case: Callable[[JourneyFacts], str],
) -> list[Check]:
    """One check for each journey that is late, or one that says that none is."""
    late, bad = limits
    found = []
    longest = 0.0
    for one in facts:
        waited = age(since(one), clock)
        longest = max(longest, waited)
        if waited < late:
            continue
        which = f"{code}.{case(one)}"
        state: State = "bad" if waited >= bad and not one.moving else "warning"
        said = SAID[which].filled(journey=one.title, step=one.due_step, age=age_said(waited))
        found.append(Check(code, state, said, ADVICE[which], waited, late, "seconds", one.key))
    return found or [Check(code, "good", SAID[f"{code}.good"], None, longest, late, "seconds")]


def triggerer(facts: Sequence[JourneyFacts], silent: float | None, clock: Clock) -> Check:
    """Whether anybody looks for work. ``silent``: real seconds since it was last seen; None: never."""
    watched = [one for one in facts if one.continuous and not one.paused]
    limit = float(SILENT_SECONDS)
    if not watched:
        return Check("triggerer", "good", SAID["triggerer.none"], None, silent, limit, "seconds")
    if silent is not None and silent < limit:
        said = SAID["triggerer.good"].filled(age=age_said(silent))
        return Check("triggerer", "good", said, None, silent, limit, "seconds")
    # Airflow watches for no journey that is switched off there: while nobody is due, all may be well.
    someone = any(age(one.due_since, clock) >= OVERDUE_SECONDS for one in watched)
    said = (
        SAID["triggerer.never"] if silent is None else SAID["triggerer.silent"].filled(age=age_said(silent))
    )
    state: State = "bad" if someone else "warning"
    return Check("triggerer", state, said, ADVICE["triggerer.silent"], silent, limit, "seconds")


def database(reason: str | None) -> Check:
    """Whether its tables are those of this program. ``reason``: why not."""
    if reason is None:
        return Check("database", "good", SAID["database.good"])
    return Check(
        "database", "bad", SAID["database.bad"].filled(reason=explained(reason)), ADVICE["database.bad"]
    )


def paused_sending(pauses: Sequence[Pause], clock: Clock) -> list[Check]:
    """Over which connections nothing goes out."""
    found = []
    for one in pauses:
        told = {"conn_id": one.conn_id, "age": age_said(age(one.at, clock)), "reason": explained(one.reason)}
        said, advice = SAID["paused_sending.paused"].filled(**told), ADVICE["paused_sending.paused"]
        found.append(Check("paused_sending", "bad", said, advice, 1, 1, conn_id=one.conn_id))
    return found or [Check("paused_sending", "good", SAID["paused_sending.good"], None, 0, 1)]


def webhook(silence: Silence, clock: Clock) -> Check:
    """Whether the provider says what becomes of the mails."""
    long = silence.since is not None and clock.now() - silence.since >= SILENT_MS * clock.speed
    many = silence.mails >= SILENT_MAILS
    value, limit = age(silence.since, clock), SILENT_MS / SECOND
    if not long and not many:
        return Check("webhook", "good", SAID["webhook.good"], None, value, limit, "seconds")
    said = SAID["webhook.silent"].filled(mails=number_said(silence.mails), age=age_said(value))
    state: State = "bad" if long and many else "warning"
    return Check("webhook", state, said, ADVICE["webhook.silent"], value, limit, "seconds")


def unknown(number: int) -> Check:
    """Mails whose fate nobody knows."""
    return _number("unknown", ("good", "some"), number, UNKNOWN_LIMITS)


def retryable(number: int) -> Check:
    """Mails that could not be sent so far."""
    return _number("retryable", ("good" if number else "none", "many"), number, RETRYABLE_LIMITS)


def _number(code: str, cases: tuple[str, str], number: int, limits: tuple[int, int]) -> Check:
    reached = sum(number >= limit for limit in limits)
    which = f"{code}.{cases[reached > 0]}"
    said = SAID[which].filled(number=number_said(number))
    advice = ADVICE[which] if reached else None
    return Check(code, STATES[reached], said, advice, number, limits[0], "mails")


def bounces(number: int, mails: int, span_ms: int) -> Check:
    """Mails that came back, of so many in the last ``span_ms``."""
    return _share("bounces", number, mails, BOUNCE_LIMITS, span_ms)


def complaints(number: int, mails: int, span_ms: int) -> Check:
    """Mails that were reported as spam, of so many in the last ``span_ms``."""
    return _share("complaints", number, mails, COMPLAINT_LIMITS, span_ms)


def _share(code: str, number: int, mails: int, limits: tuple[float, float], span_ms: int) -> Check:
    share = number / mails if mails else 0.0
    told = {"share": share_said(share), "mails": number_said(mails), "age": age_said(span_ms / SECOND)}
    reached = sum(share >= limit for limit in limits)
    case = f"{code}.share"
    if not mails:
        case = "share.none"
    elif mails < FEWEST_MAILS or (reached and number < FEWEST_TROUBLES):
        case = "share.few"
    if case in ("share.none", "share.few"):
        reached = 0
    advice = ADVICE[f"{code}.share"] if reached else None
    return Check(code, STATES[reached], SAID[case].filled(**told), advice, share, limits[0], "share")


def paused_journeys(facts: Sequence[JourneyFacts]) -> Check:
    """Whom pauses keep waiting. Somebody paused them on purpose: this is for information."""
    late = [one for one in facts if one.missed]
    missed = sum(one.missed for one in late)
    said = SAID["paused_journeys.good"]
    if any(one.paused for one in facts):
        names = [Said(en=f"“{one.title}”", ja=f"「{one.title}」") for one in facts if one.paused]
        said = SAID["paused_journeys.some"].filled(journeys=listed(names), number=number_said(missed))
    return Check("paused_journeys", "good", said, None, missed, None, "people")
