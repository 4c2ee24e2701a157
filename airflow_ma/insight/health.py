"""Whether all is well. The page, the command line, the metrics and the alarms say the same: all ask here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from airflow_ma.engine.clock import DAY, Clock, RealClock
from airflow_ma.engine.database import Database, DatabaseError
from airflow_ma.engine.heartbeat import silence
from airflow_ma.engine.mail.pauses import pauses
from airflow_ma.insight import health_checks as judge
from airflow_ma.insight.health_checks import STATES, Check, State, worst
from airflow_ma.insight.health_facts import (
    BOUNCE,
    COMPLAINT,
    JourneyFacts,
    journey_facts,
    troubles,
    unreported,
)
from airflow_ma.insight.sending import mail_counts
from airflow_ma.insight.unknown import Journeys

WINDOW_DAYS = 7
"""Bounces and complaints are counted over so many days, or over the newest mails if those are too many."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number for a monitor. Its name stands behind ``airflow_ma.``"""

    name: str
    value: float
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """How it stands at ``at`` (ms), the worst first."""

    at: int
    checks: tuple[Check, ...]
    gauges: tuple[Gauge, ...]

    @property
    def state(self) -> State:
        """That of the worst check."""
        return worst(self.checks)


def read_health(database: Database, *, journeys: Journeys = None, real_now: int | None = None) -> Health:
    """Look at everything; the numbers are those of the journeys named. ``real_now``: ms on the wall.

    A database of another version is a bad check. Raises what SQLAlchemy raises when there is none to ask.
    """
    clock = database.clock()
    now = clock.now()
    try:
        database.check_schema()
    except DatabaseError as error:
        return _health([judge.database(str(error))], (), clock)
    with database.read() as connection:
        facts = journey_facts(connection, clock, journeys)
        mail = mail_counts(connection, since=now - WINDOW_DAYS * DAY, journeys=journeys)
        stopped = pauses(connection)
        counts = troubles(connection, since=mail.since, journeys=journeys)
        silent = silence(connection, real_now=RealClock().now() if real_now is None else real_now)
        reports = unreported(connection, clock, journeys) if mail.reported else None
    span = now - mail.since
    checks = [
        *judge.overdue(facts, clock),
        *judge.requests(facts, clock),
        *judge.runs(facts, clock),
        judge.triggerer(facts, silent, clock),
        *judge.paused_sending(stopped, clock),
        *([] if reports is None else [judge.webhook(reports, clock)]),
        judge.unknown(mail.unresolved),
        judge.retryable(mail.retryable),
        judge.bounces(counts[BOUNCE], mail.accepted, span),
        judge.complaints(counts[COMPLAINT], mail.accepted, span),
        judge.paused_journeys(facts),
        judge.database(None),
    ]
    return _health(checks, facts, clock)


def _health(checks: list[Check], facts: Sequence[JourneyFacts], clock: Clock) -> Health:
    gauges = _gauges(checks, facts, clock)
    checks.sort(key=lambda check: -STATES.index(check.state))
    return Health(clock.now(), tuple(checks), tuple(gauges))


def _gauges(checks: list[Check], facts: Sequence[JourneyFacts], clock: Clock) -> list[Gauge]:
    """Each check's value, those of several of a kind put together; what concerns one journey, by journey."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for check in checks:
        if check.value is not None:
            values["_".join(filter(None, (check.code, check.unit)))].append(check.value)
    found = [Gauge("health_state", STATES.index(worst(checks)))]
    for name, numbers in values.items():
        found.append(Gauge(name, max(numbers) if name.endswith("_seconds") else sum(numbers)))
    for one in facts:
        tags = {"journey": one.key}
        for name, since in (
            ("overdue", one.due_since),
            ("requests", one.asked_since),
            ("runs", one.run_since),
        ):
            found.append(Gauge(f"journey.{name}_seconds", judge.age(since, clock), tags))
    return found
