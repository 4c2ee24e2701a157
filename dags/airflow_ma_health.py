"""Looks at the health every five minutes and tells whoever is on duty. Switch it on once it has notifiers."""

import pendulum
from airflow.sdk import DAG

# from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow_ma.dag.health_task import HealthCheckOperator

with DAG(
    "airflow_ma_health",
    dag_display_name="Health / 稼働状況",
    schedule="*/5 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags={"airflow_ma"},
) as dag:
    HealthCheckOperator(
        task_id="health",
        notifiers=[
            # SmtpNotifier(
            #     to="ops@example.com",
            #     from_email="airflow@example.com",
            #     subject="{{ health.subject }}",
            #     html_content="{{ health.html }}",
            # ),
        ],
    )
