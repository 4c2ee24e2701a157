"""The task that looks at the health: whom it tells, when it fails; and what the triggerer emits."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from airflow.sdk import DAG, BaseNotifier

from airflow_ma.dag.health_task import HealthCheckOperator
from airflow_ma.dag.pulse import emit, keep_pulse
from airflow_ma.dag.work_trigger import WorkTrigger
from airflow_ma.engine.clock import MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import pause_sending, resume_sending
from airflow_ma.engine.tables import heartbeat
from airflow_ma.insight.health import read_health
from tests.dag.conftest import RunJourney
from tests.fakes.smtp import SmtpSink

TOLD: list[tuple[str, str]] = []


class Written(BaseNotifier):
    """Keeps what it was to send, as its templates say it."""

    template_fields = ("subject", "text")

    def __init__(self, subject: str, text: str) -> None:
        super().__init__()
        self.subject = subject
        self.text = text

    def notify(self, context: Any) -> None:
        TOLD.append((self.subject, self.text))


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    TOLD.clear()


def health_dag(*notifiers: Any) -> DAG:
    with DAG("health_of_test", schedule=None) as dag:
        HealthCheckOperator(task_id="health", notifiers=notifiers, retries=0)
    return dag


def pause(database: Database) -> None:
    with database.write() as connection:
        pause_sending(connection, "shop", at=database.clock().now(), reason="wrong key")


def test_trouble_is_told_once_and_fails_the_task_until_it_is_over(
    run_journey: RunJourney, installation: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example")
    dag: Any = health_dag(Written("{{ health.subject }}", "{{ health.text }}"))
    assert run_journey(dag).state == "success"
    assert TOLD == []
    pause(installation)
    assert [run_journey(dag).state, run_journey(dag).state] == ["failed", "failed"]
    ((subject, text),) = TOLD
    assert subject == "Problem: Sending / 問題: メールの配信"
    assert "Nothing has gone out over shop for 0 seconds: wrong key" in text
    assert "Since 2026-12-01 10:00." in text
    assert "対処: 原因を解消してから" in text
    assert text.endswith("https://airflow.example/airflow-ma/health")
    clock.advance(MINUTE)
    resume_sending(installation)
    assert run_journey(dag).state == "success"
    assert [subject for subject, _ in TOLD[1:]] == ["Over: Sending / 解消: メールの配信"]
    assert run_journey(dag).state == "success"
    assert len(TOLD) == 2


def test_an_airflow_notifier_sends_it_by_mail_and_a_mail_server_that_is_away_swallows_nothing(
    run_journey: RunJourney,
    installation: Database,
    smtp_sink: SmtpSink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    plain = {"disable_ssl": True, "disable_tls": True, "retry_limit": 1}
    server = {"conn_type": "smtp", "host": "127.0.0.1", "port": smtp_sink.port, "extra": plain}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server))
    dag: Any = health_dag(
        SmtpNotifier(
            to="ops@example.com",
            from_email="airflow@example.com",
            subject="{{ health.subject }}",
            html_content="{{ health.html }}",
        )
    )
    pause(installation)
    with smtp_sink.down():
        assert run_journey(dag).state == "failed"
    assert smtp_sink.mails == []
    run_journey(dag)
    run_journey(dag)
    (mail,) = smtp_sink.mails
    assert mail.message["Subject"] == "Problem: Sending / 問題: メールの配信"
    body = mail.message.get_body(("html",))
    assert body is not None
    assert "<p>Problem: Sending<br>Nothing has gone out over shop" in body.get_content()


def test_the_example_says_nothing_until_it_is_switched_on() -> None:
    from runpy import run_path

    path = Path(__file__).parents[2] / "dags" / "airflow_ma_health.py"
    (dag,) = (value for value in run_path(str(path)).values() if isinstance(value, DAG))
    assert dag.is_paused_upon_creation is True
    assert [type(task) for task in dag.tasks] == [HealthCheckOperator]


class Backend:
    """Where Airflow's metrics end up."""

    def __init__(self) -> None:
        self.gauges: dict[tuple[str, str], float] = {}

    def gauge(self, stat: str, value: float, *, tags: dict[str, str] | None = None) -> None:
        self.gauges[stat, json.dumps(tags or {})] = value


@pytest.fixture
def backend() -> Any:
    from airflow.observability import stats

    found = Backend()
    stats.initialize(factory=lambda: found, export_legacy_names=False)  # type: ignore[arg-type,return-value]
    yield found
    from airflow._shared.observability.metrics.base_stats_logger import NoStatsLogger

    stats.initialize(factory=NoStatsLogger, export_legacy_names=False)


def test_the_metrics_are_the_numbers_of_the_checks(installation: Database, backend: Backend) -> None:
    pause(installation)
    health = read_health(installation)
    emit(health)
    assert backend.gauges["airflow_ma.health_state", "{}"] == 2
    for check in health.checks:
        if check.value is not None:
            name = "_".join(filter(None, ["airflow_ma." + check.code, check.unit]))
            assert backend.gauges[name, "{}"] == check.value


def test_the_watch_leaves_a_trace_and_emits(installation: Database, backend: Backend) -> None:
    def beats() -> list[int]:
        with installation.read() as connection:
            return list(connection.scalars(sa.select(heartbeat.c.real_at)))

    async def watch() -> None:
        stream = WorkTrigger.open_shared_stream({"poll_seconds": 0.05})
        looking = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
        for _ in range(100):
            await asyncio.sleep(0.05)
            if beats() and backend.gauges:
                break
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    assert beats() == []
    asyncio.run(watch())
    assert len(beats()) == 1
    assert ("airflow_ma.overdue_seconds", "{}") in backend.gauges


def test_a_beat_that_fails_is_not_the_last(installation: Database, backend: Backend) -> None:
    with installation.write() as connection:
        connection.execute(sa.text("ALTER TABLE ma_heartbeat RENAME TO away"))

    async def live() -> None:
        pulse = asyncio.create_task(keep_pulse(beat_seconds=0.02))
        await asyncio.sleep(0.2)
        assert not pulse.done()
        with installation.write() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO ma_heartbeat"))
        for _ in range(100):
            await asyncio.sleep(0.02)
            if backend.gauges:
                break
        pulse.cancel()

    asyncio.run(live())
    assert backend.gauges
