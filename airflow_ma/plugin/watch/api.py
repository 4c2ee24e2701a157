"""Watching a live journey: the numbers on its canvas, and for those who may edit it the people behind them.

Who is meant stands in the body of a POST: keys of contacts must not get into access logs.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query

from airflow_ma.dag.explain import Explainer
from airflow_ma.insight import people as insight
from airflow_ma.insight.watch import Run, RunMoves, find_run, run_moves, watch
from airflow_ma.plugin.access import WRITES, Builder, BuilderDep
from airflow_ma.plugin.api_models import LARGEST
from airflow_ma.plugin.canvas.contacts_api import unknown_contact
from airflow_ma.plugin.journeys import known as journeys
from airflow_ma.plugin.journeys.models import Key
from airflow_ma.plugin.watch.cache import SharedAnswers
from airflow_ma.plugin.watch.life_models import LifeMoments
from airflow_ma.plugin.watch.models import (
    PassageMade,
    PeopleFound,
    PeopleQuestion,
    PersonHere,
    RunId,
    RunSeen,
    StepNow,
    VersionPeople,
    Watch,
    WayOfPerson,
    WayQuestion,
    WayTaken,
)
from airflow_ma.plugin.watch.step_names import name_of, step_names

FRESH_SECONDS = 2.0
FOR_EVER = 1e9
Version = Annotated[int | None, Query(ge=1, le=LARGEST, description="Only moves of this version.")]
AskedRun = Annotated[RunId | None, Query(description="Only moves of this Airflow run.")]
router = APIRouter(prefix="/api/journeys", tags=["watch"])
_watched: SharedAnswers[Watch] = SharedAnswers(seconds=FRESH_SECONDS)
_ended: SharedAnswers[RunMoves] = SharedAnswers(seconds=FOR_EVER, most=64)
"""What a run did that is over: it never changes."""
_going: SharedAnswers[RunMoves] = SharedAnswers(seconds=0.0, most=64)
"""What a run has done that goes on. Whoever asks for one version or another reads its moves no more often."""


@router.get("/{key}/watch")
def watch_journey(builder: BuilderDep, key: Key, run_id: AskedRun = None, version: Version = None) -> Watch:
    """The journey now: counts only. Cheap enough to be asked every few seconds."""
    found = journeys.find_journey(builder, key)
    if found.registered is None:
        clock = builder.database.clock()
        at = _time(clock.now())
        never = LifeMoments(paused_at=None, closed_at=None, archived_at=None)
        return Watch(at=at, steps={}, ways=[], versions=[], run=None, life=never, clock_speed=clock.speed)
    registered = found.registered
    asked = (builder.database.url, key, registered.id, run_id, version)
    seen = _watched.get(asked, lambda: _watch(builder, registered, run_id, version))
    # Never from the store of answers: who has just paused it must not be told that it runs.
    return seen.model_copy(update={"life": LifeMoments.model_validate(registered)})


@router.post("/{key}/people", dependencies=WRITES)
def people_behind(builder: BuilderDep, key: Key, asked: PeopleQuestion) -> PeopleFound:
    """The people behind a number, the newest first."""
    registered = journeys.operable(builder, key)
    now = builder.database.clock().now()
    with builder.database.read() as connection:
        run = find_run(connection, registered.id, asked.run_id) if asked.run_id is not None else None
        if asked.run_id is not None and run is None:
            return PeopleFound(people=[], next_after=None, total=None, stopped=False)
        found = insight.people(
            connection,
            registered.id,
            insight.Wanted(asked.step, asked.what, asked.outcome, asked.hold, run),
            now=now,
            after=None if asked.after is None else int(asked.after),
            limit=asked.limit,
            why=Explainer(connection),
        )
    return PeopleFound(
        people=[PersonHere.model_validate(one) for one in found.people],
        next_after=None if found.next_after is None else str(found.next_after),
        total=found.total,
        stopped=found.stopped,
    )


@router.post("/{key}/way", dependencies=WRITES)
def way_of_person(builder: BuilderDep, key: Key, asked: WayQuestion) -> WayOfPerson:
    """One person's way through the journey."""
    registered = journeys.operable(builder, key)
    with builder.database.read() as connection:
        passages = insight.way(connection, registered.id, asked.contact, why=Explainer(connection))
    if passages is None:
        raise unknown_contact()
    return WayOfPerson(passages=[PassageMade.model_validate(asdict(one)) for one in passages])


def _watch(
    builder: Builder, registered: journeys.Registered, run_id: str | None, version: int | None
) -> Watch:
    database = builder.database
    clock = database.clock()
    with database.read() as connection:
        now = clock.now()
        run, did = None, None
        if run_id is not None:
            run = find_run(connection, registered.id, run_id)
            # A run that is not known, because it has not begun or is very old, has moved nobody.
            did = RunMoves(0, ()) if run is None else _run_moves(builder, connection, run)
        seen = watch(connection, registered.id, now=now, version=version, run=did)
        names = step_names(connection, registered.id)
    return Watch(
        at=_time(now),
        steps={
            step: StepNow.model_validate({**asdict(number), **name_of(names, step)._asdict()})
            for step, number in seen.steps.items()
        },
        ways=[WayTaken.model_validate(way) for way in seen.ways],
        versions=[VersionPeople.model_validate(one) for one in seen.versions],
        run=None if run is None or did is None else _seen(run, did),
        life=LifeMoments.model_validate(registered),
        clock_speed=clock.speed,
    )


def _run_moves(builder: Builder, connection: sa.Connection, run: Run) -> RunMoves:
    # With where it ended: a run that is cleared goes on, and ends once more.
    answers = _going if run.ended_at is None else _ended
    return answers.get((builder.database.url, run), lambda: run_moves(connection, run))


def _seen(run: Run, did: RunMoves) -> RunSeen:
    return RunSeen(
        run_id=run.run_id,
        started_at=_time(run.started_at),
        ended_at=None if run.ended_at is None else _time(run.ended_at),
        version=run.version,
        people=did.people,
    )


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
