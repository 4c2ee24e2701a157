"""Every journey in journeys/*.yaml as an Airflow DAG."""

from pathlib import Path

from airflow_ma.dag import load_journeys

globals().update(load_journeys(Path(__file__).parent / "journeys"))
