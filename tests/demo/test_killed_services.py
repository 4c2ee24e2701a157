"""Every program of the running demo is killed once, and started again as a supervisor would: nothing is lost."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from airflow_ma.demo.campaigns import CAMPAIGNS, audience, known_progress
from airflow_ma.demo.run import Demo
from airflow_ma.engine.tables import journey, message, move
from airflow_ma.insight.progress import JourneyProgress

CONTINUOUS = "sale_announcement"
DOWN_SECONDS = 3.0
pytestmark = [pytest.mark.slow, pytest.mark.timeout(840)]


def test_each_service_is_killed_in_the_middle_and_every_contact_still_gets_through(demo: Demo) -> None:
    _until(lambda: _sent(demo) > 0, 120, "nobody got a mail")
    for service in ("triggerer", "scheduler", "dag-processor", "api-server", "collector"):
        before = _moves(demo)
        _kill(demo, service)
        time.sleep(DOWN_SECONDS)
        _start(demo, service)
        _until(
            lambda before=before: _moves(demo) > before or not _active(demo),  # type: ignore[misc]
            150,
            f"nobody moved after the {service} came back",
        )
    _until(lambda: not _active(demo), 360, "some never got through")

    found = _progress(demo)
    for key, tag in CAMPAIGNS.items():
        progress = found[key]
        assert progress.entered == len(audience(tag)), f"{key}: who was to come came, once"
        assert (progress.lost, progress.doubled, progress.active) == (0, 0, 0)
        for step in progress.steps:
            assert step.arrived == step.waiting + sum(step.left.values()), step.step
    with demo.database.read() as connection:
        unexplained = connection.execute(
            sa.select(message.c.state, sa.func.count())
            .where(message.c.state.not_in(("accepted", "rejected")))
            .group_by(message.c.state)
        ).all()
    assert unexplained == []


def _kill(demo: Demo, service: str) -> None:
    leader = _process(service)
    family = [leader, *leader.children(recursive=True)]
    if service == "collector":
        demo.programs.forget(service)
    for process in family:
        process.send_signal(signal.SIGKILL)
    # Whoever started it may not ask for its end: what is left of it then does nothing any more.
    _until(lambda: all(map(_is_gone, family)), 10, f"the {service} survived")


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _process(service: str) -> psutil.Process:
    """The program itself, among all that this test has started; some call themselves a little differently."""
    title = re.compile(rf"airflow(-ma)? {service.replace('-', '[-_]')}\b")
    found = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if title.search(" ".join(process.cmdline())):
                found[process.pid] = process
    (leader,) = [process for process in found.values() if process.ppid() not in found]
    return leader


def _start(demo: Demo, service: str) -> None:
    folder = Path(sys.executable).parent
    command = [str(folder / "airflow"), service]
    if service == "collector":
        port = str(demo.place.ports.collector)
        command = [str(folder / "airflow-ma"), service, "--host", "127.0.0.1", "--port", port]
    log = demo.place.logs / f"{service}.again.log"
    demo.programs.start(service, command, demo.environment, log)


def _progress(demo: Demo) -> dict[str, JourneyProgress]:
    with demo.database.read() as connection:
        return known_progress(connection)


def _active(demo: Demo) -> int:
    found = _progress(demo)
    return sum(progress.active + (not progress.entered) for progress in found.values())


def _moves(demo: Demo) -> int:
    with demo.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(move)) or 0


def _sent(demo: Demo) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(message.join(journey, journey.c.id == message.c.journey_id))
        .where(journey.c.key == CONTINUOUS, message.c.state == "accepted")
    )
    with demo.database.read() as connection:
        return connection.scalar(query) or 0


def _until(holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.5)
