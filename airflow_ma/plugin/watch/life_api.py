"""A journey's life: pausing and resuming it, closing it to new people, putting it away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import APIRouter

from airflow_ma.engine.control import lifecycle
from airflow_ma.engine.control.lifecycle import LifecycleError
from airflow_ma.engine.control.move_targets import ByHandError
from airflow_ma.insight.life import inside, ready
from airflow_ma.plugin.access import WRITES, Builder, BuilderDep
from airflow_ma.plugin.airflow_dags import read_soon
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys import known as journeys
from airflow_ma.plugin.journeys.models import Key
from airflow_ma.plugin.running import programs_of
from airflow_ma.plugin.watch.life_models import Life, LifeMoments, ToClose, ToResume, WhyOnly

router = APIRouter(prefix="/api/journeys", tags=["life"])


@router.get("/{key}/life")
def get_life(builder: BuilderDep, key: Key) -> Life:
    """Whether it is paused, closed or put away, and how many that concerns."""
    return _life(builder, key)


@router.post("/{key}/pause", dependencies=WRITES)
def pause(builder: BuilderDep, key: Key, asked: WhyOnly) -> Life:
    """From now on nobody moves and nobody enters; nothing is lost."""
    return _change(builder, key, lifecycle.pause_journey, asked)


@router.post("/{key}/resume", dependencies=WRITES)
def resume(builder: BuilderDep, key: Key, asked: ToResume) -> Life:
    """Everybody goes on."""
    registered = journeys.operable(builder, key)
    with saying():
        lifecycle.resume_journey(
            builder.database,
            key,
            programs_of(builder.database, registered),
            deadlines=asked.deadlines,
            by=builder.name,
            reason=asked.reason,
        )
    return _life(builder, key)


@router.post("/{key}/close", dependencies=WRITES)
def close(builder: BuilderDep, key: Key, asked: ToClose) -> Life:
    """From now on nobody enters."""
    journeys.operable(builder, key)
    with saying():
        lifecycle.close_journey(
            builder.database, key, people=asked.people, by=builder.name, reason=asked.reason
        )
    return _life(builder, key)


@router.post("/{key}/reopen", dependencies=WRITES)
def reopen(builder: BuilderDep, key: Key, asked: WhyOnly) -> Life:
    """People enter again."""
    return _change(builder, key, lifecycle.reopen_journey, asked)


@router.post("/{key}/archive", dependencies=WRITES)
def archive(builder: BuilderDep, key: Key, asked: WhyOnly) -> Life:
    """Put away a journey in which nobody is."""
    found = _change(builder, key, lifecycle.archive_journey, asked)
    read_soon()
    return found


@router.post("/{key}/unarchive", dependencies=WRITES)
def unarchive(builder: BuilderDep, key: Key, asked: WhyOnly) -> Life:
    """Take it out again; one from the builder is a draft until it is published."""
    return _change(builder, key, lifecycle.unarchive_journey, asked)


@contextmanager
def saying() -> Iterator[None]:
    """Tell the caller why the engine will not do it."""
    try:
        yield
    except (LifecycleError, ByHandError) as error:
        raise ApiError(409, "not_now", error.said.en, error.said.ja) from None


def _change(builder: Builder, key: str, change: Callable[..., bool], asked: WhyOnly) -> Life:
    journeys.operable(builder, key)
    with saying():
        change(builder.database, key, by=builder.name, reason=asked.reason)
    return _life(builder, key)


def _life(builder: Builder, key: str) -> Life:
    registered = journeys.find_journey(builder, key).registered
    if registered is None:
        return Life(paused_at=None, closed_at=None, archived_at=None, inside=0, waiting_moments=0, due=0)
    now = builder.database.clock().now()
    with builder.database.read() as connection:
        people = inside(connection, registered.id)
        missed, anyway = ready(connection, registered.id, now=now)
    moments = LifeMoments.model_validate(registered)
    return Life(**moments.model_dump(), inside=people, waiting_moments=missed, due=anyway)
