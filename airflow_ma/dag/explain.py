"""Why a person went which way, and what they wait for: read off the steps of the version they were in."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.journey import building
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.clock import DAY, HOUR, MINUTE, SECOND
from airflow_ma.engine.steps import Arrivals, Cases, Deadline
from airflow_ma.engine.tables import journey_version
from airflow_ma.insight.timeline import Place, Why
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.duration import format_duration
from airflow_ma.journey.said import Said

_TIME_UP = Said(en="{length} were over and it had not happened", ja="{length}が過ぎたため")
_PASSED = Said(en="Waited {length}", ja="{length}待機")
_OTHERWISE = Said(en="No other condition held", ja="ほかのどの条件にも当てはまらなかったため")
_UNTIL = Said(en="Waits until they do one of these: {events}", ja="次の行動を待っています: {events}")
_UNTIL_TIME = Said(en="Waits until the time has come", ja="時間になるのを待っています")
_SOON = Said(en="Is looked at with the next run", ja="まもなく次へ進みます")


def said_length(ms: int) -> Said:
    """A length of time as people say it: not to the second when it lasted days."""
    unit = HOUR if ms >= 2 * DAY else MINUTE if ms >= 2 * HOUR else SECOND
    rounded = datetime.timedelta(milliseconds=max(round(ms / unit) * unit, SECOND))
    return Said(en=format_duration(rounded, "en"), ja=format_duration(rounded, "ja"))


def step_title(step: str, title: str, kind: str | None) -> Said:
    """What people call a step: as its author does, else by its kind. ``step`` is its id."""
    known = None if kind is None else step_kinds().get(kind)
    if title != step or known is None:
        return Said(en=title, ja=title)
    return kind_title(known)


def kind_title(kind: type[StepOperator]) -> Said:
    """What people call a kind of step."""
    return Said(en=kind.title.get("en", kind.kind), ja=kind.title.get("ja", kind.title.get("en", kind.kind)))


def outcome_title(step: type[StepOperator] | StepOperator, outcome: str) -> Said:
    """What people call an outcome of the step."""
    titles = step.outcome_titles.get(outcome)
    return Said(en=titles["en"], ja=titles["ja"]) if titles else Said(en=outcome, ja=outcome)


class Explainer(Why):
    """Explains by asking the step itself. One for each look at the database: it remembers what it read."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._versions: dict[tuple[int, int], Mapping[str, Mapping[str, Any]]] = {}
        self._cases: dict[Place, Cases] = {}

    def called(self, step: str, title: str, kind: str | None) -> Said:
        return step_title(step, title, kind)

    def outcome(self, place: Place, outcome: str) -> Said:
        kind = self._kind(place)
        return Said(en=outcome, ja=outcome) if kind is None else outcome_title(kind, outcome)

    def why(self, place: Place, outcome: str, waited: int) -> Said | None:
        kind = self._kind(place)
        case = self._cases_of(place).get(outcome)
        if kind is None or case is None:
            return None
        if isinstance(case, Deadline):
            text = _TIME_UP if kind.reacts_to else _PASSED
            return text.filled(length=said_length(self._length(case) or waited))
        alone = len(self._cases_of(place)) == 1
        return _OTHERWISE if isinstance(case, sa.True_) and not alone else None

    def awaited(self, place: Place) -> tuple[str, ...]:
        kind = self._kind(place)
        return () if kind is None else kind.reacts_to

    def waits_for(self, place: Place) -> Said:
        events = self.awaited(place)
        if not events:
            waits = any(isinstance(case, Deadline) for case in self._cases_of(place).values())
            return _UNTIL_TIME if waits else _SOON
        titles = [event_title(event) for event in events]
        said = Said(en=", ".join(one.en.lower() for one in titles), ja="、".join(one.ja for one in titles))
        return _UNTIL.filled(events=said)

    def sends(self, place: Place) -> bool:
        kind = self._kind(place)
        return kind is not None and kind.group == "send"

    def ends(self, place: Place) -> bool:
        kind = self._kind(place)
        return kind is not None and kind.is_end

    def _length(self, deadline: Deadline) -> int:
        """How long (ms) the step lets people wait; 0 where that depends on the hour at which they came."""
        return self._connection.scalar(sa.select(deadline.moment())) or 0

    def _kind(self, place: Place) -> type[StepOperator] | None:
        written = self._steps(place).get(place.step)
        return None if written is None else step_kinds().get(str(written["kind"]))

    def _steps(self, place: Place) -> Mapping[str, Mapping[str, Any]]:
        version = (place.journey_id, place.version)
        if version not in self._versions:
            v = journey_version.c
            query = sa.select(v.definition).where(v.journey_id == version[0], v.version == version[1])
            definition = self._connection.scalar(query) or {}
            self._versions[version] = {step["id"]: step for step in definition.get("steps", ())}
        return self._versions[version]

    def _cases_of(self, place: Place) -> Cases:
        if place not in self._cases:
            self._cases[place] = self._asked(place)
        return self._cases[place]

    def _asked(self, place: Place) -> Cases:
        kind = self._kind(place)
        if kind is None:
            return {}
        nothing = sa.literal(0, sa.BigInteger)
        try:
            with building:
                step = kind(task_id=place.step, **self._steps(place)[place.step]["settings"])
            return step.cases(Arrivals(nothing, nothing, nothing, nothing, 0, lambda: ()))
        except Exception:  # a step of another version of its package: its name must do
            return {}
